#include "channel/thumbnails.h"

namespace channel {

void Thumbnails::apply(const record::Record& record) {
  if (std::holds_alternative<record::End>(record)) {
    newest_ = {};
    rungs_.clear();
  }
  const auto* made = std::get_if<record::Thumbnail>(&record);
  if (made == nullptr) return;
  if (const std::optional<feed::Id> id = feed::id_from(made->feed)) {
    newest_[feed::index(*id)] = Thumbnail{made->at, made->jpeg};
  } else if (made->feed.starts_with(record::kOfRung)) {
    const std::string name = made->feed.substr(record::kOfRung.size());
    if (rungs_.size() < kMostRungs || rungs_.contains(name)) rungs_[name] = Thumbnail{made->at, made->jpeg};
  }
}

const Thumbnails::Thumbnail* Thumbnails::newest_of_rung(std::string_view name) const {
  const auto found = rungs_.find(name);
  return found == rungs_.end() ? nullptr : &found->second;
}

std::map<std::string, base::Micros> Thumbnails::rung_times() const {
  std::map<std::string, base::Micros> times;
  for (const auto& [name, newest] : rungs_) times[name] = newest.at;
  return times;
}

}  // namespace channel

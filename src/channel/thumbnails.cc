#include "channel/thumbnails.h"

namespace channel {

void Thumbnails::apply(const record::Record& record) {
  if (std::holds_alternative<record::End>(record)) newest_ = {};
  const auto* made = std::get_if<record::Thumbnail>(&record);
  if (made == nullptr) return;
  if (const std::optional<feed::Id> id = feed::id_from(made->feed))
    newest_[feed::index(*id)] = Thumbnail{made->at, made->jpeg};
}

}  // namespace channel

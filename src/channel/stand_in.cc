#include "channel/stand_in.h"

#include <algorithm>
#include <string>
#include <utility>

#include "media/time.h"
#include "packager/options.h"

namespace channel {

StandIn::StandIn(const job::Options& media, const record::Position& position, Out out)
    : out_(std::move(out)),
      renditions_(position.presentation.renditions),
      packager_(packager::options_of(media), *this) {
  for (const record::Position::Rendition& at : position.renditions) {
    if (at.started) reached_ = std::max(reached_, media::rescale(at.end, at.timescale, base::kSecond));
  }
  packager_.resume(position);
  packager_.set_presentation(packager::specs_of(position.presentation));
}

void StandIn::tick(base::Micros utc) {
  reached_ = std::min(utc, reached_ + kMostATick);
  caught_up_ = reached_ == utc;
  packager_.tick(reached_);
}

void StandIn::put(const feed::Caption& caption) {
  const std::string name = "s" + std::to_string(caption.rendition + 1);
  const auto found = std::find_if(renditions_.begin(), renditions_.end(),
                                  [&](const record::Rendition& rendition) { return rendition.name == name; });
  if (found != renditions_.end())
    packager_.on_cue(static_cast<std::uint32_t>(found - renditions_.begin()), caption.cue);
}

/// The presentation is the log's own, written again.
void StandIn::on_record(record::Record&& record) {
  if (!std::holds_alternative<record::Presentation>(record)) out_(record);
}

}  // namespace channel

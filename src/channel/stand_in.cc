#include "channel/stand_in.h"

#include <utility>

#include "packager/options.h"

namespace channel {

StandIn::StandIn(const job::Options& media, const record::Position& position, Out out)
    : out_(std::move(out)), packager_(packager::options_of(media), *this) {
  packager_.resume(position);
  packager_.set_presentation(packager::specs_of(position.presentation));
}

/// The presentation is the log's own, written again.
void StandIn::on_record(record::Record&& record) {
  if (!std::holds_alternative<record::Presentation>(record)) out_(record);
}

}  // namespace channel

#include "channel/stand_in.h"

#include <utility>

namespace channel {
namespace {

packager::Packager::Options packaging(const job::Options& media) {
  packager::Packager::Options options;
  options.segment_target = media.segment;
  options.part_target = media.part;
  if (media.outage == job::Options::Outage::kGap) options.missing = packager::Segmenter::Missing::kGap;
  return options;
}

}  // namespace

StandIn::StandIn(const job::Options& media, const record::Position& position, Out out)
    : out_(std::move(out)), packager_(packaging(media), *this) {
  packager_.resume(position);
  packager_.set_presentation(packager::specs_of(position.presentation));
}

/// The presentation is the log's own, told again.
void StandIn::on_record(record::Record&& record) {
  if (!std::holds_alternative<record::Presentation>(record)) out_(record);
}

}  // namespace channel

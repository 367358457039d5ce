#include "upload/journal_walk.h"

#include <variant>

#include "upload/objects.h"

namespace upload {

void JournalWalk::run(const Take& take) {
  record::Record record;
  for (;;) {
    const JournalTail::Found found = tail_.next(record);
    if (found == JournalTail::Found::kNothing) return;
    if (found == JournalTail::Found::kFile) {
      begin_file();
      continue;
    }
    if (!log_ || (skips_seed_ && tail_.in_seed()) || !fits_log(record, begun_)) continue;
    log_->apply(record);
    if (std::holds_alternative<record::SegmentEnd>(record) || std::holds_alternative<record::End>(record))
      take_closed(take);
  }
}

/// See Uploader::begin_file().
void JournalWalk::begin_file() {
  const archive::FileHeader& header = tail_.header();
  skips_seed_ = log_ && header.continues && tail_.whole_before() && header.standing.begun == log_->standing().begun;
  if (skips_seed_) return;
  log_ = std::make_unique<origin::Log>("", options_);
  log_->resume(header.standing);
  begun_ = header.standing.begun;
}

void JournalWalk::take_closed(const Take& take) {
  const auto snapshot = log_->snapshot();
  for (const auto& rendition : snapshot->renditions) {
    const hls::Revision& revision = rendition->revision();
    if (!revision.started()) continue;
    std::int64_t& newest = newest_.try_emplace(rendition->name(), -1).first->second;
    for (const auto& segment : revision.closed->segments) {
      if (segment->msn <= newest) continue;
      newest = segment->msn;
      take(rendition->name(), rendition->kind(), *segment);
    }
  }
}

}  // namespace upload

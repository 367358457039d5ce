#pragma once

#include "packager/packager.h"
#include "record/record.h"

namespace channel {

/// Follows a channel's records and knows where the log stands, so that another packager can go on from there.
class LogPosition {
 public:
  void apply(const record::Record& record);
  /// True once there is something to resume: a presentation that has not ended.
  bool known() const { return !position_.renditions.empty(); }
  const packager::Resume& resume() const { return position_; }

 private:
  void advance(std::uint32_t rendition, std::int64_t msn, std::uint32_t next_part, std::int64_t start,
               std::int64_t end);

  packager::Resume position_;
};

}  // namespace channel

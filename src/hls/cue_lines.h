#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace hls {

/// Lines that stand in front of segments, in every rendition the same: whole lines, each with its end.
class CueLines {
 public:
  /// More than a window and all that is retained behind it can hold. Policy: the oldest are forgotten; segments have
  /// copied theirs.
  static constexpr std::size_t kMost = 4096;

  /// REQUIRES: no window has begun segment `msn`.
  void set(std::int64_t msn, std::string lines) {
    lines_[msn] = std::move(lines);
    if (lines_.size() > kMost) lines_.erase(lines_.begin());
  }
  /// Empty where there are none.
  std::string at(std::int64_t msn) const {
    const auto found = lines_.find(msn);
    return found == lines_.end() ? std::string() : found->second;
  }

 private:
  std::map<std::int64_t, std::string> lines_;
};

}  // namespace hls

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace serve {

/// Channels that an edge knows not to exist, for a moment: those who ask again cost its origins nothing.
/// Bound: kMost names; beyond, all are forgotten. Thread: its loop's.
class Unknown {
 public:
  static constexpr base::Micros kRemembered = 2 * base::kSecond;
  static constexpr std::size_t kMost = 4096;

  void add(const std::string& channel, base::Micros now) {
    if (until_.size() >= kMost) until_.clear();
    until_[channel] = now + kRemembered;
  }
  void remove(std::string_view channel) {
    const auto found = until_.find(channel);
    if (found != until_.end()) until_.erase(found);
  }
  bool has(std::string_view channel, base::Micros now) const {
    const auto found = until_.find(channel);
    return found != until_.end() && now < found->second;
  }

 private:
  std::map<std::string, base::Micros, std::less<>> until_;
};

}  // namespace serve

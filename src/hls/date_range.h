#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace hls {

/// What an EXT-X-DATERANGE says. Spec: [rfc8216bis 4.4.5.1]
struct DateRange {
  struct Attribute {
    std::string name;
    std::string value;
    bool bare = false;  ///< a decimal or hexadecimal value, which has no quotes
  };
  std::string id;
  std::string kind;  ///< CLASS; empty: none
  base::Micros start = 0;
  std::optional<base::Micros> duration;
  std::optional<base::Micros> planned_duration;
  std::vector<Attribute> attributes;
};

/// Whether the tag can be written: there is an id, names are of capitals, digits and hyphens and none is there twice or
/// among those above, bare values are numbers, no duration is negative (LL-2, DR-4, DR-15).
bool acceptable(const DateRange& range);

/// Appends the tag and the end of its line. REQUIRES: acceptable(range).
void write_date_range(std::string& out, const DateRange& range);

}  // namespace hls

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace job {

/// A rectangle of a picture of any size. Units: per cent of its width and height, 0 to 100; left < right, top < bottom.
struct Area {
  int left = 0;
  int top = 0;
  int right = 100;
  int bottom = 100;
  bool operator==(const Area&) const = default;
};

/// How a worker judges what its channel's feeds show.
struct ContentWatch {
  int black_level = 5;      ///< luma that is still black. Units: per cent from black to white.
  int silence_level = -60;  ///< sound whose largest sample is below is silence. Units: dBFS.
  /// Parts of the picture that are not looked at: a clock that runs, a logo.
  std::vector<Area> ignore;
};

inline constexpr std::size_t kMostAreas = 8;
/// "80 0 100 12, 0 90 100 100": left, top, right and bottom of each; an empty text has none. Nothing where the text is
/// no list of at most kMostAreas areas.
std::optional<std::vector<Area>> areas_of(std::string_view text);
/// Such a text.
std::string to_text(const std::vector<Area>& areas);

}  // namespace job

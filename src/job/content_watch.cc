#include "job/content_watch.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace job {
namespace {

/// The number that `text` begins with, taken off it; nothing where it begins with none of 0 to 100.
std::optional<int> take_percent(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0 || value > 100) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<Area> area_of(std::string_view text) {
  std::array<int, 4> sides{};
  for (int& side : sides) {
    const std::optional<int> value = take_percent(text);
    if (!value) return std::nullopt;
    side = *value;
  }
  const auto& [left, top, right, bottom] = sides;
  const bool complete = text.find_first_not_of(' ') == std::string_view::npos;
  if (!complete || left >= right || top >= bottom) return std::nullopt;
  return Area{left, top, right, bottom};
}

}  // namespace

std::optional<std::vector<Area>> areas_of(std::string_view text) {
  std::vector<Area> areas;
  if (text.find_first_not_of(' ') == std::string_view::npos) return areas;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::optional<Area> area = area_of(text.substr(0, comma));
    if (!area || areas.size() == kMostAreas) return std::nullopt;
    areas.push_back(*area);
    if (comma == std::string_view::npos) return areas;
    text.remove_prefix(comma + 1);
  }
}

std::string to_text(const std::vector<Area>& areas) {
  std::string text;
  for (const Area& area : areas) {
    if (!text.empty()) text += ", ";
    text += std::to_string(area.left) + " " + std::to_string(area.top) + " " + std::to_string(area.right) + " " +
            std::to_string(area.bottom);
  }
  return text;
}

}  // namespace job

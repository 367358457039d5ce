#include "transcode/picture_health.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace transcode {

bool PictureHealth::due(base::Micros at) const {
  // Time that went back is another timeline.
  return !report_.newest || at < *report_.newest || at - *report_.newest >= options_.every;
}

/// The picture without the cells that are ignored. What is left of it keeps its order, and is compared with what is
/// left of pictures of the same size.
const LumaGrid& PictureHealth::looked_at(const LumaGrid& picture) {
  if (options_.ignore.empty()) return picture;
  rest_.columns = picture.columns;
  rest_.rows = picture.rows;
  rest_.luma.clear();
  auto luma = picture.luma.begin();
  for (int row = 0; row < picture.rows; ++row) {
    const double y = (row + 0.5) / picture.rows;
    for (int column = 0; column < picture.columns; ++column, ++luma) {
      const double x = (column + 0.5) / picture.columns;
      const bool ignored = std::ranges::any_of(options_.ignore, [&](const Area& area) {
        return x > area.left && x < area.right && y > area.top && y < area.bottom;
      });
      if (!ignored) rest_.luma.push_back(*luma);
    }
  }
  return rest_;
}

void PictureHealth::look(const LumaGrid& whole, base::Micros at) {
  const LumaGrid& picture = looked_at(whole);
  if (picture.luma.empty()) return;
  if (report_.newest && (at < *report_.newest || at - *report_.newest > options_.gap)) {
    report_ = {std::nullopt, std::nullopt, std::nullopt, std::nullopt, report_.looked};
    reference_ = {};
  }
  judge_black(picture, at);
  judge_motion(picture, at);
  if (!report_.first) report_.first = at;
  report_.newest = at;
  ++report_.looked;
}

void PictureHealth::judge_black(const LumaGrid& picture, base::Micros at) {
  const auto limit = static_cast<std::uint8_t>(std::clamp(options_.black_level, 0.0, 1.0) * 255);
  const auto black = std::ranges::count_if(picture.luma, [&](std::uint8_t luma) { return luma <= limit; });
  const double share = static_cast<double>(black) / static_cast<double>(picture.luma.size());
  if (share >= options_.black_share) {
    if (!report_.black_since) report_.black_since = at;
  } else if (share < options_.black_clear) {
    report_.black_since.reset();
  }
}

bool PictureHealth::moved(const LumaGrid& picture) const {
  if (picture.columns != reference_.columns || picture.rows != reference_.rows) return true;
  std::uint64_t squares = 0;
  int largest = 0;
  for (std::size_t i = 0; i < picture.luma.size(); ++i) {
    const int change = std::abs(int{picture.luma[i]} - int{reference_.luma[i]});
    squares += static_cast<std::uint64_t>(change * change);
    largest = std::max(largest, change);
  }
  const double mean = std::sqrt(static_cast<double>(squares) / static_cast<double>(picture.luma.size()));
  return mean > options_.motion || largest > std::max(options_.spot, options_.spot_ratio * mean);
}

void PictureHealth::judge_motion(const LumaGrid& picture, base::Micros at) {
  if (moved(picture)) {
    still_since_ = at;
    report_.frozen_since.reset();
  } else if (at - still_since_ >= options_.still) {
    report_.frozen_since = still_since_;
  }
  if (still_since_ == at || at - reference_at_ >= options_.still) {
    reference_ = picture;
    reference_at_ = at;
  }
}

}  // namespace transcode

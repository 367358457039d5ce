#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "hls/media_playlist.h"
#include "hls/window.h"

/// Fills a window with slots of two seconds in parts of half a second, at 90 kHz.
namespace hls::testing {

inline constexpr std::int64_t kPart = 45000;
inline constexpr std::int64_t kSlot = 4 * kPart;

inline base::Bytes bytes_of(std::int64_t msn, std::uint32_t index) {
  return base::Bytes::copy_of("part " + std::to_string(msn) + "." + std::to_string(index));
}

struct Feeder {
  explicit Feeder(std::size_t listed = 30) : Feeder(options(listed)) {}
  explicit Feeder(const Window::Options& options) : window(options, discontinuities, &cues) {
    window.set_format({init("A"), 90000, kPart});
  }

  static Window::Options options(std::size_t listed) {
    Window::Options options;
    options.listed = listed;
    return options;
  }
  static std::shared_ptr<const Init> init(const std::string& name) {
    return std::make_shared<const Init>(Init{"init-" + name + ".mp4", base::Bytes::copy_of(name)});
  }

  Outcome part(std::int64_t msn, std::uint32_t index, bool last = false) {
    Part made{kPart, index == 0, false, bytes_of(msn, index)};
    if (index == 0 && keyed(msn)) made.key_size = 1 + static_cast<std::size_t>(msn % 5);
    return window.add_part(msn, index, msn * kSlot + index * kPart, std::move(made), last);
  }
  Outcome gap(std::int64_t msn, std::uint32_t index) {
    return window.add_part(msn, index, msn * kSlot + index * kPart, {kPart, false, true, {}}, false);
  }
  Outcome end(std::int64_t msn) { return window.end_segment(msn, msn * kSlot, kSlot); }
  void segment(std::int64_t msn) {
    for (std::uint32_t i = 0; i < 4; ++i) part(msn, i, i == 3);
    end(msn);
  }
  void segments(std::int64_t first, std::int64_t last) {
    for (std::int64_t msn = first; msn <= last; ++msn) segment(msn);
  }

  const SegmentList& closed() const { return *window.revision().closed; }
  const Segment& open() const { return *window.revision().open; }
  /// "100 101" for what is listed.
  std::string listed() const {
    std::string text;
    for (std::size_t i = closed().first_listed; i < closed().segments.size(); ++i) {
      text += (text.empty() ? "" : " ") + std::to_string(closed().segments[i]->msn);
    }
    return text;
  }
  /// A segment's parts, one letter each: m media, g gap.
  static std::string shape(const Segment& segment) {
    std::string text;
    for (const Part& part : segment.parts) text += part.gap ? 'g' : 'm';
    return text;
  }
  PlaylistText render_text() const { return hls::render_text(window.revision(), terms, reports, Skip::kNo); }
  std::string render(Skip skip = Skip::kNo) const { return hls::render(window.revision(), terms, reports, skip); }

  Discontinuities discontinuities;
  CueLines cues;
  Window window;
  Terms terms{2, 50000, 150000, 1200000};
  std::vector<Report> reports;
  std::function<bool(std::int64_t msn)> keyed = [](std::int64_t) { return false; };  ///< its key frame is known
};

}  // namespace hls::testing

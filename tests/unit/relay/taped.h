#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../origin/channel.h"
#include "base/clock.h"
#include "origin/log.h"
#include "relay/cursor.h"
#include "relay/recorder.h"

namespace relay::testing {

inline constexpr std::int64_t kFirst = origin::testing::kFirst;

class FakeClock final : public base::Clock {
 public:
  base::Micros utc() const override { return now + 1'776'000'000 * base::kSecond; }
  base::Micros steady() const override { return now; }

  base::Micros now = 1'000 * base::kSecond;
};

/// A channel at an origin: its window, and what edges get of it.
struct Taped {
  explicit Taped(origin::Log::Options terms = {}, const Place& start = {7, 1}, Path path = {70})
      : log("match", terms),
        recorder({clock, [this] { return log.standing(); }, [] { return std::int64_t{0}; },
                  [this](std::shared_ptr<const Reel> reel) { reels.push_back(std::move(reel)); }},
                 terms, start, std::move(path)) {}

  void apply(const record::Record& record) {
    recorder.apply(record);
    log.apply(record);
  }
  void begin() { apply(origin::testing::presentation()); }
  /// Whole segments of video and audio.
  void segments(std::int64_t first, std::int64_t last) {
    for (std::int64_t msn = first; msn <= last; ++msn) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        apply(origin::testing::part(origin::testing::kVideo, msn, i, i == 3));
        apply(origin::testing::part(origin::testing::kAudio, msn, i, i == 3));
      }
      apply(origin::testing::end(origin::testing::kVideo, msn));
      apply(origin::testing::end(origin::testing::kAudio, msn));
    }
  }
  std::shared_ptr<const Reel> reel() {
    recorder.settle();
    return recorder.reel();
  }

  FakeClock clock;
  origin::Log log;
  std::vector<std::shared_ptr<const Reel>> reels;
  Recorder recorder;
};

/// All that a cursor gives now, as it is on the wire.
inline std::vector<std::uint8_t> drain(Cursor& cursor) {
  std::vector<std::uint8_t> bytes;
  for (std::vector<base::Bytes> slices; cursor.next(slices); slices.clear()) {
    for (const base::Bytes& slice : slices) bytes.insert(bytes.end(), slice.begin(), slice.end());
  }
  return bytes;
}

/// Every playlist of a snapshot, and the bytes of every segment that it has.
inline std::string all_of(const origin::ChannelSnapshot& snapshot) {
  std::string text = snapshot.multivariant == nullptr ? "" : std::string(snapshot.multivariant->identity.text());
  for (const auto& rendition : snapshot.renditions) {
    if (rendition == nullptr || !rendition->ready()) continue;
    for (const hls::Skip skip : {hls::Skip::kNo, hls::Skip::kYes}) text += rendition->playlist(skip).identity.text();
    const hls::SegmentList& closed = *rendition->revision().closed;
    for (std::size_t i = closed.first_listed; i < closed.size(); ++i) {
      for (const base::Bytes& piece : rendition->segment(closed.at(i).msn).pieces) text += piece.text();
    }
  }
  return text;
}

}  // namespace relay::testing

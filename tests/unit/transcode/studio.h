#pragma once

#include <poll.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "transcode/decode_side.h"
#include "transcode/encode_side.h"
#include "unit/transcode/source.h"

namespace transcode::testing {

/// A picture at 25 a second, in ticks of 90000.
inline constexpr std::int64_t kFrame = 3600;

/// Two feeds of one programme into one encode side, which shows the first.
struct Studio {
  /// `rate`: of the rungs; 0/1: no picture is left out for them. `max_bytes`: of results that nobody drained.
  Studio(const Feed& first, const Feed& second, media::Rational rate = {25, 1},
         std::vector<Rung> rungs = {ladder_rung(180)}, std::size_t max_bytes = std::size_t{16} << 20)
      : primary_feed(first), backup_feed(second), out(rungs.size()) {
    media::Track shape = first.track;
    shape.video.frame_rate = rate;
    EncodeSide::Options options;
    options.segment = {1, 1};
    options.cores = 2;
    options.max_bytes = max_bytes;
    options.switch_patience = 60 * base::kSecond;  // a loaded machine is no side that gives nothing
    encode = EncodeSide::make(shape, std::move(rungs), options).take();
    primary = DecodeSide::make(first.track, *encode, waiting()).take();
    backup = DecodeSide::make(second.track, *encode, waiting()).take();
    encode->select(primary.get());
  }
  static DecodeSide::Options waiting() {
    DecodeSide::Options options;
    options.when_full = DecodeSide::WhenFull::kWait;
    return options;
  }
  void feed_primary(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) primary->feed(media::Packet(primary_feed.packets.at(i)));
  }
  void feed_backup(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) backup->feed(media::Packet(backup_feed.packets.at(i)));
  }
  /// Waits until the packet of this pts has come out.
  bool comes(std::int64_t pts) {
    while (out.packets[0].empty() || out.packets[0].back().pts < pts) {
      pollfd descriptor{encode->descriptor(), POLLIN, 0};
      if (poll(&descriptor, 1, 5'000) != 1) return false;
      encode->drain(out);
    }
    return true;
  }
  /// Waits until the counters are so; false after a minute.
  bool comes_to(const std::function<bool(const EncodeSide::Counters&)>& wanted) const {
    for (int i = 0; i < 60'000 && !wanted(encode->counters()); ++i) poll(nullptr, 0, 1);
    return wanted(encode->counters());
  }
  std::vector<std::int64_t> finish() {
    if (primary) primary->flush();
    if (backup) backup->flush();
    encode->flush();
    encode->drain(out);
    return pts();
  }
  std::vector<std::int64_t> pts() const { return pts_of(out.packets[0]); }

  const Feed& primary_feed;
  const Feed& backup_feed;
  std::unique_ptr<EncodeSide> encode;
  std::unique_ptr<DecodeSide> primary;
  std::unique_ptr<DecodeSide> backup;
  Collector out;
};

/// The 4:3 picture of the backup stands between bars.
inline bool is_backup(const AVFrame& frame) { return frame.data[0][90 * frame.linesize[0] + 10] < 24; }

/// `count` instants, `step` apart.
inline std::vector<std::int64_t> grid(std::int64_t first, std::int64_t step, std::int64_t count) {
  std::vector<std::int64_t> instants;
  for (std::int64_t i = 0; i < count; ++i) instants.push_back(first + i * step);
  return instants;
}

}  // namespace transcode::testing

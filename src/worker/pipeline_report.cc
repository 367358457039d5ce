#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "worker/audio_lane.h"
#include "worker/pipeline.h"

namespace worker {
namespace {

template <typename T>
void put(job::Stats::Number& number, T value) {
  number.store(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
}

}  // namespace

void Pipeline::report(job::Stats& stats) {
  stats.heartbeat.fetch_add(1, std::memory_order_relaxed);
  if (video_) {
    put(stats.source_codec_plus_one, static_cast<int>(video_->codec) + 1);
    put(stats.source_width, video_->video.width);
    put(stats.source_height, video_->video.height);
    put(stats.source_rate_num, video_->video.frame_rate.num);
    put(stats.source_rate_den, video_->video.frame_rate.den);
  }
  if (!audio_.empty()) {
    put(stats.source_audio_codec_plus_one, static_cast<int>(audio_.front()->source.codec) + 1);
    put(stats.source_sample_rate, audio_.front()->source.audio.sample_rate);
    put(stats.source_channels, audio_.front()->source.audio.channels);
    if (audio_.front()->transcoder) put(stats.audio_skew_us, std::llabs(audio_.front()->transcoder->counters().skew));
  }
  put(stats.video_packets, video_packets_);
  put(stats.audio_packets, audio_packets_);
  put(stats.unplayable_messages, unplayable_);
  if (ts_) {
    const ts::Counters& ts = ts_->counters();
    put(stats.ts_sync_losses, ts.sync_losses);
    put(stats.ts_continuity_errors, ts.cc_gaps);
    put(stats.ts_scrambled, ts.scrambled);
    if (ts.scrambled > 0 && !std::exchange(scrambled_told_, true)) {
      base::log_warn("worker", "the feed is scrambled (encrypted): its packets are dropped until it is descrambled",
                     {{"channel", options_.channel}, {"packets", ts.scrambled}});
    }
    put(stats.ts_damaged_units, ts.pes_damaged + ts.pes_oversized + ts.crc_errors + ts.bad_sections + ts.frames_bad);
  }
  const timeline::Timeline::Counters& timeline = timeline_.counters();
  put(stats.timeline_anchors, timeline.reanchors);
  put(stats.timeline_dropped, timeline.dropped_before_anchor + timeline.dropped_overlap + timeline.dropped_overflow);
  const packager::Counters& packaged = packager_.counters();
  put(stats.packager_dropped, packaged.dropped_early + packaged.dropped_late + packaged.dropped_without_key +
                                  packaged.dropped_format + packaged.dropped_overflow);
  if (!ladder_) return;
  const transcode::VideoLadder::Counters ladder = ladder_->counters();
  put(stats.decoded_frames, ladder.decoded);
  put(stats.decode_errors, ladder.decode_errors);
  put(stats.dropped_packets, ladder.dropped_packets);
  put(stats.dropped_frames, ladder.dropped_frames);
  put(stats.duplicated_frames, ladder.duplicated);
  put(stats.encode_lag_us, ladder.lag);
  std::uint64_t encoded = 0;
  base::Micros delay = 0;
  for (const auto& rung : ladder.rungs) {
    encoded += rung.encoded;
    delay = std::max(delay, rung.max_delay);
  }
  put(stats.encoded_frames, encoded);
  put(stats.encode_delay_us, delay);
}

}  // namespace worker

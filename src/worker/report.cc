#include <algorithm>
#include <cstdlib>

#include "base/log.h"
#include "worker/production.h"

namespace worker {
namespace {

template <typename T>
void put(job::Stats::Number& number, T value) {
  number.store(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
}

void put_source(job::Stats& stats, const media::Track& video) {
  put(stats.source_codec_plus_one, static_cast<int>(video.codec) + 1);
  put(stats.source_width, video.video.width);
  put(stats.source_height, video.video.height);
  put(stats.source_rate_num, video.video.frame_rate.num);
  put(stats.source_rate_den, video.video.frame_rate.den);
}

void put_audio(job::Stats& stats, const AudioLane& lane) {
  put(stats.source_audio_codec_plus_one, static_cast<int>(lane.source().codec) + 1);
  put(stats.source_sample_rate, lane.source().audio.sample_rate);
  put(stats.source_channels, lane.source().audio.channels);
  if (lane.transcoder() != nullptr) put(stats.audio_skew_us, std::llabs(lane.transcoder()->counters().skew));
}

void put_ladder(job::Stats& stats, const transcode::VideoLadder::Counters& ladder) {
  put(stats.decoded_frames, ladder.decoded);
  put(stats.decode_errors, ladder.decode_errors);
  put(stats.dropped_packets, ladder.dropped_packets);
  put(stats.dropped_frames, ladder.dropped_frames + ladder.late_frames);
  put(stats.duplicated_frames, ladder.duplicated);
  put(stats.held_frames, ladder.held_frames);
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

}  // namespace

void Production::report(job::Stats& stats) const {
  stats.heartbeat.fetch_add(1, std::memory_order_relaxed);
  if (video_.source()) put_source(stats, *video_.source());
  if (!audio_.empty()) put_audio(stats, *audio_.front());
  put(stats.video_packets, video_.packets());
  put(stats.audio_packets, audio_packets_);
  std::uint64_t unplayable = input_.unplayable() + video_.unplayable();
  for (const auto& lane : audio_) unplayable += lane->unplayable();
  put(stats.unplayable_messages, unplayable);
  if (const ts::Counters* ts = input_.transport()) {
    put(stats.ts_sync_losses, ts->sync_losses);
    put(stats.ts_continuity_errors, ts->cc_gaps);
    put(stats.ts_scrambled, ts->scrambled);
    put(stats.ts_transport_errors, ts->transport_errors);
    put(stats.ts_untimed, ts->untimed);
    std::uint64_t unsupported = 0;
    for (const auto& [type, packets] : ts->unsupported) unsupported += packets;
    put(stats.ts_unsupported, unsupported);
    put(stats.ts_damaged_units,
        ts->pes_damaged + ts->pes_oversized + ts->crc_errors + ts->bad_sections + ts->frames_bad);
  }
  const timeline::Timeline::Counters& timeline = input_.timeline();
  put(stats.timeline_anchors, timeline.reanchors);
  put(stats.timeline_restamped, timeline.restamped);
  put(stats.timeline_dropped, timeline.dropped_before_anchor + timeline.dropped_overlap + timeline.dropped_overflow);
  const packager::Counters& packaged = packager_.counters();
  put(stats.packager_dropped, packaged.dropped_early + packaged.dropped_late + packaged.dropped_without_key +
                                  packaged.dropped_format + packaged.dropped_overflow);
  put(stats.log_lines_lost, base::log_lines_lost());
  if (const auto ladder = video_.ladder_counters()) put_ladder(stats, *ladder);
}

}  // namespace worker

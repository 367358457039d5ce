#include "facility/observation.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace facility {
namespace {

constexpr int kFewestPoints = 3;
// Spans of bytes that are shorter would have any rate.
constexpr base::Micros kShortestSpan = base::kSecond / 2;

double seconds_of(base::Micros span) { return static_cast<double>(span) / base::kSecond; }
double milliseconds_of(base::Micros span) { return static_cast<double>(span) / base::kMillisecond; }

auto video_of(const channel::FeedMake& make) {
  return std::tuple(make.video, make.profile, make.constraints, make.level, make.bit_depth, make.interlaced);
}
auto audio_of(const channel::FeedMake& make) {
  return std::tuple(make.audio, make.sample_rate, make.channels, make.language);
}

}  // namespace

void Range::take(double value) {
  least = std::min(least.value_or(value), value);
  most = std::max(most.value_or(value), value);
}

void Trend::take(double x, double y) {
  if (points_++ == 0) {
    x0_ = x;
    y0_ = y;
  }
  x -= x0_;
  y -= y0_;
  sum_x_ += x;
  sum_y_ += y;
  sum_xx_ += x * x;
  sum_xy_ += x * y;
  sum_yy_ += y * y;
}

std::optional<Trend::Slope> Trend::slope() const {
  if (points_ < kFewestPoints) return std::nullopt;
  const double n = points_;
  const double xx = sum_xx_ - sum_x_ * sum_x_ / n;
  const double xy = sum_xy_ - sum_x_ * sum_y_ / n;
  const double yy = sum_yy_ - sum_y_ * sum_y_ / n;
  if (xx <= 0) return std::nullopt;
  const double slope = xy / xx;
  const double off = std::max(0.0, yy - slope * xy);
  return Slope{slope, std::sqrt(off / (n - 2) / xx)};
}

void Observation::take(const Sample& sample) {
  ++samples;
  if (!first_at_) first_at_ = sample.at;
  lasted = sample.at - *first_at_;
  counts.publishes.take(sample.feed.counters.publishes);
  if (sample.feed.protocol.empty() || sample.feed.silent) ++absent;
  if (sample.feed.protocol.empty()) return;
  take_counts(sample);
  take_network(sample);
  if (!sample.worker) return;
  take_format(sample);
  take_pace(sample);
  take_sound(sample);
  take_text(sample);
  const channel::FeedMake& make = sample.feed.make;
  watched = watched || make.watched > 0;
  black = std::max(black, make.black);
  frozen = std::max(frozen, make.frozen);
  scrambled = std::max(scrambled, make.scrambled);
  newest = sample;
}

void Observation::take_format(const Sample& sample) {
  transport = transport || sample.transport;
  if (newest) {
    const channel::FeedMake& was = newest->feed.make;
    const channel::FeedMake& is = sample.feed.make;
    // What comes to be known is no change.
    if (was.video && video_of(was) != video_of(is)) ++video_changes;
    if (was.video && std::tie(was.width, was.height) != std::tie(is.width, is.height)) ++size_changes;
    if (was.audio && audio_of(was) != audio_of(is)) ++audio_changes;
  }
  const channel::FeedMake& make = sample.feed.make;
  if (make.gop > 0) gop.take(seconds_of(make.gop));
  since_key = std::max(since_key, seconds_of(make.since_key));
  counts.pictures.take(make.pictures);
  counts.played.take(static_cast<std::uint64_t>(make.played));
  counts.key_frames.take(make.key_frames);
  counts.open_key_frames.take(make.open_key_frames);
}

void Observation::take_counts(const Sample& sample) {
  const channel::FeedReport& feed = sample.feed;
  counts.bytes.take(feed.counters.bytes);
  if (!bytes_at_) {
    bytes_at_ = sample.at;
  } else if (const base::Micros span = sample.at - *bytes_at_; span >= kShortestSpan) {
    bitrate.take(static_cast<double>(counts.bytes.total() - bytes_before_) * 8 / seconds_of(span));
    bytes_before_ = counts.bytes.total();
    bytes_at_ = sample.at;
  }
  if (!sample.worker) return;
  counts.audio_packets.take(feed.audio_packets);
  counts.jumps.take(feed.timeline_anchors);
  counts.restamped.take(feed.timeline_restamped);
  counts.timeline_dropped.take(feed.timeline_dropped);
  counts.bad_cues.take(feed.bad_cues);
  counts.continuity.take(feed.ts_continuity_errors);
  counts.sync_losses.take(feed.ts_sync_losses);
  counts.damaged.take(feed.ts_damaged_units);
  counts.transport_errors.take(feed.ts_transport_errors);
  counts.scrambled.take(feed.ts_scrambled);
  const std::uint64_t before = counts.cues.total();
  counts.cues.take(feed.cues);
  if (counts.cues.total() > before) last_cue = sample.utc;
  cues_before = feed.cues;
}

void Observation::take_network(const Sample& sample) {
  if (sample.srt) {
    srt = true;
    counts.srt_received.take(sample.srt->packets_received_unique_total);
    counts.srt_lost.take(sample.srt->packets_lost_total);
    counts.srt_retransmitted.take(sample.srt->packets_retransmitted_total);
    counts.srt_dropped.take(sample.srt->packets_dropped_total);
    counts.srt_undecrypted.take(sample.srt->packets_undecrypted_total);
    counts.discarded.take(sample.srt->bytes_discarded_total);
  }
  if (!sample.pull) return;
  pulled = sample.pull->protocol;
  counts.datagrams.take(sample.pull->datagrams);
  counts.datagrams_lost.take(sample.pull->datagrams_lost);
  counts.rtp_lost.take(sample.pull->rtp_lost);
}

void Observation::take_pace(const Sample& sample) {
  const channel::FeedMake& make = sample.feed.make;
  if (make.sound_behind) sound_behind.take(milliseconds_of(*make.sound_behind));
  if (!make.pace_zero) {
    pace_before_.reset();
    return;
  }
  jitter.take(milliseconds_of(make.jitter));
  if (pace_before_ && std::abs(static_cast<double>(*make.pace_zero - *pace_before_)) > kPaceJump) pace.restart();
  pace_before_ = make.pace_zero;
  pace.take(seconds_of(sample.at), static_cast<double>(*make.pace_zero));
}

void Observation::take_sound(const Sample& sample) {
  const channel::LoudnessReport& loudness = sample.feed.loudness;
  if (loudness.short_term) {
    short_term_power += std::pow(10, *loudness.short_term / 10);
    ++short_terms;
  }
  if (loudness.momentary) {
    ++heard;
    if (*loudness.momentary < kSilence) ++silent;
  }
  if (loudness.true_peak) true_peak = loudness.true_peak;
  if (loudness.integrated) integrated = loudness.integrated;
}

void Observation::take_text(const Sample& sample) {
  const channel::FeedReport& feed = sample.feed;
  captions = feed.captions;
  caption_pictures.take(feed.caption_pictures);
  teletext.take(feed.teletext);
  texts.take(feed.texts);
  teletext_described = !feed.teletext_pages.empty();
  bitmap_subtitles = feed.bitmap_subtitles;
}

}  // namespace facility

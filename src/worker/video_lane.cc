#include "worker/video_lane.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "media/slot.h"
#include "transcode/sdr.h"

namespace worker {

namespace {

/// HDR in the rungs themselves needs encoders of 10 bits, which no rung has.
void log_sdr_conversion(const std::string& channel, const media::Track& track) {
  if (!transcode::needs_sdr_conversion(track.video.colour)) return;
  base::log_info(
      "worker", "the feed is HDR or BT.2020; encoded rungs are tone-mapped to SDR (BT.709), a copy stays as it is",
      {{"channel", channel}, {"transfer", track.video.colour.transfer}, {"primaries", track.video.colour.primaries}});
}

}  // namespace

VideoLane::VideoLane(const job::Options& options, LaneOutlet& outlet) : options_(options), outlet_(outlet) {}

VideoLane::~VideoLane() = default;

bool VideoLane::take(const media::Track& track, std::int64_t claimed_rate) {
  if (!source_) {
    source_ = track;
    active_ = playable_ = true;
    open(claimed_rate);
    return true;
  }
  if (active_ && track.id != source_->id) return false;  // a second angle: the first one is shown
  const bool changed = !media::same_format(track, *source_) || track.timescale != source_->timescale;
  active_ = true;
  claimed_rate_ = claimed_rate;
  if (changed) {
    change(track);
  } else {
    source_ = track;
    if (playable_) format_ = track;
  }
  return true;
}

void VideoLane::change(const media::Track& track) {
  base::log_info("worker", "video format changed",
                 {{"channel", options_.channel},
                  {"codec", track.codec_string},
                  {"width", track.video.width},
                  {"height", track.video.height}});
  source_ = track;
  playable_ = !plan_.copy || can_copy(track);
  if (!playable_) {
    base::log_error("worker", "the new video format cannot be copied; the picture is held until another one comes",
                    {{"channel", options_.channel}, {"codec", track.codec_string}});
    return;
  }
  if (ladder_) {
    log_sdr_conversion(options_.channel, track);
    const base::Status status = ladder_->change_source(track);
    if (!status.ok())
      base::log_error("worker", "new video format not decodable",
                      {{"channel", options_.channel}, {"why", status.error().message()}});
  }
  if (!plan_.copy) return;
  set_copy_format(track);
  outlet_.on_change();
}

void VideoLane::set_copy_format(const media::Track& track) {
  format_ = track;
  rate_.emplace(track.timescale, media::rescale(options_.segment, base::kSecond, track.timescale),
                bandwidth_of_copy(track, claimed_rate_, options_.part).average, claimed_rate_ == 0);
}

void VideoLane::open(std::int64_t claimed_rate) {
  claimed_rate_ = claimed_rate;
  plan_ = plan_video(options_, *source_);
  if (!plan_.rungs.empty()) {
    const base::Status status = open_ladder();
    if (!status.ok()) {
      base::log_error("worker", "cannot encode the ladder; the feed's own video is served if players can take it",
                      {{"channel", options_.channel}, {"why", status.error().message()}});
      ladder_.reset();
      plan_.rungs.clear();
      plan_.copy = can_copy(*source_);
    }
  }
  if (plan_.copy) {
    set_copy_format(*source_);
    copy_ = outlet_.add_rendition(std::string(job::kCopyName), [this] { return describe_copy(); });
  }
  rungs_.resize(plan_.rungs.size());
  for (std::size_t i = 0; i < plan_.rungs.size(); ++i) {
    rungs_[i].rendition = outlet_.add_rendition(plan_.rungs[i].name, [this, i] { return describe_rung(i); });
  }
}

base::Status VideoLane::open_ladder() {
  transcode::VideoLadder::Options ladder;
  const media::Rational rate = plan_.copy ? source_->video.frame_rate : plan_.rungs.front().frame_rate;
  ladder.segment = media::slot_length(source_->timescale, rate, options_.segment).seconds;
  ladder.keys = plan_.copy ? transcode::VideoLadder::Keys::kForced : transcode::VideoLadder::Keys::kGrid;
  TRY(ladder_, transcode::VideoLadder::make(*source_, plan_.rungs, ladder));
  plan_.rungs = ladder_->rungs();
  rungs_.resize(plan_.rungs.size());
  ladder_->drain(*this);
  log_sdr_conversion(options_.channel, *source_);
  return base::Ok{};
}

bool VideoLane::take(media::Packet& packet) {
  if (!source_ || !active_ || packet.track_id != source_->id) return false;
  ++packets_;
  if (!playable_) {
    ++unplayable_;
    return true;
  }
  newest_ = std::max(newest_.value_or(media::Instant{INT64_MIN, 1}), media::Instant{packet.pts, source_->timescale});
  if (rate_ && rate_->add(packet.dts, packet.data.size())) outlet_.on_change();
  // The packager first: it may announce a cut at this packet, where the encoders then put their key frames.
  if (copy_) outlet_.publish(*copy_, ladder_ ? media::Packet(packet) : std::move(packet));
  if (ladder_) ladder_->feed(std::move(packet));
  return true;
}

void VideoLane::release(std::uint32_t track_id) {
  if (source_ && source_->id == track_id) release();
}

void VideoLane::release() {
  active_ = false;
  on_loss();
}

void VideoLane::on_loss() {
  if (ladder_) ladder_->discontinuity();
}

void VideoLane::hold(base::Micros utc) {
  if (!ladder_) return;
  if (const auto until = hold_clock_.on_tick(utc, ladder_->newest())) ladder_->hold(*until);
}

void VideoLane::on_cut(std::int64_t time) {
  if (ladder_ && plan_.copy) ladder_->force_key_at({time, source_->timescale});
}

void VideoLane::on_key_wanted(std::uint32_t rendition) {
  const bool ours =
      std::any_of(rungs_.begin(), rungs_.end(), [&](const auto& rung) { return rung.rendition == rendition; });
  if (ladder_ && newest_ && ours) ladder_->force_key_at(*newest_);
}

void VideoLane::on_encoded() {
  if (ladder_) ladder_->drain(*this);
}

void VideoLane::flush() {
  if (!ladder_) return;
  ladder_->flush();
  ladder_->drain(*this);
}

std::optional<transcode::VideoLadder::Counters> VideoLane::ladder_counters() const {
  if (!ladder_) return std::nullopt;
  return ladder_->counters();
}

packager::RenditionSpec VideoLane::describe_copy() const {
  packager::RenditionSpec spec;
  spec.track = format_;
  spec.label = std::to_string(format_.video.height) + "p";
  const Bandwidth bandwidth = rate_->peak() > 0 ? bandwidth_measured(rate_->peak(), rate_->average(), options_.part)
                                                : bandwidth_of_copy(format_, claimed_rate_, options_.part);
  spec.bandwidth = bandwidth.peak;
  spec.average_bandwidth = bandwidth.average;
  return spec;
}

packager::RenditionSpec VideoLane::describe_rung(std::size_t rung) const {
  packager::RenditionSpec spec;
  spec.track = rungs_[rung].track;
  spec.encoded = true;
  spec.label = std::to_string(spec.track.video.height) + "p";
  const Bandwidth bandwidth = bandwidth_of(plan_.rungs[rung], options_.part);
  spec.bandwidth = bandwidth.peak;
  spec.average_bandwidth = bandwidth.average;
  return spec;
}

void VideoLane::on_track(std::size_t rung, const media::Track& track) { rungs_[rung].track = track; }

void VideoLane::on_packet(std::size_t rung, media::Packet&& packet) {
  if (rungs_[rung].rendition) outlet_.publish(*rungs_[rung].rendition, std::move(packet));
}

}  // namespace worker

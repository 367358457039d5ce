#include "worker/feed_input.h"

#include <utility>

#include "base/log.h"
#include "media/stamp_wrap.h"

namespace worker {
namespace {

timeline::Timeline::Options timing(const FeedInput::Options& options) {
  timeline::Timeline::Options out;
  out.clear_slots = options.clear_slots;
  out.source_time = options.source_time;
  out.agreed_clock = options.agreed_clock;
  return out;
}

}  // namespace

FeedInput::FeedInput(Options options, media::EventSink& out)
    : options_(std::move(options)), timeline_(timing(options_), out) {}

void FeedInput::start(feed::Format format, std::optional<base::Micros> zero) {
  stop();
  timeline_.on_restart();
  timeline_.keep(zero);
  time_code_.restart();
  meter_ = {};
  sbr_ = {};
  info_ = {};
  scrambled_logged_ = bad_cue_logged_ = false;
  timeline_.set_wrap(format == feed::Format::kRtmp ? media::kRtmpWrap : media::kMpegTsWrap);
  if (format == feed::Format::kRtmp) {
    rtmp_ = std::make_unique<rtmp::TagDemuxer>(static_cast<rtmp::TagSink&>(*this));
  } else {
    ts_ = std::make_unique<ts::Demuxer>(ts::Demuxer::Options{static_cast<std::uint16_t>(options_.program)},
                                        static_cast<media::EventSink&>(*this));
  }
}

void FeedInput::take(const feed::RtmpMessage& message) {
  if (!rtmp_) return;
  rtmp_->feed(static_cast<rtmp::Type>(message.type), message.timestamp, message.arrived, message.payload);
  watch_cues();
}

void FeedInput::take(base::View bytes, base::Micros arrived) {
  if (!ts_) return;
  ts_->feed(bytes, arrived);
  if (ts_->counters().scrambled > 0 && !std::exchange(scrambled_logged_, true)) {
    base::log_warn("worker", "the feed is scrambled (encrypted): its packets are dropped until it is descrambled",
                   {{"channel", options_.channel}});
  }
  watch_cues();
}

std::uint64_t FeedInput::bad_cues() const {
  return timeline_.counters().cues_bad + damaged_before_ + (ts_ ? ts_->counters().cues_damaged : 0);
}

void FeedInput::on_event(media::Event&& event) {
  if (sbr_.holds(event)) return;
  if (auto track = sbr_.released_by(event)) pass(media::Event(*std::move(track)));
  pass(std::move(event));
}

void FeedInput::pass(media::Event&& event) {
  time_code_.take(event);
  meter_.take(event);
  const auto* packet = std::get_if<media::Packet>(&event);
  if (options_.source_time && packet != nullptr && !timeline_.clock()) {
    std::optional<base::Micros> clock = time_code_.clock_near(packet->arrived - options_.source_offset);
    if (clock) *clock += options_.source_offset;
    timeline_.set_source_clock(clock);
  }
  timeline_.on_event(std::move(event));
  watch_anchor();
}

void FeedInput::watch_anchor() {
  using At = timeline::Timeline::AnchoredAt;
  const At at = timeline_.anchored_at();
  if (std::exchange(anchored_, at) == at || at == At::kNothing) return;
  if (options_.agreed_clock) return log_clock(at);
  if (!options_.source_time) return;
  if (at == At::kSource) {
    base::log_info("worker", "the feed's time is that of its time code", {{"channel", options_.channel}});
    return;
  }
  const char* const why = at == At::kArrivalFar     ? "it is more than 1 s ahead of the arrival, or 8 s behind it"
                          : at == At::kArrivalTaken ? "what was published before goes on beyond it"
                                                    : "none came with the first second of pictures";
  base::log_warn("worker", "the feed's time is that of its arrival and not that of its time code",
                 {{"channel", options_.channel}, {"why", why}});
}

void FeedInput::log_clock(timeline::Timeline::AnchoredAt at) const {
  using At = timeline::Timeline::AnchoredAt;
  if (at == At::kSource) {
    base::log_info("worker", "the feed's time is that of its time stamps, as agreed with the other servers",
                   {{"channel", options_.channel}});
    return;
  }
  const char* const why = at == At::kArrivalFar     ? "the agreed time is more than 8 s from the arrival"
                          : at == At::kArrivalTaken ? "what was published before goes on beyond it"
                                                    : "no clock was agreed on within 1 s";
  base::log_warn("worker", "the feed's time is that of its arrival: its segments differ from those of other servers",
                 {{"channel", options_.channel}, {"why", why}});
}

job::Anchored FeedInput::anchored() const {
  if (!running() || timeline_.anchored_at() != timeline::Timeline::AnchoredAt::kSource) return job::Anchored::kArrival;
  return options_.agreed_clock ? job::Anchored::kPts : job::Anchored::kTimeCode;
}

void FeedInput::watch_cues() {
  const std::uint64_t bad = bad_cues();
  if (std::exchange(bad_cues_seen_, bad) == bad || std::exchange(bad_cue_logged_, true)) return;
  const std::string& why = timeline_.cue_error();
  base::log_warn("worker", "splice information (SCTE-35) of the feed left out",
                 {{"channel", options_.channel}, {"why", why.empty() ? "damaged section, CRC-32 or length" : why}});
}

void FeedInput::stop() {
  if (rtmp_) rtmp_->flush();
  if (ts_) {
    ts_->flush();
    damaged_before_ += ts_->counters().cues_damaged;
  }
  if (rtmp_ || ts_) timeline_.on_event(media::End{});
  rtmp_.reset();
  ts_.reset();
}

std::int64_t FeedInput::claimed_rate(media::Kind kind) const {
  return std::int64_t{1000} * (kind == media::Kind::kVideo ? info_.video_kbps : info_.audio_kbps);
}

void FeedInput::on_stream_info(const rtmp::StreamInfo& info) {
  info_ = info;
  timeline_.set_frame_rate_hint(info.frame_rate);
}

void FeedInput::on_notice(const rtmp::Notice& notice) {
  ++unplayable_;
  const bool repaired = notice.kind == rtmp::Notice::Kind::kBadTime;
  base::log_warn("worker", repaired ? "part of the feed repaired" : "part of the feed left out",
                 {{"channel", options_.channel}, {"why", notice.text}});
}

}  // namespace worker

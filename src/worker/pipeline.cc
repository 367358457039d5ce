#include "worker/pipeline.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "record/position_encoding.h"
#include "worker/audio_lane.h"

namespace worker {
namespace {

// Audio this far behind the newest video has stopped coming: it is filled up with silence until it is only
// kSilenceMargin behind, well before the packager would declare a gap, and not so close that late audio loses.
constexpr base::Micros kAudioMissing = 600 * base::kMillisecond;
constexpr base::Micros kSilenceMargin = 350 * base::kMillisecond;

// How long the first presentation waits for audio after video has begun, so that no player joins without it. Less than
// the three parts that the first playlist waits for anyway. A transport stream may bring further languages a little
// later.
constexpr base::Micros kWaitForAudio = 500 * base::kMillisecond;
constexpr base::Micros kWaitForLanguages = 250 * base::kMillisecond;
constexpr std::size_t kMostEarly = 1024;

packager::Packager::Options packaging(const job::Options& options) {
  packager::Packager::Options out;
  out.segment_target = options.segment;
  out.part_target = options.part;
  return out;
}

timeline::Timeline::Options timing(const job::Options& options) {
  timeline::Timeline::Options out;
  if (options.copy_video) out.clear_slots = options.segment;
  return out;
}

}  // namespace

/// Hands what the encoders deliver to the packager, under the rendition's index.
class Pipeline::RungOutput final : public transcode::Output {
 public:
  explicit RungOutput(Pipeline& owner) : owner_(owner) {}
  void on_track(std::size_t rung, const media::Track& track) override {
    if (owner_.rung_tracks_.size() <= rung) owner_.rung_tracks_.resize(rung + 1);
    owner_.rung_tracks_[rung] = track;
  }
  void on_packet(std::size_t rung, media::Packet&& packet) override {
    const auto rendition = owner_.rendition_of(Source::Kind::kRung, rung);
    if (rendition) owner_.packager_.on_packet(*rendition, std::move(packet));
  }

 private:
  Pipeline& owner_;
};

/// Demuxes RTMP messages onto the timeline.
class Pipeline::RtmpInput final : private rtmp::TagSink {
 public:
  explicit RtmpInput(Pipeline& owner) : owner_(owner), demuxer_(*this) {}

  void feed(const feed::RtmpMessage& message) {
    demuxer_.feed(static_cast<rtmp::Type>(message.type), message.timestamp, message.arrived, message.payload);
  }
  void flush() { demuxer_.flush(); }

 private:
  void on_event(media::Event&& event) override { owner_.timeline_.on_event(std::move(event)); }
  void on_stream_info(const rtmp::StreamInfo& info) override {
    owner_.timeline_.set_frame_rate_hint(info.frame_rate);
    owner_.video_bitrate_hint_ = std::int64_t{info.video_kbps} * 1000;
  }
  void on_notice(const rtmp::Notice& notice) override {
    ++owner_.unplayable_;
    const bool repaired = notice.kind == rtmp::Notice::Kind::kBadTime;
    base::log_warn("worker", repaired ? "part of the feed repaired" : "part of the feed left out",
                   {{"channel", owner_.options_.channel}, {"why", notice.text}});
  }

  Pipeline& owner_;
  rtmp::TagDemuxer demuxer_;
};

Pipeline::Pipeline(job::Options options, OnRecord on_record)
    : options_(std::move(options)),
      on_record_(std::move(on_record)),
      packager_(packaging(options_), *this),
      timeline_(timing(options_), *this),
      rung_output_(std::make_unique<RungOutput>(*this)) {}

Pipeline::~Pipeline() = default;

// Presents what the log had at once, so that gaps can be declared while the feed's next key frame is awaited.
void Pipeline::resume(const record::Position& log) {
  for (const record::Position::Rendition& at : log.renditions) {
    if (at.started) timeline_.not_before(media::rescale(at.end, at.timescale, base::kSecond, media::Round::kUp));
  }
  packager_.resume(log);
  resumed_ = packager::specs_of(log.presentation);
  begun_ = true;
  for (const record::Rendition& rendition : log.presentation.renditions) {
    renditions_.push_back({Source::Kind::kResumed, renditions_.size(), rendition.name});
  }
  present();
}

bool Pipeline::on_message(const feed::Message& message) {
  if (const auto* log = std::get_if<feed::Resume>(&message)) {
    auto position = record::parse_position(log->position.view());
    if (position.ok()) {
      resume(*position);
    } else {
      base::log_error("worker", "the log's position is not readable; it begins anew",
                      {{"channel", options_.channel}, {"why", position.error().message()}});
    }
  } else if (const auto* start = std::get_if<feed::Start>(&message)) {
    start_feed(start->format);
  } else if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) {
    if (rtmp_) rtmp_->feed(*rtmp);
  } else if (const auto* ts = std::get_if<feed::TsBytes>(&message)) {
    if (ts_) ts_->feed(ts->payload.view(), ts->arrived);
  } else if (const auto* tick = std::get_if<feed::Tick>(&message)) {
    fill_silence();
    if (presented_) packager_.tick(tick->utc);
  } else if (std::holds_alternative<feed::Dropped>(message)) {
    timeline_.on_event(media::Loss{});
    if (ladder_) ladder_->discontinuity();
  } else if (std::holds_alternative<feed::Stop>(message)) {
    close_demuxers();
  } else if (std::holds_alternative<feed::Finish>(message)) {
    drain_and_finish();
    return false;
  }
  return true;
}

void Pipeline::start_feed(feed::Format format) {
  close_demuxers();
  timeline_.on_restart();
  if (ladder_) ladder_->discontinuity();
  for (const auto& lane : audio_) lane->active = false;
  if (format == feed::Format::kRtmp) {
    rtmp_ = std::make_unique<RtmpInput>(*this);
  } else {
    ts_ = std::make_unique<ts::Demuxer>(ts::Demuxer::Options{static_cast<std::uint16_t>(options_.program)}, timeline_);
  }
}

void Pipeline::close_demuxers() {
  if (ts_) ts_->flush();
  if (rtmp_) rtmp_->flush();
  if (rtmp_ || ts_) timeline_.flush();
  rtmp_.reset();
  ts_.reset();
}

void Pipeline::drain_and_finish() {
  close_demuxers();
  if (!begun_) begin();
  if (ladder_) {
    ladder_->flush();
    ladder_->drain(*rung_output_);
  }
  for (const auto& lane : audio_) {
    if (lane->transcoder) lane->transcoder->flush(*lane);
  }
  if (!presented_) {
    // Nothing playable ever came: the log has no presentation, and still says that it is over.
    on_record_(record::End{});
  } else {
    packager_.finish();
  }
}

int Pipeline::encoded_descriptor() const { return ladder_ ? ladder_->descriptor() : -1; }

void Pipeline::on_encoded() {
  if (ladder_) ladder_->drain(*rung_output_);
}

// ---- From the timeline: tracks and packets in UTC ticks.

void Pipeline::on_event(media::Event&& event) {
  std::visit([this](auto&& what) { accept(std::forward<decltype(what)>(what)); }, std::move(event));
}

void Pipeline::accept(const media::TrackGone& gone) {
  for (const auto& lane : audio_) {
    if (lane->source.id == gone.track_id) lane->active = false;
  }
}

void Pipeline::accept(const media::Track& track) {
  if (track.kind() == media::Kind::kVideo) {
    on_video_track(track);
  } else {
    on_audio_track(track);
  }
}

void Pipeline::on_video_track(const media::Track& track) {
  if (!video_) {
    video_ = track;
    open_video();
    return;
  }
  const bool restarted = newest_video_ == std::nullopt;
  if (track.id != video_->id && !restarted) return;  // a second angle of a multitrack feed: the first one is shown
  const bool changed = !media::same_format(track, *video_) || track.timescale != video_->timescale;
  video_ = track;
  if (!changed) return;
  base::log_info("worker", "video format changed",
                 {{"channel", options_.channel},
                  {"codec", track.codec_string},
                  {"width", track.video.width},
                  {"height", track.video.height}});
  if (ladder_) {
    const base::Status status = ladder_->change_source(track);
    if (!status.ok())
      base::log_error("worker", "new video format not decodable",
                      {{"channel", options_.channel}, {"why", status.error().message()}});
  }
  stale_ = stale_ || video_plan_.copy;
}

void Pipeline::open_video() {
  video_plan_ = plan_video(options_, *video_);
  if (!video_plan_.rungs.empty()) {
    const base::Status status = open_ladder();
    if (!status.ok()) {
      base::log_error("worker", "cannot encode the ladder; the feed's own video is served if players can take it",
                      {{"channel", options_.channel}, {"why", status.error().message()}});
      ladder_.reset();
      video_plan_.rungs.clear();
      video_plan_.copy = can_copy(*video_);
    }
  }
  if (video_plan_.copy) {
    const std::int64_t declared = bandwidth_of_copy(*video_, video_bitrate_hint_, options_.part).average;
    video_rate_.emplace(video_->timescale, media::rescale(options_.segment, base::kSecond, video_->timescale), declared,
                        video_bitrate_hint_ == 0);
    add_rendition(Source::Kind::kCopy, 0, std::string(job::kCopyName));
  }
  for (std::size_t rung = 0; rung < video_plan_.rungs.size(); ++rung)
    add_rendition(Source::Kind::kRung, rung, video_plan_.rungs[rung].name);
}

base::Status Pipeline::open_ladder() {
  transcode::VideoLadder::Options ladder;
  const media::Rational rate = video_plan_.copy ? video_->video.frame_rate : video_plan_.rungs.front().frame_rate;
  ladder.segment = media::slot_length(video_->timescale, rate, options_.segment).seconds;
  ladder.keys = video_plan_.copy ? transcode::VideoLadder::Keys::kForced : transcode::VideoLadder::Keys::kGrid;
  TRY(ladder_, transcode::VideoLadder::make(*video_, video_plan_.rungs, ladder));
  video_plan_.rungs = ladder_->rungs();
  ladder_->drain(*rung_output_);
  return base::Ok{};
}

void Pipeline::on_audio_track(const media::Track& track) {
  if (AudioLane* lane = lane_for(track)) {
    const bool changed = !media::same_format(track, lane->source) || track.timescale != lane->source.timescale;
    lane->source = track;
    lane->active = true;
    if (!changed) return;
    if (lane->transcoder) {
      const base::Status status = lane->transcoder->change_source(track, *lane);
      if (!status.ok())
        base::log_error("worker", "new audio format not decodable",
                        {{"channel", options_.channel}, {"why", status.error().message()}});
    } else {
      lane->set_format(track);
      stale_ = true;
    }
    return;
  }
  const std::optional<AudioPlan> plan = plan_audio(options_, track);
  if (!plan) return;
  auto lane = std::make_unique<AudioLane>();
  lane->source = track;
  lane->plan = *plan;
  open_audio(*lane);
  if (!lane->usable) return;
  audio_.push_back(std::move(lane));
  add_rendition(Source::Kind::kAudio, audio_.size() - 1, "a" + std::to_string(audio_.size()));
}

// The lane that goes on with this track: the one that had its id, or, after a restart, the first that nobody claimed.
Pipeline::AudioLane* Pipeline::lane_for(const media::Track& track) {
  const auto same =
      std::find_if(audio_.begin(), audio_.end(), [&](const auto& lane) { return lane->source.id == track.id; });
  if (same != audio_.end()) return same->get();
  const auto free = std::find_if(audio_.begin(), audio_.end(), [](const auto& lane) { return !lane->active; });
  return free == audio_.end() ? nullptr : free->get();
}

void Pipeline::open_audio(AudioLane& lane) {
  lane.deliver = [this, &lane](media::Packet&& packet) {
    if (lane.rendition) packager_.on_packet(*lane.rendition, std::move(packet));
  };
  if (lane.plan.copy) {
    lane.set_format(lane.source);
    lane.usable = true;
    return;
  }
  auto transcoder = transcode::AudioTranscoder::make(lane.source, {lane.plan.rung}, {});
  if (transcoder.ok()) {
    lane.transcoder = transcoder.take();
    lane.transcoder->announce(lane);
    lane.usable = true;
    return;
  }
  base::log_error("worker", "cannot encode the audio; it is copied if players can take it",
                  {{"channel", options_.channel}, {"why", transcoder.error().message()}});
  lane.plan.copy = can_copy(lane.source);
  lane.usable = lane.plan.copy;
  if (lane.usable) lane.set_format(lane.source);
}

void Pipeline::accept(media::Packet&& packet) {
  if (begun_) {
    take(std::move(packet));
    return;
  }
  early_.push_back(std::move(packet));
  if (may_begin(early_.back())) begin();
}

bool Pipeline::may_begin(const media::Packet& newest) const {
  // Audio alone has had its wait for video on the timeline.
  if (!video_ || options_.audio == job::Options::Audio::kNone || early_.size() >= kMostEarly) return true;
  const base::Micros waited = newest.arrived - early_.front().arrived;
  if (waited >= kWaitForAudio) return true;
  return !audio_.empty() && (!ts_ || waited >= kWaitForLanguages);
}

void Pipeline::begin() {
  begun_ = true;
  for (media::Packet& packet : std::exchange(early_, {})) take(std::move(packet));
}

void Pipeline::take(media::Packet&& packet) {
  if (stale_) present();
  if (video_ && packet.track_id == video_->id) {
    on_video_packet(std::move(packet));
    return;
  }
  for (const auto& lane : audio_) {
    if (lane->active && lane->source.id == packet.track_id) {
      on_audio_packet(*lane, std::move(packet));
      return;
    }
  }
}

void Pipeline::on_video_packet(media::Packet&& packet) {
  ++video_packets_;
  newest_video_ = std::max(newest_video_.value_or(packet.pts), packet.pts);
  if (video_rate_ && video_rate_->add(packet.dts, packet.data.size())) present();
  if (!ladder_) {
    if (const auto copy = rendition_of(Source::Kind::kCopy, 0)) packager_.on_packet(*copy, std::move(packet));
    return;
  }
  // The packager first: it may announce a cut at this packet, where the encoders then put their key frames.
  if (const auto copy = rendition_of(Source::Kind::kCopy, 0)) packager_.on_packet(*copy, media::Packet(packet));
  ladder_->feed(std::move(packet));
}

void Pipeline::on_audio_packet(AudioLane& lane, media::Packet&& packet) {
  ++audio_packets_;
  // Silence already stands where this packet would go.
  if (lane.end && packet.pts + packet.duration / 2 < *lane.end) return;
  lane.end = packet.pts + packet.duration;
  if (lane.transcoder) {
    lane.transcoder->feed(std::move(packet), lane);
  } else if (lane.rendition) {
    packager_.on_packet(*lane.rendition, std::move(packet));
  }
}

void Pipeline::fill_silence() {
  if (!video_ || !newest_video_ || stale_) return;
  const bool video_advances = *newest_video_ != std::exchange(video_at_last_tick_, *newest_video_);
  if (!video_advances) return;
  const base::Micros video = media::rescale(*newest_video_, video_->timescale, base::kSecond);
  for (const auto& lane : audio_) {
    const base::Micros end = lane->end ? media::rescale(*lane->end, lane->source.timescale, base::kSecond) : 0;
    if (lane->end && video - end > kAudioMissing) lane->fill(video - kSilenceMargin);
  }
}

// ---- The presentation.

void Pipeline::add_rendition(Source::Kind kind, std::size_t index, std::string name) {
  stale_ = true;
  auto place = std::find_if(renditions_.begin(), renditions_.end(), [&](const Source& source) {
    return source.kind == Source::Kind::kResumed && source.name == name;
  });
  if (place == renditions_.end()) place = renditions_.insert(place, Source{});
  *place = {kind, index, std::move(name)};
  if (kind == Source::Kind::kAudio) audio_[index]->rendition = static_cast<std::uint32_t>(place - renditions_.begin());
}

std::optional<std::uint32_t> Pipeline::rendition_of(Source::Kind kind, std::size_t index) const {
  for (std::size_t i = 0; i < renditions_.size(); ++i) {
    if (renditions_[i].kind == kind && renditions_[i].index == index) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

packager::RenditionSpec Pipeline::spec_of(const Source& source) const {
  packager::RenditionSpec spec;
  spec.name = source.name;
  Bandwidth bandwidth;
  switch (source.kind) {
    case Source::Kind::kResumed: return resumed_[source.index];
    case Source::Kind::kCopy:
      spec.track = *video_;
      bandwidth = video_rate_->peak() > 0
                      ? bandwidth_measured(video_rate_->peak(), video_rate_->average(), options_.part)
                      : bandwidth_of_copy(*video_, video_bitrate_hint_, options_.part);
      break;
    case Source::Kind::kRung:
      spec.track = rung_tracks_[source.index];
      spec.encoded = true;
      bandwidth = bandwidth_of(video_plan_.rungs[source.index], options_.part);
      break;
    case Source::Kind::kAudio: {
      const AudioLane& lane = *audio_[source.index];
      spec.track = lane.format;
      spec.track.language = lane.source.language;
      spec.encoded = lane.transcoder != nullptr;
      spec.is_default = source.index == 0;
      spec.label = lane.source.language.empty() ? "Audio " + std::to_string(source.index + 1) : lane.source.language;
      bandwidth = bandwidth_of_copy(lane.format, lane.transcoder ? lane.plan.rung.bitrate : 0, options_.part);
      break;
    }
  }
  if (spec.label.empty()) spec.label = std::to_string(spec.track.video.height) + "p";
  spec.bandwidth = bandwidth.peak;
  spec.average_bandwidth = bandwidth.average;
  return spec;
}

void Pipeline::present() {
  stale_ = false;
  std::vector<packager::RenditionSpec> specs;
  specs.reserve(renditions_.size());
  for (const Source& source : renditions_) specs.push_back(spec_of(source));
  if (specs.empty()) return;
  presented_ = true;
  packager_.set_presentation(specs);
}

// ---- From the packager.

void Pipeline::on_record(record::Record&& record) { on_record_(record); }

void Pipeline::on_cut(const packager::Cut& cut) {
  if (ladder_ && video_plan_.copy) {
    ladder_->force_key_at({cut.time, video_->timescale});
  }
}

void Pipeline::on_key_wanted(std::uint32_t rendition) {
  if (ladder_ && newest_video_ && renditions_[rendition].kind == Source::Kind::kRung) {
    ladder_->force_key_at({*newest_video_, video_->timescale});
  }
}

}  // namespace worker

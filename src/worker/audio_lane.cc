#include "worker/audio_lane.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "transcode/silence.h"
#include "worker/audio_naming.h"

namespace worker {

namespace {

// Shorter than the video's, whose held pictures begin the slate: its sound should be there by then. What is later than
// this against its usual delay is cut off, while a slate is heard.
constexpr base::Micros kMargin = 150 * base::kMillisecond;

transcode::AudioTranscoder::Options transcoder_options(const job::Loudness& loudness) {
  transcode::AudioTranscoder::Options options;
  options.measured = loudness.measured;
  if (loudness.target) options.normalised = {{*loudness.target, loudness.ceiling}};
  return options;
}

}  // namespace

AudioLane::AudioLane(const job::Options& options, LaneOutlet& outlet, std::size_t number)
    : options_(options), outlet_(outlet), number_(number), hold_clock_({.margin = kMargin}) {}

AudioLane::~AudioLane() = default;

bool AudioLane::open(const media::Track& track, const AudioPlan& plan, std::int64_t claimed_rate) {
  source_ = track;
  plan_ = plan;
  claimed_rate_ = claimed_rate;
  if (plan_.copy) return open_copy();
  auto transcoder = transcode::AudioTranscoder::make(track, {plan_.rung}, transcoder_options(options_.loudness));
  if (transcoder.ok()) {
    transcoder_ = transcoder.take();
    open_slate();
    transcoder_->announce(*this);
    add_rendition();
    return true;
  }
  base::log_error("worker", "cannot encode the audio; it is copied if players can take it",
                  {{"channel", options_.channel}, {"why", transcoder.error().message()}});
  plan_.copy = can_copy(track);
  return plan_.copy && open_copy();
}

/// Of a slate that is a picture, or has no sound, there is none: silence is in its place.
void AudioLane::open_slate() {
  if (options_.slate == nullptr) return;
  const base::Status given = transcoder_->give_slate(options_.slate->view());
  if (given.ok()) return transcoder_->show_slate(slate_, muted_);
  if (given.error().code == base::Code::kNotFound) return;
  base::log_error("worker", "no sound of the slate; there is silence in its place",
                  {{"channel", options_.channel}, {"why", given.error().message()}});
}

bool AudioLane::open_copy() {
  set_format(source_);
  add_rendition();
  return true;
}

void AudioLane::add_rendition() {
  std::string name("a");
  name += std::to_string(number_);
  rendition_ = outlet_.add_rendition(name, [this] { return describe(); });
}

void AudioLane::change(const media::Track& track, std::optional<double> loudness) {
  const bool changed = !media::same_format(track, source_) || track.timescale != source_.timescale;
  const bool other = !active_;
  source_ = track;
  active_ = true;
  if (!changed && !other) return;
  if (transcoder_) {
    const base::Status status =
        other ? transcoder_->change_feed(track, *this, loudness) : transcoder_->change_source(track, *this);
    if (!status.ok())
      base::log_error("worker", "new audio format not decodable",
                      {{"channel", options_.channel}, {"why", status.error().message()}});
    return;
  }
  if (!changed) return;
  playable_ = can_copy(track);
  if (!playable_) {
    base::log_error("worker", "the new audio format cannot be copied; it is silent until another one comes",
                    {{"channel", options_.channel}, {"codec", track.codec_string}});
    return;
  }
  set_format(track);
  outlet_.on_change();
}

void AudioLane::set_format(const media::Track& track) {
  format_ = track;
  const auto silence = transcode::Silence::make(track);
  silence_ = {};
  if (silence.ok()) silence_ = {silence->frame(), silence->duration()};
  if (transcoder_ || !plan_.copy) return;
  rate_.emplace(track.timescale, media::rescale(options_.segment, base::kSecond, track.timescale),
                bandwidth_of_copy(track, claimed_rate_, options_.part).average, claimed_rate_ == 0);
}

bool AudioLane::take(media::Packet& packet) {
  if (!active_ || packet.track_id != source_.id) return false;
  const media::Instant end{packet.pts + packet.duration, source_.timescale};
  // A feed that takes over has what this lane has played already once more. A decoder needs it to begin with, and the
  // transcoder leaves out what it makes of it.
  if (!transcoder_ && end_ && end <= *end_) return true;
  end_ = end;
  if (!playable_) ++unplayable_;
  if (!playable_ || !rendition_) return true;
  if (transcoder_) {
    transcoder_->feed(std::move(packet), *this);
    return true;
  }
  if (rate_ && rate_->add(packet.dts, packet.data.size())) outlet_.on_change();
  publish(std::move(packet));
  return true;
}

/// A frame of silence takes a frame's place; a decoder fades from one to the other. The packager fills in for codecs
/// that have none.
void AudioLane::publish(media::Packet&& packet) {
  if (!rendition_) return;
  // One that has the slate's sound is mixed with it before it is encoded.
  const bool muted = muted_ && !(transcoder_ && transcoder_->has_slate());
  if (muted && silence_.data.empty()) return;
  if (muted) packet.data = silence_.data;
  outlet_.publish(*rendition_, std::move(packet));
}

void AudioLane::mute(bool on) {
  muted_ = on;
  follow_slate(slate_);
}

void AudioLane::follow_slate(const transcode::SlateCourse& course) {
  slate_ = course;
  if (transcoder_ && transcoder_->has_slate()) transcoder_->show_slate(course, muted_);
}

void AudioLane::hold(base::Micros utc) {
  const auto until = hold_clock_.on_tick(utc, end_);
  if (until && transcoder_ && transcoder_->slate_sounds()) transcoder_->silence_until(*until, *this);
}

void AudioLane::pause(base::Micros span) {
  if (!transcoder_) {
    if (end_) end_ = media::Instant{end_->micros() + span, base::kSecond};
  } else if (const auto end = transcoder_->end()) {
    transcoder_->silence_until({end->micros() + span, base::kSecond}, *this);
  }
}

void AudioLane::flush() {
  if (transcoder_) transcoder_->flush(*this);
}

packager::RenditionSpec AudioLane::describe() const {
  packager::RenditionSpec spec;
  spec.track = format_;
  const AudioNaming naming = name_audio(options_, source_, number_);
  spec.track.language = naming.language;
  spec.encoded = transcoder_ != nullptr;
  spec.is_default = naming.is_default;
  spec.label = naming.name;
  spec.characteristics = naming.characteristics;
  spec.silence = silence_;
  const bool measured = rate_ && rate_->peak() > 0;
  const std::int64_t declared = transcoder_ ? plan_.rung.bitrate : claimed_rate_;
  const Bandwidth bandwidth = measured ? bandwidth_measured(rate_->peak(), rate_->average(), options_.part)
                                       : bandwidth_of_copy(format_, declared, options_.part);
  spec.bandwidth = bandwidth.peak;
  spec.average_bandwidth = bandwidth.average;
  return spec;
}

void AudioLane::on_track(std::size_t, const media::Track& track) { set_format(track); }

void AudioLane::on_packet(std::size_t, media::Packet&& packet) { publish(std::move(packet)); }

}  // namespace worker

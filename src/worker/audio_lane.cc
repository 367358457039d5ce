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

// Tracks that have renditions beside the first: with all there are, and a ladder and texts, fewer than the 64 that a
// log can have.
constexpr std::size_t kMostTracksWithMore = 8;

transcode::AudioTranscoder::Options transcoder_options(const job::Loudness& loudness) {
  transcode::AudioTranscoder::Options options;
  options.measured = loudness.measured;
  options.ceiling = loudness.ceiling;
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
  if (number_ > kMostTracksWithMore && !plan_.beside.empty()) {
    base::log_warn("worker", "the feed has many audio tracks: this one gets no renditions beside the first",
                   {{"channel", options_.channel}, {"track", number_}});
    plan_.beside.clear();
  }
  claimed_rate_ = claimed_rate;
  const bool encodes = !plan_.copy || !plan_.beside.empty();
  if (encodes && !open_transcoder()) plan_.copy = can_copy(track);
  if (!transcoder_ && !plan_.copy) return false;
  add("", plan_.copy ? nullptr : &plan_.rung);
  if (plan_.copy) set_format(renditions_[0], source_);
  if (transcoder_) {
    for (const job::AudioRung& rung : plan_.beside) add(rung.name, &rung);
    transcoder_->announce(*this);
  }
  for (std::size_t i = 0; i < renditions_.size(); ++i)
    renditions_[i].index = outlet_.add_rendition(renditions_[i].name, [this, i] { return describe(renditions_[i]); });
  return true;
}

void AudioLane::add(const std::string& suffix, const job::AudioRung* rung) {
  Rendition made;
  made.name = "a" + std::to_string(number_);
  if (!suffix.empty()) made.name.append("-").append(suffix);
  made.encoded = rung != nullptr;
  if (rung != nullptr) made.bitrate = rung->bitrate;
  if (rung != nullptr) made.dialnorm = rung->dialnorm;
  renditions_.push_back(std::move(made));
}

bool AudioLane::open_transcoder() {
  std::vector<job::AudioRung> rungs = plan_.beside;
  if (!plan_.copy) rungs.insert(rungs.begin(), plan_.rung);
  auto transcoder = transcode::AudioTranscoder::make(source_, rungs, transcoder_options(options_.loudness));
  if (!transcoder.ok()) {
    base::log_error("worker", "cannot encode the audio; it is copied if players can take it",
                    {{"channel", options_.channel}, {"why", transcoder.error().message()}});
    return false;
  }
  transcoder_ = transcoder.take();
  open_slate();
  return true;
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
  }
  if (!copies() || !changed) return;
  playable_ = can_copy(track);
  if (!playable_) {
    base::log_error("worker", "the new audio format cannot be copied; it is silent until another one comes",
                    {{"channel", options_.channel}, {"codec", track.codec_string}});
    return;
  }
  set_format(renditions_[0], track);
  outlet_.on_change();
}

void AudioLane::set_format(Rendition& rendition, const media::Track& track) {
  rendition.format = track;
  const auto silence = transcode::Silence::make(track, rendition.dialnorm);
  rendition.silence = {};
  if (silence.ok()) rendition.silence = {silence->frame(), silence->duration()};
  if (rendition.encoded) return;
  rate_.emplace(track.timescale, media::rescale(options_.segment, base::kSecond, track.timescale),
                bandwidth_of_copy(track, claimed_rate_, options_.part).average, claimed_rate_ == 0);
}

bool AudioLane::take(media::Packet& packet) {
  if (!active_ || packet.track_id != source_.id) return false;
  const media::Instant end{packet.pts + packet.duration, source_.timescale};
  // A feed that takes over has what this lane has played already once more. A decoder needs it to begin with, and the
  // transcoder leaves out what it makes of it.
  const bool again = copies() && end_ && end <= *end_;
  if (transcoder_) transcoder_->feed(media::Packet(packet), *this);
  if (again) return true;
  end_ = end;
  if (copies()) copy(std::move(packet));
  return true;
}

void AudioLane::copy(media::Packet&& packet) {
  if (!playable_) ++unplayable_;
  if (!playable_) return;
  if (rate_ && rate_->add(packet.dts, packet.data.size())) outlet_.on_change();
  publish(renditions_[0], std::move(packet));
}

/// A frame of silence takes a frame's place; a decoder fades from one to the other. The packager fills in for codecs
/// that have none.
void AudioLane::publish(const Rendition& to, media::Packet&& packet) {
  // One that has the slate's sound is mixed with it before it is encoded.
  const bool muted = muted_ && !(to.encoded && transcoder_->has_slate());
  if (muted && to.silence.data.empty()) return;
  if (muted) packet.data = to.silence.data;
  outlet_.publish(to.index, std::move(packet));
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
  if (copies() && end_) end_ = media::Instant{end_->micros() + span, base::kSecond};
  if (!transcoder_) return;
  if (const auto end = transcoder_->end()) transcoder_->silence_until({end->micros() + span, base::kSecond}, *this);
}

void AudioLane::flush() {
  if (transcoder_) transcoder_->flush(*this);
}

packager::RenditionSpec AudioLane::describe(const Rendition& rendition) const {
  packager::RenditionSpec spec;
  spec.track = rendition.format;
  const AudioNaming naming = name_audio(options_, source_, number_);
  spec.track.language = naming.language;
  spec.encoded = rendition.encoded;
  spec.is_default = naming.is_default;
  spec.label = naming.name;
  spec.characteristics = naming.characteristics;
  spec.still = rendition.silence;
  const bool measured = !rendition.encoded && rate_ && rate_->peak() > 0;
  const std::int64_t declared = rendition.encoded ? rendition.bitrate : claimed_rate_;
  const Bandwidth bandwidth = measured ? bandwidth_measured(rate_->peak(), rate_->average(), options_.part)
                                       : bandwidth_of_copy(rendition.format, declared, options_.part);
  spec.bandwidth = bandwidth.peak;
  spec.average_bandwidth = bandwidth.average;
  return spec;
}

void AudioLane::on_track(std::size_t rung, const media::Track& track) {
  set_format(renditions_[rung + (copies() ? 1 : 0)], track);
}

void AudioLane::on_packet(std::size_t rung, media::Packet&& packet) {
  publish(renditions_[rung + (copies() ? 1 : 0)], std::move(packet));
}

}  // namespace worker

#include "worker/production.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "packager/options.h"
#include "record/position_encoding.h"

namespace worker {
namespace {

// How long the first presentation waits for audio that was not announced, after video has begun, so that no player
// joins without it. Less than the three parts that the first playlist waits for anyway. A transport stream may bring
// further languages a little later.
constexpr base::Micros kWaitForAudio = 500 * base::kMillisecond;
constexpr base::Micros kWaitForLanguages = 250 * base::kMillisecond;
// Ten seconds, as long as announced audio is waited for, of 60 pictures a second and AAC.
constexpr std::size_t kMostEarly = 2048;

FeedInput::Options input(const job::Options& options) {
  return {options.channel, options.program, options.copy_video ? options.segment : 0};
}

}  // namespace

Production::Production(job::Options options, OnRecord on_record)
    : options_(std::move(options)),
      on_record_(std::move(on_record)),
      packager_(packager::options_of(options_), *this),
      input_(input(options_), *this),
      video_(options_, *this) {}

Production::~Production() = default;

bool Production::on_message(const feed::Message& message) {
  if (const auto* log = std::get_if<feed::Resume>(&message)) {
    resume(log->position.view());
  } else if (const auto* began = std::get_if<feed::Start>(&message)) {
    start(began->format);
  } else if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) {
    input_.take(*rtmp);
  } else if (const auto* ts = std::get_if<feed::TsBytes>(&message)) {
    input_.take(*ts);
  } else if (const auto* now = std::get_if<feed::Tick>(&message)) {
    tick(now->utc);
  } else if (std::holds_alternative<feed::Dropped>(message)) {
    input_.on_loss();
    video_.on_loss();
  } else if (std::holds_alternative<feed::Stop>(message)) {
    input_.stop();
  } else if (std::holds_alternative<feed::Finish>(message)) {
    finish();
    return false;
  }
  return true;
}

/// Presents the renditions of the log at once, so that the log grows while the feed's next key frame is awaited.
void Production::resume(base::View position) {
  const auto log = record::parse_position(position);
  if (!log.ok()) {
    base::log_error("worker", "the log's position is not readable; a new log begins",
                    {{"channel", options_.channel}, {"why", log.error().message()}});
    return;
  }
  for (const record::Position::Rendition& at : log->renditions) {
    if (at.started) input_.not_before(media::rescale(at.end, at.timescale, base::kSecond, media::Round::kUp));
  }
  packager_.resume(*log);
  presentation_.resume(log->presentation);
  present();
}

void Production::start(feed::Format format) {
  input_.stop();
  video_.release();
  for (const auto& lane : audio_) lane->release();
  input_.start(format);
}

void Production::tick(base::Micros utc) {
  // The packager first: it decides on cuts, at which the encoders then put key frames into held video.
  packager_.tick(utc);
  if (options_.outage == job::Options::Outage::kHold) video_.hold(utc);
}

void Production::finish() {
  input_.stop();
  if (presentation_.state() == Presentation::State::kGathering) begin();
  video_.flush();
  for (const auto& lane : audio_) lane->flush();
  packager_.finish();
}

// ---- From the input: tracks and packets in UTC ticks.

void Production::on_event(media::Event&& event) {
  std::visit([this](auto&& what) { take(std::forward<decltype(what)>(what)); }, std::move(event));
}

void Production::take(const media::Track& track) {
  forget_early(track);
  if (track.kind() == media::Kind::kVideo) {
    video_.take(track, input_.claimed_rate(media::Kind::kVideo));
  } else {
    take_audio(track);
  }
}

/// Drops packets that wait for the first presentation if their track gets another format, with which they do not
/// decode.
void Production::forget_early(const media::Track& next) {
  const auto differs = [&next](const media::Track& was) {
    return was.id == next.id && (!media::same_format(was, next) || was.timescale != next.timescale);
  };
  const bool changed =
      (video_.source() && differs(*video_.source())) ||
      std::any_of(audio_.begin(), audio_.end(), [&](const auto& lane) { return differs(lane->source()); });
  if (changed) std::erase_if(early_, [&](const media::Packet& packet) { return packet.track_id == next.id; });
}

/// The lane that continues with this track is the one that had its id, or the first whose track is gone.
void Production::take_audio(const media::Track& track) {
  auto lane = std::find_if(audio_.begin(), audio_.end(), [&](const auto& at) { return at->source().id == track.id; });
  if (lane == audio_.end()) {
    lane = std::find_if(audio_.begin(), audio_.end(), [](const auto& at) { return !at->active(); });
  }
  if (lane != audio_.end()) {
    (*lane)->change(track);
    return;
  }
  const std::optional<AudioPlan> plan = plan_audio(options_, track);
  if (!plan) return;
  auto made = std::make_unique<AudioLane>(options_, static_cast<LaneOutlet&>(*this), audio_.size() + 1);
  if (made->open(track, *plan, input_.claimed_rate(media::Kind::kAudio))) audio_.push_back(std::move(made));
}

void Production::take(const media::TrackGone& gone) {
  video_.release(gone.track_id);
  for (const auto& lane : audio_) {
    if (lane->source().id == gone.track_id) lane->release();
  }
}

void Production::take(media::Packet&& packet) {
  if (presentation_.state() != Presentation::State::kGathering) {
    deliver(std::move(packet));
    return;
  }
  early_.push_back(std::move(packet));
  if (may_begin(early_.back())) begin();
}

bool Production::may_begin(const media::Packet& newest) const {
  // Audio alone has had its wait for video on the timeline.
  if (!video_.known() || options_.audio == job::Options::Audio::kNone || early_.size() >= kMostEarly) return true;
  const base::Micros waited = newest.arrived - early_.front().arrived;
  if (audio_.empty()) return waited >= kWaitForAudio && !input_.awaits(media::Kind::kAudio, newest.arrived);
  return !input_.finds_tracks() || waited >= kWaitForLanguages;
}

void Production::begin() {
  presentation_.begin();
  for (media::Packet& packet : std::exchange(early_, {})) deliver(std::move(packet));
}

void Production::deliver(media::Packet&& packet) {
  if (presentation_.state() == Presentation::State::kChanged) present();
  if (video_.take(packet)) return;
  for (const auto& lane : audio_) {
    if (!lane->take(packet)) continue;
    ++audio_packets_;
    return;
  }
}

// ---- From the lanes.

std::uint32_t Production::add_rendition(const std::string& name, Presentation::Describe describe) {
  return presentation_.add(name, std::move(describe));
}

void Production::publish(std::uint32_t rendition, media::Packet&& packet) {
  if (presentation_.state() == Presentation::State::kChanged) present();
  packager_.on_packet(rendition, std::move(packet));
}

void Production::present() {
  const std::vector<packager::RenditionSpec> specs = presentation_.specs();
  if (!specs.empty()) packager_.set_presentation(specs);
}

}  // namespace worker

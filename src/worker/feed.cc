#include "worker/feed.h"

#include <algorithm>
#include <cstdlib>

#include "media/time.h"

namespace worker {
namespace {

// Track ids of a feed are PIDs of 13 bits, or the few numbers of RTMP's tracks.
constexpr std::uint32_t kIdsPerFeed = 1U << 16;
// The smallest step of the delay of a feed without a constant frame rate.
constexpr base::Micros kStep = 20 * base::kMillisecond;

}  // namespace

Feed::Feed(feed::Id id, FeedInput::Options options, FeedOwner& owner, transcode::PictureHealth::Options health)
    : id_(id),
      first_track_(kIdsPerFeed * static_cast<std::uint32_t>(feed::index(id))),
      owner_(owner),
      health_(std::move(health)),
      input_(std::move(options), *this) {}

void Feed::start(const feed::Start& began) {
  tracks_.clear();
  probe_.reset();
  captions_ = {};
  rate_ = {};
  transport_ = {};
  last_picture_ = 0;
  recent_ = {};
  recent_bytes_ = 0;
  line_.clear();
  input_.not_before(given_until_);
  input_.start(began.format, began.zero);
}

void Feed::on_loss() {
  input_.on_loss();
  on_event(media::Loss{});
}

void Feed::tick(base::Micros utc) {
  release(utc);
  if (const ts::Counters* counters = input_.transport()) transport_.look(*counters, video_packets_, utc);
}

const media::Track* Feed::video() const {
  const auto found =
      std::find_if(tracks_.begin(), tracks_.end(), [](const auto& at) { return at.kind() == media::Kind::kVideo; });
  return found == tracks_.end() ? nullptr : &*found;
}

void Feed::on_event(media::Event&& event) {
  std::optional<base::Micros> arrived;
  if (auto* track = std::get_if<media::Track>(&event)) {
    track->id += first_track_;
  } else if (auto* gone = std::get_if<media::TrackGone>(&event)) {
    gone->track_id += first_track_;
  } else if (auto* packet = std::get_if<media::Packet>(&event)) {
    packet->track_id += first_track_;
    arrived = packet->arrived;
  } else if (auto* teletext = std::get_if<media::Teletext>(&event)) {
    teletext->stream += first_track_;
  }
  owner_.on_feed_heard(*this, event);
  if (!line_.used()) return give(std::move(event));
  line_.put(std::move(event));
  if (arrived) release(*arrived);
}

void Feed::release(base::Micros now) {
  while (std::optional<media::Event> event = line_.take(now)) give(std::move(*event));
}

void Feed::drain() {
  while (std::optional<media::Event> event = line_.take()) give(std::move(*event));
}

void Feed::give(media::Event&& event) {
  if (const auto* track = std::get_if<media::Track>(&event)) {
    note(*track);
  } else if (const auto* gone = std::get_if<media::TrackGone>(&event)) {
    if (video() != nullptr && video()->id == gone->track_id) drop_video();
    std::erase_if(tracks_, [&](const media::Track& at) { return at.id == gone->track_id; });
    std::erase_if(recent_.audio, [&](const media::Packet& packet) { return packet.track_id == gone->track_id; });
  } else if (auto* packet = std::get_if<media::Packet>(&event)) {
    if (line_.delay() > 0) {
      shift(*packet, line_.delay());
      if (const media::Track* of = find(packet->track_id)) {
        const base::Micros end = media::rescale(packet->dts + packet->duration, of->timescale, base::kSecond);
        given_until_ = std::max(given_until_, end);
      }
    }
    count(*packet);
    probe(*packet);
  } else if (auto* cue = std::get_if<media::Cue>(&event)) {
    cue->at.ticks += media::rescale(line_.delay(), base::kSecond, cue->at.scale);
    cue->arrived += line_.delay();
  } else if (auto* teletext = std::get_if<media::Teletext>(&event)) {
    teletext->at.ticks += media::rescale(line_.delay(), base::kSecond, teletext->at.scale);
    teletext->arrived += line_.delay();
  } else if (auto* text = std::get_if<media::Text>(&event)) {
    text->at.ticks += media::rescale(line_.delay(), base::kSecond, text->at.scale);
    text->arrived += line_.delay();
  } else if (std::holds_alternative<media::Loss>(event)) {
    drop_video();
    rate_.skip();
  }
  owner_.on_feed_event(*this, std::move(event));
}

void Feed::shift(media::Packet& packet, base::Micros by) const {
  const media::Track* of = find(packet.track_id);
  if (of == nullptr) return;
  const std::int64_t ticks = media::rescale(by, base::kSecond, of->timescale);
  packet.pts += ticks;
  packet.dts += ticks;
  packet.arrived += by;
}

std::optional<media::Rational> Feed::frame_rate() const {
  const bool constant = video() != nullptr && video()->video.frame_rate.known();
  return constant ? std::optional(video()->video.frame_rate) : std::nullopt;
}

void Feed::set_delay(base::Micros delay) {
  base::Micros step = kStep;
  if (const auto rate = frame_rate()) {
    const std::int64_t frames = media::rescale(delay, base::kSecond * rate->den, rate->num);
    step = media::rescale(base::kSecond, rate->num, rate->den);
    delay = media::rescale(frames, rate->num, base::kSecond * rate->den);
  }
  const base::Micros more = delay - line_.delay();
  if (std::abs(more) * 4 < step * 3) return;
  line_.set(delay);
  for (std::vector<media::Packet>* kept : {&recent_.video, &recent_.audio}) {
    for (media::Packet& packet : *kept) shift(packet, more);
  }
  for (media::Cue& cue : recent_.cues) cue.at.ticks += media::rescale(more, base::kSecond, cue.at.scale);
  rate_.skip();
}

const media::Track* Feed::find(std::uint32_t track_id) const {
  const auto found =
      std::find_if(tracks_.begin(), tracks_.end(), [&](const media::Track& at) { return at.id == track_id; });
  return found == tracks_.end() ? nullptr : &*found;
}

void Feed::count(const media::Packet& packet) {
  const media::Track* track = find(packet.track_id);
  if (track == nullptr) return;
  if (track->kind() == media::Kind::kAudio) {
    ++audio_packets_;
  } else if (track == video()) {
    ++video_packets_;
    last_picture_ = packet.arrived;
    captions_.feed(track->codec, packet);
    rate_.picture(media::rescale(packet.dts, track->timescale, base::kSecond));
  }
}

/// Packets that were kept do not decode with another format.
void Feed::note(const media::Track& track) {
  const auto known =
      std::find_if(tracks_.begin(), tracks_.end(), [&](const media::Track& at) { return at.id == track.id; });
  if (known == tracks_.end()) {
    tracks_.push_back(track);
    return;
  }
  const bool changed = !media::same_format(*known, track) || known->timescale != track.timescale;
  *known = track;
  if (!changed) return;
  if (track.kind() == media::Kind::kVideo) drop_video();
  if (&*known == video()) {
    probe_.reset();  // set_probing() makes another one
    rate_ = {};
  }
  std::erase_if(recent_.audio, [&](const media::Packet& packet) { return packet.track_id == track.id; });
}

void Feed::keep(media::Packet&& packet) {
  const media::Track* track = find(packet.track_id);
  if (track == nullptr) return;
  if (track == video()) {
    if (packet.key) drop_video();
    if (!packet.key && recent_.video.empty()) return;
    recent_bytes_ += packet.data.size();
    recent_.video.push_back(std::move(packet));
    const base::Micros span = recent_.video.back().arrived - recent_.video.front().arrived;
    if (span > kMostTime || recent_bytes_ > kMostBytes) drop_video();
    return;
  }
  if (track->kind() != media::Kind::kAudio) return;
  const base::Micros oldest = packet.arrived - kMostAudio;
  recent_.audio.push_back(std::move(packet));
  std::erase_if(recent_.audio, [&](const media::Packet& kept) { return kept.arrived < oldest; });
}

void Feed::keep(media::Cue&& cue) {
  if (recent_.cues.size() == kMostCues) recent_.cues.erase(recent_.cues.begin());
  recent_.cues.push_back(std::move(cue));
}

void Feed::drop_video() {
  recent_.video.clear();
  recent_bytes_ = 0;
}

void Feed::probe(const media::Packet& packet) {
  if (!probe_ || !packet.key || video() == nullptr || packet.track_id != video()->id) return;
  if (probing_ == Probing::kAll || std::exchange(thumbnail_asked_, false)) probe_->feed(packet);
}

void Feed::ask_thumbnail() {
  if (!probe_) return;
  thumbnail_asked_ = true;
  probe_->ask_thumbnail();
}

std::optional<transcode::Thumbnail> Feed::take_thumbnail() { return probe_ ? probe_->take_thumbnail() : std::nullopt; }

void Feed::set_probing(Probing probing) {
  probing_ = probing;
  if (probing == Probing::kNone || video() == nullptr) {
    probe_.reset();
  } else if (!probe_) {
    // Without a decoder for it nothing is known of its pictures.
    if (auto made = transcode::PictureProbe::make(*video(), health_); made.ok()) probe_ = made.take();
  }
}

transcode::PictureHealth::Report Feed::health() const {
  return probe_ ? probe_->health() : transcode::PictureHealth::Report{};
}

Feed::Recent Feed::take_recent() {
  recent_bytes_ = 0;
  return std::exchange(recent_, {});
}

}  // namespace worker

#include "viewers/player.h"

#include <algorithm>

namespace viewers {
namespace {

// Where a playlist tells no PART-HOLD-BACK: what HOLD-BACK is by default, in target durations (CL-8).
constexpr Micros kHoldBackTargets = 3;

}  // namespace

Player::Player(Engine& engine, SharedLine* shared, std::size_t number, Track::Manners manners)
    : Viewer(engine, shared),
      number_(number),
      manners_(manners),
      multivariant_(*this),
      tracks_{Track(engine, *this, *this, 0), Track(engine, *this, *this, 1)} {
  multivariant_.keep = Exchange::Keep::kBody;
}

void Player::join(Micros now) {
  joined_ = now;
  multivariant_.path = engine_.options.url.path;
  ask(multivariant_);
}

void Player::leave(Micros now) {
  look(now);
  if (joined_ == 0) return;
  if (buffer_.state() == BufferModel::State::kFilling && now - joined_ > base::kSecond * 5) {
    engine_.tally.add_always(Count::kUnjoined);
  }
  if (buffer_.standing(now) > 0) engine_.tally.add(Span::kStall, buffer_.standing(now));
  drop({&multivariant_, &tracks_[0].playlist, &tracks_[0].media, &tracks_[1].playlist, &tracks_[1].media});
  for (Track& track : tracks_) track.close();
  playing_ = 0;
  buffer_ = {};
  stalls_seen_ = 0;
  joined_ = 0;
}

void Player::tick(Micros now) {
  Viewer::tick(now);
  look(now);
  if (engine_.options.switch_every == 0 || switch_at_ == 0 || now < switch_at_) return;
  switch_at_ += engine_.options.switch_every;
  variant_ = (variant_ + 1) % channel_->variants.size();
  const std::string path = variant_path(variant_);
  if (!path.empty()) tracks_[0].switch_to(engine_.book.at(path));
}

void Player::on_good(Exchange& exchange) {
  if (&exchange != &multivariant_) {
    for (Track& track : tracks_) {
      if (track.owns(exchange)) return track.on_good(exchange);
    }
    return;
  }
  channel_ = engine_.book.multivariant(exchange.hash(), exchange.body());
  if (channel_ == nullptr) {
    fault(kProtocolFault, exchange, "no multivariant playlist");
    return ask_later(exchange, base::kSecond);
  }
  open_tracks();
}

void Player::on_refused(Exchange& exchange) {
  for (Track& track : tracks_) {
    if (track.owns(exchange)) return track.on_refused(exchange);
  }
  Viewer::on_refused(exchange);
}

bool Player::excuses(const Exchange& exchange) {
  return std::any_of(tracks_.begin(), tracks_.end(),
                     [&](Track& track) { return track.owns(exchange) && track.drops_hint(exchange); });
}

void Player::on_first_byte(Exchange& exchange) {
  for (Track& track : tracks_) {
    if (track.owns(exchange)) track.on_first_byte(exchange);
  }
}

std::string Player::variant_path(std::size_t variant) const {
  return resolve(engine_.options.url.path, channel_->variants[variant].uri, engine_.options.url.authority);
}

void Player::open_tracks() {
  const std::size_t variants = channel_->variants.size();
  const int chosen = engine_.options.rendition;
  variant_ = (chosen < 0 ? number_ : static_cast<std::size_t>(chosen)) % variants;
  const AudioRendition* audio = channel_->audio_of(channel_->variants[variant_]);
  const std::string video_path = variant_path(variant_);
  const std::string audio_path =
      audio == nullptr ? std::string() : resolve(engine_.options.url.path, audio->uri, engine_.options.url.authority);
  if (video_path.empty()) return fault(kProtocolFault, multivariant_, "a variant on another host (LL-116)");
  playing_ = audio_path.empty() ? 1 : 2;
  tracks_[0].open(engine_.book.at(video_path), manners_);
  if (playing_ == 2) tracks_[1].open(engine_.book.at(audio_path), manners_);
}

void Player::on_first_list() {
  for (std::size_t i = 0; i < playing_; ++i) {
    if (tracks_[i].list() == nullptr) return;
  }
  const MediaPlaylist& video = *tracks_[0].list();
  Micros edge = video.edge();
  Micros begin = video.segments.front().start;
  Micros hold_back = video.part_hold_back > 0 ? video.part_hold_back : kHoldBackTargets * video.target;
  if (playing_ == 2) {
    const MediaPlaylist& audio = *tracks_[1].list();
    edge = std::min(edge, audio.edge());
    begin = std::max(begin, audio.segments.front().start);
    hold_back = std::max(hold_back, audio.part_hold_back);
  }
  const Micros playhead = std::clamp(edge - hold_back, begin, std::max(begin, edge));
  buffer_ = BufferModel(playing_, playhead, std::max<Micros>(edge - playhead, 0));
  stalls_seen_ = 0;
  for (std::size_t i = 0; i < playing_; ++i) tracks_[i].begin_at(playhead);
  // The last of the tracks fetches when its on_playlist() ends; the other one has to be started.
  for (std::size_t i = 0; i < playing_; ++i) tracks_[i].fetch();
}

void Player::on_media(std::size_t track, Micros end, Micros now) {
  const bool was_filling = buffer_.state() == BufferModel::State::kFilling;
  const Micros stood = buffer_.fill(track, end, now);
  look(now);
  if (stood > 0) engine_.tally.add(Span::kStall, stood);
  if (!was_filling || buffer_.state() == BufferModel::State::kFilling) return;
  engine_.tally.add(Count::kJoins);
  engine_.tally.add(Span::kStartup, now - joined_);
  const Micros every = engine_.options.switch_every;
  // Spread over the time between: a crowd does not switch in step.
  if (every > 0 && channel_->variants.size() > 1) {
    switch_at_ = now + every / 2 + static_cast<Micros>(number_ * 7919 % 1000) * every / 1000;
  }
}

/// Counts stalls that began since the last look. A stream that has ended runs dry without a stall.
void Player::look(Micros now) {
  if (tracks_[0].list() != nullptr && tracks_[0].list()->ended) return;
  buffer_.advance(now);
  if (buffer_.stalls() == stalls_seen_) return;
  if (stalls_seen_ == 0) engine_.tally.add(Count::kStalled);
  engine_.tally.add(Count::kStalls, buffer_.stalls() - stalls_seen_);
  stalls_seen_ = buffer_.stalls();
}

void Player::compare(const Exchange& exchange, ObjectKind kind) {
  if (kind == ObjectKind::kInit) {
    check_object(exchange);
  } else {
    check_media(exchange);
  }
}

}  // namespace viewers

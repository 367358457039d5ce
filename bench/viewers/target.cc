#include "viewers/target.h"

#include <utility>

namespace viewers {

void Target::wake() {
  for (Parked* parked : std::exchange(idle, {})) parked->wake();
}

void Target::ask_later(Parked& parked, Micros rtt) {
  if (rtt == 0) return parked.wake();
  on_the_way_.push_back({&parked, steady_now() + rtt});
}

void Target::tick(Micros now) {
  while (!on_the_way_.empty() && on_the_way_.front().at <= now) {
    Parked* parked = on_the_way_.front().parked;
    on_the_way_.pop_front();
    if (parked != nullptr) parked->wake();
  }
}

void Target::forget(Parked& parked) {
  std::erase(idle, &parked);
  for (OnTheWay& one : on_the_way_) {
    if (one.parked == &parked) one.parked = nullptr;
  }
}

RenditionFinder::RenditionFinder(Engine& engine, Target& target)
    : Viewer(engine, nullptr), target_(target), multivariant_(*this), playlist_(*this) {
  multivariant_.keep = playlist_.keep = Exchange::Keep::kBody;
}

void RenditionFinder::join(Micros) {
  multivariant_.path = engine_.options.url.path;
  ask(multivariant_);
}

void RenditionFinder::leave(Micros) { drop({&multivariant_, &playlist_}); }

void RenditionFinder::on_good(Exchange& exchange) {
  if (&exchange == &playlist_) return on_playlist();
  const auto channel = engine_.book.multivariant(exchange.hash(), exchange.body());
  if (channel == nullptr) {
    fault(kProtocolFault, exchange, "no multivariant playlist");
    return ask_later(exchange, base::kSecond);
  }
  const auto index = static_cast<std::size_t>(std::max(engine_.options.rendition, 0)) % channel->variants.size();
  const Url& url = engine_.options.url;
  rendition_ = &engine_.book.at(resolve(url.path, channel->variants[index].uri, url.authority));
  playlist_.path = rendition_->path();
  ask(playlist_);
}

void RenditionFinder::on_playlist() {
  const auto& reading = rendition_->read(playlist_.hash(), playlist_.body(), nullptr);
  if (!reading.fault.empty()) fault(reading.fault, playlist_, reading.what);
  if (reading.list == nullptr) return ask_later(playlist_, base::kSecond);
  const MediaPlaylist& list = *reading.list;
  target_.ended = list.ended;
  const bool parts = engine_.options.mode == Mode::kPart;
  const std::string next = blocking_path(rendition_->path(), list.end(), PartDirective::kGiven, Skip::kNo);
  target_.rendition = rendition_;
  target_.next = list.end();
  target_.path = parts ? resolve(rendition_->path(), list.hint, engine_.options.url.authority) : next;
  if (list.ended) return;
  if (parts) {
    playlist_.path = next;
    ask(playlist_);
  }
  target_.wake();
}

Parked::Parked(Engine& engine, SharedLine* shared, Target& target)
    : Viewer(engine, shared), target_(target), exchange_(*this) {
  if (engine.options.mode == Mode::kReload) exchange_.keep = Exchange::Keep::kBody;
}

void Parked::join(Micros) {
  if (target_.rendition == nullptr) {
    target_.idle.push_back(this);
  } else {
    ask_next();
  }
}

void Parked::leave(Micros) {
  target_.forget(*this);
  drop({&exchange_});
}

void Parked::wake() { ask_next(); }

void Parked::ask_next() {
  if (target_.ended) return;
  if (exchange_.path == target_.path && wanted_ == target_.next) {
    target_.idle.push_back(this);  // just had it: the finder will tell what is next
    return;
  }
  wanted_ = target_.next;
  exchange_.path = target_.path;
  ask(exchange_);
}

void Parked::on_first_byte(Exchange& exchange) {
  engine_.tally.rounds[{target_.rendition->id(), wanted_}].see(exchange.first_byte());
}

void Parked::on_refused(Exchange& exchange) {
  static_cast<void>(exchange);
  exchange_.path.clear();
  exchange_.path = target_.path;
  wanted_ = target_.next;
  ask_later(exchange_, base::kSecond);
}

void Parked::on_good(Exchange&) {
  if (engine_.options.mode == Mode::kReload) {
    on_playlist();
  } else {
    on_part();
  }
}

void Parked::on_part() {
  check_media(exchange_);
  Tally& tally = engine_.tally;
  tally.add(Count::kParts);
  tally.add(Count::kWoken);
  Round& round = tally.rounds[{target_.rendition->id(), wanted_}];
  round.see(exchange_.first_byte());
  round.add(Moment::kPartFirst, exchange_.first_byte());
  round.add(Moment::kPartLast, exchange_.last_byte());
  target_.ask_later(*this, engine_.options.rtt);
}

void Parked::on_playlist() {
  Tally& tally = engine_.tally;
  const auto& reading = target_.rendition->read(exchange_.hash(), exchange_.body(), nullptr);
  tally.add(Count::kPlaylists);
  if (!reading.fault.empty()) fault(reading.fault, exchange_, reading.what);
  if (reading.list == nullptr) return ask_later(exchange_, base::kSecond);
  const MediaPlaylist& list = *reading.list;
  if (list.ended) {
    target_.ended = true;
    return tally.add_always(Count::kEnded);
  }
  const Position end = list.end();
  if (end < known_ || list.media_sequence < media_sequence_) {
    fault(kStaleFault, exchange_, "goes back");
    return ask_later(exchange_, list.target / 2);
  }
  if (!list.contains(wanted_)) {
    fault(end == known_ ? kStaleFault : kMissingPartFault, exchange_, "the part that was asked for is not in it");
    return ask_later(exchange_, list.target / 2);
  }
  if (list.newest() == wanted_) {
    tally.add(Count::kWoken);
    Round& round = tally.rounds[{target_.rendition->id(), wanted_}];
    round.see(exchange_.first_byte());
    round.add(Moment::kPlaylistFirst, exchange_.first_byte());
    round.add(Moment::kPlaylistLast, exchange_.last_byte());
    if (list.dated) tally.add(Span::kPlaylistLate, utc_now() - list.edge());
  }
  known_ = end;
  media_sequence_ = list.media_sequence;
  if (target_.next < end) {
    target_.next = end;
    target_.path = blocking_path(target_.rendition->path(), end, PartDirective::kGiven, Skip::kNo);
  }
  target_.ask_later(*this, engine_.options.rtt);
}

}  // namespace viewers

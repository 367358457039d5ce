#include "viewers/joiner.h"

#include <algorithm>
#include <utility>

namespace viewers {

Joiner::Joiner(Engine& engine, std::function<void(Joiner&)> on_done)
    : Viewer(engine, nullptr), on_done_(std::move(on_done)), exchange_(*this) {
  exchange_.keep = Exchange::Keep::kBody;
  paths_[0] = engine.options.url.path;
}

void Joiner::join(Micros now) {
  joined_ = now;
  step_ = Step::kMultivariant;
  exchange_.path = paths_[0];
  ask(exchange_);
}

void Joiner::leave(Micros) { drop({&exchange_}); }

void Joiner::depart() {
  leave(0);
  on_done_(*this);
}

void Joiner::on_failure(Exchange& exchange, Failure failure, std::string_view what) {
  Viewer::on_failure(exchange, failure, what);
  depart();
}

void Joiner::on_refused(Exchange&) { depart(); }

void Joiner::on_good(Exchange& exchange) {
  bool right = true;
  switch (step_) {
    case Step::kMultivariant: right = read_multivariant(); break;
    case Step::kPlaylist: right = read_playlist(); break;
    case Step::kInit: check_object(exchange); break;
    case Step::kFirstPart:
    case Step::kSecondPart:
      check_media(exchange);
      engine_.tally.add(Count::kParts);
      break;
  }
  if (!right) return depart();
  next_step();
}

void Joiner::next_step() {
  if (step_ == Step::kSecondPart) {
    engine_.tally.add(Count::kJoins);
    engine_.tally.add(Span::kJoin, exchange_.last_byte() - joined_);
    return depart();
  }
  do {
    step_ = static_cast<Step>(static_cast<int>(step_) + 1);
  } while (paths_[static_cast<std::size_t>(step_)].empty());
  exchange_.path = paths_[static_cast<std::size_t>(step_)];
  ask(exchange_);
}

bool Joiner::read_multivariant() {
  const auto channel = engine_.book.multivariant(exchange_.hash(), exchange_.body());
  if (channel == nullptr) {
    fault(kProtocolFault, exchange_, "no multivariant playlist");
    return false;
  }
  const auto index = static_cast<std::size_t>(std::max(engine_.options.rendition, 0)) % channel->variants.size();
  paths_[1] = resolve(paths_[0], channel->variants[index].uri, engine_.options.url.authority);
  return !paths_[1].empty();
}

bool Joiner::read_playlist() {
  Rendition& rendition = engine_.book.at(paths_[1]);
  const auto& reading = rendition.read(exchange_.hash(), exchange_.body(), nullptr);
  engine_.tally.add(Count::kPlaylists);
  if (!reading.fault.empty()) fault(reading.fault, exchange_, reading.what);
  if (reading.list == nullptr) return false;
  std::vector<const std::string*> newest;
  for (const SegmentLines& segment : reading.list->segments) {
    for (const PartLine& part : segment.parts) {
      if (!part.gap) newest.push_back(&part.uri);
    }
    if (segment.parts.empty() && segment.closed() && !segment.gap) newest.push_back(&segment.uri);
  }
  if (newest.size() < 2) {
    fault(kMissingPartFault, exchange_, "fewer than two parts to begin with");
    return false;
  }
  const std::string& authority = engine_.options.url.authority;
  const std::string& map = reading.list->segments.back().map;
  paths_[2] = map.empty() ? std::string() : resolve(paths_[1], map, authority);
  paths_[3] = resolve(paths_[1], *newest[newest.size() - 2], authority);
  paths_[4] = resolve(paths_[1], *newest.back(), authority);
  return !paths_[3].empty() && !paths_[4].empty();
}

}  // namespace viewers

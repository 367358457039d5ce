#include "viewers/slow_reader.h"

#include <algorithm>

namespace viewers {

SlowReader::SlowReader(Engine& engine)
    : Viewer(engine, nullptr, Transport::Pace{engine.options.slow_rate}), exchange_(*this) {
  exchange_.keep = Exchange::Keep::kBody;
}

void SlowReader::join(Micros) {
  exchange_.path = playlist_.empty() ? engine_.options.url.path : playlist_;
  lines_.ask(exchange_);
}

void SlowReader::leave(Micros) { drop({&exchange_}); }

void SlowReader::tick(Micros now) {
  Viewer::tick(now);
  lines_.read_paced(now);
  if (!exchange_.in_flight()) return;
  engine_.tally.add_always(Count::kSlowBytes, static_cast<std::uint64_t>(exchange_.received() - counted_));
  counted_ = exchange_.received();
}

void SlowReader::on_any(Exchange& exchange) {
  Tally& tally = engine_.tally;
  tally.add_always(Count::kSlowBytes, static_cast<std::uint64_t>(exchange.received() - counted_));
  tally.add_always(Count::kSlowResponses);
  counted_ = 0;
  const std::string& authority = engine_.options.url.authority;
  std::string next = playlist_;
  if (exchange.head().status != 200) return ask_later(exchange, base::kSecond);
  if (playlist_.empty()) {
    const auto channel = engine_.book.multivariant(exchange.hash(), exchange.body());
    if (channel == nullptr) return ask_later(exchange, base::kSecond);
    next = playlist_ = resolve(exchange.path, channel->variants[0].uri, authority);
  } else if (exchange.path == playlist_) {
    const auto& list = engine_.book.at(playlist_).read(exchange.hash(), exchange.body(), nullptr).list;
    if (list != nullptr) {
      for (const SegmentLines& segment : list->segments) {
        if (segment.closed() && !segment.gap) next = resolve(playlist_, segment.uri, authority);
      }
    }
  }
  exchange.path = next;
  lines_.ask(exchange);
}

void SlowReader::on_failure(Exchange& exchange, Failure, std::string_view) {
  engine_.tally.add_always(Count::kSlowClosed);
  counted_ = 0;
  ask_later(exchange, base::kSecond);
}

}  // namespace viewers

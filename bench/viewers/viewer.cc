#include "viewers/viewer.h"

#include <algorithm>
#include <cstring>

namespace viewers {
namespace {

constexpr Micros kAgainAfter = 500 * base::kMillisecond;

std::string_view kind_of(Failure failure) {
  switch (failure) {
    case Failure::kConnect: return kConnectFault;
    case Failure::kTls: return kTlsFault;
    case Failure::kTimeout: return kTimeoutFault;
    case Failure::kClosed: return kClosedFault;
    case Failure::kProtocol: return kProtocolFault;
  }
  return kProtocolFault;
}

}  // namespace

void Viewer::ask(Exchange& exchange) {
  if (std::find(asked_.begin(), asked_.end(), &exchange) == asked_.end()) asked_.push_back(&exchange);
  lines_.ask(exchange);
}

void Viewer::tick(Micros now) {
  for (Exchange* exchange : asked_) {
    if (!exchange->in_flight() || exchange->asked() + engine_.options.timeout > now) continue;
    exchange->cancel();
    on_failure(*exchange, Failure::kTimeout, "no whole answer in time");
  }
  for (std::size_t i = 0; i < later_.size();) {
    if (later_[i].at > now) {
      ++i;
      continue;
    }
    Exchange& exchange = *later_[i].exchange;
    later_.erase(later_.begin() + static_cast<std::ptrdiff_t>(i));
    if (!exchange.in_flight()) ask(exchange);
  }
}

void Viewer::drop(std::initializer_list<Exchange*> exchanges) {
  for (Exchange* exchange : exchanges) exchange->cancel();
  later_.clear();
  lines_.hang_up();
}

void Viewer::fault(std::string_view kind, const Exchange& exchange, std::string_view what) {
  engine_.tally.fault(kind, exchange.path + ": " + std::string(what));
}

void Viewer::check_object(const Exchange& exchange) {
  if (!engine_.tally.ledger.agrees(exchange.path, exchange.hash())) {
    fault(kWrongBytesFault, exchange, "another viewer was sent other bytes");
  }
}

void Viewer::check_media(const Exchange& exchange) {
  check_object(exchange);
  const auto* name = reinterpret_cast<const char*>(exchange.lead().data()) + 4;
  if (std::memcmp(name, "styp", 4) != 0 && std::memcmp(name, "moof", 4) != 0) {
    fault(kWrongBytesFault, exchange, "does not begin with styp or moof");
  }
}

void Viewer::on_response(Exchange& exchange) {
  exchange.retried = false;
  engine_.tally.add(Count::kResponses);
  engine_.tally.add(Count::kBytes, static_cast<std::uint64_t>(exchange.received()));
  const Head& head = exchange.head();
  if (head.status == 200) return on_good(exchange);
  if (head.status == 503 && head.retry_after >= 0 && joining()) {
    engine_.tally.add_always(Count::kTurnedAway);
    return ask_later(exchange, std::max<Micros>(head.retry_after * base::kSecond, kAgainAfter));
  }
  if (!excuses(exchange)) fault("status_" + std::to_string(head.status), exchange, "refused");
  on_refused(exchange);
}

void Viewer::on_failure(Exchange& exchange, Failure failure, std::string_view what) {
  if (exchange.retried && failure == Failure::kClosed) {
    engine_.tally.add_always(Count::kRetried);
    return ask_later(exchange, 0);
  }
  fault(kind_of(failure), exchange, what);
  ask_later(exchange, kAgainAfter);
}

std::string blocking_path(const std::string& path, Position wanted, PartDirective part, Skip skip) {
  std::string out = path;
  out += path.find('?') == std::string::npos ? '?' : '&';
  out += "_HLS_msn=" + std::to_string(wanted.msn);
  if (part == PartDirective::kGiven) out += "&_HLS_part=" + std::to_string(wanted.part);
  if (skip == Skip::kYes) out += "&_HLS_skip=YES";
  return out;
}

}  // namespace viewers

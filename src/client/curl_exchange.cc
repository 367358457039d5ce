#include "client/curl_exchange.h"

#include <algorithm>
#include <utility>

namespace client {

struct CurlExchange::Pending {
  Pending(std::uint64_t given, Request asked, const TransferLimits& limits)
      : id(given), request(std::move(asked)), transfer(request, limits) {}

  const std::uint64_t id;
  const Request request;
  CurlTransfer transfer;
};

CurlExchange::CurlExchange(TransferLimits limits, int kept) : limits_(std::move(limits)) {
  curl_multi_setopt(multi_.handle(), CURLMOPT_MAXCONNECTS, static_cast<long>(kept));
}

CurlExchange::~CurlExchange() {
  for (const auto& pending : pending_) multi_.remove(pending->transfer);
}

void CurlExchange::begin(std::uint64_t id, Request request) {
  pending_.push_back(std::make_unique<Pending>(id, std::move(request), limits_));
  multi_.add(pending_.back()->transfer);
}

std::vector<Exchange::Arrival> CurlExchange::take_answers(base::Micros span) {
  std::vector<CurlTransfer*> ended = multi_.advance();
  if (ended.empty() && span > 0) {
    multi_.wait(span);
    ended = multi_.advance();
  }
  std::vector<Arrival> arrivals;
  for (CurlTransfer* transfer : ended) {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [&](const auto& pending) { return &pending->transfer == transfer; });
    if (found == pending_.end()) continue;
    arrivals.push_back({(*found)->id, std::move(transfer->answer)});
    std::swap(*found, pending_.back());
    pending_.pop_back();
  }
  return arrivals;
}

}  // namespace client

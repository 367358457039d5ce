#include "client/curl_transport.h"

#include <memory>
#include <utility>

#include "client/curl_transfer.h"

namespace client {
namespace {

// How long a poll lasts at the most; interrupt() ends it at once.
constexpr base::Micros kPoll = base::kSecond;

}  // namespace

struct CurlTransport::Multi : CurlMulti {};

CurlTransport::CurlTransport(Options options) : options_(std::move(options)), multi_(std::make_unique<Multi>()) {
  curl_multi_setopt(multi_->handle(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(options_.parallel));
  curl_multi_setopt(multi_->handle(), CURLMOPT_MAXCONNECTS, static_cast<long>(options_.parallel));
}

CurlTransport::~CurlTransport() = default;

void CurlTransport::interrupt() {
  interrupted_ = true;
  multi_->wake();
}

std::vector<Answer> CurlTransport::perform(const std::vector<Request>& requests) {
  const TransferLimits limits{.connect_timeout = options_.connect_timeout,
                              .stall_timeout = options_.stall_timeout,
                              .most_body = options_.most_body,
                              .certificates = options_.certificates};
  std::vector<std::unique_ptr<CurlTransfer>> transfers;
  transfers.reserve(requests.size());
  for (const Request& request : requests) transfers.push_back(std::make_unique<CurlTransfer>(request, limits));
  std::size_t next = 0;
  std::size_t open = 0;
  while (!interrupted_ && (next < transfers.size() || open > 0)) {
    // Few at a time: a transfer's time runs from here on, also while it waits for a connection.
    for (; next < transfers.size() && open < static_cast<std::size_t>(options_.parallel); ++next, ++open)
      multi_->add(*transfers[next]);
    const std::size_t ended = multi_->advance().size();
    open -= ended;
    if (ended == 0 && open > 0) multi_->wait(kPoll);
  }
  for (std::size_t i = 0; i < next; ++i) {
    if (!transfers[i]->done) multi_->remove(*transfers[i]);
  }
  std::vector<Answer> answers;
  for (const auto& transfer : transfers) {
    if (!transfer->done) transfer->answer = {.error = "interrupted"};
    answers.push_back(std::move(transfer->answer));
  }
  return answers;
}

}  // namespace client

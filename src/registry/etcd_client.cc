#include "registry/etcd_client.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/printable.h"
#include "registry/gateway.h"

namespace registry {
namespace {

constexpr int kUnauthenticated = 401;
constexpr std::size_t kLongestReason = 200;

/// Whether another member may do better: this one is not there, or cannot serve.
bool try_elsewhere(const client::Answer& answer) { return answer.status == 0 || answer.status >= 500; }

base::Error failure(const std::string& endpoint, const client::Answer& answer) {
  if (answer.status == 0) return {base::Code::kSystem, endpoint + ": " + base::printable(answer.error, kLongestReason)};
  const std::string fault = parse_fault(answer.body);
  return {answer.status >= 500 ? base::Code::kSystem : base::Code::kDenied,
          endpoint + " answered " + std::to_string(answer.status) + (fault.empty() ? "" : ": " + fault)};
}

}  // namespace

EtcdClient::EtcdClient(Options options, client::Transport& transport, const base::Clock& clock)
    : options_(std::move(options)), transport_(transport), clock_(clock) {}

client::Request EtcdClient::request(const std::string& endpoint, const Call& call, base::Micros timeout) const {
  client::Request request{.method = "POST", .url = endpoint, .timeout = timeout, .direct = true};
  request.url += call.path;
  request.headers.emplace_back("Content-Type", "application/json");
  if (!token_.empty() && call.path != kLoginPath) request.headers.emplace_back("Authorization", token_);
  request.body = base::Bytes::copy_of(call.body);
  return request;
}

base::Status EtcdClient::log_in(const std::string& endpoint, base::Micros timeout) {
  const Call login{kLoginPath, login_request(options_.user, options_.password)};
  const client::Answer answer = transport_.perform({request(endpoint, login, timeout)}).front();
  if (!answer.ok()) return failure(endpoint, answer);
  TRY(token_, parse_login(answer.body));
  return base::Ok{};
}

/// Logs in where that is to be done, and once more where the token has run out.
std::vector<client::Answer> EtcdClient::perform(const std::string& endpoint, const std::vector<Call>& calls,
                                                const std::vector<std::size_t>& open, base::Micros timeout) {
  std::vector<client::Answer> answers;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!options_.user.empty() && token_.empty()) {
      const base::Status status = log_in(endpoint, timeout);
      if (!status.ok()) {
        // As an answer without a token, which says why.
        client::Answer refused{.status = status.error().code == base::Code::kDenied ? kUnauthenticated : 0};
        refused.error = status.error().what;
        return std::vector(open.size(), refused);
      }
    }
    std::vector<client::Request> requests;
    for (const std::size_t at : open) requests.push_back(request(endpoint, calls[at], timeout));
    answers = transport_.perform(requests);
    const bool expired = std::any_of(answers.begin(), answers.end(),
                                     [](const client::Answer& answer) { return answer.status == kUnauthenticated; });
    if (!expired || options_.user.empty()) return answers;
    token_.clear();
  }
  return answers;
}

EtcdClient::Answers EtcdClient::call(const std::vector<Call>& calls, base::Micros until) {
  Answers results(calls.size(), base::Error{base::Code::kSystem, "etcd: there was no time to ask"});
  std::vector<std::size_t> open(calls.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  const std::size_t first = current_;
  for (std::size_t tried = 0; tried < options_.endpoints.size() && !open.empty(); ++tried) {
    const base::Micros left = until - clock_.steady();
    if (left <= 0) break;
    const std::size_t at = (first + tried) % options_.endpoints.size();
    const std::string& endpoint = options_.endpoints[at];
    const auto share = left / static_cast<base::Micros>(options_.endpoints.size() - tried);
    const std::vector<client::Answer> answers = perform(endpoint, calls, open, share);
    std::vector<std::size_t> unanswered;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (answers[i].ok()) {
        results[open[i]] = answers[i].body;
      } else {
        results[open[i]] = failure(endpoint, answers[i]);
        if (try_elsewhere(answers[i])) unanswered.push_back(open[i]);
      }
    }
    if (unanswered.empty()) current_ = at;
    open = std::move(unanswered);
  }
  return results;
}

}  // namespace registry

#include "serve/token_gate.h"

#include <optional>
#include <utility>
#include <variant>

#include "base/network.h"
#include "crypto/sha256.h"

namespace serve {
namespace {

using tokens::Fault;

constexpr std::string_view kPathPrefix = "/t/";

/// A signature takes tens of microseconds to check: an address whose tokens have so many wrong ones in that time has
/// no further ones checked until it is over.
constexpr int kMostForged = 200;
constexpr base::Micros kForgedWindow = 10 * base::kSecond;

loop::PeerLimits::Options forger_limits() {
  loop::PeerLimits::Options options;
  options.per_second = options.burst = options.connections = 1'000'000;  // good ones are not limited
  options.failures = kMostForged;
  options.failure_window = kForgedWindow;
  options.peers = 16384;
  return options;
}

/// The value of the cookie of that name; empty: there is none. Over HTTP/2 each may have a field of its own.
std::string_view find_cookie(const http::Request& request, std::string_view name) {
  for (const http::Field& field : request.fields) {
    if (!http::same_name(field.name, "cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
        return pair.substr(name.size() + 1);
    }
  }
  return {};
}

std::string_view find_bearer(const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  std::string_view value = request.find("authorization");
  if (value.size() <= kScheme.size() || !http::same_name(value.substr(0, kScheme.size()), kScheme)) return {};
  value.remove_prefix(kScheme.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

}  // namespace

TokenGate::TokenGate(Counters& counters) : counters_(counters), forgers_(forger_limits()) {}

void TokenGate::use(std::shared_ptr<const TokenPolicy> policy) {
  policy_ = policy != nullptr && policy->guards_any() ? std::move(policy) : nullptr;
  cache_.clear();
}

std::string_view TokenGate::cut_token(std::string_view& path) {
  if (!path.starts_with(kPathPrefix)) return {};
  const std::size_t end = path.find('/', kPathPrefix.size());
  if (end == std::string_view::npos || end == kPathPrefix.size()) return {};
  // Not before others: a CDN has rules for paths by how they begin.
  if (const auto rest = path.substr(end); !rest.starts_with("/live/") && !rest.starts_with("/play/")) return {};
  const std::string_view token = path.substr(kPathPrefix.size(), end - kPathPrefix.size());
  path.remove_prefix(end);
  return token;
}

std::string_view TokenGate::find_token(const http::Request& request, std::string_view in_path) const {
  if (!in_path.empty()) return in_path;
  const std::string_view bearer = find_bearer(request);
  if (!bearer.empty() || policy_->cookie.empty()) return bearer;
  return find_cookie(request, policy_->cookie);
}

/// Null: it is not checked, for the address has shown too many wrong ones.
const tokens::Verified* TokenGate::verify(std::string_view token, const Origin& from, base::Micros steady) {
  const crypto::Sha256 name = crypto::sha256({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()});
  if (const tokens::Verified* known = cache_.find(name)) {
    counters_.tokens_known.add();
    return known;
  }
  if (!forgers_.admit(from.peer, from.vouched_for, steady)) return nullptr;
  forgers_.leave(from.peer, from.vouched_for);
  counters_.tokens_checked.add();
  tokens::Verified verified = tokens::verify(token, *policy_->keys, policy_->rules);
  const auto* const fault = std::get_if<Fault>(&verified);
  if (fault != nullptr && *fault == Fault::kSignature) forgers_.note_failure(from.peer, from.vouched_for, steady);
  if (fault != nullptr && *fault == Fault::kUnknownKey && policy_->key_missed != nullptr)
    policy_->key_missed->store(true, std::memory_order_relaxed);
  return &cache_.add(name, std::move(verified));
}

TokenGate::Pass TokenGate::check(std::string_view channel, const http::Request& request, std::string_view in_path,
                                 const Origin& from, base::Micros utc, base::Micros steady) {
  const std::string_view token = find_token(request, in_path);
  if (token.empty()) return {Fault::kMissing};
  if (policy_->keys == nullptr || policy_->keys->empty()) return {Fault::kNoKeys};
  // What no token can be is not hashed.
  if (token.size() > tokens::kLongestToken) return {Fault::kMalformed};
  const tokens::Verified* const verified = verify(token, from, steady);
  if (verified == nullptr) return {Fault::kBusy};
  if (const auto* fault = std::get_if<Fault>(verified)) return {*fault};
  const tokens::Claims& claims = std::get<tokens::Claims>(*verified);
  const Fault time = claims.fault_at(utc / base::kSecond, policy_->rules.leeway);
  if (time != Fault::kNone) return {time};
  if (!claims.has_channel(channel)) return {Fault::kChannel};
  if (!claims.networks.empty()) {
    const auto address = base::parse_peer(from.peer);
    if (!claims.has_address(address ? &*address : nullptr)) return {Fault::kNetwork};
  }
  return {Fault::kNone, &claims};
}

void TokenGate::count(tokens::Fault fault) { counters_.tokens[static_cast<std::size_t>(fault)].add(); }

bool lists_rendition(std::string_view multivariant, std::string_view rendition) {
  for (std::size_t at = 0; (at = multivariant.find(rendition, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + rendition.size();
    const bool begins = at > 0 && (multivariant[at - 1] == '"' || multivariant[at - 1] == '\n');
    if (begins && end < multivariant.size() && multivariant[end] == '/') return true;
  }
  return false;
}

}  // namespace serve

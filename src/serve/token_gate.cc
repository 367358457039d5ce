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

/// Calls `take` with the name and the value of each cookie. Over HTTP/2 each may have a field of its own.
template <typename Take>
void for_each_cookie(const http::Request& request, const Take& take) {
  for (const http::Field& field : request.fields) {
    if (!http::same_name(field.name, "cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      const std::size_t middle = pair.find('=');
      if (middle != std::string_view::npos) take(pair.substr(0, middle), pair.substr(middle + 1));
    }
  }
}

/// The value of the cookie of that name; empty: there is none.
std::string_view find_cookie(const http::Request& request, std::string_view name) {
  std::string_view found;
  for_each_cookie(request, [&](std::string_view one, std::string_view value) {
    if (found.empty() && one == name) found = value;
  });
  return found;
}

/// Of the query; else, where nothing is signed there, of the cookies. As with CloudFront, both do not mix.
tokens::SignedPolicy find_policy(const http::Request& request) {
  tokens::SignedPolicy shown = tokens::signed_policy_of_query(request.query);
  if (shown.any()) return shown;
  shown = {};
  for_each_cookie(request, [&shown](std::string_view name, std::string_view value) { add_cookie(shown, name, value); });
  return shown;
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
template <typename Check>
const tokens::Verified* TokenGate::verify(std::string_view identity, const Check& check, const Origin& from,
                                          base::Micros steady) {
  const crypto::Sha256 name = crypto::sha256(base::view_of(identity));
  if (const tokens::Verified* known = cache_.find(name)) {
    counters_.tokens_known.add();
    return known;
  }
  if (!forgers_.admit(from.peer, from.vouched_for, steady)) return nullptr;
  forgers_.leave(from.peer, from.vouched_for);
  counters_.tokens_checked.add();
  tokens::Verified verified = check();
  const auto* const fault = std::get_if<Fault>(&verified);
  if (fault != nullptr && *fault == Fault::kSignature) forgers_.note_failure(from.peer, from.vouched_for, steady);
  return &cache_.add(name, std::move(verified));
}

/// What of good claims changes from request to request. `covers`: they are for what is asked for.
TokenGate::Pass TokenGate::admit(const tokens::Claims& claims, bool covers, const Origin& from,
                                 base::Micros utc) const {
  const Fault time = claims.fault_at(utc / base::kSecond, policy_->rules.leeway);
  if (time != Fault::kNone) return {time};
  if (!covers) return {Fault::kChannel};
  if (!claims.networks.empty()) {
    const auto address = base::parse_peer(from.peer);
    if (!claims.has_address(address ? &*address : nullptr)) return {Fault::kNetwork};
  }
  return {Fault::kNone, &claims};
}

TokenGate::Pass TokenGate::check_token(std::string_view token, std::string_view channel, const Origin& from,
                                       base::Micros utc, base::Micros steady) {
  if (policy_->keys == nullptr || policy_->keys->empty()) return {Fault::kNoKeys};
  // What no token can be is not hashed.
  if (token.size() > tokens::kLongestToken) return {Fault::kMalformed};
  const auto check = [&] {
    tokens::Verified verified = tokens::verify(token, *policy_->keys, policy_->rules);
    const auto* const fault = std::get_if<Fault>(&verified);
    if (fault != nullptr && *fault == Fault::kUnknownKey && policy_->key_missed != nullptr)
      policy_->key_missed->store(true, std::memory_order_relaxed);
    return verified;
  };
  const tokens::Verified* const verified = verify(token, check, from, steady);
  if (verified == nullptr) return {Fault::kBusy};
  if (const auto* fault = std::get_if<Fault>(verified)) return {*fault};
  const auto& claims = std::get<tokens::Claims>(*verified);
  return admit(claims, claims.has_channel(channel), from, utc);
}

/// A signed URL or signed cookies: for the objects that it names, so for its channels.
TokenGate::Pass TokenGate::check_policy(const http::Request& request, const Origin& from, base::Micros utc,
                                        base::Micros steady) {
  const tokens::SignedPolicy shown = find_policy(request);
  if (!shown.any()) return {Fault::kMissing};
  if (shown.malformed) return {Fault::kMalformed};
  const std::string query = tokens::unsigned_query(request.query);
  const std::string target = std::string(request.path) + (query.empty() ? "" : "?") + query;
  const auto check = [&] { return policy_->signers->verify(shown, target); };
  const tokens::Verified* const verified = verify(shown.identity(target), check, from, steady);
  if (verified == nullptr) return {Fault::kBusy};
  if (const auto* fault = std::get_if<Fault>(verified)) return {*fault};
  const auto& claims = std::get<tokens::Claims>(*verified);
  return admit(claims, policy_->signers->has_target(claims, target), from, utc);
}

TokenGate::Pass TokenGate::check(std::string_view channel, const http::Request& request, std::string_view in_path,
                                 const Origin& from, base::Micros utc, base::Micros steady) {
  const std::string_view token = find_token(request, in_path);
  if (!token.empty()) return check_token(token, channel, from, utc, steady);
  if (policy_->signers != nullptr) return check_policy(request, from, utc, steady);
  return {Fault::kMissing};
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

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "client/transport.h"

namespace registry {

/// UTC of a time stamp 0.
inline constexpr base::Micros kZero = 1'796'000'000 * base::kSecond;

struct FakeClock final : base::Clock {
  base::Micros now = 0;
  base::Micros utc() const override { return now; }
  base::Micros steady() const override { return now; }
};

/// What a cluster of etcd keeps, and how its members answer: ranges, compare-and-set of single keys, leases and keys
/// that go with one, with a login where it has a password.
class FakeEtcd {
 public:
  struct Event {
    std::string key;
    std::string value;
    std::int64_t revision = 0;
    bool deleted = false;
  };
  std::map<std::string, std::pair<std::string, std::int64_t>> keys;  ///< by name: value and revision
  std::set<std::string> dead;                                        ///< endpoints that do not answer
  int status = 200;                                                  ///< of every answer
  std::string password;
  std::string token = "t1";
  std::function<void()> before_swap;             ///< for another server that is faster
  std::vector<Event> history;                    ///< what was put with a lease, or taken away
  std::map<std::int64_t, base::Micros> leases;   ///< when they run out
  std::map<std::string, std::int64_t> lease_of;  ///< by key
  std::set<std::string> refused;                 ///< paths that the user has no right to

  std::int64_t revision() const { return revision_; }
  void put(const std::string& key, const std::string& value) {
    keys[key] = {value, ++revision_};
    history.push_back({key, value, revision_});
  }
  void take_away(const std::string& key) {
    if (keys.erase(key) == 0) return;
    lease_of.erase(key);
    history.push_back({key, "", ++revision_, true});
  }
  void end_lease(std::int64_t lease) {
    leases.erase(lease);
    std::vector<std::string> gone;
    for (const auto& [key, of] : lease_of)
      if (of == lease) gone.push_back(key);
    for (const std::string& key : gone) take_away(key);
  }
  /// What has run out is taken away.
  void pass(base::Micros until) {
    std::vector<std::int64_t> over;
    for (const auto& [lease, ends] : leases)
      if (ends <= until) over.push_back(lease);
    for (const std::int64_t lease : over) end_lease(lease);
  }
  /// As etcd is with an empty disk.
  void lose_all() {
    keys.clear();
    leases.clear();
    lease_of.clear();
  }

  client::Answer answer(const client::Request& request) {
    const std::size_t path = request.url.find("/v3/");
    if (dead.contains(request.url.substr(0, path))) return {.error = "connection refused"};
    if (status != 200) return {.status = status, .body = R"({"message":"no leader"})"};
    const auto body = nlohmann::json::parse(request.body.text());
    const std::string what = request.url.substr(path);
    if (refused.contains(what)) return {.status = 403, .body = R"({"message":"permission denied"})"};
    if (what == "/v3/auth/authenticate") {
      if (body.at("password") != password) return {.status = 400, .body = R"({"error":"authentication failed"})"};
      return {.status = 200, .body = nlohmann::json{{"token", token}}.dump()};
    }
    if (!password.empty() && !shows_token(request)) return {.status = 401, .body = R"({"error":"invalid token"})"};
    if (what == "/v3/kv/range" && body.contains("range_end"))
      return {.status = 200, .body = list(decoded(body.at("key")), decoded(body.at("range_end"))).dump()};
    if (what == "/v3/kv/range") return {.status = 200, .body = range(decoded(body.at("key"))).dump()};
    if (what.starts_with("/v3/lease/") || what == "/v3/kv/put") return lease(what, body);
    return {.status = 200, .body = swap(body).dump()};
  }

  static std::string decoded(const nlohmann::json& text) {
    const auto bytes = base::base64_decoded(text.get<std::string>());
    return std::string(base::text_of(bytes.value()));
  }
  static nlohmann::json pair_of(const std::string& key, const std::string& value, std::int64_t revision) {
    nlohmann::json pair{{"key", base::base64_encoded(base::view_of(key))}, {"mod_revision", std::to_string(revision)}};
    if (!value.empty()) pair["value"] = base::base64_encoded(base::view_of(value));
    return pair;
  }

  base::Micros now = 0;  ///< as FakeTransport has it

 private:
  bool shows_token(const client::Request& request) const {
    for (const auto& [name, value] : request.headers) {
      if (name == "Authorization") return value == token;
    }
    return false;
  }
  nlohmann::json range(const std::string& key) const {
    const auto found = keys.find(key);
    if (found == keys.end()) return {{"header", nlohmann::json::object()}};
    const auto& [value, revision] = found->second;
    const nlohmann::json pair{{"value", base::base64_encoded(base::view_of(value))},
                              {"mod_revision", std::to_string(revision)}};
    return {{"kvs", nlohmann::json::array({pair})}, {"count", "1"}};
  }
  nlohmann::json list(const std::string& from, const std::string& end) const {
    nlohmann::json pairs = nlohmann::json::array();
    for (auto at = keys.lower_bound(from); at != keys.end() && at->first < end; ++at)
      pairs.push_back(pair_of(at->first, at->second.first, at->second.second));
    nlohmann::json answer{{"header", {{"revision", std::to_string(revision_)}}}};
    if (!pairs.empty()) answer["kvs"] = pairs;
    return answer;
  }
  client::Answer lease(const std::string& what, const nlohmann::json& body) {
    pass(now);
    if (what == "/v3/lease/grant") {
      const auto seconds = std::stoll(body.at("TTL").get<std::string>());
      const std::int64_t id = ++last_lease_;
      leases[id] = now + seconds * base::kSecond;
      granted = seconds * base::kSecond;
      return {.status = 200, .body = nlohmann::json{{"ID", std::to_string(id)}, {"TTL", body.at("TTL")}}.dump()};
    }
    const auto id = std::stoll(body.at(what == "/v3/kv/put" ? "lease" : "ID").get<std::string>());
    if (what == "/v3/lease/keepalive") {
      nlohmann::json result{{"ID", std::to_string(id)}};
      if (leases.contains(id)) {
        leases[id] = now + granted;
        result["TTL"] = std::to_string(granted / base::kSecond);
      }
      return {.status = 200, .body = nlohmann::json{{"result", result}}.dump()};
    }
    if (!leases.contains(id)) return {.status = 404, .body = R"({"message":"etcdserver: requested lease not found"})"};
    if (what == "/v3/lease/revoke") {
      end_lease(id);
    } else {
      put(decoded(body.at("key")), decoded(body.at("value")));
      lease_of[decoded(body.at("key"))] = id;
    }
    return {.status = 200, .body = "{}"};
  }
  nlohmann::json swap(const nlohmann::json& body) {
    if (before_swap) std::exchange(before_swap, nullptr)();
    const std::string key = decoded(body.at("compare").at(0).at("key"));
    const auto found = keys.find(key);
    const std::int64_t revision = found == keys.end() ? 0 : found->second.second;
    if (body.at("compare").at(0).at("mod_revision") != std::to_string(revision))
      return {{"responses", nlohmann::json::array({{{"response_range", range(key)}}})}};
    keys[key] = {decoded(body.at("success").at(0).at("request_put").at("value")), ++revision_};
    return {{"succeeded", true}};
  }
  base::Micros granted = 0;
  std::int64_t revision_ = 10;
  std::int64_t last_lease_ = 7'000'000'000'000'000'000;
};

/// A server's way to it. Each request takes some time.
class FakeTransport final : public client::Transport {
 public:
  FakeTransport(FakeEtcd& etcd, FakeClock& clock) : etcd_(etcd), clock_(clock) {}

  std::vector<client::Answer> perform(const std::vector<client::Request>& requests) override {
    const std::lock_guard lock(mutex);
    std::vector<client::Answer> answers;
    for (const client::Request& request : requests) {
      asked.push_back(request);
      etcd_.now = clock_.now;
      answers.push_back(etcd_.answer(request));
    }
    clock_.now += takes;
    return answers;
  }

  std::mutex mutex;
  std::vector<client::Request> asked;
  base::Micros takes = 0;

 private:
  FakeEtcd& etcd_;
  FakeClock& clock_;
};

}  // namespace registry

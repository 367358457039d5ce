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

/// What a cluster of etcd keeps, and how its members answer: ranges and compare-and-set of single keys, with a login
/// where it has a password.
class FakeEtcd {
 public:
  std::map<std::string, std::pair<std::string, std::int64_t>> keys;  ///< by name: value and revision
  std::set<std::string> dead;                                        ///< endpoints that do not answer
  int status = 200;                                                  ///< of every answer
  std::string password;
  std::string token = "t1";
  std::function<void()> before_swap;  ///< for another server that is faster

  client::Answer answer(const client::Request& request) {
    const std::size_t path = request.url.find("/v3/");
    if (dead.contains(request.url.substr(0, path))) return {.error = "connection refused"};
    if (status != 200) return {.status = status, .body = R"({"message":"no leader"})"};
    const auto body = nlohmann::json::parse(request.body.text());
    const std::string what = request.url.substr(path);
    if (what == "/v3/auth/authenticate") {
      if (body.at("password") != password) return {.status = 400, .body = R"({"error":"authentication failed"})"};
      return {.status = 200, .body = nlohmann::json{{"token", token}}.dump()};
    }
    if (!password.empty() && !shows_token(request)) return {.status = 401, .body = R"({"error":"invalid token"})"};
    if (what == "/v3/kv/range") return {.status = 200, .body = range(decoded(body.at("key"))).dump()};
    return {.status = 200, .body = swap(body).dump()};
  }

 private:
  static std::string decoded(const nlohmann::json& text) {
    const auto bytes = base::base64_decoded(text.get<std::string>());
    return std::string(base::text_of(bytes.value()));
  }
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
  std::int64_t revision_ = 10;
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

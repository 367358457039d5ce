#include "serve/origin_lock.h"

#include <gtest/gtest.h>

#include "serving.h"

namespace {

using serve::OriginLock;
using serve_test::Answer;
using serve_test::Client;
using serve_test::Serving;

constexpr const char* kHeader = "X-Origin-Verify";
constexpr const char* kLockedPath = "/live/match/index.m3u8";

http::Request with(std::string_view name, std::string_view value) {
  http::Request request;
  request.fields.push_back({name, value});
  return request;
}

serve::Server::Options locked(std::vector<std::string> secrets) {
  serve::Server::Options options;
  options.lock = OriginLock(kHeader, secrets, false);
  return options;
}

TEST(OriginLock, IsOpenWithoutSecretsAndCertificates) {
  EXPECT_TRUE(OriginLock().open());
  EXPECT_TRUE(OriginLock(kHeader, {}, false).open());
  EXPECT_TRUE(OriginLock().admits(http::Request{}, false));
  EXPECT_FALSE(OriginLock(kHeader, {"one"}, false).open());
  EXPECT_FALSE(OriginLock(kHeader, {}, true).open());
}

TEST(OriginLock, AdmitsAnyOfItsSecretsInItsHeader) {  // CF-19
  const OriginLock lock(kHeader, {"old secret", "new secret"}, false);
  EXPECT_TRUE(lock.admits(with("X-Origin-Verify", "old secret"), false));
  EXPECT_TRUE(lock.admits(with("x-origin-verify", "new secret"), false));
  EXPECT_FALSE(lock.admits(with("X-Origin-Verify", "old secre"), false));
  EXPECT_FALSE(lock.admits(with("X-Origin-Verify", "Old secret"), false));
  EXPECT_FALSE(lock.admits(with("X-Origin-Verify", ""), false));
  EXPECT_FALSE(lock.admits(with("X-Other", "old secret"), false));
  EXPECT_FALSE(lock.admits(http::Request{}, false));
  EXPECT_FALSE(lock.admits(http::Request{}, true)) << "a certificate counts only where an authority is named";
}

TEST(OriginLock, AdmitsACertificateInPlaceOfASecret) {
  const OriginLock both(kHeader, {"secret"}, true);
  EXPECT_TRUE(both.admits(http::Request{}, true));
  EXPECT_TRUE(both.admits(with(kHeader, "secret"), false));
  EXPECT_FALSE(both.admits(http::Request{}, false));
  EXPECT_FALSE(OriginLock(kHeader, {}, true).admits(with(kHeader, ""), false)) << "there is no secret that is empty";
}

TEST(OriginLock, AnswersAllOthersWithA403ThatNoCacheKeeps) {  // CF-10, CF-19
  Serving serving(locked({"secret"}));
  serving.go_live();
  Client client(serving.port());
  for (const char* path : {kLockedPath, "/live/match/v720/index.m3u8", "/play/match", "/", "/no/such/path"}) {
    for (const char* method : {"GET", "HEAD", "OPTIONS", "POST"}) {
      const Answer answer = client.get(path, "", method);
      EXPECT_EQ(answer.status, 403) << method << ' ' << path;
      EXPECT_EQ(answer.fields.at("cache-control"), "no-store") << method << ' ' << path;
    }
  }
  EXPECT_EQ(serving.counters().causes[static_cast<std::size_t>(serve::Cause::kLocked)].get(), 20u);
  EXPECT_EQ(serving.counters().joins.get(), 0u) << "who is refused is no viewer";
  EXPECT_EQ(client.get(kLockedPath, "x-origin-verify: secret\r\n").status, 200);
  EXPECT_EQ(client.get(kLockedPath).status, 403) << "each request is asked, for a CDN's connection is nobody else's";
}

TEST(OriginLock, IsChangedWhileConnectionsAreOpen) {
  Serving serving(locked({"old"}));
  serving.go_live();
  Client client(serving.port());
  EXPECT_EQ(client.get(kLockedPath, "X-Origin-Verify: new\r\n").status, 403);
  serving.server().set_lock(OriginLock(kHeader, {"old", "new"}, false));
  serve_test::wait_until([&] { return client.get(kLockedPath, "X-Origin-Verify: new\r\n").status == 200; });
  EXPECT_EQ(client.get(kLockedPath, "X-Origin-Verify: old\r\n").status, 200);
  serving.server().set_lock({});
  serve_test::wait_until([&] { return client.get(kLockedPath).status == 200; });
}

}  // namespace

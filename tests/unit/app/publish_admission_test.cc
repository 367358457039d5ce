#include "app/publish_admission.h"

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "events/log.h"
#include "loop/loop.h"
#include "unit/app/server_fixture.h"
#include "unit/client/socket_server.h"

namespace app {
namespace {

using Answer = ingest::PublishGate::Answer;

/// An operator's program, which says `says` of everybody, and the control loop that asks it.
class PublishAdmissionTest : public ::testing::Test {
 protected:
  static std::string http(const std::string& status, const std::string& body = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  void say(std::string answer) {
    const std::lock_guard lock(mutex_);
    says_ = std::move(answer);
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  static std::shared_ptr<const ingest::SrtPolicy> policy() {
    auto made = std::make_shared<ingest::SrtPolicy>();
    const std::vector<std::string> any{"the-key"};
    const std::vector<std::string> backup{"the-backup-key"};
    made->keys = ingest::PublishPolicy(ingest::PublishPolicy::Keys{{"match", ingest::ChannelKeys(any, backup)}});
    return made;
  }
  void configure(const std::string& url, bool allow = false) {
    admission_.configure({.url = url, .timeout = 60 * base::kSecond, .allow_on_timeout = allow}, policy());
  }
  static ingest::PublishRequest publisher(const std::string& key = "the-key") {
    ingest::PublishRequest request;
    request.app = "live";
    request.channel = "match";
    request.key = key;
    request.protocol = "rtmp";
    request.peer = "192.0.2.7:4711";
    request.encoder = "OBS";
    return request;
  }
  static std::string text(const Answer& answer) { return answer ? "refused: " + answer->text : "allowed"; }
  /// "at once: …" or "later: …".
  std::string ask(const ingest::PublishRequest& request = publisher()) {
    std::string told;
    const auto now = admission_.ask(request, [&](const Answer& answer) {
      told = "later: " + text(answer);
      loop_.stop();
    });
    if (now) return "at once: " + text(*now);
    loop_.run();
    return told;
  }
  std::vector<std::string> reasons() const {
    std::vector<std::string> all;
    for (const auto& event : log_.read({.type = "publisher.refused"}).events) {
      EXPECT_EQ(event->fact.channel, "match");
      all.push_back(std::get<std::string>(event->fact.data.at(0).value) + ": " +
                    std::get<std::string>(event->fact.data.at(2).value));
    }
    return all;
  }

  std::mutex mutex_;
  std::string says_ = http("204 No Content");
  std::vector<std::string> requests_;
  client::SocketServer program_{[this](const std::string& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    return says_;
  }};
  const base::SystemClock clock_;
  loop::Loop loop_;
  loop::Mailbox control_{loop_};
  events::Log log_{clock_};
  PublishAdmission admission_{clock_, control_, log_};
};

TEST_F(PublishAdmissionTest, WithoutAUrlNobodyIsAskedAbout) {
  configure("");
  EXPECT_EQ(ask(), "at once: allowed");
  EXPECT_FALSE(admission_.counters());
}

TEST_F(PublishAdmissionTest, APublisherIsAskedAboutWithoutItsKey) {
  configure(program_.url("/may"));
  EXPECT_EQ(ask(), "later: allowed");
  ASSERT_EQ(requests().size(), 1u);
  const std::string request = requests()[0];
  EXPECT_TRUE(request.starts_with("POST /may HTTP/1.1\r\n"));
  EXPECT_EQ(request.find("the-key"), std::string::npos);
  // printf the-key | sha256sum
  EXPECT_EQ(request.substr(request.find("\r\n\r\n") + 4),
            R"({"type":"live.kickoff.publish","channel":"match","protocol":"rtmp","peer":"192.0.2.7:4711",)"
            R"("feed":"primary","encoder":"OBS",)"
            R"("key_sha256":"ad44dc8e51cfbfa55e81ddbb626b466241069045066846e7e4cd096131505290"})");
  EXPECT_EQ(ask(), "at once: allowed") << "the answer is kept";
  EXPECT_EQ(admission_.counters()->answered[1], 1u);
  EXPECT_EQ(admission_.counters()->cached[1], 1u);
}

TEST_F(PublishAdmissionTest, TheFeedIsTheOneThatTheKeyOpens) {
  configure(program_.url());
  EXPECT_EQ(ask(publisher("the-backup-key")), "later: allowed");
  EXPECT_NE(requests().at(0).find(R"("feed":"backup")"), std::string::npos);
}

TEST_F(PublishAdmissionTest, APublisherWithoutTheRightIsLeftToTheChannels) {
  configure(program_.url());
  EXPECT_EQ(ask(publisher("wrong")), "at once: allowed");
  ingest::PublishRequest elsewhere = publisher();
  elsewhere.channel = "other";
  EXPECT_EQ(ask(elsewhere), "at once: allowed");
  EXPECT_TRUE(requests().empty());
}

TEST_F(PublishAdmissionTest, ARefusalHasTheReasonAndIsAnEventAndALineOfTheLog) {
  const testing::LogFile stderr_file(::testing::TempDir() + "publish-admission.log");
  say(http("200 OK", R"({"allow": false, "reason": "no rights"})"));
  configure(program_.url());
  EXPECT_EQ(ask(), "later: refused: no rights");
  EXPECT_EQ(reasons(), std::vector<std::string>{"hook: no rights"});
  EXPECT_TRUE(stderr_file.has("publisher refused by publish_hook"));
  EXPECT_FALSE(stderr_file.has("the-key"));
  EXPECT_EQ(ask(), "at once: refused: no rights");
  EXPECT_EQ(reasons().size(), 1u) << "one in 10 s";
}

TEST_F(PublishAdmissionTest, ARefusalIsNoneForAWrongKey) {
  say(http("403 Forbidden"));
  configure(program_.url());
  ask();
  const auto again = admission_.ask(publisher(), [](const Answer&) {});
  ASSERT_TRUE(again && *again);
  EXPECT_EQ((*again)->why, ingest::Publisher::Refusal::Why::kOverload);
}

TEST_F(PublishAdmissionTest, WithoutAnAnswerTheSettingsDecideAndTheLogIsToldOnce) {
  const testing::LogFile stderr_file(::testing::TempDir() + "publish-admission.log");
  say(http("500 Internal Server Error"));
  configure(program_.url());
  const std::string refused = "later: refused: the server cannot find out whether this may be published; try again";
  EXPECT_EQ(ask(), refused);
  EXPECT_EQ(ask(), refused) << "it is asked again";
  EXPECT_EQ(reasons(), std::vector<std::string>{"hook_unanswered: HTTP 500"});
  const std::string said = stderr_file.text();
  EXPECT_NE(said.find("publish_hook does not answer"), std::string::npos);
  EXPECT_EQ(said.find("publish_hook does not answer"), said.rfind("publish_hook does not answer"));
  configure(program_.url(), true);
  EXPECT_EQ(ask(), "later: allowed");
  EXPECT_EQ(admission_.counters()->failures, 3u);
  say(http("204 No Content"));
  EXPECT_EQ(ask(), "later: allowed");
  EXPECT_TRUE(stderr_file.has("publish_hook answers again"));
}

TEST_F(PublishAdmissionTest, AReloadChangesTheUrlAndMayTakeItAway) {
  const client::SocketServer other([](const std::string&) { return http("403 Forbidden"); });
  configure(program_.url());
  EXPECT_EQ(ask(), "later: allowed");
  configure(other.url());
  EXPECT_EQ(ask(), "later: refused: publishing is not allowed");
  EXPECT_EQ(requests().size(), 1u);
  configure("");
  EXPECT_EQ(ask(), "at once: allowed");
  EXPECT_TRUE(admission_.counters()) << "its series stay";
}

}  // namespace
}  // namespace app

#include "webhook/admission.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace webhook {
namespace {

using base::kSecond;

AdmissionQuestion question(const std::string& channel = "match", const std::string& peer = "192.0.2.7:4711") {
  return {
      .channel = channel, .feed = "primary", .protocol = "rtmp", .peer = peer, .encoder = "OBS", .key_sha256 = "abc"};
}

std::string field_of(const client::Request& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(AdmissionRequest, HasWhatIsAskedAndIsSigned) {
  const AdmissionSettings settings{.url = "http://rights.example/", .secrets = {Secret(24, 7)}, .timeout = 3 * kSecond};
  const client::Request request = request_of(question(), settings, "id-1", 1700);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://rights.example/");
  EXPECT_EQ(request.timeout, 3 * kSecond);
  EXPECT_EQ(nlohmann::json::parse(request.body.text()), (nlohmann::json{{"type", "live.kickoff.publish"},
                                                                        {"channel", "match"},
                                                                        {"feed", "primary"},
                                                                        {"protocol", "rtmp"},
                                                                        {"peer", "192.0.2.7:4711"},
                                                                        {"encoder", "OBS"},
                                                                        {"key_sha256", "abc"}}));
  EXPECT_EQ(field_of(request, "webhook-id"), "id-1");
  EXPECT_EQ(field_of(request, "webhook-timestamp"), "1700");
  EXPECT_EQ(field_of(request, "webhook-signature"), sign(settings.secrets, "id-1", 1700, request.body.text()));
}

TEST(AdmissionRequest, LeavesOutWhatIsNotKnownAndIsUnsignedWithoutASecret) {
  const client::Request request = request_of({.channel = "match", .protocol = "srt", .peer = "p"}, {}, "id", 1);
  EXPECT_EQ(nlohmann::json::parse(request.body.text()).size(), 4u);
  EXPECT_EQ(field_of(request, "webhook-signature"), "");
}

/// "allowed", "refused: REASON", "none: WHY, allowed".
std::string decided(int status, const std::string& body, bool allow = false) {
  const client::Answer answer{.status = status, .headers = {}, .body = body, .error = "refused\n"};
  const AdmissionDecision decision = decision_of(answer, {.allow_on_timeout = allow});
  if (!decision.answered) return "none: " + decision.reason + (decision.allow ? ", allowed" : ", refused");
  return decision.allow ? "allowed" : "refused: " + decision.reason;
}

TEST(AdmissionAnswer, LetsInWhatItSaysIsAllowed) {
  EXPECT_EQ(decided(200, R"({"allow": true})"), "allowed");
  EXPECT_EQ(decided(204, ""), "allowed");
  EXPECT_EQ(decided(299, ""), "allowed");
  EXPECT_EQ(decided(200, R"( {"allow": true, "ladder": []} )"), "allowed") << "it may say more than is read";
}

TEST(AdmissionAnswer, RefusesWithTheReasonItGives) {
  EXPECT_EQ(decided(200, R"({"allow": false, "reason": "not\nyours"})"), "refused: not yours");
  EXPECT_EQ(decided(200, R"({"allow": false})"), "refused: publishing is not allowed");
  EXPECT_EQ(decided(403, R"({"reason": "blocked"})"), "refused: blocked");
  EXPECT_EQ(decided(403, "Forbidden"), "refused: publishing is not allowed");
  EXPECT_EQ(decided(401, R"({"allow": true})"), "refused: publishing is not allowed");
  EXPECT_EQ(decided(200, R"({"allow": false, "reason": 7})"), "refused: publishing is not allowed");
}

TEST(AdmissionAnswer, IsNoneWhereItIsNotUnderstood) {
  EXPECT_EQ(decided(500, ""), "none: HTTP 500, refused");
  EXPECT_EQ(decided(500, "", true), "none: HTTP 500, allowed");
  EXPECT_EQ(decided(404, R"({"allow": true})"), "none: HTTP 404, refused");
  EXPECT_EQ(decided(302, ""), "none: HTTP 302, refused");
  EXPECT_EQ(decided(0, ""), "none: refused , refused");
  const std::string broken = "none: the answer is no JSON object with \"allow\": true or false, refused";
  EXPECT_EQ(decided(200, R"({"allow": fal)"), broken) << "it was cut off";
  EXPECT_EQ(decided(200, "<html>Sign in</html>"), broken) << "a proxy's page is no yes";
  EXPECT_EQ(decided(200, "true"), broken);
  EXPECT_EQ(decided(200, R"({"allow": "no"})"), broken);
  EXPECT_EQ(decided(200, "{}"), broken);
  EXPECT_EQ(decided(200, "[]"), broken);
}

class AdmissionsTest : public testing::Test {
 protected:
  static std::shared_ptr<const AdmissionSettings> settings(base::Micros cache = 60 * kSecond, bool allow = false) {
    return std::make_shared<const AdmissionSettings>(
        AdmissionSettings{.url = "http://a/", .allow_on_timeout = allow, .cache = cache});
  }
  /// "waits", or what is decided now.
  std::string ask(const AdmissionQuestion& asked = question()) {
    const auto decision =
        admissions_.ask(asked, [this](const AdmissionDecision& later) { told_ += text(later) + " "; }, now_, asks_);
    return decision ? text(*decision) : "waits";
  }
  static std::string text(const AdmissionDecision& decision) {
    return std::string(decision.allow ? "allowed" : "refused") + (decision.answered ? "" : "?");
  }
  void answer(std::size_t index, int status) { admissions_.take_answer(asks_.at(index).id, {.status = status}, now_); }

  base::Micros now_ = 1000 * kSecond;
  Admissions admissions_;
  std::vector<Admissions::Ask> asks_;
  std::string told_;
};

TEST_F(AdmissionsTest, WithoutSettingsEverybodyIsLetIn) {
  EXPECT_EQ(ask(), "allowed?");
  EXPECT_TRUE(asks_.empty());
}

TEST_F(AdmissionsTest, AsksAndTellsWhoWaits) {
  admissions_.configure(settings());
  EXPECT_EQ(ask(), "waits");
  ASSERT_EQ(asks_.size(), 1u);
  EXPECT_EQ(admissions_.counters().open, 1u);
  answer(0, 204);
  EXPECT_EQ(told_, "allowed ");
  EXPECT_EQ(admissions_.counters().open, 0u);
  EXPECT_EQ(admissions_.counters().answered[1], 1u);
  answer(0, 403);
  EXPECT_EQ(told_, "allowed ") << "once";
}

TEST_F(AdmissionsTest, AnAnswerHoldsForItsTimeWhateverThePortAndTheEncoder) {
  admissions_.configure(settings(10 * kSecond));
  ask();
  answer(0, 403);
  now_ += 10 * kSecond - 1;
  AdmissionQuestion again = question("match", "192.0.2.7:9");
  again.encoder = "other";
  EXPECT_EQ(ask(again), "refused");
  EXPECT_EQ(admissions_.counters().cached[0], 1u);
  now_ += 1;
  EXPECT_EQ(ask(), "waits");
  EXPECT_EQ(asks_.size(), 2u);
}

TEST_F(AdmissionsTest, WhatDiffersIsAskedByItself) {
  admissions_.configure(settings());
  std::vector<AdmissionQuestion> others(6, question());
  others[1].channel = "other";
  others[2].feed = "backup";
  others[3].protocol = "srt";
  others[4].peer = "192.0.2.8:4711";
  others[5].key_sha256 = "def";
  for (const AdmissionQuestion& one : others) EXPECT_EQ(ask(one), "waits");
  EXPECT_EQ(asks_.size(), others.size());
}

TEST_F(AdmissionsTest, TextsThatRunTogetherAreNotTakenForEachOther) {
  admissions_.configure(settings());
  AdmissionQuestion other = question("matchp");
  other.feed = "rimary";
  EXPECT_EQ(ask(), "waits");
  EXPECT_EQ(ask(other), "waits");
  EXPECT_EQ(asks_.size(), 2u);
}

TEST_F(AdmissionsTest, ThoseThatAskTheSameWaitForOneAnswer) {
  admissions_.configure(settings());
  EXPECT_EQ(ask(), "waits");
  EXPECT_EQ(ask(), "waits");
  ASSERT_EQ(asks_.size(), 1u);
  answer(0, 200);
  EXPECT_EQ(told_, "allowed allowed ");
  EXPECT_EQ(admissions_.counters().answered[1], 2u);
}

TEST_F(AdmissionsTest, NoAnswerIsNotKept) {
  admissions_.configure(settings(60 * kSecond, true));
  ask();
  answer(0, 500);
  EXPECT_EQ(told_, "allowed? ");
  EXPECT_EQ(admissions_.counters().unanswered[1], 1u);
  EXPECT_EQ(admissions_.counters().failures, 1u);
  EXPECT_EQ(ask(), "waits");
  answer(1, 200);
  EXPECT_EQ(admissions_.counters().failures, 1u);
}

TEST_F(AdmissionsTest, WithoutACacheEachIsAsked) {
  admissions_.configure(settings(0));
  ask();
  answer(0, 200);
  EXPECT_EQ(ask(), "waits");
  EXPECT_EQ(asks_.size(), 2u);
}

TEST_F(AdmissionsTest, OtherSettingsForgetAnswersAndAskAnew) {
  admissions_.configure(settings());
  ask();
  answer(0, 200);
  admissions_.configure(settings());
  EXPECT_EQ(ask(), "allowed") << "they are the same";
  ask(question("other"));
  admissions_.configure(settings(5 * kSecond));
  EXPECT_EQ(ask(), "waits");
  EXPECT_EQ(ask(question("other")), "waits");
  EXPECT_EQ(asks_.size(), 4u);
  answer(1, 403);
  EXPECT_EQ(told_, "allowed refused ") << "who waited for the settings before is told";
  EXPECT_EQ(ask(question("other")), "waits") << "and nobody else";
  admissions_.configure(nullptr);
  EXPECT_EQ(ask(), "allowed?");
}

TEST_F(AdmissionsTest, OpenQuestionsAreBounded) {
  admissions_.configure(settings());
  for (std::size_t i = 0; i < Admissions::kMostOpen; ++i) EXPECT_EQ(ask(question(std::to_string(i))), "waits");
  EXPECT_EQ(ask(question("more")), "refused?");
  EXPECT_EQ(ask(question("0")), "waits") << "it is asked already";
  EXPECT_EQ(admissions_.counters().overflows, 1u);
  answer(3, 200);
  EXPECT_EQ(ask(question("more")), "waits");
}

TEST_F(AdmissionsTest, WhoWaitsIsBounded) {
  admissions_.configure(settings(0, true));
  for (std::size_t i = 0; i < Admissions::kMostWaiting; ++i) EXPECT_EQ(ask(), "waits");
  EXPECT_EQ(ask(), "allowed?");
  answer(0, 200);
  EXPECT_EQ(ask(), "waits");
}

TEST_F(AdmissionsTest, TheOldestAnswerMakesRoom) {
  admissions_.configure(settings());
  for (std::size_t i = 0; i <= Admissions::kMostCached; ++i) {
    ask(question(std::to_string(i)));
    answer(i, 200);
  }
  EXPECT_EQ(ask(question("1")), "allowed");
  EXPECT_EQ(ask(question("0")), "waits");
}

}  // namespace
}  // namespace webhook

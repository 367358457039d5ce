#include "ingest/srt_gate.h"

#include <gtest/gtest.h>

namespace ingest {
namespace {

Address peer(std::array<std::uint8_t, 4> v4) {
  Address address;
  address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, v4[0], v4[1], v4[2], v4[3]};
  address.port = 4711;
  return address;
}

const Address kStranger = peer({192, 0, 2, 7});
const Address kSelf = peer({127, 0, 0, 1});

SrtPolicy policy() {
  SrtPolicy policy;
  policy.keys = PublishPolicy({{"match", {"secret"}}, {"fenced", {"secret"}}, {"open", {}}, {"odd", {"k,l&m"}}});
  policy.channels["fenced"].allow = {*parse_network("198.51.100.0/24")};
  policy.channels["match"].passphrase = "ten letters";
  policy.channels["match"].latency = 200 * base::kMillisecond;
  return policy;
}

struct Gate {
  explicit Gate(SrtPolicy settings = policy(), loop::PeerLimits::Options limits = {})
      : gate(std::make_shared<const SrtPolicy>(std::move(settings)), limits) {}

  /// 0: admitted; otherwise the code.
  int ask(std::string_view stream_id, const Address& from = kStranger) {
    auto decision = gate.decide(stream_id, from, 0);
    if (auto* refusal = std::get_if<SrtGate::Refusal>(&decision)) return static_cast<int>(refusal->code);
    admitted = std::get<SrtGate::Admission>(decision);
    return 0;
  }

  SrtGate gate;
  SrtGate::Admission admitted;
};

TEST(SrtGate, AdmitsTheRightKeyWithTheChannelsOwnSettings) {  // SR-6, SR-7
  Gate gate;
  ASSERT_EQ(gate.ask("#!::r=live/match,m=publish,s=secret"), 0);
  EXPECT_EQ(gate.admitted.request.channel, "match");
  EXPECT_EQ(gate.admitted.request.peer, "192.0.2.7:4711");
  EXPECT_EQ(gate.admitted.request.protocol, "srt");
  EXPECT_EQ(gate.admitted.request.format, feed::Format::kMpegTs);
  EXPECT_EQ(gate.admitted.channel.passphrase, "ten letters");
  EXPECT_EQ(gate.admitted.channel.latency, 200 * base::kMillisecond);
  EXPECT_EQ(gate.ask("live/match?key=secret"), 0);
}

TEST(SrtGate, AdmitsAKeyWithACommaAndAnAmpersand) {
  Gate gate;
  EXPECT_EQ(gate.ask("#!::r=live/odd,m=publish,s=k%2Cl%26m"), 0);
  EXPECT_EQ(gate.ask("#!::r=live/odd,m=publish,s=k%2Cl&m"), 0);
  EXPECT_EQ(gate.ask("live/odd?key=k,l&m"), 0);
  EXPECT_EQ(gate.ask("live/odd?key=k,l"), 1401);
}

TEST(SrtGate, TellsEveryRefusalByItsCode) {  // SR-5
  Gate gate;
  EXPECT_EQ(gate.ask("#!::r=live/match,r=live/match"), 1400);
  EXPECT_EQ(gate.ask(""), 1400);
  EXPECT_EQ(gate.ask("live/bad name?key=secret"), 1400);
  EXPECT_EQ(gate.ask("live/match"), 1401);
  EXPECT_EQ(gate.ask("live/match?key=wrong"), 1401);
  EXPECT_EQ(gate.ask("live/fenced?key=secret"), 1403);
  EXPECT_EQ(gate.ask("live/unknown?key=secret"), 1404);
  EXPECT_EQ(gate.ask("vod/match?key=secret"), 1404);
  EXPECT_EQ(gate.ask("#!::r=live/match,m=request,s=secret"), 1405);
  EXPECT_EQ(gate.ask("#!::r=live/match,m=bidirectional,s=secret"), 1405);
  EXPECT_EQ(gate.ask("#!::r=live/match,m=publish,t=file,s=secret"), 1415);
  gate.gate.close();
  EXPECT_EQ(gate.ask("live/match?key=secret"), 1503);
  EXPECT_EQ(gate.gate.refused(SrtReject::kSyntax), 3U);
  EXPECT_EQ(gate.gate.refused(SrtReject::kUnauthorized), 2U);
  EXPECT_EQ(gate.gate.refused(SrtReject::kConflict), 0U);
}

TEST(SrtGate, NeedsTheModeUnlessConfiguredOtherwise) {  // SR-3
  EXPECT_EQ(Gate().ask("#!::r=live/match,s=secret"), 1405);
  SrtPolicy lenient = policy();
  lenient.publish_without_mode = true;
  Gate gate(lenient);
  EXPECT_EQ(gate.ask("#!::r=live/match,s=secret"), 0);
  EXPECT_EQ(gate.ask("#!::r=live/match,m=request,s=secret"), 1405);
}

TEST(SrtGate, TellsASecondPublisherThatTheChannelIsTaken) {  // SR-23
  Gate gate;
  gate.gate.set_live(std::make_shared<const FeedNames>(FeedNames{{"match", feed::Id::kPrimary}}));
  EXPECT_EQ(gate.ask("live/match?key=secret"), 1409);
  EXPECT_EQ(gate.ask("live/match?key=wrong"), 1401) << "nobody learns what is live without the key";
  SrtPolicy takeover = policy();
  takeover.channels["match"].takeover = true;
  gate.gate.set_policy(std::make_shared<const SrtPolicy>(takeover));
  EXPECT_EQ(gate.ask("live/match?key=secret"), 0);
}

TEST(SrtGate, LetsTheBackupInWhereThePrimaryIsThere) {
  Gate gate;
  gate.gate.set_live(std::make_shared<const FeedNames>(FeedNames{{"match", feed::Id::kPrimary}}));
  EXPECT_EQ(gate.ask("#!::r=live/match,m=publish,s=secret,x-feed=backup"), 0);
  EXPECT_EQ(gate.admitted.request.feed, "backup");
  EXPECT_EQ(gate.ask("live/match?key=secret&feed=backup"), 0);
  EXPECT_EQ(gate.ask("#!::r=live/match,m=publish,s=secret,x-feed=third"), 1400);
  gate.gate.set_live(std::make_shared<const FeedNames>(FeedNames{{"match", feed::Id::kBackup}}));
  EXPECT_EQ(gate.ask("#!::r=live/match,m=publish,s=secret,x-feed=backup"), 1409);
  EXPECT_EQ(gate.ask("live/match?key=secret"), 0);
}

TEST(SrtGate, TellsACallerThatThereIsNoRoomForItsChannel) {
  using Names = std::set<std::string, std::less<>>;
  Gate gate;
  gate.gate.set_full(std::make_shared<const Names>());
  EXPECT_EQ(gate.ask("live/open", kSelf), 1402);
  EXPECT_EQ(gate.ask("live/open"), 1401) << "nobody learns it without the key";
  EXPECT_EQ(gate.ask("live/match?key=secret"), 0) << "a channel with an entry of its own comes in";
  gate.gate.set_full(std::make_shared<const Names>(Names{"open"}));
  EXPECT_EQ(gate.ask("live/open", kSelf), 0) << "it comes back to its channel";
  gate.gate.set_full(nullptr);
  EXPECT_EQ(gate.ask("live/open", kSelf), 0);
}

TEST(SrtGate, AdmitsFromListedNetworksOnly) {  // SR-23
  EXPECT_EQ(Gate().ask("live/fenced?key=secret", peer({198, 51, 100, 9})), 0);
}

TEST(SrtGate, LetsLoopbackInWithoutAKey) {
  EXPECT_EQ(Gate().ask("live/open", kSelf), 0);
  EXPECT_EQ(Gate().ask("live/open"), 1401);
}

TEST(SrtGate, ShutsOutAnAddressThatGuessesKeys) {
  Gate gate(policy(), {.failures = 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(gate.ask("live/match?key=guess"), 1401);
  EXPECT_EQ(gate.ask("live/match?key=secret"), 1402);
  EXPECT_EQ(gate.ask("live/match?key=secret", peer({192, 0, 2, 8})), 0);
}

TEST(SrtGate, ShutsOutAnAddressThatTriesNamesOrPassphrases) {
  Gate gate(policy(), {.failures = 3});
  EXPECT_EQ(gate.ask("live/bad name?key=secret"), 1400) << "may be a key in the wrong place";
  EXPECT_EQ(gate.ask("live/b@d?key=secret"), 1400);
  EXPECT_EQ(gate.ask("live/match?key=secret"), 0);
  gate.gate.note_failure(kStranger, 0);
  EXPECT_EQ(gate.ask("live/match?key=secret"), 1402);
  EXPECT_EQ(gate.ask("live/match?key=secret", peer({192, 0, 2, 8})), 0);
}

TEST(SrtPolicy, FallsBackToTheStarEntry) {
  SrtPolicy settings;
  EXPECT_EQ(settings.channel("a").passphrase, "");
  settings.channels["*"].passphrase = "for everyone";
  settings.channels["a"].passphrase = "for a alone";
  EXPECT_EQ(settings.channel("a").passphrase, "for a alone");
  EXPECT_EQ(settings.channel("b").passphrase, "for everyone");
}

TEST(SrtGateFeeds, AreThoseThatTheKeysSay) {
  auto policy = std::make_shared<SrtPolicy>();
  const std::vector<std::string> any{"K"};
  const std::vector<std::string> backup{"B"};
  policy->keys = PublishPolicy(PublishPolicy::Keys{{"match", ChannelKeys(any, backup)}});
  const SrtGate gate(policy, {});
  PublishRequest request;
  request.app = "live";
  request.channel = "match";
  request.key = "B";
  EXPECT_EQ(gate.feed_of(request), feed::Id::kBackup) << "its key is for the backup alone";
  request.key = "K";
  EXPECT_EQ(gate.feed_of(request), feed::Id::kPrimary);
  request.feed = "backup";
  EXPECT_EQ(gate.feed_of(request), feed::Id::kBackup);
}

}  // namespace
}  // namespace ingest

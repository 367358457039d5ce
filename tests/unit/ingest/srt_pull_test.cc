#include "ingest/srt_pull.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/ingest/fake_channel.h"
#include "unit/ingest/listening_encoder.h"
#include "unit/ingest/run_loop.h"

namespace ingest {
namespace {

const std::vector<std::uint8_t> kMedia(1316, 0x55);

class SrtPullTest : public testing::Test {
 protected:
  void pull(std::uint16_t port, const std::string& query = {}) {
    auto source = parse_pull_source("srt://127.0.0.1:" + std::to_string(port) + query);
    ASSERT_TRUE(source.ok()) << source.error().what;
    SrtPull::Options options;
    options.latency = 20 * base::kMillisecond;
    options.backoff.first = 20 * base::kMillisecond;
    options.backoff.most = 40 * base::kMillisecond;
    pull_ = std::make_unique<SrtPull>(loop_, calls_, channel_, "match", feed::Id::kBackup, source.take(), options, 1);
  }
  void until(const std::function<bool()>& met) { run_until(loop_, met); }
  PullStats stats() const { return pull_->statistics(); }

  SrtLibrary library_;
  loop::Loop loop_;
  base::SystemClock clock_;
  FakeChannel channel_;
  SrtCalls calls_{loop_, clock_};
  std::unique_ptr<SrtPull> pull_;
};

TEST_F(SrtPullTest, HandsAListenersBytesToTheChannel) {
  ListeningEncoder encoder;
  pull(encoder.port(), "?streamid=%23!::r=match");
  until([&] { return encoder.answered() && channel_.feed != nullptr; });
  EXPECT_EQ(encoder.stream_id(), "#!::r=match");
  EXPECT_EQ(channel_.request->app, "live");
  EXPECT_EQ(channel_.request->channel, "match");
  EXPECT_EQ(channel_.request->feed, "backup");
  EXPECT_EQ(channel_.request->protocol, "srt-caller");
  EXPECT_EQ(channel_.request->peer, "127.0.0.1:" + std::to_string(encoder.port()));
  EXPECT_TRUE(channel_.request->pulled);
  EXPECT_EQ(channel_.request->format, feed::Format::kMpegTs);
  encoder.send(kMedia);
  until([&] { return channel_.data.size() == kMedia.size(); });
  EXPECT_EQ(channel_.data, kMedia);
  EXPECT_TRUE(stats().live);
  EXPECT_EQ(stats().bytes, kMedia.size());
  EXPECT_EQ(stats().source, "srt://127.0.0.1:" + std::to_string(encoder.port()));
  EXPECT_EQ(channel_.trace, std::vector<std::string>{"start"});
}

TEST_F(SrtPullTest, CallsAgainWhenTheListenerHasHungUp) {
  ListeningEncoder encoder;
  pull(encoder.port());
  until([&] { return encoder.answered() && stats().live; });
  encoder.hang_up();
  until([&] { return encoder.answered() && stats().publishes == 2; });
  EXPECT_EQ(stats().failures, 0U);
  encoder.send(kMedia);
  until([&] { return !channel_.data.empty(); });
  ASSERT_EQ(channel_.trace.size(), 3U);
  EXPECT_EQ(channel_.trace[1].substr(0, 4), "end ");
  EXPECT_EQ(channel_.trace[2], "start");
}

TEST_F(SrtPullTest, CallsUntilSomebodyAnswers) {
  std::uint16_t port = 0;
  {
    const ListeningEncoder gone;
    port = gone.port();
  }
  pull(port);
  until([&] { return stats().failures != 0; });
  EXPECT_EQ(stats().problem, "no answer");
  EXPECT_EQ(channel_.publishes, 0);
  ListeningEncoder encoder({}, port);
  until([&] { return encoder.answered() && stats().live; });
  EXPECT_EQ(stats().problem, "");
}

TEST_F(SrtPullTest, IsEncryptedWithThePassphraseOfItsSource) {
  ListeningEncoder encoder("correct horse");
  pull(encoder.port(), "?passphrase=correct%20horse&pbkeylen=32");
  until([&] { return encoder.answered() && stats().live; });
  encoder.send(kMedia);
  until([&] { return channel_.data == kMedia; });
  until([&] { return pull_->srt_statistics().has_value(); });
  EXPECT_EQ(pull_->srt_statistics()->encryption, SrtEncryption::kSecured);
}

TEST_F(SrtPullTest, SaysThatThePassphraseIsWrong) {
  const ListeningEncoder encoder("correct horse");
  pull(encoder.port(), "?passphrase=battery%20staple");
  until([&] { return stats().failures >= 2; });
  EXPECT_EQ(stats().problem, "the passphrase is not the listener's");
  EXPECT_EQ(channel_.publishes, 0);
}

TEST_F(SrtPullTest, SaysThatAPassphraseIsMissing) {
  const ListeningEncoder encoder("correct horse");
  pull(encoder.port());
  until([&] { return stats().failures >= 1; });
  EXPECT_EQ(stats().problem, "one side has a passphrase and the other has none");
}

TEST_F(SrtPullTest, SaysWithWhichCodeTheListenerRefused) {
  ListeningEncoder encoder;
  encoder.refuse_with = 1404;
  pull(encoder.port());
  until([&] { return stats().failures >= 1; });
  EXPECT_EQ(stats().problem, "the listener refused with code 1404");
}

TEST_F(SrtPullTest, TriesAgainWhenTheChannelRefusesIt) {
  ListeningEncoder encoder;
  channel_.refuse = Publisher::Refusal{Publisher::Refusal::Why::kBusy, "has a publisher"};
  pull(encoder.port());
  // The encoder has room for few callers that it has not noticed leaving.
  const auto clear = [&] {
    if (encoder.answered() && encoder.left_by_caller()) encoder.hang_up();
  };
  until([&] {
    clear();
    return stats().refusals >= 2;
  });
  EXPECT_EQ(stats().problem, "the channel does not take it: has a publisher");
  EXPECT_FALSE(stats().live);
  channel_.refuse.reset();
  until([&] {
    clear();
    return stats().live;
  });
}

TEST_F(SrtPullTest, HangsUpWhenTheChannelClosesItAndCallsAgainLater) {
  ListeningEncoder encoder;
  pull(encoder.port());
  until([&] { return encoder.answered() && stats().live; });
  channel_.feed->close("no media for 30 s");
  EXPECT_EQ(channel_.trace.back(), "start") << "on a later turn";
  // It may have called again by the time that the encoder notices.
  until([&] { return encoder.left_by_caller(); });
  EXPECT_EQ(std::count(channel_.trace.begin(), channel_.trace.end(), "end no media for 30 s"), 1);
  encoder.hang_up();
  until([&] { return encoder.answered() && stats().publishes == 2; });
}

TEST_F(SrtPullTest, EndsItsFeedWhenItIsDestroyed) {
  ListeningEncoder encoder;
  pull(encoder.port());
  until([&] { return encoder.answered() && stats().live; });
  pull_.reset();
  EXPECT_EQ(channel_.feed, nullptr);
  until([&] { return encoder.left_by_caller(); });
}

TEST_F(SrtPullTest, MayBeDestroyedWhileItCalls) {
  std::uint16_t port = 0;
  {
    const ListeningEncoder gone;
    port = gone.port();
  }
  pull(port);
  until([&] { return stats().attempts == 1; });
  pull_.reset();
  EXPECT_EQ(channel_.publishes, 0);
}

TEST_F(SrtPullTest, ReportsItsSocketUnderChannelAndFeed) {
  ListeningEncoder encoder;
  pull(encoder.port());
  until([&] { return encoder.answered() && stats().live; });
  encoder.send(kMedia);
  until([&] {
    const auto srt = pull_->srt_statistics();
    return srt && srt->packets_received_total == 1;
  });
  EXPECT_EQ(pull_->srt_statistics()->channel, "match");
  EXPECT_EQ(pull_->srt_statistics()->feed, "backup");
  encoder.hang_up();
  until([&] { return !stats().live; });
  EXPECT_EQ(pull_->srt_statistics(), std::nullopt);
}

}  // namespace
}  // namespace ingest

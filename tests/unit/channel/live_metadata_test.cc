#include "channel/live_metadata.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "media/id3.h"

namespace channel {
namespace {

constexpr base::Micros kSent = 1'795'985'000 * base::kSecond;

struct Sender {
  LiveMetadata::Outcome add(std::optional<base::Micros> start = std::nullopt, base::Micros now = kSent) {
    return metadata.add({"score", "1 : 0", start}, live, carried, now);
  }
  std::uint64_t refused(MetadataRefusal why) const {
    return metadata.counters().refused[static_cast<std::size_t>(why)];
  }

  bool live = true;
  bool carried = true;
  std::vector<feed::TimedEvent> written;
  LiveMetadata metadata{[this](const feed::TimedEvent& event) { written.push_back(event); }};
};

TEST(LiveMetadata, BecomeATagWithTheirText) {
  Sender sender;
  EXPECT_EQ(sender.add().start, kSent) << "now, where they do not say";
  EXPECT_EQ(sender.add(kSent + base::kSecond).start, kSent + base::kSecond);
  ASSERT_EQ(sender.written.size(), 2U);
  EXPECT_EQ(sender.written[1].kind, feed::TimedEvent::Kind::kId3);
  EXPECT_EQ(sender.written[1].at, kSent + base::kSecond);
  EXPECT_EQ(sender.written[1].data, media::write_id3_text("score", "1 : 0"));
  EXPECT_EQ(sender.metadata.counters().taken, 2U);
}

TEST(LiveMetadata, RefusedOnesSayWhyAndAreCounted) {
  Sender sender;
  EXPECT_EQ(sender.add(kSent - 5 * base::kSecond - 1).refusal, MetadataRefusal::kPast);
  EXPECT_EQ(sender.add(kSent + 600 * base::kSecond + 1).refusal, MetadataRefusal::kFuture);
  EXPECT_FALSE(sender.add(kSent - 5 * base::kSecond).refusal);
  EXPECT_FALSE(sender.add(kSent + 600 * base::kSecond).refusal);
  sender.carried = false;
  EXPECT_EQ(sender.add().refusal, MetadataRefusal::kNotCarried);
  sender.live = false;
  EXPECT_EQ(sender.add().refusal, MetadataRefusal::kNotLive);
  for (const MetadataRefusal why :
       {MetadataRefusal::kPast, MetadataRefusal::kFuture, MetadataRefusal::kNotCarried, MetadataRefusal::kNotLive})
    EXPECT_EQ(sender.refused(why), 1U) << to_string(why);
  EXPECT_EQ(sender.written.size(), 2U);
}

TEST(LiveMetadata, AreTakenTwentyAtOnceAndFiveASecond) {
  Sender sender;
  for (int i = 0; i < 1000; ++i) sender.add();
  EXPECT_EQ(sender.written.size(), 20U);
  EXPECT_EQ(sender.refused(MetadataRefusal::kTooMany), 980U);
  for (int i = 0; i < 10; ++i) sender.add(std::nullopt, kSent + base::kSecond);
  EXPECT_EQ(sender.written.size(), 25U);
  for (int i = 0; i < 100; ++i) sender.add(std::nullopt, kSent + 3600 * base::kSecond);
  EXPECT_EQ(sender.written.size(), 45U) << "no more than at once, after any time";
}

TEST(LiveMetadata, EveryRefusalHasAName) {
  for (const MetadataRefusal why : kMetadataRefusals) EXPECT_NE(to_string(why), "unknown");
}

}  // namespace
}  // namespace channel

#include "packager/event_queue.h"

#include <gtest/gtest.h>

#include <string>

#include "cmaf/event_message.h"
#include "events.h"

namespace packager {
namespace {

constexpr base::Micros kFirstEvent = 1'795'985'000 * base::kSecond;
constexpr std::int64_t kScale = 1000;
constexpr std::int64_t kFirstTicks = 1'795'985'000 * kScale;

Event event_at(base::Micros after, std::uint32_t id = 1, std::string_view data = "tag") {
  return {cmaf::kId3Scheme, id, kFirstEvent + after, std::nullopt, base::Bytes::copy_of(data)};
}

/// A queue whose parts are told as text: the events in a part that ends `end` ms from the first, of a segment that
/// begins `segment` ms from there.
struct Queue {
  bool add(const Event& event, base::Micros written = 0) { return queue.add(event, kFirstEvent + written); }
  std::string part(std::int64_t end, std::int64_t segment = 0) {
    const auto boxes = queue.take(kFirstTicks + end, kFirstTicks + segment, kScale);
    std::string all;
    for (const events::Box& box : events::boxes_of(boxes)) {
      all += std::to_string(box.id) + "@" + std::to_string(static_cast<std::int64_t>(box.time) - kFirstTicks) + " ";
    }
    return all;
  }
  EventQueue queue;
};

TEST(EventQueue, GivesEachToThePartInWhichItHappens) {
  Queue queue;
  EXPECT_TRUE(queue.add(event_at(1200 * base::kMillisecond)));
  EXPECT_EQ(queue.part(500), "");
  EXPECT_EQ(queue.part(1000), "");
  EXPECT_EQ(queue.part(1200), "") << "the end of a part is the start of the next";
  EXPECT_EQ(queue.part(1700), "1@1200 ");
  EXPECT_EQ(queue.part(2200), "") << "once";
  EXPECT_TRUE(queue.queue.empty());
}

TEST(EventQueue, GivesThemInTheOrderOfTheirTimesThenAsTheyCame) {
  Queue queue;
  for (const auto& [after, id] : {std::pair{300, 1U}, {100, 2U}, {300, 3U}, {200, 4U}})
    EXPECT_TRUE(queue.add(event_at(after * base::kMillisecond, id)));
  EXPECT_EQ(queue.part(500), "2@100 4@200 1@300 3@300 ");
}

TEST(EventQueue, OneBeforeItsSegmentTakesPlaceAtTheSegmentsStart) {  // CM-23
  Queue queue;
  EXPECT_TRUE(queue.add(event_at(-3 * base::kSecond)));
  EXPECT_TRUE(queue.add(event_at(2100 * base::kMillisecond, 2)));
  EXPECT_EQ(queue.part(3000, 2000), "1@2000 2@2100 ");
}

TEST(EventQueue, OneThatIsLongPastIsDropped) {
  Queue queue;
  EXPECT_TRUE(queue.add(event_at(0), EventQueue::kMostBehind));
  EXPECT_FALSE(queue.add(event_at(-1, 2), EventQueue::kMostBehind));
  EXPECT_EQ(queue.part(20'000, 10'000), "1@10000 ");
}

TEST(EventQueue, TheSameEventIsWaitingOnce) {
  Queue queue;
  EXPECT_TRUE(queue.add(event_at(100)));
  EXPECT_TRUE(queue.add(event_at(100)));
  EXPECT_TRUE(queue.add(event_at(100, 2))) << "another one at the same time";
  Event other = event_at(100);
  other.scheme = cmaf::kScte35Scheme;
  EXPECT_TRUE(queue.add(other)) << "ids are of their scheme";
  EXPECT_EQ(queue.part(500), "1@0 2@0 1@0 ");
}

TEST(EventQueue, TellsHowLongTheEventLasts) {
  EventQueue queue;
  Event event = event_at(0);
  event.duration = 30 * base::kSecond;
  EXPECT_TRUE(queue.add(event, kFirstEvent));
  event.id = 2;
  event.duration = base::Micros{1} << 60;
  EXPECT_TRUE(queue.add(event, kFirstEvent));
  event.id = 3;
  event.duration.reset();
  EXPECT_TRUE(queue.add(event, kFirstEvent));
  const auto bytes = queue.take(kFirstTicks + 1, kFirstTicks, kScale);
  const auto boxes = events::boxes_of(bytes);
  ASSERT_EQ(boxes.size(), 3U);
  EXPECT_EQ(boxes[0].duration, 30'000U);
  EXPECT_EQ(boxes[1].duration, 0xfffffffeU) << "the largest value says that it is not known";
  EXPECT_EQ(boxes[2].duration, 0xffffffffU);
  EXPECT_EQ(boxes[0].timescale, 1000U);
  EXPECT_EQ(boxes[0].data, "tag");
}

TEST(EventQueue, HoldsSoManyAndNoMore) {
  Queue queue;
  std::size_t taken = 0;
  for (std::uint32_t id = 0; id < 1000; ++id) taken += queue.add(event_at(id, id)) ? 1 : 0;
  EXPECT_EQ(taken, EventQueue::kMost);
  EXPECT_NE(queue.part(500), "");
  EXPECT_TRUE(queue.add(event_at(0, 2000))) << "those that were written make room";
}

TEST(EventQueue, HoldsSoManyBytesAndNoMore) {
  Queue queue;
  EXPECT_FALSE(queue.add(event_at(0, 1, std::string(1 << 20, 'x'))));
  const std::string large(10'000, 'x');
  for (std::uint32_t id = 0; id < 3; ++id) EXPECT_TRUE(queue.add(event_at(0, id, large)));
  EXPECT_FALSE(queue.add(event_at(0, 4, large)));
  EXPECT_TRUE(queue.add(event_at(0, 5)));
  EXPECT_EQ(queue.part(500), "0@0 1@0 2@0 5@0 ");
  EXPECT_TRUE(queue.add(event_at(0, 6, large)));
}

}  // namespace
}  // namespace packager

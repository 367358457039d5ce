#include "channel/log_meter.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;

class LogMeterTest : public testing::Test {
 protected:
  LogMeterTest() { apply(sound()); }
  void apply(const record::Record& record) {
    position_.apply(record);
    meter_.apply(record);
  }
  /// A part that ends `lateness` before now and whose newest frame came `age` before.
  record::Part part(base::Micros age, base::Micros lateness) {
    record::Part made = part_at(time_.utc(), 0);
    made.start = media::rescale(time_.utc() - lateness, kSecond, 48'000) - made.duration;
    made.captured = time_.utc() - age;
    return made;
  }
  static std::uint64_t total(const Histogram& histogram) {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : histogram.counts()) sum += count;
    return sum;
  }

  FakeTime time_;
  Options options_;
  record::Position position_;
  LogMeter meter_{options_, time_, position_};
};

TEST_F(LogMeterTest, MeasuresFromTheFrameAndFromTheTimeline) {
  apply(part(30 * kMillisecond, 7 * kMillisecond));
  EXPECT_EQ(meter_.capture_to_part().sum(), 30 * kMillisecond);
  EXPECT_NEAR(static_cast<double>(meter_.part_lateness().sum()), 7.0 * kMillisecond, 30);
  EXPECT_EQ(meter_.last_part(), time_.steady());
}

TEST_F(LogMeterTest, APartAheadOfItsTimeIsNotLateAtAll) {
  apply(part(0, -100 * kMillisecond));
  EXPECT_EQ(meter_.part_lateness().sum(), 0);
  EXPECT_EQ(total(meter_.part_lateness()), 1U);
}

TEST_F(LogMeterTest, LateIsMoreThanHalfAPartBehindItsFrame) {
  apply(part(250 * kMillisecond, 0));
  EXPECT_EQ(meter_.late_parts(), 0U);
  apply(part(250 * kMillisecond + 1, 0));
  EXPECT_EQ(meter_.late_parts(), 1U);
}

TEST_F(LogMeterTest, TextDoesNotCount) {
  record::Presentation presentation = sound();
  record::Rendition text;
  text.name = "s1";
  text.track.codec = media::Codec::kWebVtt;
  text.track.timescale = 48'000;
  presentation.renditions.push_back(text);
  apply(presentation);
  record::Part made = part(kSecond, kSecond);
  made.rendition = 1;
  apply(made);
  EXPECT_EQ(meter_.late_parts(), 0U);
  EXPECT_EQ(total(meter_.part_lateness()), 0U);
}

TEST_F(LogMeterTest, OnlyPartsCount) {
  apply(record::Gap{.rendition = 0, .msn = 1});
  apply(record::SegmentEnd{.rendition = 0, .msn = 1});
  apply(record::End{});
  EXPECT_EQ(total(meter_.capture_to_part()), 0U);
  EXPECT_EQ(meter_.last_part(), 0);
}

TEST_F(LogMeterTest, APartOfAnUnknownRenditionHasNoLateness) {
  record::Part made = part(0, 0);
  made.rendition = 9;
  apply(made);
  EXPECT_EQ(total(meter_.capture_to_part()), 1U);
  EXPECT_EQ(total(meter_.part_lateness()), 0U);
}

TEST(Histogram, CountsAnObservationInTheFirstBucketThatHoldsIt) {
  Histogram histogram(kLatencyBounds);
  histogram.observe(1'000);
  histogram.observe(1'001);
  histogram.observe(5'000'001);
  EXPECT_EQ(histogram.counts()[0], 1U);
  EXPECT_EQ(histogram.counts()[1], 1U);
  EXPECT_EQ(histogram.counts()[14], 1U);
  EXPECT_EQ(histogram.sum(), 5'002'002);
}

}  // namespace
}  // namespace channel

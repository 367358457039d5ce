#include "serve/counters.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace {

TEST(Histogram, CountsByUpperBound) {
  static constexpr base::Micros kBounds[] = {10, 20};
  serve::Histogram histogram(kBounds);
  for (const base::Micros value : {5, 10, 11, 20, 21, 1000}) histogram.observe(value);
  EXPECT_EQ(histogram.count(0), 2u);
  EXPECT_EQ(histogram.count(1), 2u);
  EXPECT_EQ(histogram.count(2), 2u);
  EXPECT_EQ(histogram.sum(), 1067);
}

TEST(Counters, KeepStatusClassesApart) {
  serve::Counters counters;
  for (const int status : {200, 206, 304, 404, 503}) counters.count_request(serve::ObjectKind::kPart, status);
  const auto& part = counters.requests[static_cast<std::size_t>(serve::ObjectKind::kPart)];
  EXPECT_EQ(part[0].get(), 2u);
  EXPECT_EQ(part[1].get(), 1u);
  EXPECT_EQ(part[2].get(), 1u);
  EXPECT_EQ(part[3].get(), 1u);
}

TEST(Counters, NameEveryLabelOnce) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < serve::kCauses; ++i) names.insert(to_string(static_cast<serve::Cause>(i)));
  EXPECT_EQ(names.size(), serve::kCauses);
  EXPECT_EQ(names.count("unknown"), 0u);
  names.clear();
  for (std::size_t i = 0; i < serve::kObjectKinds; ++i) names.insert(to_string(static_cast<serve::ObjectKind>(i)));
  EXPECT_EQ(names.size(), serve::kObjectKinds);
  EXPECT_EQ(names.count("unknown"), 0u);
}

// Dashboards and alarms are written against these (docs/metrics.md).
TEST(Counters, HaveTheBucketsThatTheirHistogramsAreKnownBy) {
  const serve::Counters counters;
  const auto in_ms = [](const serve::Histogram& histogram) {
    std::vector<base::Micros> all;
    for (const base::Micros bound : histogram.bounds()) all.push_back(bound / base::kMillisecond);
    return all;
  };
  using Bounds = std::vector<base::Micros>;
  EXPECT_EQ(in_ms(counters.blocked_wait),
            (Bounds{10, 50, 100, 200, 300, 500, 750, 1000, 2000, 4000, 6000, 10'000, 25'000}));
  EXPECT_EQ(in_ms(counters.join_time), (Bounds{10, 25, 50, 100, 250, 500, 1000, 2000, 3000, 5000, 10'000}));
  const Bounds sends{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};
  EXPECT_EQ(in_ms(counters.part_to_last_byte), sends);
  EXPECT_EQ(in_ms(counters.wake_pass), sends);
}

TEST(Histogram, TakesWhatIsNegativeForNothing) {  // a clock that was set back
  static constexpr base::Micros kBounds[] = {10, 20};
  serve::Histogram histogram(kBounds);
  histogram.observe(-5);
  EXPECT_EQ(histogram.count(0), 1u);
  EXPECT_EQ(histogram.sum(), 0);
}

TEST(Counters, CountStatusesBelow200WithTheFirstClass) {
  serve::Counters counters;
  counters.count_request(serve::ObjectKind::kPart, 101);
  counters.count_request(serve::ObjectKind::kPart, 199);
  counters.count_request(serve::ObjectKind::kPart, 299);
  counters.count_request(serve::ObjectKind::kPart, 300);
  const auto& part = counters.requests[static_cast<std::size_t>(serve::ObjectKind::kPart)];
  EXPECT_EQ(part[0].get(), 3u);
  EXPECT_EQ(part[1].get(), 1u);
}

TEST(Counters, AddAndSubtract) {
  serve::Counter counter;
  counter.add(5);
  counter.subtract(2);
  counter.add();
  EXPECT_EQ(counter.get(), 4u);
}

TEST(HeadroomOf, IsTheLeastOfItsLoopsByResource) {
  serve::Counters first, second;
  for (std::size_t i = 0; i < serve::kResources; ++i) {
    first.headroom[i].set(500'000 + 1000 * i);
    second.headroom[i].set(i == 2 ? 100'000 : 900'000);
  }
  const serve::Counters* loops[] = {&first, &second};
  const serve::Headroom headroom = serve::headroom_of(loops, 0.17);
  EXPECT_NEAR(headroom[serve::Resource::kLoop], 0.5, 1e-9);
  EXPECT_NEAR(headroom[serve::Resource::kConnections], 0.501, 1e-9);
  EXPECT_NEAR(headroom[serve::Resource::kMemory], 0.1, 1e-9);
  EXPECT_NEAR(headroom[serve::Resource::kEgress], 0.503, 1e-9);
  EXPECT_NEAR(serve::headroom_of(loops, 0.765)[serve::Resource::kLoop], 0.1, 1e-9) << "the control loop is one too";
}

}  // namespace

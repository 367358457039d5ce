#include "metrics/families.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>

#include "metrics/exposition.h"
#include "metrics/process_use.h"

namespace metrics {
namespace {

TEST(Families, SeriesOfOneNameShareAFamily) {
  Families out;
  out.counter("a_total", "help", {{"x", "1"}}, 1);
  out.gauge("b", "help", {}, 2);
  out.counter("a_total", "help", {{"x", "2"}}, 3);
  const auto families = out.take();
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].metric.size(), 2U);
  EXPECT_EQ(families[0].metric[1].counter.value, 3);
}

TEST(Families, HistogramBucketsAreCumulativeAndEndAtInfinity) {
  Families out;
  const std::array<double, 2> bounds = {0.1, 1};
  const std::array<std::uint64_t, 3> counts = {5, 0, 2};
  out.histogram("h_seconds", "help", {}, bounds, counts, 3.5);
  const auto families = out.take();
  const auto& histogram = families[0].metric[0].histogram;
  ASSERT_EQ(histogram.bucket.size(), 3U);
  EXPECT_EQ(histogram.bucket[1].cumulative_count, 5U);
  EXPECT_EQ(histogram.bucket[2].cumulative_count, 7U);
  EXPECT_TRUE(std::isinf(histogram.bucket[2].upper_bound));
  EXPECT_EQ(histogram.sample_count, 7U);
}

TEST(Exposition, TellsOfTheProcessAndOfEachServeLoop) {
  Instance instance;
  instance.version = "1.2.3";
  serve::Counters counters;
  counters.streams_expired.add(3);
  counters.streams_refused.add(4);
  const std::string page = write_exposition(instance, {{"0", &counters, 0.25}}, {});
  EXPECT_NE(page.find("kickoff_build_info{version=\"1.2.3\"} 1\n"), std::string::npos);
  EXPECT_NE(page.find("kickoff_loop_busy_ratio{loop=\"0\"} 0.25\n"), std::string::npos);
  EXPECT_NE(page.find("# TYPE kickoff_http_requests_total counter\n"), std::string::npos);
  const std::string resets = "kickoff_http2_streams_reset_total{loop=\"0\",reason=";
  EXPECT_NE(page.find(resets + "\"timeout\"} 3\n"), std::string::npos);
  EXPECT_NE(page.find(resets + "\"limit\"} 4\n"), std::string::npos);
}

TEST(Exposition, TellsOfLimitsThatWereMetAndOfWorkersThatWait) {
  Instance instance;
  instance.publishes_limited = {1, 2, 3};
  instance.rtmp.publishes_limited = 4;
  instance.rtmps.publishes_limited = 5;
  instance.workers_waiting = 6;
  instance.channels_reduced = 7;
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line : {"kickoff_publishes_limited_total{limit=\"channels\"} 1\n",
                           "kickoff_publishes_limited_total{limit=\"channels_per_address\"} 2\n",
                           "kickoff_publishes_limited_total{limit=\"new_channels_per_second\"} 3\n",
                           "kickoff_publishes_limited_total{limit=\"publishes_per_connection\"} 9\n",
                           "kickoff_workers_waiting 6\n", "kickoff_channels_reduced_total 7\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(ProcessUse, ReadsThisProcessAndGivesZerosForOneThatIsGone) {
  const ProcessUse own = read_process_use(getpid());
  EXPECT_GT(own.resident, 1'000'000U);
  EXPECT_GE(own.threads, 1);
  EXPECT_EQ(read_process_use(-1).resident, 0U);
  EXPECT_EQ(read_process_use(-1).data, 0U);
  const std::vector<char> reserved(std::size_t{64} << 20);
  EXPECT_NEAR(static_cast<double>(read_process_use(getpid()).data), static_cast<double>(own.data + reserved.size()),
              8e6);
  const DescriptorUse descriptors = read_descriptor_use();
  EXPECT_GE(descriptors.open, 3U);
  EXPECT_GE(descriptors.limit, descriptors.open);
}

TEST(ProcessUse, CountsTheDescriptorsThatAreOpenAndNotItsOwn) {
  const auto open_now = [] {
    std::uint64_t count = 0;
    for (int descriptor = 0; descriptor < 4096; ++descriptor) count += fcntl(descriptor, F_GETFD) != -1 ? 1 : 0;
    return count;
  };
  EXPECT_EQ(read_descriptor_use().open, open_now());
  const int one_more = dup(0);
  EXPECT_EQ(read_descriptor_use().open, open_now());
  close(one_more);
}

}  // namespace
}  // namespace metrics

#include "metrics/publish_hook_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(PublishHookMetrics, TellOfDecisionsAndWhereTheyAreFrom) {
  Instance instance;
  instance.publish_hook = webhook::Admissions::Counters{
      .answered = {1, 2}, .cached = {3, 4}, .unanswered = {5, 6}, .failures = 7, .overflows = 8, .open = 9};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line : {"kickoff_publish_hook_publishers_total{decision=\"refused\",from=\"answer\"} 1\n",
                           "kickoff_publish_hook_publishers_total{decision=\"allowed\",from=\"answer\"} 2\n",
                           "kickoff_publish_hook_publishers_total{decision=\"refused\",from=\"cache\"} 3\n",
                           "kickoff_publish_hook_publishers_total{decision=\"allowed\",from=\"cache\"} 4\n",
                           "kickoff_publish_hook_publishers_total{decision=\"refused\",from=\"none\"} 5\n",
                           "kickoff_publish_hook_publishers_total{decision=\"allowed\",from=\"none\"} 6\n",
                           "kickoff_publish_hook_failed_total 7\n", "kickoff_publish_hook_overflow_total 8\n",
                           "kickoff_publish_hook_open 9\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(PublishHookMetrics, AreNotThereWithoutOne) {
  EXPECT_EQ(write_exposition(Instance{}, {}, {}).find("kickoff_publish_hook"), std::string::npos);
}

}  // namespace
}  // namespace metrics

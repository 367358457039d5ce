#include "metrics/edge_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(EdgeMetrics, TellOfEachOriginAndEachChannel) {
  Instance instance;
  instance.edge.emplace();
  instance.edge->origins = {{11, 12, 13, false}, {21, 22, 23, true}};
  instance.edge->channels = {{"match", 1'250'000}};
  instance.edge->reconnects = 31;
  instance.edge->restarts = 32;
  instance.edge->refused = 33;
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line :
       {"kickoff_edge_pulls_total{origin=\"0\"} 11\n", "kickoff_edge_pulls_total{origin=\"1\"} 21\n",
        "kickoff_edge_failures_total{origin=\"0\"} 12\n", "kickoff_edge_failures_total{origin=\"1\"} 22\n",
        "kickoff_edge_bytes_total{origin=\"0\"} 13\n", "kickoff_edge_bytes_total{origin=\"1\"} 23\n",
        "kickoff_edge_origin_lost{origin=\"0\"} 0\n", "kickoff_edge_origin_lost{origin=\"1\"} 1\n",
        "kickoff_edge_reconnects_total 31\n", "kickoff_edge_restarts_total 32\n", "kickoff_edge_refused_total 33\n",
        "kickoff_edge_lag_seconds{channel=\"match\"} 1.25\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(EdgeMetrics, AreNotThereOnAServerThatTakesFeeds) {
  EXPECT_EQ(write_exposition({}, {}, {}).find("kickoff_edge_"), std::string::npos);
}

}  // namespace
}  // namespace metrics

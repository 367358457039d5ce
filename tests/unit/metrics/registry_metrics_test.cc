#include "metrics/registry_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(RegistryMetrics, TellOfEtcdAndOfWhatWasAgreed) {
  Instance instance;
  instance.registry = {.used = true, .reachable = true, .failures = 3, .asks = {4, 5, 6, 7}};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line : {"kickoff_registry_reachable 1\n", "kickoff_registry_failures_total 3\n",
                           "kickoff_registry_clocks_total{result=\"proposed\"} 4\n",
                           "kickoff_registry_clocks_total{result=\"adopted\"} 5\n",
                           "kickoff_registry_clocks_total{result=\"remembered\"} 6\n",
                           "kickoff_registry_clocks_total{result=\"none\"} 7\n"})
    EXPECT_NE(page.find(line), std::string::npos) << line;
  instance.registry.reachable = false;
  EXPECT_NE(write_exposition(instance, {}, {}).find("kickoff_registry_reachable 0\n"), std::string::npos);
}

TEST(RegistryMetrics, TellWhetherThisServerIsAnnounced) {
  Instance instance;
  instance.registry = {.used = true, .reachable = true};
  EXPECT_EQ(write_exposition(instance, {}, {}).find("kickoff_registry_announced"), std::string::npos);
  instance.registry.announces = true;
  EXPECT_NE(write_exposition(instance, {}, {}).find("kickoff_registry_announced 0\n"), std::string::npos);
  instance.registry.announced = true;
  EXPECT_NE(write_exposition(instance, {}, {}).find("kickoff_registry_announced 1\n"), std::string::npos);
}

TEST(RegistryMetrics, TellOfTheOriginsThatAnEdgeFinds) {
  Instance instance;
  EXPECT_EQ(write_exposition(instance, {}, {}).find("kickoff_registry_watching"), std::string::npos);
  instance.watch = {.watching = true, .origins = 4, .refused = 5, .failures = 6};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line : {"kickoff_registry_watching 1\n", "kickoff_registry_origins 4\n",
                           "kickoff_registry_refused_total 5\n", "kickoff_registry_watch_failures_total 6\n"})
    EXPECT_NE(page.find(line), std::string::npos) << line;
  instance.watch->watching = false;
  EXPECT_NE(write_exposition(instance, {}, {}).find("kickoff_registry_watching 0\n"), std::string::npos);
}

TEST(RegistryMetrics, AreNotThereWithoutEtcd) {
  EXPECT_EQ(write_exposition({}, {}, {}).find("kickoff_registry_"), std::string::npos);
}

}  // namespace
}  // namespace metrics

#include "api/instance_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace {

TEST(InstanceJson, AddsUpTheLoopsAndTellsTheScarcestResource) {
  serve::Counters one;
  serve::Counters two;
  for (serve::Counters* loop : {&one, &two})
    for (serve::Counter& headroom : loop->headroom) headroom.set(900'000);
  two.headroom[static_cast<std::size_t>(serve::Resource::kEgress)].set(250'000);
  one.joins.add(3);
  two.joins.add(4);
  one.count_cause(serve::Cause::kNoHeadroom);
  two.parked.add(7);
  const serve::Counters* loops[] = {&one, &two};
  const auto report = nlohmann::json::parse(api::instance_json(loops, 0.0, 1'800'000'000 * base::kSecond));
  EXPECT_EQ(report["headroom"], 0.25);
  EXPECT_EQ(report["room"]["egress"], 0.25);
  EXPECT_EQ(report["room"]["loop"], 0.9);
  EXPECT_EQ(report["joins_total"], 7);
  EXPECT_EQ(report["joins_refused_total"], 1);
  EXPECT_EQ(report["parked_requests"], 7);
}

TEST(InstanceJson, TheControlLoopCountsToo) {
  EXPECT_EQ(nlohmann::json::parse(api::instance_json({}, 0.9, 0))["headroom"], 0.0);
}

}  // namespace

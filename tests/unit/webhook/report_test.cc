#include "webhook/report.h"

#include <gtest/gtest.h>

#include <set>

namespace webhook {
namespace {

TEST(WebhookReport, EveryReasonHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kFailures; ++i) names.insert(to_string(static_cast<Failure>(i)));
  EXPECT_EQ(names, (std::set<std::string_view>{"network", "redirect", "refused", "server_error", "gone"}));
  names.clear();
  for (std::size_t i = 0; i < kDrops; ++i) names.insert(to_string(static_cast<Drop>(i)));
  EXPECT_EQ(names, (std::set<std::string_view>{"queue_full", "gone", "dead_letters_full"}));
}

}  // namespace
}  // namespace webhook

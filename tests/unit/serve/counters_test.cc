#include "serve/counters.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

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

}  // namespace

#include "job/time_code.h"

#include <gtest/gtest.h>

namespace job {
namespace {

using media::TimeCode;

TEST(PackedTimeCode, IsWhatItWas) {
  for (const TimeCode code : {TimeCode{}, TimeCode{23, 59, 58, 29, 30, true, TimeCode::Source::kGroup},
                              TimeCode{10, 0, 0, 999, 1000, false, TimeCode::Source::kOnFi}}) {
    EXPECT_NE(packed(code), 0U);
    EXPECT_EQ(time_code_of(packed(code)), code);
  }
}

TEST(PackedTimeCode, OfWhatAWorkerWritesOnlyCodesAreRead) {
  EXPECT_FALSE(time_code_of(0));
  EXPECT_FALSE(time_code_of(~std::uint64_t{0}));
  EXPECT_FALSE(time_code_of(1)) << "no rate";
  EXPECT_FALSE(time_code_of(packed(TimeCode{}) | 3U << 2)) << "no such source";
}

}  // namespace
}  // namespace job

#include "hls/directives.h"

#include <gtest/gtest.h>

#include <string>

namespace hls {
namespace {

TEST(Directives, ReadsAllThreeInAnyOrder) {  // LL-108
  for (const char* query : {"_HLS_msn=12&_HLS_part=3&_HLS_skip=YES", "_HLS_skip=YES&_HLS_msn=12&_HLS_part=3",
                            "_HLS_part=3&token=x&_HLS_skip=YES&_HLS_msn=12"}) {
    const Directives directives = parse_directives(query);
    EXPECT_EQ(directives.msn, 12U) << query;
    EXPECT_EQ(directives.part, 3U) << query;
    EXPECT_EQ(directives.skip, Skip::kYes) << query;
    EXPECT_FALSE(directives.malformed) << query;
  }
}

TEST(Directives, IgnoresWhatItDoesNotKnow) {  // LL-108
  for (const char* query : {"", "&&", "=", "_HLS_primary_id=7", "_HLS_=", "a=b&c", "xHLS_msn=-1", "_HLS_msnx=-1"}) {
    const Directives directives = parse_directives(query);
    EXPECT_FALSE(directives.msn) << query;
    EXPECT_FALSE(directives.part) << query;
    EXPECT_EQ(directives.skip, Skip::kNo) << query;
    EXPECT_FALSE(directives.malformed) << query;
  }
}

TEST(Directives, APartWithoutAnMsnIsMalformed) { EXPECT_TRUE(parse_directives("_HLS_part=0").malformed); }  // LL-94

TEST(Directives, WhatIsNoDecimalNumberIsMalformed) {  // LL-95
  for (const char* value : {"", "-1", "+1", " 1", "1 ", "0x10", "1.0", "1e3", "x", "%31", "18446744073709551616",
                            "99999999999999999999999"}) {
    EXPECT_TRUE(parse_directives(std::string("_HLS_msn=") + value).malformed) << value;
    EXPECT_TRUE(parse_directives(std::string("_HLS_msn=1&_HLS_part=") + value).malformed) << value;
  }
  EXPECT_TRUE(parse_directives("_HLS_msn").malformed);
}

TEST(Directives, TheLargestNumberIsWellFormed) {  // LL-95
  const Directives directives = parse_directives("_HLS_msn=18446744073709551615");
  EXPECT_FALSE(directives.malformed);
  EXPECT_EQ(directives.msn, UINT64_MAX);
}

TEST(Directives, ARepeatedDirectiveIsMalformedOnlyWhereItContradicts) {  // LL-95
  EXPECT_FALSE(parse_directives("_HLS_msn=1&_HLS_msn=1").malformed);
  EXPECT_TRUE(parse_directives("_HLS_msn=1&_HLS_msn=2").malformed);
  EXPECT_TRUE(parse_directives("_HLS_msn=1&_HLS_part=1&_HLS_part=0").malformed);
  EXPECT_TRUE(parse_directives("_HLS_skip=YES&_HLS_skip=v2").malformed);
}

TEST(Directives, SkipTakesYesAndV2AndIgnoresOtherValues) {  // LL-87, LL-91
  EXPECT_EQ(parse_directives("_HLS_skip=YES").skip, Skip::kYes);
  EXPECT_EQ(parse_directives("_HLS_skip=v2").skip, Skip::kDateRanges);
  for (const char* query : {"_HLS_skip=yes", "_HLS_skip=NO", "_HLS_skip=", "_HLS_skip"}) {
    EXPECT_EQ(parse_directives(query).skip, Skip::kNo) << query;
    EXPECT_FALSE(parse_directives(query).malformed) << query;
  }
}

}  // namespace
}  // namespace hls

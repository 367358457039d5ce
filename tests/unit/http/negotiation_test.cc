#include "http/negotiation.h"

#include <gtest/gtest.h>

namespace {

using http::accepts_gzip;
using http::etag_matches;
using http::parse_range;
using Kind = http::Range::Kind;

TEST(AcceptEncoding, TakesGzipWhereItIsAllowed) {  // CF-15
  for (const char* value :
       {"gzip", "br,gzip", "br, gzip;q=0.5", "*", "deflate, *;q=0.1", "GZIP", "x-gzip", "gzip;q=1.0"})
    EXPECT_TRUE(accepts_gzip(value)) << value;
  for (const char* value : {"", "identity", "br", "gzip;q=0", "*, gzip;q=0.000", "gzip; q=0.", "*;q=0", "gzipped"})
    EXPECT_FALSE(accepts_gzip(value)) << value;
}

TEST(IfNoneMatch, ComparesWeakly) {  // CF-16
  EXPECT_TRUE(etag_matches("\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("W/\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("\"b\", W/\"c\" ,\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches(" * ", "\"a\""));
  EXPECT_FALSE(etag_matches("\"b\"", "\"a\""));
  EXPECT_FALSE(etag_matches("", "\"a\""));
  EXPECT_FALSE(etag_matches("a", "\"a\""));
}

TEST(Range, TakesOneRangeOfBytes) {  // CF-24
  const auto is = [](const char* value, std::uint64_t first, std::uint64_t length) {
    const http::Range range = parse_range(value, 1000);
    return range.kind == Kind::kPart && range.first == first && range.length == length;
  };
  EXPECT_TRUE(is("bytes=0-0", 0, 1));
  EXPECT_TRUE(is("bytes=0-", 0, 1000));
  EXPECT_TRUE(is("bytes=10-19", 10, 10));
  EXPECT_TRUE(is("Bytes = 990-2000", 990, 10));
  EXPECT_TRUE(is("bytes=-10", 990, 10));
  EXPECT_TRUE(is("bytes=-2000", 0, 1000));
  EXPECT_TRUE(is("bytes=5-9007199254740991", 5, 995));
}

TEST(Range, SaysWhatCannotBeSatisfied) {
  EXPECT_EQ(parse_range("bytes=1000-", 1000).kind, Kind::kUnsatisfiable);
  EXPECT_EQ(parse_range("bytes=-0", 1000).kind, Kind::kUnsatisfiable);
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::kUnsatisfiable);
}

TEST(Range, IgnoresWhatItDoesNotServe) {
  for (const char* value : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,5-6", "items=0-1",
                            "bytes=18446744073709551616-", "bytes=1-2x", "bytes=--5"})
    EXPECT_EQ(parse_range(value, 1000).kind, Kind::kWhole) << value;
}

}  // namespace

#include "http/response.h"

#include <gtest/gtest.h>

#include "fakes.h"
#include "http/date.h"

namespace {

TEST(HeaderBlock, IsReadyMadeForHttp1) {
  const http::HeaderBlock block(206, {{"content-type", "video/mp4"}, {"etag", "\"x\""}}, 3);
  EXPECT_EQ(base::text_of(block.http1()),
            "HTTP/1.1 206 Partial Content\r\nContent-Type: video/mp4\r\nEtag: \"x\"\r\nPriority: u=3\r\n");
  EXPECT_EQ(block.fields().back(), (std::pair<std::string, std::string>("priority", "u=3")));
}

TEST(Dates, FormatsOncePerSecond) {
  http_test::FakeClock clock;
  http::Dates dates(clock);
  EXPECT_EQ(dates.now().value, "Sun, 06 Nov 1994 08:49:37 GMT");
  const auto* before = dates.now().keep.data();
  clock.now += base::kSecond - 1;
  EXPECT_EQ(dates.now().keep.data(), before);
  clock.now += 1;
  EXPECT_EQ(dates.now().keep.text(), "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n\r\n");
  EXPECT_EQ(dates.now().close.text(), "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\nConnection: close\r\n\r\n");
}

}  // namespace

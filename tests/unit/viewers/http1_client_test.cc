#include "viewers/http1_client.h"

#include <gtest/gtest.h>

namespace viewers {
namespace {

class NoOwner final : public ExchangeOwner {
 public:
  void on_response(Exchange&) override {}
  void on_failure(Exchange&, Failure, std::string_view) override {}
};

TEST(ParseHead, ReadsTheFewFieldsThatCount) {
  const auto head =
      parse_head("HTTP/1.1 503 Busy\r\nContent-length: 12\r\nRETRY-AFTER: 7\r\nConnection: close\r\nX: y");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->status, 503);
  EXPECT_EQ(head->length, 12);
  EXPECT_EQ(head->retry_after, 7);
  EXPECT_TRUE(head->close);
  EXPECT_FALSE(head->chunked);
  EXPECT_EQ(parse_head("HTTP/1.1 200 OK")->length, -1);
  EXPECT_FALSE(parse_head("SSH-2.0-x").ok());
  EXPECT_FALSE(parse_head("").ok());
}

TEST(ChunkedBody, IsTheSameAtEverySplit) {
  const std::string_view wire = "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: 1\r\n\r\nNEXT";
  for (std::size_t split = 0; split <= wire.size() - 4; ++split) {
    NoOwner owner;
    Exchange exchange(owner);
    ChunkedBody body;
    std::string_view left = body.feed(wire.substr(0, split), exchange);
    EXPECT_TRUE(left.empty());
    left = body.feed(wire.substr(split), exchange);
    EXPECT_TRUE(body.done());
    EXPECT_EQ(exchange.received(), 6) << split;
    EXPECT_EQ(left, "NEXT");
  }
}

TEST(ChunkedBody, TellsBrokenFraming) {
  for (const std::string_view wire : {"zz\r\n", "1\r\nab\r\n"}) {
    NoOwner owner;
    Exchange exchange(owner);
    ChunkedBody body;
    static_cast<void>(body.feed(wire, exchange));
    EXPECT_TRUE(body.broken()) << wire;
  }
}

}  // namespace
}  // namespace viewers

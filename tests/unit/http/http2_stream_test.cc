#include "http/http2_stream.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace http {
namespace {

using More = Http2Stream::More;
using http_test::FakeClock;

constexpr StreamTimes kTimes{10 * base::kSecond, 20 * base::kSecond};

Http2Stream answering(std::vector<base::Bytes> body) {
  Http2Stream stream;
  stream.asked = true;
  stream.response = http_test::reply(200, std::move(body));
  stream.left = stream.response->body_size();
  return stream;
}

struct NoSource final : BodyWriter::Source {
  void on_gone() override {}
};

TEST(Http2Stream, OffersItsBodyInPiecesAndSaysWhichIsTheLast) {
  FakeClock clock;
  Http2Stream stream = answering({base::Bytes::copy_of("abc"), {}, base::Bytes::copy_of("defg")});
  std::string all;
  std::vector<More> more;
  for (int i = 0; i < 3; ++i) {
    const Http2Stream::Offer offer = stream.offer(i == 0 ? 2 : 3);
    std::vector<base::Bytes> out;
    stream.take(offer.bytes, clock, out);
    all += http_test::text(out) + "|";
    more.push_back(offer.more);
  }
  EXPECT_EQ(all, "ab|cde|fg|");
  EXPECT_EQ(more, (std::vector<More>{More::kComes, More::kComes, More::kLast}));
  EXPECT_EQ(stream.left, 0U);
}

TEST(Http2Stream, IsDeferredWhileItsBodyGrowsAndHasNothing) {
  FakeClock clock;
  NoSource source;
  BodyWriter writer(source);
  Http2Stream stream = answering({});
  stream.growing = writer.body();
  EXPECT_EQ(stream.offer(10).more, More::kNotYet);
  EXPECT_TRUE(stream.deferred);
  writer.push(base::Bytes::copy_of("abcd"));
  EXPECT_EQ(stream.offer(10).bytes, 4U);
  EXPECT_EQ(stream.offer(10).more, More::kComes);
  EXPECT_FALSE(stream.deferred);
  writer.finish();
  EXPECT_EQ(stream.offer(3).more, More::kComes);
  EXPECT_EQ(stream.offer(4).more, More::kLast);
  std::vector<base::Bytes> out;
  stream.take(4, clock, out);
  EXPECT_EQ(http_test::text(out), "abcd");
}

TEST(Http2Stream, HasNotWhatItOfferedOnceItsBodyIsAborted) {
  NoSource source;
  BodyWriter writer(source);
  Http2Stream stream = answering({});
  stream.growing = writer.body();
  writer.push(base::Bytes::copy_of("abcd"));
  const std::size_t offered = stream.offer(10).bytes;
  EXPECT_TRUE(stream.has(offered));
  writer.abort();
  EXPECT_FALSE(stream.has(offered));
  EXPECT_EQ(stream.offer(10).more, More::kAborted);
}

TEST(Http2Stream, HasTimeForItsHeadAndForEachTakenPieceOfItsAnswer) {
  FakeClock clock;
  Http2Stream stream;
  stream.start_time(clock);
  const base::Micros begun = clock.now;
  EXPECT_EQ(stream.expiry(kTimes), Session::kNever) << "the connection's time counts";
  stream.head = std::make_unique<Http2Head>();
  EXPECT_EQ(stream.expiry(kTimes), begun + kTimes.head);
  stream.asked = true;
  EXPECT_EQ(stream.expiry(kTimes), Session::kNever) << "it waits for us";
  stream.response = http_test::reply(200, std::string(2 * kLeastTaken, 'x'));
  stream.left = stream.response->body_size();
  EXPECT_EQ(stream.expiry(kTimes), begun + kTimes.stuck);
  std::vector<base::Bytes> out;
  clock.now += base::kSecond;
  stream.take(kLeastTaken - 1, clock, out);
  EXPECT_EQ(stream.expiry(kTimes), begun + kTimes.stuck) << "a byte short";
  stream.take(1, clock, out);
  EXPECT_EQ(stream.expiry(kTimes), clock.now + kTimes.stuck);
  stream.reset = true;
  EXPECT_EQ(stream.expiry(kTimes), Session::kNever);
}

TEST(Http2Stream, OfAGrowingBodyHasTimeOnlyWhileThereIsSomethingToTake) {
  FakeClock clock;
  NoSource source;
  BodyWriter writer(source);
  Http2Stream stream = answering({});
  stream.start_time(clock);
  stream.growing = writer.body();
  EXPECT_EQ(stream.expiry(kTimes), Session::kNever);
  writer.push(base::Bytes::copy_of("a"));
  EXPECT_EQ(stream.expiry(kTimes), clock.now + kTimes.stuck);
}

}  // namespace
}  // namespace http

#include <gtest/gtest.h>

#include <algorithm>

#include "connected.h"

namespace {

using base::kMillisecond;
using base::kSecond;
using serve_test::ConnectionTest;
using serve_test::reply;

TEST_F(ConnectionTest, HasTenSecondsForItsFirstRequest) {
  expect_open_for(10 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 1u);
}

TEST_F(ConnectionTest, HasTenSecondsFromTheFirstByteOfARequestToItsLast) {
  get("/a");
  wait(5 * kSecond);
  send("GET /b HTTP/1.1\r\n");
  wait(7 * kSecond);
  EXPECT_FALSE(owner.retired);
  send("Host: a\r\n");
  expect_open_for(3 * kSecond);
  EXPECT_EQ(owner.paths, std::vector<std::string>{"/a"});
}

TEST_F(ConnectionTest, IsKeptForLongerThanCloudFrontKeepsIt) {  // CF-2
  get("/a");
  wait(129 * kSecond);
  EXPECT_FALSE(owner.retired);
  get("/b");
  EXPECT_EQ(receive().substr(0, 15), "HTTP/1.1 200 OK");
  expect_open_for(130 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 1u);
}

TEST_F(ConnectionTest, IsEndedAfterAMinuteInWhichItTookNothing) {
  get("/big");
  const std::uint64_t sent = context.counters.bytes_sent.get();
  EXPECT_GT(sent, owner.big / 2);
  wait(60 * kSecond + kSecond);
  EXPECT_FALSE(owner.retired) << "something was taken since it began";
  receive(1'000'000);
  wait(60 * kSecond + kSecond);
  EXPECT_FALSE(owner.retired) << "slow, but reading";
  expect_open_for(60 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 1u);
}

TEST_F(ConnectionTest, MayWaitForAHeldRequestAsLongAsItIsHeld) {
  get("/hold");
  EXPECT_EQ(context.counters.parked.get(), 1u);
  for (int i = 0; i < 10; ++i) wait(61 * kSecond);
  EXPECT_FALSE(owner.retired);
  EXPECT_EQ(context.counters.timeouts.get(), 0u);
}

TEST_F(ConnectionTest, ThatEndsWhileItWaitsHasLeft) {  // LL-106
  get("/hold");
  shutdown(peer, SHUT_WR);
  turn();
  EXPECT_TRUE(owner.retired);
  EXPECT_EQ(context.counters.parked.get(), 0u);
}

TEST_F(ConnectionTest, ThatEndsWhenAllIsAnsweredIsClosed) {
  get("/a");
  shutdown(peer, SHUT_WR);
  turn();
  EXPECT_TRUE(owner.retired);
  EXPECT_EQ(context.counters.timeouts.get(), 0u);
}

TEST_F(ConnectionTest, LingersTwoSecondsForWhoGoesOnAfterTheLastRequest) {
  send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET");
  EXPECT_NE(receive().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(ended);
  send(std::string(10'000, 'x'));
  EXPECT_EQ(owner.paths.size(), 1u);
  expect_open_for(2 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 0u) << "it was answered";
}

TEST_F(ConnectionTest, ClosesAtOnceIfThePeerSaidThatItSendsNoMore) {
  get("/a", "Connection: close\r\n");
  EXPECT_TRUE(owner.retired);
}

TEST_F(ConnectionTest, MeasuresAPartUntilItsLastByteIsTaken) {
  owner.part_published = clock.steady() - 7 * kMillisecond;
  get("/small");
  EXPECT_EQ(context.counters.part_to_last_byte.sum(), 7 * kMillisecond);
  get("/big");
  EXPECT_EQ(observations(context.counters.part_to_last_byte), 1u);
  clock.advance(3 * kMillisecond);
  receive();
  EXPECT_EQ(observations(context.counters.part_to_last_byte), 2u);
  EXPECT_EQ(context.counters.part_to_last_byte.sum(), 17 * kMillisecond);
  owner.part_published = 0;
  get("/small");
  EXPECT_EQ(observations(context.counters.part_to_last_byte), 2u);
}

TEST_F(ConnectionTest, CountsItselfAndItsBytes) {
  EXPECT_EQ(context.counters.connections.get(), 1u);
  EXPECT_EQ(context.counters.connections_total.get(), 1u);
  get("/a");
  EXPECT_EQ(receive().size(), context.counters.bytes_sent.get());
  get("/big");
  const std::uint64_t before = context.counters.bytes_sent.get();
  EXPECT_GT(receive().size(), owner.big);
  EXPECT_GT(context.counters.bytes_sent.get(), before) << "it was given to the kernel in budgets of 4 MiB";
  EXPECT_LT(before, owner.big);
  EXPECT_EQ(context.counters.http2_connections.get(), 0u);
  owner.connection.reset();
  EXPECT_EQ(context.counters.connections.get(), 0u);
  EXPECT_EQ(context.counters.connections_total.get(), 1u);
}

TEST_F(ConnectionTest, IsMultiplexedOverHttp2) {
  EXPECT_FALSE(owner.connection->multiplexed());
  std::string head("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  head += std::string("\0\0\0\4\0\0\0\0\0", 9);                      // SETTINGS
  head += std::string("\0\0\6\1\5\0\0\0\1\x82\x84\x86\x41\1a", 15);  // GET http://a/
  send(head);
  EXPECT_TRUE(owner.connection->multiplexed());
  EXPECT_EQ(context.counters.http2_connections.get(), 1u);
  EXPECT_EQ(owner.paths, std::vector<std::string>{"/"});
  owner.connection.reset();
  EXPECT_EQ(context.counters.http2_connections.get(), 0u);
}

TEST_F(ConnectionTest, ShutsDownAtOnceWhenIdleAndAfterTheAnswerWhenNot) {
  get("/hold");
  owner.connection->shut_down();
  turn();
  EXPECT_FALSE(owner.retired);
  EXPECT_EQ(receive(), "");
  EXPECT_FALSE(ended);
  owner.connection->answer(1, reply("late"), 0);
  owner.connection->pump();
  turn();
  EXPECT_TRUE(receive().ends_with("late"));
  EXPECT_TRUE(ended);
}

TEST_F(ConnectionTest, AGrowingAnswerGoesOutAsItsSourcePushes) {
  get("/grow");
  EXPECT_TRUE(owner.answered);
  EXPECT_TRUE(receive().ends_with("\r\n\r\n"));
  owner.writer->push(base::Bytes::copy_of("event"));
  EXPECT_EQ(receive(), "") << "never inside the source's call";
  pump();
  EXPECT_EQ(receive(), "5\r\nevent\r\n");
  owner.writer->finish();
  pump();
  EXPECT_EQ(receive(), "0\r\n\r\n");
  get("/a");
  EXPECT_TRUE(receive().ends_with("/a"));
  EXPECT_EQ(owner.source.gone, 0);
}

TEST_F(ConnectionTest, AGrowingAnswerMayBeSilentForAsLongAsItsSourceIs) {
  get("/grow");
  for (int i = 0; i < 20; ++i) wait(61 * kSecond);
  EXPECT_FALSE(owner.retired);
  owner.writer->push(base::Bytes::copy_of("at last"));
  pump();
  EXPECT_TRUE(receive().ends_with("7\r\nat last\r\n"));
}

TEST_F(ConnectionTest, AReaderThatTakesNothingOfAGrowingAnswerIsEndedAndTheSourceTold) {
  owner.most = 4'000'000;
  get("/grow");
  owner.writer->push(base::Bytes::copy_of(std::string(2'000'000, 'x')));
  pump();
  owner.writer->push(base::Bytes::copy_of(std::string(3'000'000, 'y')));
  pump();
  EXPECT_EQ(owner.writer->queued(), 3'000'000u) << "the kernel has not taken all of the first";
  EXPECT_EQ(owner.writer->push(base::Bytes::copy_of(std::string(1'000'001, 'z'))), http::BodyWriter::Pushed::kFull);
  wait(61 * kSecond);
  EXPECT_FALSE(owner.retired) << "something was taken since it began";
  EXPECT_EQ(owner.source.gone, 0);
  expect_open_for(60 * kSecond);
  EXPECT_EQ(owner.source.gone, 1);
  EXPECT_EQ(owner.writer->push(base::Bytes::copy_of("more")), http::BodyWriter::Pushed::kGone);
}

TEST_F(ConnectionTest, ASlowReaderOfAGrowingAnswerGetsAllOfIt) {
  owner.most = 100'000;
  get("/grow");
  std::size_t pushed = 0;
  std::size_t refused = 0;
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const auto outcome = owner.writer->push(base::Bytes::copy_of(std::string(50'000, 'x')));
    if (outcome == http::BodyWriter::Pushed::kQueued) pushed += 50'000;
    if (outcome == http::BodyWriter::Pushed::kFull) ++refused;
    if (owner.to_pump != nullptr) pump();
    if (i % 8 == 7) all += receive(150'000);
  }
  owner.writer->finish();
  if (owner.to_pump != nullptr) pump();
  all += receive();
  EXPECT_GT(refused, 0u);
  EXPECT_GT(owner.source.writable_calls, 0);
  EXPECT_EQ(static_cast<std::size_t>(std::count(all.begin(), all.end(), 'x')), pushed);
  EXPECT_TRUE(all.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(ConnectionTest, TheSourceLearnsThatTheViewerHasLeft) {
  get("/grow");
  shutdown(peer, SHUT_WR);
  turn();
  EXPECT_TRUE(owner.retired);
  EXPECT_EQ(owner.source.gone, 1);
}

TEST_F(ConnectionTest, AnAbortedAnswerEndsTheConnection) {
  get("/grow");
  owner.writer->push(base::Bytes::copy_of("half"));
  pump();
  owner.writer.reset();
  pump();
  EXPECT_TRUE(receive().ends_with("4\r\nhalf\r\n"));
  EXPECT_TRUE(ended);
}

TEST_F(ConnectionTest, NothingIsAnsweredOnceItHasClosed) {
  get("/hold");
  owner.connection->close();
  EXPECT_TRUE(owner.retired);
  http::BodyWriter writer(owner.source);
  EXPECT_FALSE(owner.connection->answer(1, reply(""), writer.body()));
  owner.connection->answer(1, reply("late"), 0);
  owner.connection->pump();
  owner.connection->shut_down();
  turn();
  EXPECT_EQ(receive(), "");
  EXPECT_EQ(context.counters.bytes_sent.get(), 0u);
}

}  // namespace

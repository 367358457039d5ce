#include "serve/audience.h"

#include <gtest/gtest.h>

#include <cmath>

#include "serving.h"

namespace {

using base::kMillisecond;
using base::kSecond;
using cmcd::Found;
using serve::Audience;
using serve::Audiences;
using serve_test::Client;
using serve_test::Serving;

cmcd::Report of_session(std::uint64_t session) {
  cmcd::Report report;
  report.session = session;
  return report;
}
long sessions(const Audience& audience, base::Micros now) {
  base::DistinctCount count;
  audience.add_sessions(count, now);
  return std::lround(count.estimate());
}
std::uint64_t seen(const serve::Histogram& histogram) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) sum += histogram.count(i);
  return sum;
}

struct AudienceTest : testing::Test {
  void note(const cmcd::Report& report) { audience.note(Found::kReport, report, now); }

  Audience audience;
  base::Micros now = 1'000 * kSecond;
};

TEST_F(AudienceTest, CountsReportsStallsAndWhatItCannotRead) {
  cmcd::Report starved;
  starved.starved = true;
  note({});
  note(starved);
  audience.note(Found::kMalformed, starved, now);
  EXPECT_EQ(audience.reports.get(), 2u);
  EXPECT_EQ(audience.stalls.get(), 1u);
  EXPECT_EQ(audience.malformed.get(), 1u);
  EXPECT_EQ(seen(audience.buffer) + seen(audience.latency) + seen(audience.start_delay), 0u);
}

TEST_F(AudienceTest, KeepsTheBufferOfVideoTheLatencyAndTheStart) {
  cmcd::Report report;
  report.buffer_ms = 1'200;
  report.latency_ms = 3'100;
  report.start_delay_ms = 840;
  note(report);
  EXPECT_EQ(audience.buffer.sum(), 1'200 * kMillisecond);
  EXPECT_EQ(audience.latency.sum(), 3'100 * kMillisecond);
  EXPECT_EQ(audience.start_delay.sum(), 840 * kMillisecond);
  report.video = false;
  note(report);
  EXPECT_EQ(seen(audience.buffer), 1u) << "audio is buffered further ahead, and would hide it";
  EXPECT_EQ(seen(audience.latency), 2u);
  report.video = true;
  report.playing = false;
  note(report);
  EXPECT_EQ(seen(audience.buffer), 1u) << "it is empty at the start, which says nothing";
}

TEST_F(AudienceTest, KeepsTheBitrateOfVideoAndHowLongItStoodStill) {
  cmcd::Report report;
  report.bitrate_kbps = 3'200;
  report.stalled_ms = 1'250;
  note(report);
  EXPECT_EQ(audience.bitrate.sum(), 3'200'000);
  EXPECT_EQ(audience.stalled_ms.get(), 1'250u);
  report.video = false;
  report.stalled_ms = 999'999'999'999;
  note(report);
  EXPECT_EQ(seen(audience.bitrate), 1u) << "of audio it says nothing";
  EXPECT_EQ(audience.stalled_ms.get(), 601'250u) << "ten minutes at most";
}

TEST_F(AudienceTest, TellsReportsOfEventsFromThoseOfRequests) {
  note(of_session(0x123456789abcdef0));
  audience.note_event(Found::kReport, of_session(0xfedcba9876543210), now);
  audience.note_event(Found::kMalformed, {}, now);
  EXPECT_EQ(audience.reports.get(), 2u);
  EXPECT_EQ(audience.events.get(), 1u);
  EXPECT_EQ(audience.malformed.get(), 1u);
  EXPECT_EQ(sessions(audience, now), 2);
}

TEST_F(AudienceTest, CountsASessionOnceForHalfAMinuteOrTwice) {
  for (int i = 0; i < 10; ++i) note(of_session(0x123456789abcdef0));
  note(of_session(0xfedcba9876543210));
  note({});
  EXPECT_EQ(sessions(audience, now), 2);
  now += Audience::kHeard;
  EXPECT_EQ(sessions(audience, now), 2);
  now += 1;
  note(of_session(0x0f1e2d3c4b5a6978));
  EXPECT_EQ(sessions(audience, now), 3) << "those of the half minute before count too";
  now += Audience::kHeard + 1;
  EXPECT_EQ(sessions(audience, now), 1) << "the first two have not been heard of for more than a minute";
  now += Audience::kHeard;
  EXPECT_EQ(sessions(audience, now), 0);
}

TEST_F(AudienceTest, ForgetsBothHalvesAfterALongSilence) {
  note(of_session(0x123456789abcdef0));
  now += Audience::kHeard + 1;
  note(of_session(0xfedcba9876543210));
  now += 2 * Audience::kHeard + 1;
  note(of_session(0x0f1e2d3c4b5a6978));
  EXPECT_EQ(sessions(audience, now), 1);
}

TEST(Audiences, AreOneAChannelUntilItIsRemoved) {
  Audiences audiences;
  EXPECT_TRUE(audiences.all().empty());
  const auto match = audiences.of("match");
  EXPECT_EQ(audiences.of("match"), match);
  EXPECT_NE(audiences.of("other"), match);
  EXPECT_EQ(audiences.all().size(), 2u);
  audiences.remove("match");
  audiences.remove("nobody");
  EXPECT_EQ(audiences.all().count("match"), 0u);
  EXPECT_EQ(audiences.all().count("other"), 1u);
}

TEST(Audiences, AreWhatPlayersSayInTheirRequests) {  // CF-27
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  EXPECT_EQ(client.get("/live/match/index.m3u8").status, 200);
  EXPECT_TRUE(serving.server().audiences().all().empty()) << "costs nothing until a player says something";
  EXPECT_EQ(client.get("/live/match/index.m3u8?CMCD=sid%3D%22one%22%2Csu").status, 200);
  EXPECT_EQ(client.get(serve_test::part_path(1), "CMCD-Request: bl=900\r\nCMCD-Status: bs\r\n").status, 200);
  EXPECT_EQ(client.get(serve_test::part_path(1), "CMCD-Request: bl=much\r\n").status, 200) << "never an error";
  EXPECT_EQ(client.get("/live/nobody/index.m3u8?CMCD=sid%3D%22one%22").status, 404);
  const auto all = serving.server().audiences().all();
  ASSERT_EQ(all.size(), 1u) << "strangers make no channels";
  const Audience& match = *all.at("match");
  EXPECT_EQ(match.reports.get(), 2u);
  EXPECT_EQ(match.stalls.get(), 1u);
  EXPECT_EQ(match.malformed.get(), 1u);
  EXPECT_EQ(match.buffer.sum(), 900 * kMillisecond);
  EXPECT_EQ(sessions(match, serving.clock.steady()), 1);
  serving.server().remove("match");
  serve_test::wait_until([&] { return serving.server().audiences().all().empty(); });
}

}  // namespace

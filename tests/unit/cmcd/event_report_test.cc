#include "cmcd/event_report.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hash.h"

namespace cmcd {
namespace {

EventReport only(std::string_view body) {
  const EventReport event = take_event(body);
  EXPECT_TRUE(body.empty()) << body;
  return event;
}
std::vector<EventReport> all(std::string_view body) {
  std::vector<EventReport> events;
  for (EventReport event = take_event(body); event.found != Found::kNone; event = take_event(body))
    events.push_back(event);
  return events;
}

// As hls.js 1.7.4 sends them: keys in order, no blanks, lists in parentheses.
constexpr std::string_view kPlaying =
    R"(bl=(2100),br=(3200),cid="match",e=ps,pr=1,sf=h,sid="6e2fb550-c457",sn=4,st=ll,sta=p,ts=1796042345130,v=2)";
constexpr std::string_view kStall = R"(bl=(0),cid="match",e=ps,sid="6e2fb550-c457",sta=r,ts=1796042349000,v=2)";

TEST(CmcdEventReport, ReadsWhatAPlayerSends) {
  const EventReport event = only(kPlaying);
  EXPECT_EQ(event.found, Found::kReport);
  EXPECT_EQ(event.content, "match");
  EXPECT_EQ(event.report.session, base::hash64(base::view_of(std::string_view("6e2fb550-c457"))));
  EXPECT_EQ(event.report.buffer_ms, 2'100);
  EXPECT_EQ(event.report.bitrate_kbps, 3'200);
  EXPECT_TRUE(event.report.playing);
  EXPECT_FALSE(event.report.starved);
}

TEST(CmcdEventReport, IsOneALine) {
  const std::string text = std::string(kPlaying) + "\n" + std::string(kStall) + "\r\n\n\ne=t,bsd=(1250;v)\n";
  const auto events = all(text);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].content, "match");
  EXPECT_EQ(events[1].report.buffer_ms, 0);
  EXPECT_EQ(events[2].content, "");
  EXPECT_EQ(events[2].report.stalled_ms, 1'250);
  EXPECT_EQ(all("").size(), 0u);
  EXPECT_EQ(all("\n\r\n\n").size(), 0u);
}

TEST(CmcdEventReport, CountsAStallOnceWhateverIsRepeated) {
  EXPECT_TRUE(only(kStall).report.starved);
  EXPECT_FALSE(only(kStall).report.playing);
  EXPECT_FALSE(only("e=t,sta=r").report.starved) << "the state goes with each event after it";
  EXPECT_FALSE(only("e=ps,sta=a").report.starved) << "paused by the viewer";
  EXPECT_FALSE(only("e=ps,bs,sta=p").report.starved) << "the end of the same";
}

TEST(CmcdEventReport, IsMalformedAloneAndNotItsNeighbours) {
  const auto events = all("e=t,bl=x\nsta=p,bl=(1)\n{\"e\":\"t\"}\ne=t,bl=(1)\ne=\n");
  ASSERT_EQ(events.size(), 5u);
  for (const std::size_t i : {0U, 1U, 2U, 4U}) EXPECT_EQ(events[i].found, Found::kMalformed) << i;
  EXPECT_EQ(events[3].found, Found::kReport);
  EXPECT_EQ(events[3].report.buffer_ms, 1);
}

TEST(CmcdEventReport, HasFourKilobytesAtMost) {
  const std::string most = "e=t," + std::string(kMostEvent - 4, 'a');
  EXPECT_EQ(only(most).found, Found::kReport);
  EXPECT_EQ(only(most + "a").found, Found::kMalformed);
}

TEST(CmcdEventReport, ComesAsItsTypeOrAsTextOrAsNone) {
  for (const char* type : {"application/cmcd", "Application/CMCD", "application/cmcd; charset=utf-8",
                           "application/cmcd ;x", "text/plain;charset=UTF-8", ""})
    EXPECT_TRUE(is_event_type(type)) << type;
  for (const char* type : {"application/json", "application/cmcd+json", "text/html", "x"})
    EXPECT_FALSE(is_event_type(type)) << type;
}

}  // namespace
}  // namespace cmcd

#include "cmcd/report.h"

#include <gtest/gtest.h>

#include <string>

#include "base/hash.h"

namespace cmcd {
namespace {

std::uint64_t hash_of(std::string_view session) { return base::hash64(base::view_of(session)); }

Report keys(std::string_view list) {
  Report report;
  EXPECT_TRUE(read_keys(list, report)) << list;
  return report;
}
bool malformed(std::string_view list) {
  Report report;
  return !read_keys(list, report);
}
http::Request query(std::string_view text) {
  http::Request request;
  request.query = text;
  return request;
}

TEST(CmcdReport, ReadsTheKeysOfVersionOne) {
  const Report report = keys(
      "bl=21300,br=3200,bs,cid=\"faec5fc2\",d=4004,dl=18500,mtp=48100,ot=v,pr=1.08,rtp=12000,sf=h,"
      "sid=\"6e2fb550-c457\",st=l,su,tb=6000");
  EXPECT_EQ(report.buffer_ms, 21'300);
  EXPECT_TRUE(report.starved);
  EXPECT_TRUE(report.video);
  EXPECT_EQ(report.session, hash_of("6e2fb550-c457"));
  EXPECT_FALSE(report.latency_ms);
  EXPECT_FALSE(report.start_delay_ms);
}

TEST(CmcdReport, ReadsTheListsAndKeysOfVersionTwo) {
  const Report report = keys("bl=(1800;v 2500;a),br=(3200 128;a),ltc=3100,msd=840,ot=av,sid=\"a\",sta=p,v=2");
  EXPECT_EQ(report.buffer_ms, 1'800);
  EXPECT_EQ(report.latency_ms, 3'100);
  EXPECT_EQ(report.start_delay_ms, 840);
  EXPECT_FALSE(report.starved);
  EXPECT_EQ(report.bitrate_kbps, 3'200);
  EXPECT_FALSE(report.stalled_ms);
  EXPECT_EQ(keys("br=4711.9").bitrate_kbps, 4'711);
  EXPECT_EQ(keys("bsd=(900;v 20;a)").stalled_ms, 900);
  EXPECT_EQ(keys("bl=( 1800 )").buffer_ms, 1'800);
  EXPECT_EQ(keys("nor=(\"a,b)c\" \"d\"),bl=7").buffer_ms, 7) << "a comma in quotes ends nothing";
  EXPECT_EQ(keys("ltc=3100;x=1,bl=7").buffer_ms, 7);
  EXPECT_EQ(keys("bs;x,bl=7").buffer_ms, 7);
}

TEST(CmcdReport, KeepsWhatIsOfEventsForThoseWhoAsk) {
  Report report;
  EventKeys event;
  EXPECT_TRUE(read_keys("cid=\"match\",e=ps,sta=r", report, &event));
  EXPECT_EQ(event.event, "ps");
  EXPECT_EQ(event.state, "r");
  EXPECT_EQ(event.content, "match");
  EXPECT_FALSE(report.playing);
  EXPECT_FALSE(report.starved) << "of a request it is bs alone that says so";
}

TEST(CmcdReport, IsEmptyWhereNothingIsSaid) {
  const Report report = keys("");
  EXPECT_EQ(report.session, 0u);
  EXPECT_FALSE(report.starved);
  EXPECT_TRUE(report.video) << "an object without a type may be video";
  EXPECT_FALSE(report.buffer_ms);
  EXPECT_EQ(keys("sid=\"\"").session, 0u);
}

TEST(CmcdReport, TellsVideoFromWhatIsNone) {
  for (const char* type : {"v", "av"}) EXPECT_TRUE(keys("ot=" + std::string(type)).video) << type;
  for (const char* type : {"a", "m", "i", "c", "tt", "k", "o"})
    EXPECT_FALSE(keys("ot=" + std::string(type)).video) << type;
}

TEST(CmcdReport, KnowsAFalseFromATrue) {
  EXPECT_TRUE(keys("bs").starved);
  EXPECT_TRUE(keys("bs=?1").starved);
  EXPECT_TRUE(keys("bs=true").starved);
  EXPECT_FALSE(keys("bs=?0").starved);
  EXPECT_FALSE(keys("bs=false").starved);
}

TEST(CmcdReport, TellsAPlayerThatPlaysFromOneThatStartsOrSeeks) {
  for (const char* list : {"bl=1", "sta=p", "su=?0", "su=false"}) EXPECT_TRUE(keys(list).playing) << list;
  for (const char* list : {"su", "su=true", "sta=s", "sta=r,su=?0", "sta=k"}) EXPECT_FALSE(keys(list).playing) << list;
}

TEST(CmcdReport, AllowsBlanksBehindCommasAndCutsDecimals) {
  EXPECT_EQ(keys("  bs, \t bl=300").buffer_ms, 300);
  EXPECT_EQ(keys("bl=300.75").buffer_ms, 300);
  EXPECT_EQ(keys("bl=999999999999").buffer_ms, 999'999'999'999);
}

TEST(CmcdReport, SkipsWhatItDoesNotKnow) {
  EXPECT_EQ(keys("com.example-x=\"a\\\"b,c\",zz=1.5;a=\"1,2\",nor=\"..%2F2.m4s\",bl=5").buffer_ms, 5);
}

TEST(CmcdReport, RefusesWhatIsNoListOfKeys) {
  for (const char* list : {"bl=", "bl=fast", "bl=-1", "bl=1000000000000", "bl=12x", "=1", ",", "bl=1,,bs", "sid=\"open",
                           "sid=\"open\\\"", "bl=(1", "bl=(1;x=\"y", "BL=1", "nor=(\"a"})
    EXPECT_TRUE(malformed(list)) << list;
}

TEST(CmcdReport, IsFoundInTheQueryPercentEncoded) {  // CF-27
  Report report;
  EXPECT_EQ(read_report(query("_HLS_msn=4&CMCD=bl%3D2100%2Cbs%2Csid%3D%22one%22&x=y"), report), Found::kReport);
  EXPECT_EQ(report.buffer_ms, 2'100);
  EXPECT_TRUE(report.starved);
  EXPECT_EQ(report.session, hash_of("one"));
  report = {};
  EXPECT_EQ(read_report(query("CMCD=bl=900"), report), Found::kReport);
  EXPECT_EQ(report.buffer_ms, 900);
}

TEST(CmcdReport, IsNotFoundInAnotherParameter) {
  Report report;
  EXPECT_EQ(read_report(query("XCMCD=bl%3D1&cmcd=bl%3D1&CMCDX=1"), report), Found::kNone);
  EXPECT_EQ(read_report(query("XCMCD=bs&CMCD=bl%3D3"), report), Found::kReport);
  EXPECT_EQ(report.buffer_ms, 3);
  EXPECT_FALSE(report.starved);
  EXPECT_EQ(read_report(query(""), report), Found::kNone);
}

TEST(CmcdReport, IsMalformedInAQueryThatIsCutOrTooLong) {
  Report report;
  for (const char* text : {"CMCD=bl%3", "CMCD=bl%", "CMCD=bl%3G1", "CMCD=bl%3D%2", "CMCD=bl%3Dx"})
    EXPECT_EQ(read_report(query(text), report), Found::kMalformed) << text;
  const std::string most = "CMCD=" + std::string(kMost, 'a');
  EXPECT_EQ(read_report(query(most), report), Found::kReport);
  EXPECT_EQ(read_report(query(most + "a"), report), Found::kMalformed);
}

TEST(CmcdSession, IsTheSameWhereverPlayersPutIt) {  // CF-27
  for (const char* text : {"_HLS_msn=1&CMCD=br%3D3200%2Csid%3D%22one%22%2Csf%3Dh", "CMCD=sid=\"one\",ot=m",
                           "CMCD=sid%3D%22one%22&CMCD=sid%3D%22two%22"})
    EXPECT_EQ(session_of(query(text)), hash_of("one")) << text;
  for (const char* text :
       {"CMCD=ot%3Dm&x=sid%3D%22no%22", "CMCD=sid%3D%22never-ends", "x=1&CMCD=sid=\"a&b\"", "CMCD=sid=\"\"", ""})
    EXPECT_EQ(session_of(query(text)), 0u) << text;
}

TEST(CmcdReport, IsGatheredFromTheHeaders) {
  http::Request request;
  request.fields = {{"Host", "edge"},
                    {"CMCD-Object", "br=3200,d=4004,ot=a"},
                    {"cmcd-request", "bl=2100"},
                    {"CMCD-Status", "bs"},
                    {"CMCD-Session", "sid=\"one\",ltc=4000"}};
  Report report;
  EXPECT_EQ(read_report(request, report), Found::kReport);
  EXPECT_EQ(report.buffer_ms, 2'100);
  EXPECT_EQ(report.latency_ms, 4'000);
  EXPECT_TRUE(report.starved);
  EXPECT_FALSE(report.video);
  EXPECT_EQ(session_of(request), hash_of("one"));
  request.fields.push_back({"CMCD-Status", "bl=?"});
  EXPECT_EQ(read_report(request, report), Found::kMalformed);
  EXPECT_EQ(session_of(request), 0u);
  EXPECT_EQ(session_of(query("")), 0u);
}

}  // namespace
}  // namespace cmcd

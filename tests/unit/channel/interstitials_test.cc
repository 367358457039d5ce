#include "channel/interstitials.h"

#include <gtest/gtest.h>

#include <string>

namespace channel {
namespace {

using base::kSecond;

constexpr base::Micros kBreak = 1'776'000'000 * kSecond;  // 2026-04-12T13:20:00Z

record::Marker a_break() {
  record::Marker marker;
  marker.id = "scte35-7-1776000000000";
  marker.kind = record::kScte35Class;
  marker.start = kBreak;
  marker.planned_duration = 34'500'000;
  marker.attributes = {{"SCTE35-OUT", "0xFC", true}};
  return marker;
}

Interstitials::Options listing(const std::string& list, const std::string& types = "all") {
  Interstitials::Options options;
  options.types = types;
  options.asset_list = list;
  return options;
}

/// "X-ASSET-LIST=… X-PLAYOUT-LIMIT=34.500"
std::string attributes(const record::Marker& marker) {
  std::string text;
  for (const auto& one : marker.attributes) text += (text.empty() ? "" : " ") + one.name + "=" + one.value;
  return text;
}

TEST(Interstitials, AreOfTheirBreaksInstantAndPlannedDuration) {
  const auto made = Interstitials(listing("https://ads.example/list")).of(a_break(), 7, 0x34);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->id, "scte35-7-1776000000000-interstitial");
  EXPECT_EQ(made->kind, "com.apple.hls.interstitial");
  EXPECT_EQ(made->start, kBreak);
  EXPECT_EQ(made->planned_duration, 34'500'000);
  EXPECT_FALSE(made->end);
  EXPECT_FALSE(made->canceled);
  EXPECT_EQ(attributes(*made), "X-ASSET-LIST=https://ads.example/list X-PLAYOUT-LIMIT=34.500");
  EXPECT_FALSE(made->attributes[0].bare);
  EXPECT_TRUE(made->attributes[1].bare);
}

TEST(Interstitials, AddressesSayWhichBreakItIs) {
  const Interstitials made(listing("https://ads.example/{event}/{type}?id={id}&at={start}&d={duration}#{id}"));
  EXPECT_EQ(made.of(a_break(), 7, 0x34)->attributes[0].value,
            "https://ads.example/7/52?id=scte35-7-1776000000000&at=2026-04-12T13%3A20%3A00.000Z&d=34.500#scte35-7-"
            "1776000000000");
}

TEST(Interstitials, ABreakOfWhichNoDurationIsKnownHasNoLimitAndAnEmptyDuration) {
  record::Marker open = a_break();
  open.planned_duration.reset();
  const auto made = Interstitials(listing("https://ads.example/?d={duration}&x")).of(open, 7, 0);
  EXPECT_EQ(attributes(*made), "X-ASSET-LIST=https://ads.example/?d=&x");
}

TEST(Interstitials, AreOfTheTypesThatAreWanted) {
  const Interstitials some(listing("https://a/", "0x30 splice_insert  54"));
  EXPECT_TRUE(some.of(a_break(), 7, 0x30));
  EXPECT_TRUE(some.of(a_break(), 7, 54));
  EXPECT_TRUE(some.of(a_break(), 7, 0));
  EXPECT_FALSE(some.of(a_break(), 7, 0x34));
  EXPECT_FALSE(Interstitials(listing("https://a/", "0x30")).of(a_break(), 7, 0)) << "no splice_insert";
  EXPECT_FALSE(Interstitials(listing("https://a/", "")).of(a_break(), 7, 0x30));
  EXPECT_TRUE(Interstitials(listing("https://a/", "all")).of(a_break(), 7, 0x22));
}

TEST(Interstitials, WithoutAnAddressThereAreNone) {
  EXPECT_FALSE(Interstitials(listing("")).of(a_break(), 7, 0x30));
  EXPECT_FALSE(Interstitials({}).of(a_break(), 7, 0x30));
}

TEST(Interstitials, HaveOneAssetWhereThereIsNoList) {
  Interstitials::Options options = listing("");
  options.asset_uri = "https://ads.example/a.m3u8";
  EXPECT_EQ(attributes(*Interstitials(options).of(a_break(), 7, 0)),
            "X-ASSET-URI=https://ads.example/a.m3u8 X-PLAYOUT-LIMIT=34.500");
}

TEST(Interstitials, SayWhatPlayersAreToDo) {
  Interstitials::Options options = listing("https://a/");
  options.resume_at_splice = true;
  options.limit_playout = false;
  options.restrict_to = "SKIP,JUMP";
  options.snap = "OUT";
  const auto made = Interstitials(options).of(a_break(), 7, 0);
  EXPECT_EQ(attributes(*made), "X-ASSET-LIST=https://a/ X-RESUME-OFFSET=0 X-RESTRICT=SKIP,JUMP X-SNAP=OUT");
  EXPECT_TRUE(made->attributes[1].bare);
}

TEST(Interstitials, AreTakenBackWithTheirBreaks) {
  record::Marker back = a_break();
  back.canceled = true;
  EXPECT_TRUE(Interstitials(listing("https://a/")).of(back, 7, 0)->canceled);
}

TEST(Interstitials, TypesAreNumbersOfOneByteOrNames) {
  for (const char* good : {"all", "0x30", "48 0x34", "splice_insert", " 0x30  0x22 ", ""})
    EXPECT_TRUE(Interstitials::are_types(good)) << good;
  for (const char* bad : {"0", "256", "0x", "0x100", "0x3g", "out", "0x30,0x34", "-1"})
    EXPECT_FALSE(Interstitials::are_types(bad)) << bad;
}

TEST(Interstitials, AddressesAreAbsoluteAndHaveKnownPlaceholders) {
  for (const char* good : {"https://a/", "http://a.example:8080/x?y={id}&z=%20{duration}"})
    EXPECT_TRUE(Interstitials::is_template(good)) << good;
  for (const char* bad : {"/list", "ftp://a/", "https://a/{}", "https://a/{name}", "https://a/{id", "https://a/id}",
                          "https://a/ b", "https://a/\"", "https://a/\n"})
    EXPECT_FALSE(Interstitials::is_template(bad)) << bad;
  EXPECT_FALSE(Interstitials::is_template("https://a/" + std::string(1024, 'a')));
}

}  // namespace
}  // namespace channel

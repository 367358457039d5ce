#include "upload/uploader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "hls/uri.h"
#include "unit/upload/journals.h"

namespace upload {
namespace {

using namespace testing;

class Uploading : public ::testing::Test {
 protected:
  Uploading() : journal_(scratch_.path() + "/match") { start(); }

  /// A server that is started again reads its state anew.
  void start() {
    uploader_ = nullptr;
    Uploader::Options options;
    options.channel = "match";
    options.journal = scratch_.path() + "/match";
    options.state = scratch_.path() + "/match.upload";
    options.place = "s3://edge/live";
    options.type = type_;
    options.log.window = window_;
    uploader_ = std::make_unique<Uploader>(options, Uploader::Context{store_, clock_, [] { return 1.0; }});
  }
  /// Lets time pass until there is nothing to do.
  void work() {
    for (int i = 0; i < 1000; ++i) {
      const base::Micros wait = uploader_->step();
      if (wait == Uploader::kPoll) return;
      clock_.now += wait;
    }
    FAIL() << "it does not come to an end";
  }
  std::string list(const std::string& rendition = "v720") const {
    return short_list(store_.text("match/" + rendition + "/index.m3u8"));
  }
  static std::string name(std::int64_t number, const std::string& rendition = "v720") {
    return "match/" + rendition + "/" + std::to_string(kFirst + number) + ".m4s";
  }
  std::size_t place(const std::string& name) const {
    return static_cast<std::size_t>(std::find(store_.order.begin(), store_.order.end(), name) - store_.order.begin());
  }

  hls::PlaylistType type_ = hls::PlaylistType::kSliding;
  base::Micros window_ = 20 * base::kSecond;
  ScratchDirectory scratch_;
  Journal journal_;
  FakeStore store_;
  StepClock clock_;
  std::unique_ptr<Uploader> uploader_;
};

TEST_F(Uploading, WithoutAJournalThereIsNothingToDo) {
  work();
  EXPECT_EQ(store_.calls, 0);
}

TEST_F(Uploading, SegmentsHaveTheBytesOfTheirPartsAndTypes) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 1);
  work();
  EXPECT_EQ(store_.text(name(1)), "v1.0 v1.1 v1.2 v1.3 ");
  const s3::Object& segment = store_.objects.at(name(1, "a1"));
  EXPECT_EQ(segment.content_type, "audio/mp4");
  EXPECT_EQ(segment.cache_control, "public, max-age=31536000, immutable");
  const s3::Object& init = store_.objects.at("match/v720/" + hls::init_uri(base::view_of("init")));
  EXPECT_EQ(init.body.text(), "init");
  EXPECT_EQ(init.content_type, "video/mp4");
  const s3::Object& playlist = store_.objects.at("match/v720/index.m3u8");
  EXPECT_EQ(playlist.content_type, "application/vnd.apple.mpegurl");
  EXPECT_EQ(playlist.cache_control, "public, max-age=1");
}

TEST_F(Uploading, PlaylistsComeAfterWhatTheyNameAndTheMultivariantOneLast) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 1);
  work();
  EXPECT_LT(place(name(1)), place("match/v720/index.m3u8"));
  EXPECT_LT(place("match/a1/" + hls::init_uri(base::view_of("sound init"))), place("match/a1/index.m3u8"));
  EXPECT_EQ(store_.order.back(), "match/index.m3u8");
  EXPECT_NE(store_.text("match/index.m3u8").find("v720/index.m3u8"), std::string::npos);
  EXPECT_EQ(list(), "from 0 MAP 0 1");
}

TEST_F(Uploading, ASegmentIsUploadedWhenItsEndIsThere) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  work();
  journal_.part(kFirst + 1, 0);
  work();
  EXPECT_EQ(list(), "from 0 MAP 0");
  for (std::uint32_t i = 1; i < 4; ++i) journal_.part(kFirst + 1, i);
  journal_.end(kFirst + 1);
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 1");
  EXPECT_EQ(list("a1"), "from 0 MAP 0");
}

TEST_F(Uploading, NothingIsPutTwice) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  work();
  const std::size_t before = store_.order.size();
  journal_.segment(kFirst + 1);
  work();
  EXPECT_EQ(store_.order.size(), before + 4);  // two segments, two playlists
}

TEST_F(Uploading, OldSegmentsLeaveThePlaylistAndStayInTheBucket) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 14);
  work();
  EXPECT_EQ(list(), "from 5 MAP 5 6 7 8 9 10 11 12 13 14");
  EXPECT_TRUE(store_.objects.contains(name(0)));
}

TEST_F(Uploading, AnEventPlaylistListsAll) {
  type_ = hls::PlaylistType::kEvent;
  start();
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 14);
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14");
  EXPECT_NE(store_.text("match/v720/index.m3u8").find("#EXT-X-PLAYLIST-TYPE:EVENT\n"), std::string::npos);
}

TEST_F(Uploading, TheEndOfTheLogEndsThePlaylists) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  work();
  EXPECT_FALSE(uploader_->report().ended);
  journal_.add(record::End{});
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 ENDLIST");
  EXPECT_EQ(list("a1"), "from 0 MAP 0 ENDLIST");
  EXPECT_TRUE(uploader_->report().ended);
}

TEST_F(Uploading, ANewSessionBeginsNewPlaylists) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.add(record::End{});
  work();
  journal_.add(with_sound());
  journal_.segments(kFirst + 3, kFirst + 4);
  work();
  EXPECT_EQ(list(), "from 3 DISCONTINUITY-SEQUENCE MAP 3 4");
}

TEST_F(Uploading, FilesThatContinueAreReadAsOne) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.part(kFirst + 1, 0);
  journal_.part(kFirst + 1, 1);
  work();
  journal_.begin(2, true, kFirst + 1);
  journal_.part(kFirst + 1, 2);
  journal_.part(kFirst + 1, 3);
  journal_.end(kFirst + 1);
  work();
  EXPECT_EQ(store_.text(name(1)), "v1.0 v1.1 v1.2 v1.3 ");
  EXPECT_EQ(list(), "from 0 MAP 0 1");
}

TEST_F(Uploading, WhatTheJournalDoesNotHaveIsAGap) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.begin(6, false, kFirst + 2);
  journal_.segments(kFirst + 3, kFirst + 4);
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 GAP 1 GAP 2 3 4");
  EXPECT_EQ(uploader_->report().gaps, 4u);
  EXPECT_FALSE(store_.objects.contains(name(1)));
}

TEST_F(Uploading, AfterAHoleThatIsLongerThanTheWindowPlaylistsBeginAnew) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.begin(60, false, kFirst + 29);
  journal_.segments(kFirst + 30, kFirst + 31);
  work();
  EXPECT_EQ(list(), "from 30 MAP 30 31");
  EXPECT_EQ(uploader_->report().gaps, 0u);
}

TEST_F(Uploading, DiscontinuitiesBehindAHoleAreCounted) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.begin(6, false, kFirst + 1, 1);
  journal_.segment(kFirst + 2);
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 GAP 1 DISCONTINUITY 2");
}

TEST_F(Uploading, WhileTheStoreIsAwayNothingIsLost) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  work();
  store_.down = true;
  for (int i = 1; i <= 8; ++i) {
    journal_.segment(kFirst + i);
    clock_.now += 75 * base::kSecond;
    uploader_->step();
  }
  EXPECT_EQ(list(), "from 0 MAP 0");
  store_.down = false;
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 1 2 3 4 5 6 7 8");
  EXPECT_EQ(uploader_->report().failures[static_cast<std::size_t>(s3::Reason::kSlowDown)] > 0, true);
}

TEST_F(Uploading, NothingIsLostWhereTheServerIsKilledMeanwhile) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 1);
  work();
  store_.down = true;
  journal_.segments(kFirst + 2, kFirst + 3);
  uploader_->step();
  start();
  uploader_->step();
  journal_.segment(kFirst + 4);
  start();
  store_.down = false;
  store_.order.clear();
  clock_.now += 60 * base::kSecond;
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 1 2 3 4");
  EXPECT_EQ(list("a1"), "from 0 MAP 0 1 2 3 4");
  EXPECT_EQ(place(name(1)), store_.order.size());  // it was there
}

TEST_F(Uploading, TenMinutesWithoutABucketAndTwoKillsLoseNothing) {
  type_ = hls::PlaylistType::kEvent;
  start();
  constexpr int kSegments = 300;  // of 2 s
  const std::string directory = scratch_.path() + "/match";
  // Whatever nobody reads is deleted, as old as it may be.
  const auto expire = [&] {
    archive::expire_files(directory, INT64_MAX / 2, {.age = 0, .read_from = uploader_->read_from()}, true);
  };
  for (int i = 0; i < kSegments; ++i) {
    if (i % 10 == 0) journal_.begin(2 * i, i > 0, kFirst + i - 1);
    journal_.segment(kFirst + i);
    clock_.now += 2 * base::kSecond;
    if (i == 15) work();
    store_.down = i >= 15;
    if (i == 100 || i == 200) start();
    uploader_->step();
    expire();
  }
  EXPECT_FALSE(store_.objects.contains(name(16)));
  EXPECT_TRUE(uploader_->report().failing);
  EXPECT_GE(clock_.now, 600 * base::kSecond);
  store_.down = false;
  work();
  for (int i = 0; i < kSegments; ++i) {
    EXPECT_TRUE(store_.objects.contains(name(i))) << i;
    EXPECT_TRUE(store_.objects.contains(name(i, "a1"))) << i;
  }
  for (const char* rendition : {"v720", "a1"}) {
    const std::string text = store_.text("match/" + std::string(rendition) + "/index.m3u8");
    std::size_t listed = 0;
    for (std::size_t at = text.find("#EXTINF"); at != text.npos; at = text.find("#EXTINF", at + 1)) ++listed;
    EXPECT_EQ(listed, 300u) << rendition;
    EXPECT_EQ(text.find("#EXT-X-GAP"), text.npos) << rendition;
    EXPECT_EQ(text.find("#EXT-X-DISCONTINUITY\n"), text.npos) << rendition;
  }
  EXPECT_EQ(uploader_->report().gaps, 0u);
  expire();
  EXPECT_EQ(archive::list_files(directory).size(), 1u) << "nobody reads the older files any more";
}

TEST_F(Uploading, ARestartKnowsWhatTheJournalNoLongerHas) {
  type_ = hls::PlaylistType::kEvent;
  start();
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 1);
  work();
  journal_.begin(4, true, kFirst + 1);
  journal_.segments(kFirst + 2, kFirst + 3);
  work();
  std::filesystem::remove(scratch_.path() + "/match/" + archive::file_name(kJournalStart));
  start();
  journal_.segment(kFirst + 4);
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 1 2 3 4");
}

TEST_F(Uploading, ARestartAfterTheEndKeepsTheEnd) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.add(record::End{});
  work();
  start();
  work();
  EXPECT_EQ(list(), "from 0 MAP 0 ENDLIST");
  journal_.add(with_sound());
  journal_.segment(kFirst + 2);
  work();
  EXPECT_EQ(list(), "from 2 DISCONTINUITY-SEQUENCE MAP 2");
}

TEST_F(Uploading, ARestartWithinTheSecondSessionOfAFileGoesOn) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.add(record::End{});
  journal_.add(with_sound());
  journal_.segments(kFirst + 2, kFirst + 3);
  work();
  start();
  journal_.segment(kFirst + 4);
  work();
  EXPECT_EQ(list(), "from 2 DISCONTINUITY-SEQUENCE MAP 2 3 4");
}

TEST_F(Uploading, PausesDoubleUpToAMostAndEndWithASuccess) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  store_.down = true;
  std::vector<base::Micros> waits;
  for (int i = 0; i < 9; ++i) {
    waits.push_back(uploader_->step());
    clock_.now += waits.back();
  }
  EXPECT_EQ(waits[0], Uploader::kFirstPause);
  EXPECT_EQ(waits[1], 2 * Uploader::kFirstPause);
  EXPECT_EQ(waits[5], 32 * Uploader::kFirstPause);
  EXPECT_EQ(waits[8], Uploader::kLongestPause);
  store_.down = false;
  work();
  journal_.segment(kFirst + 1);
  store_.down = true;
  EXPECT_EQ(uploader_->step(), Uploader::kFirstPause);
}

TEST_F(Uploading, DuringAPauseNothingIsTried) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  store_.down = true;
  uploader_->step();
  const int calls = store_.calls;
  clock_.now += Uploader::kFirstPause / 2;
  EXPECT_EQ(uploader_->step(), Uploader::kFirstPause / 2);
  EXPECT_EQ(store_.calls, calls);
}

TEST_F(Uploading, TheSecondFailureIsToldAndTheNextSuccess) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  store_.down = true;
  clock_.now += uploader_->step();
  EXPECT_FALSE(uploader_->report().failing);
  clock_.now += uploader_->step();
  EXPECT_TRUE(uploader_->report().failing);
  EXPECT_EQ(uploader_->report().why, "slow_down: 503 SlowDown");
  store_.down = false;
  work();
  EXPECT_FALSE(uploader_->report().failing);
}

TEST_F(Uploading, ObjectsThatWerePutAreNotPutAgainForThoseThatFailed) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  store_.refused = name(0, "a1");
  clock_.now += uploader_->step();
  EXPECT_TRUE(store_.objects.contains(name(0)));
  EXPECT_EQ(list(), "");
  store_.refused.clear();
  work();
  EXPECT_EQ(std::count(store_.order.begin(), store_.order.end(), name(0)), 1);
  EXPECT_EQ(list("a1"), "from 0 MAP 0");
}

TEST_F(Uploading, AfterAClockDifferenceItIsTriedAgainAtOnce) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  store_.down = true;
  store_.reason = s3::Reason::kClock;
  EXPECT_EQ(uploader_->step(), 0);
  EXPECT_EQ(uploader_->step(), Uploader::kFirstPause);
}

TEST_F(Uploading, CountsObjectsAndBytesAndKnowsItsEdge) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  work();
  EXPECT_EQ(uploader_->report().objects, 7u);
  EXPECT_GT(uploader_->report().bytes, 2 * 20u);
  EXPECT_EQ(uploader_->report().edge, (kFirst + 1) * 2 * base::kSecond);
}

TEST_F(Uploading, HoldsTheFileInWhichTheOldestSegmentBeganThatIsNotThere) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.part(kFirst + 1, 0);
  journal_.begin(2, true, kFirst + 1);
  store_.down = true;
  uploader_->step();
  EXPECT_EQ(uploader_->read_from(), kJournalStart);
  store_.down = false;
  work();
  EXPECT_EQ(uploader_->read_from(), INT64_MAX);
  store_.down = true;
  for (std::uint32_t rendition = 0; rendition < 2; ++rendition) {
    for (std::uint32_t i = rendition == 0 ? 1 : 0; i < 4; ++i) journal_.part(kFirst + 1, i, rendition);
    journal_.end(kFirst + 1, rendition);
  }
  journal_.segment(kFirst + 2);
  uploader_->step();
  EXPECT_EQ(uploader_->read_from(), kJournalStart);
  store_.down = false;
  work();
  store_.down = true;
  journal_.segment(kFirst + 3);
  uploader_->step();
  EXPECT_EQ(uploader_->read_from(), kJournalStart + 2 * base::kSecond);
}

TEST_F(Uploading, MarkersAreInThePlaylistsUntilTheyAreCanceled) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  record::Marker marker;
  marker.id = "goal";
  marker.kind = "com.example";
  marker.start = (kFirst + 1) * 2 * base::kSecond;
  journal_.add(marker);
  journal_.segment(kFirst + 1);
  work();
  EXPECT_NE(store_.text("match/v720/index.m3u8").find("#EXT-X-DATERANGE:ID=\"goal\""), std::string::npos);
  start();
  marker.canceled = true;
  journal_.segment(kFirst + 2);
  work();
  EXPECT_NE(store_.text("match/v720/index.m3u8").find("#EXT-X-DATERANGE:ID=\"goal\""), std::string::npos);
  journal_.add(marker);
  journal_.segment(kFirst + 3);
  work();
  EXPECT_EQ(store_.text("match/v720/index.m3u8").find("#EXT-X-DATERANGE"), std::string::npos);
}

TEST_F(Uploading, AnotherPlaceGetsAllThatTheJournalHas) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 1);
  work();
  std::string text;
  {
    std::ifstream in(scratch_.path() + "/match.upload");
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  text.replace(text.find("s3://edge/live"), 14, "s3://else/live");
  std::ofstream(scratch_.path() + "/match.upload") << text;
  store_.order.clear();
  start();
  work();
  EXPECT_LT(place(name(0)), store_.order.size());
}

}  // namespace
}  // namespace upload

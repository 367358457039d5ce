#include "relay/pulled_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "../origin/parsed_playlist.h"
#include "taped.h"

namespace relay {
namespace {

using testing::all_of;
using testing::drain;
using testing::kFirst;
using testing::Taped;
constexpr std::uint64_t kNode = 90;
constexpr base::Micros kLongest = 300 * base::kSecond;

/// An edge's log, and what it publishes.
struct Pulled {
  base::Status take(const std::vector<std::uint8_t>& bytes) { return log.feed(bytes); }
  /// A connection to an origin, as far as the origin has come.
  Cursor connect(Taped& origin) {
    log.begin();
    Cursor cursor(origin.reel(), log.place());
    EXPECT_TRUE(take(drain(cursor)).ok());
    return cursor;
  }
  void more(Cursor& cursor, Taped& origin) {
    cursor.update(origin.reel());
    EXPECT_TRUE(take(drain(cursor)).ok());
  }

  testing::FakeClock clock;
  std::vector<std::shared_ptr<const origin::ChannelSnapshot>> snapshots;
  std::vector<std::shared_ptr<const Reel>> reels;
  PulledLog log{"match",
                {clock, kNode, kLongest, [this](auto snapshot) { snapshots.push_back(std::move(snapshot)); },
                 [this](auto reel) { reels.push_back(std::move(reel)); }}};
};

TEST(PulledLog, HasTheSameBytesAsTheOrigin) {
  Taped origin({.window = 20 * base::kSecond});
  origin.begin();
  origin.segments(kFirst, kFirst + 40);
  Pulled edge;
  Cursor cursor = edge.connect(origin);
  ASSERT_EQ(edge.snapshots.size(), 1u) << "nothing before it has caught up";
  EXPECT_EQ(all_of(*edge.snapshots.back()), all_of(*origin.log.snapshot()));
  origin.apply(origin::testing::part(origin::testing::kVideo, kFirst + 41, 0));
  edge.more(cursor, origin);
  EXPECT_EQ(all_of(*edge.snapshots.back()), all_of(*origin.log.snapshot()));
  EXPECT_GT(edge.log.newest(), 0);
}

TEST(PulledLog, HasTheDiscontinuitiesAndMarkersOfBefore) {
  Taped origin({.window = 12 * base::kSecond});
  origin.begin();
  origin.segments(kFirst, kFirst);
  origin.apply(record::Discontinuity{kFirst + 1});
  origin.segments(kFirst + 1, kFirst + 30);
  record::Marker marker;
  marker.id = "break";
  marker.kind = "api";
  marker.start = (kFirst + 1) * 2 * base::kSecond;
  marker.planned_duration = 600 * base::kSecond;
  origin.apply(marker);
  origin.segments(kFirst + 31, kFirst + 60);
  Pulled edge;
  edge.connect(origin);
  const std::string text = all_of(*edge.snapshots.back());
  EXPECT_EQ(text, all_of(*origin.log.snapshot()));
  EXPECT_NE(text.find("EXT-X-DISCONTINUITY-SEQUENCE:1"), std::string::npos);
  EXPECT_NE(text.find("ID=\"break\""), std::string::npos);
}

TEST(PulledLog, ResumesAtItsPlace) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  Pulled edge;
  edge.connect(origin);
  EXPECT_EQ(edge.log.place(), (Place{7, origin.recorder.next()}));
  origin.segments(kFirst + 9, kFirst + 9);
  edge.connect(origin);
  EXPECT_EQ(all_of(*edge.snapshots.back()), all_of(*origin.log.snapshot()));
  EXPECT_EQ(edge.log.restarts(), 0u);
}

TEST(PulledLog, ABrokenConnectionLeavesWhatItHas) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  Pulled edge;
  edge.connect(origin);
  const std::string before = all_of(*edge.snapshots.back());
  edge.log.begin();
  Taped other({}, {8, 1});
  other.begin();
  other.segments(kFirst + 5, kFirst + 9);
  Cursor cursor(other.reel(), edge.log.place());
  std::vector<std::uint8_t> bytes = drain(cursor);
  bytes.resize(bytes.size() / 2);
  EXPECT_TRUE(edge.take(bytes).ok());
  EXPECT_EQ(all_of(*edge.snapshots.back()), before);
  EXPECT_EQ(edge.log.place()->log, 7u);
}

/// An origin that was restarted and has its journal, or a twin.
TEST(PulledLog, ChangesToALogWithTheSameMediaUnnoticed) {
  Taped origin;
  Taped twin({}, {8, 500}, {71});
  for (Taped* one : {&origin, &twin}) {
    one->begin();
    one->segments(kFirst, kFirst + 8);
  }
  Pulled edge;
  edge.connect(origin);
  twin.segments(kFirst + 9, kFirst + 9);
  edge.connect(twin);
  EXPECT_EQ(edge.log.restarts(), 0u);
  EXPECT_EQ(all_of(*edge.snapshots.back()), all_of(*twin.log.snapshot()));
  EXPECT_EQ(edge.log.place()->log, 8u);
}

/// Parts of so many bytes, as an encoder makes them; the same at each origin.
void large_segments(Taped& origin, std::int64_t first, std::int64_t last) {
  for (std::int64_t msn = first; msn <= last; ++msn) {
    for (std::uint32_t i = 0; i < 4; ++i) {
      for (const std::uint32_t rendition : {origin::testing::kVideo, origin::testing::kAudio}) {
        record::Part part = origin::testing::part(rendition, msn, i, i == 3);
        part.data = base::Bytes::copy_of(std::string(part.data.text()) + std::string(10'000, 'x'));
        origin.apply(part);
      }
    }
  }
}

TEST(PulledLog, AnOriginThatWasRestartedSendsOnlyMediaThatAreNotHere) {
  Taped origin;
  Taped again({}, {8, 1});
  for (Taped* one : {&origin, &again}) {
    one->begin();
    large_segments(*one, kFirst, kFirst + 9);
  }
  Pulled edge;
  EXPECT_FALSE(edge.log.have()) << "there is nothing yet";
  edge.connect(origin);
  large_segments(again, kFirst + 10, kFirst + 10);
  edge.log.begin();
  const auto have = edge.log.have();
  ASSERT_TRUE(have);
  EXPECT_EQ(have->first, kFirst + 1);
  EXPECT_EQ(have->last, kFirst + 8);
  Cursor cursor(again.reel(), edge.log.place(), have);
  const std::vector<std::uint8_t> bytes = drain(cursor);
  EXPECT_LT(bytes.size(), 3u * 8u * 12'000u) << "three segments of eleven";
  EXPECT_TRUE(edge.take(bytes).ok());
  EXPECT_EQ(all_of(*edge.snapshots.back()), all_of(*again.log.snapshot()));
  EXPECT_EQ(edge.log.restarts(), 0u);
  EXPECT_EQ(edge.log.place(), (Place{8, again.recorder.next()}));
  ASSERT_FALSE(edge.reels.empty());
  Cursor behind(edge.reels.back(), std::nullopt);
  EXPECT_GT(drain(behind).size(), 10u * 8u * 10'000u) << "edges behind it get whole records";
}

TEST(PulledLog, ABodyThatIsNotHereIsAskedFor) {
  Taped origin;
  Taped other({}, {8, 1});
  for (Taped* one : {&origin, &other}) one->begin();
  large_segments(origin, kFirst, kFirst + 9);
  large_segments(other, kFirst, kFirst + 4);
  for (std::uint32_t i = 0; i < 4; ++i) {
    for (const std::uint32_t rendition : {origin::testing::kVideo, origin::testing::kAudio})
      other.apply(origin::testing::part(rendition, kFirst + 5, i, i == 3));
  }
  large_segments(other, kFirst + 6, kFirst + 9);
  Pulled edge;
  edge.connect(origin);
  const std::string before = all_of(*edge.snapshots.back());
  edge.log.begin();
  Cursor cursor(other.reel(), edge.log.place(), edge.log.have());
  EXPECT_EQ(edge.take(drain(cursor)).error().code, base::Code::kNotFound);
  EXPECT_EQ(all_of(*edge.snapshots.back()), before);
  edge.log.forget();
  edge.log.begin();
  EXPECT_FALSE(edge.log.have());
  EXPECT_TRUE(edge.log.have()) << "that once";
}

TEST(PulledLog, APartWithoutItsBodyIsNothingForALogThatResumes) {
  Taped origin;
  origin.begin();
  large_segments(origin, kFirst, kFirst + 3);
  Pulled edge;
  edge.connect(origin);
  edge.connect(origin);
  const record::Encoded part = record::encode(origin::testing::part(0, kFirst + 1, 0));
  EXPECT_EQ(edge.log.feed(encode_known(part.head).view()).error().code, base::Code::kMalformed);
  // Nor for one that has said that nothing is here.
  Pulled fresh;
  fresh.log.begin();
  Hello hello;
  hello.at = {7, 1};
  for (const base::Bytes& item : {encode_hello(hello), seeded_item()}) EXPECT_TRUE(fresh.log.feed(item.view()).ok());
  EXPECT_EQ(fresh.log.feed(encode_known(part.head).view()).error().code, base::Code::kMalformed);
}

record::Part other_part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index) {
  record::Part part = origin::testing::part(rendition, msn, index, index == 3);
  part.data = base::Bytes::copy_of("other " + std::string(part.data.text()));
  return part;
}

void other_segments(Taped& origin, std::int64_t first, std::int64_t last) {
  for (std::int64_t msn = first; msn <= last; ++msn) {
    for (std::uint32_t i = 0; i < 4; ++i) {
      for (const std::uint32_t rendition : {origin::testing::kVideo, origin::testing::kAudio})
        origin.apply(other_part(rendition, msn, i));
    }
  }
}

TEST(PulledLog, ALogWithOtherMediaGoesOnBehindADiscontinuity) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  Pulled edge;
  edge.connect(origin);
  Taped other({}, {8, 1}, {71});
  other.begin();
  other_segments(other, kFirst + 5, kFirst + 10);
  Cursor cursor = edge.connect(other);
  EXPECT_EQ(edge.log.restarts(), 1u);
  other_segments(other, kFirst + 11, kFirst + 12);
  edge.more(cursor, other);
  const auto& video = *edge.snapshots.back()->renditions.at(0);
  const std::string text(video.playlist(hls::Skip::kNo).identity.text());
  const auto playlist = origin::testing::parse_playlist(text);
  EXPECT_EQ(playlist.media_sequence, kFirst) << text;
  EXPECT_EQ(playlist.discontinuity_sequence, 0);
  EXPECT_FALSE(playlist.ended);
  ASSERT_EQ(playlist.segments.size(), 13u) << text;
  for (std::size_t i = 0; i < playlist.segments.size(); ++i)
    EXPECT_EQ(playlist.segments[i].discontinuity_number, i < 9 ? 0 : 1) << text;
  // What a player has seen keeps its bytes.
  EXPECT_EQ(video.part(kFirst + 8, 1).data.text(), "0:" + std::to_string(kFirst + 8) + ".1");
}

/// What players fetch after the change: what the playlist listed before it, and for as long as LL-123 asks.
TEST(PulledLog, WhatWasListedSlidesOutBehindTheOtherLogsMedia) {
  Taped origin({.window = 12 * base::kSecond});
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  for (std::uint32_t i = 0; i < 2; ++i) origin.apply(origin::testing::part(origin::testing::kVideo, kFirst + 9, i));
  Pulled edge;
  edge.connect(origin);
  Taped other({.window = 12 * base::kSecond}, {8, 1}, {71});
  other.begin();
  other_segments(other, kFirst + 5, kFirst + 9);
  Cursor cursor = edge.connect(other);
  std::int64_t sequence = 0;
  for (std::int64_t msn = kFirst + 10; msn <= kFirst + 60; ++msn) {
    other_segments(other, msn, msn);
    edge.more(cursor, other);
    for (const std::uint32_t rendition : {origin::testing::kVideo, origin::testing::kAudio}) {
      const auto& snapshot = *edge.snapshots.back()->renditions.at(rendition);
      const auto playlist =
          origin::testing::parse_playlist(std::string(snapshot.playlist(hls::Skip::kNo).identity.text()));
      EXPECT_GE(playlist.media_sequence, sequence);
      sequence = playlist.media_sequence;
      EXPECT_EQ(playlist.discontinuity_sequence, sequence > kFirst + 10 ? 1 : 0) << msn;
      for (const auto& segment : playlist.segments)
        EXPECT_EQ(segment.discontinuity_number, segment.msn >= kFirst + 10 ? 1 : 0) << msn;
      if (msn == kFirst + 16) {
        EXPECT_EQ(snapshot.part(kFirst + 8, 1).data.text(),
                  std::to_string(rendition) + ":" + std::to_string(kFirst + 8) + ".1")
            << "it has left the playlist";
      }
      EXPECT_LE(snapshot.revision().closed->size(), 24u);
    }
  }
  EXPECT_GT(sequence, kFirst + 50);
}

/// Between what the edge has and what the other log has lies media that nobody has.
TEST(PulledLog, BehindAHolePlaylistsBeginAnewAndWhatTheyListedCanBeFetched) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  Pulled edge;
  edge.connect(origin);
  Taped other({}, {8, 1}, {71});
  other.begin();
  other_segments(other, kFirst + 10, kFirst + 14);
  edge.connect(other);
  const auto& video = *edge.snapshots.back()->renditions.at(0);
  const auto playlist = origin::testing::parse_playlist(std::string(video.playlist(hls::Skip::kNo).identity.text()));
  EXPECT_EQ(playlist.media_sequence, kFirst + 10);
  EXPECT_EQ(playlist.discontinuity_sequence, 1);
  EXPECT_EQ(video.part(kFirst + 8, 1).data.text(), "0:" + std::to_string(kFirst + 8) + ".1");
}

TEST(PulledLog, OtherRenditionsBeginAnewBehindADiscontinuity) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  Pulled edge;
  edge.connect(origin);
  Taped other({}, {8, 1}, {71});
  record::Presentation presentation = origin::testing::presentation();
  presentation.renditions[1].name = "a2";
  other.apply(presentation);
  other_segments(other, kFirst + 5, kFirst + 12);
  edge.connect(other);
  const auto& snapshot = *edge.snapshots.back();
  ASSERT_EQ(snapshot.renditions.size(), 2u);
  EXPECT_EQ(snapshot.renditions[1]->name(), "a2");
  const auto playlist =
      origin::testing::parse_playlist(std::string(snapshot.renditions[0]->playlist(hls::Skip::kNo).identity.text()));
  EXPECT_EQ(playlist.media_sequence, kFirst + 9);
  EXPECT_EQ(snapshot.renditions[0]->part(kFirst + 8, 1).data.text(), "0:" + std::to_string(kFirst + 8) + ".1");
}

TEST(PulledLog, ALogThatIsFarBehindTakesTheWindowsPlace) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst + 100, kFirst + 108);
  Pulled edge;
  edge.connect(origin);
  Taped other({}, {8, 1}, {71});
  other.begin();
  other_segments(other, kFirst, kFirst + 8);
  edge.connect(other);
  EXPECT_EQ(all_of(*edge.snapshots.back()), all_of(*other.log.snapshot()));
}

TEST(PulledLog, AnEdgeBehindItGetsTheSame) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  Pulled edge;
  Cursor first = edge.connect(origin);
  ASSERT_FALSE(edge.reels.empty());
  EXPECT_EQ(edge.reels.back()->path, (Path{70, kNode}));
  EXPECT_EQ(edge.reels.back()->log, 7u);
  EXPECT_EQ(edge.reels.back()->next, origin.recorder.next());
  Pulled behind;
  behind.log.begin();
  Cursor cursor(edge.reels.back(), std::nullopt);
  // Its own number is in the path of what comes: another server's is not.
  EXPECT_EQ(behind.take(drain(cursor)).error().code, base::Code::kDenied);
  PulledLog third("match", {behind.clock, 91, kLongest, [&](auto snapshot) { behind.snapshots.push_back(snapshot); },
                            [](const auto&) {}});
  third.begin();
  Cursor again(edge.reels.back(), std::nullopt);
  EXPECT_TRUE(third.feed(drain(again)).ok());
  EXPECT_EQ(all_of(*behind.snapshots.back()), all_of(*origin.log.snapshot()));
}

TEST(PulledLog, TooManyServersOneBehindTheOtherAreRefused) {
  for (const std::size_t length : {kLongestPath - 1, kLongestPath}) {
    Taped origin({}, {7, 1}, Path(length, 5));
    origin.begin();
    Pulled edge;
    edge.log.begin();
    Cursor cursor(origin.reel(), std::nullopt);
    EXPECT_EQ(edge.take(drain(cursor)).ok(), length < kLongestPath) << length;
  }
}

TEST(PulledLog, CutsLongWindows) {
  Taped origin({.window = 3600 * base::kSecond, .memory = 12 * base::kSecond});
  origin.begin();
  origin.segments(kFirst, kFirst + 10);
  Pulled edge;
  edge.connect(origin);
  EXPECT_EQ(edge.reels.back()->terms->window, kLongest);
  EXPECT_EQ(edge.reels.back()->terms->memory, 0);
}

TEST(PulledLog, KnowsTheEndAndThatItIsOver) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 8);
  Pulled edge;
  Cursor cursor = edge.connect(origin);
  EXPECT_FALSE(edge.log.ended());
  origin.apply(record::End{});
  edge.more(cursor, origin);
  EXPECT_TRUE(edge.log.ended());
  EXPECT_EQ(edge.snapshots.back()->state, origin::State::kEnded);
  Pulled late;
  late.connect(origin);
  EXPECT_TRUE(late.log.ended());
  origin.begin();
  edge.more(cursor, origin);
  EXPECT_FALSE(edge.log.ended());
}

TEST(PulledLog, ItemsInTheWrongPlaceAreRefused) {
  const auto refused = [](const std::vector<base::Bytes>& items) {
    Pulled edge;
    edge.log.begin();
    base::Status status = base::Ok{};
    for (const base::Bytes& item : items) {
      if (status.ok()) status = edge.log.feed(item.view());
    }
    return !status.ok();
  };
  Hello hello;
  hello.at = {7, 1};
  Hello resumed = hello;
  resumed.resumed = true;
  EXPECT_TRUE(refused({seeded_item()}));
  EXPECT_TRUE(refused({caught_up_item()}));
  EXPECT_TRUE(refused({base::Bytes::adopt(record::encode(origin::testing::presentation()).head)}));
  EXPECT_TRUE(refused({encode_hello(hello), encode_hello(hello)}));
  EXPECT_TRUE(refused({encode_hello(hello), caught_up_item()}));
  EXPECT_TRUE(refused({encode_hello(resumed)})) << "nothing was asked for";
  EXPECT_FALSE(refused({encode_beat({1, 0}), encode_hello(hello), seeded_item(), caught_up_item()}));
}

TEST(PulledLog, AServerWithoutTheChannelSaysSo) {
  Pulled edge;
  edge.log.begin();
  EXPECT_TRUE(edge.log.feed(absent_item().view()).ok());
  EXPECT_TRUE(edge.log.absent());
  EXPECT_FALSE(edge.log.ready());
  EXPECT_FALSE(edge.log.unavailable());
  edge.log.begin();
  EXPECT_FALSE(edge.log.absent());
  EXPECT_TRUE(edge.log.feed(unavailable_item().view()).ok());
  EXPECT_TRUE(edge.log.unavailable());
  EXPECT_FALSE(edge.log.absent());
  edge.log.begin();
  EXPECT_FALSE(edge.log.unavailable());
}

}  // namespace
}  // namespace relay

#include "origin/rendition_snapshot.h"

#include <gtest/gtest.h>

#include <thread>

#include "channel.h"
#include "hls/uri.h"

namespace origin {
namespace {

using namespace origin::testing;

std::string joined(const SegmentObject& object) {
  std::string text;
  for (const base::Bytes& piece : object.pieces) text += piece.text();
  return text;
}

struct Snapshot : ::testing::Test {
  Snapshot() {
    channel.begin();
    channel.segments(kFirst, kFirst + 1);
    channel.log.apply(part(kVideo, kFirst + 2, 0));
    channel.log.apply(part(kVideo, kFirst + 2, 1));
  }
  Channel channel;
};

TEST_F(Snapshot, ASegmentIsItsPartsOneAfterAnother) {  // LL-59, CM-20
  const RenditionSnapshot& rendition = channel.rendition();
  const SegmentObject segment = rendition.segment(kFirst);
  ASSERT_EQ(segment.presence, Presence::kFound);
  EXPECT_EQ(joined(segment), "0:888000000.00:888000000.10:888000000.20:888000000.3");
  EXPECT_EQ(segment.size, joined(segment).size());
  EXPECT_EQ(segment.pieces[2].data(), rendition.part(kFirst, 2).data.data());  // nothing was copied
}

TEST_F(Snapshot, APartIsThereFromWhenItIsListed) {  // LL-30
  EXPECT_EQ(channel.rendition().part(kFirst + 2, 1).data.text(), "0:888000002.1");
  EXPECT_EQ(channel.rendition().part(kFirst, 3).presence, Presence::kFound);
}

TEST_F(Snapshot, WhatIsHintedIsPending) {  // LL-79
  const RenditionSnapshot& rendition = channel.rendition();
  EXPECT_EQ(rendition.part(kFirst + 2, 2).presence, Presence::kPending);
  EXPECT_EQ(rendition.part(kFirst + 2, 3).presence, Presence::kPending);  // hinted as soon as another loop is ahead
  EXPECT_EQ(rendition.part(kFirst + 3, 0).presence, Presence::kPending);
  EXPECT_EQ(rendition.segment(kFirst + 2).presence, Presence::kPending);
}

TEST_F(Snapshot, WhatIsNeitherListedNorHintedIsAbsentAtOnce) {  // LL-82
  const RenditionSnapshot& rendition = channel.rendition();
  EXPECT_EQ(rendition.part(kFirst + 2, 4).presence, Presence::kAbsent);
  EXPECT_EQ(rendition.part(kFirst + 3, 1).presence, Presence::kAbsent);
  EXPECT_EQ(rendition.part(kFirst + 4, 0).presence, Presence::kAbsent);
  EXPECT_EQ(rendition.part(kFirst - 1, 0).presence, Presence::kAbsent);
  EXPECT_EQ(rendition.part(kFirst, 4).presence, Presence::kAbsent);
  EXPECT_EQ(rendition.segment(kFirst + 3).presence, Presence::kAbsent);
  EXPECT_EQ(rendition.segment(kFirst - 1).presence, Presence::kAbsent);
  EXPECT_EQ(rendition.segment(-1).presence, Presence::kAbsent);
}

TEST_F(Snapshot, AHintedPartThatNeverCameIsAbsentOnceItsSegmentClosed) {  // LL-81
  channel.log.apply(end(kVideo, kFirst + 2));
  EXPECT_EQ(channel.rendition().part(kFirst + 2, 2).presence, Presence::kAbsent);
  EXPECT_EQ(channel.rendition().part(kFirst + 3, 0).presence, Presence::kPending);
}

TEST_F(Snapshot, GapsAreGaps) {  // LL-34
  channel.log.apply(gap(kVideo, kFirst + 2, 2));
  EXPECT_EQ(channel.rendition().part(kFirst + 2, 2).presence, Presence::kGap);
  for (std::uint32_t i = 0; i < 4; ++i) channel.log.apply(gap(kVideo, kFirst + 3, i));
  channel.log.apply(end(kVideo, kFirst + 3));
  EXPECT_EQ(channel.rendition().segment(kFirst + 3).presence, Presence::kGap);
  EXPECT_EQ(joined(channel.rendition().segment(kFirst + 2)), "0:888000002.00:888000002.1");
}

TEST_F(Snapshot, WhatWasHintedIsPendingWhileTheLogClosesAndNothingIsHinted) {  // LL-75, LL-77
  ASSERT_NE(channel.text().find("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"888000002.2"), std::string::npos)
      << channel.text();
  channel.log.apply(record::Closing{});
  EXPECT_EQ(channel.text().find("PRELOAD-HINT"), std::string::npos) << channel.text();
  EXPECT_EQ(channel.text().find("ENDLIST"), std::string::npos);
  EXPECT_EQ(channel.rendition().part(kFirst + 2, 2).presence, Presence::kPending);
  channel.log.apply(part(kVideo, kFirst + 2, 2));
  channel.log.apply(end(kVideo, kFirst + 2));
  EXPECT_EQ(channel.rendition().part(kFirst + 2, 2).presence, Presence::kFound);
  EXPECT_EQ(channel.text().find("PRELOAD-HINT"), std::string::npos) << channel.text();
  // A new event hints again.
  channel.log.apply(record::End{});
  channel.begin();
  channel.segments(kFirst + 5, kFirst + 8);
  EXPECT_NE(channel.text().find("PRELOAD-HINT"), std::string::npos) << channel.text();
}

TEST_F(Snapshot, NothingIsPendingAfterTheEnd) {  // LL-44
  channel.log.apply(record::End{});
  EXPECT_EQ(channel.rendition().part(kFirst + 2, 2).presence, Presence::kAbsent);
  EXPECT_EQ(channel.rendition().part(kFirst + 3, 0).presence, Presence::kAbsent);
  EXPECT_EQ(channel.rendition().segment(kFirst + 2).presence, Presence::kFound);
}

TEST_F(Snapshot, OlderInitsStayAsLongAsASegmentUsesThem) {  // CM-6
  const std::string old_uri = hls::init_uri(video().init.view());
  record::Presentation changed = presentation();
  changed.renditions[0].init = base::Bytes::copy_of("another init");
  channel.log.apply(end(kVideo, kFirst + 2));
  channel.log.apply(changed);
  channel.log.apply(record::Discontinuity{kFirst + 3});
  EXPECT_EQ(channel.rendition().init(old_uri).data.text(), "init of v720");
  const std::string new_uri = hls::init_uri(base::view_of("another init"));
  EXPECT_EQ(channel.rendition().init(new_uri).data.text(), "another init");  // hinted: LL-78, LL-79
  channel.segments(kFirst + 3, kFirst + 50);
  EXPECT_EQ(channel.rendition().init(old_uri).presence, Presence::kAbsent);
  EXPECT_EQ(channel.rendition().init(new_uri).presence, Presence::kFound);
  EXPECT_EQ(channel.rendition().init("init-00000000.mp4").presence, Presence::kAbsent);
}

TEST_F(Snapshot, IsRenderedOnceAndShared) {
  const RenditionSnapshot& rendition = channel.rendition();
  EXPECT_EQ(&rendition.playlist(hls::Skip::kNo), &rendition.playlist(hls::Skip::kNo));
  EXPECT_EQ(&rendition.playlist(hls::Skip::kYes), &rendition.playlist(hls::Skip::kNo));  // LL-89: nothing to skip
}

TEST_F(Snapshot, ManyThreadsGetOneRendering) {  // LL-10
  channel.segments(kFirst + 3, kFirst + 12);
  const RenditionSnapshot& rendition = channel.rendition();
  std::vector<const Rendered*> seen(8);
  std::vector<std::thread> threads;
  for (auto& place : seen) threads.emplace_back([&] { place = &rendition.playlist(hls::Skip::kYes); });
  for (std::thread& thread : threads) thread.join();
  for (const Rendered* one : seen) EXPECT_EQ(one, seen[0]);
  EXPECT_NE(seen[0]->identity.text().find("#EXT-X-SKIP"), std::string_view::npos);
}

TEST_F(Snapshot, BytesOutliveTheSnapshotTheyCameFrom) {
  const base::Bytes text = channel.rendition().playlist(hls::Skip::kNo).identity;
  const base::Bytes data = channel.rendition().part(kFirst, 0).data;
  channel.snapshot = nullptr;
  channel.segments(kFirst + 3, kFirst + 60);
  EXPECT_EQ(text.text().substr(0, 7), "#EXTM3U");
  EXPECT_EQ(data.text(), "0:888000000.0");
}

/// A part as a journal's reader gives it, without its bytes.
record::Part stored_part(std::int64_t msn, std::uint32_t index) {
  record::Part made = part(kVideo, msn, index, index == 3);
  made.stored.place = {std::make_shared<const std::string>("file"), index,
                       static_cast<std::uint32_t>(made.data.size())};
  made.stored.hash = 100 + index;
  made.data = {};
  return made;
}

TEST_F(Snapshot, PartsThatWereNotReadAreWhereTheJournalHasThem) {
  channel.segments(kFirst + 2, kFirst + 2);
  for (std::uint32_t i = 0; i < 4; ++i) channel.log.apply(stored_part(kFirst + 3, i));
  EXPECT_EQ(channel.rendition().part(kFirst + 3, 2).filed.hash, 102U) << "of an open segment";
  channel.log.apply(end(kVideo, kFirst + 3));
  EXPECT_EQ(channel.rendition().part(kFirst + 3, 2).filed.place.offset, 2U);
  const SegmentObject segment = channel.rendition().segment(kFirst + 3);
  EXPECT_EQ(segment.presence, Presence::kFound);
  EXPECT_TRUE(segment.pieces.empty());
  ASSERT_EQ(segment.filed.size(), 4U);
  EXPECT_EQ(segment.filed[3].hash, 103U);
  EXPECT_EQ(segment.size, 4U * 13U);
}

TEST_F(Snapshot, ASegmentIsNotServedOfWhichOneHalfCannotBeRead) {
  channel.segments(kFirst + 2, kFirst + 2);
  channel.log.apply(stored_part(kFirst + 3, 0));
  for (std::uint32_t i = 1; i < 4; ++i) channel.log.apply(part(kVideo, kFirst + 3, i, i == 3));
  channel.log.apply(end(kVideo, kFirst + 3));
  EXPECT_EQ(channel.rendition().segment(kFirst + 3).presence, Presence::kAbsent);
  EXPECT_EQ(channel.rendition().part(kFirst + 3, 1).presence, Presence::kFound);
}

TEST_F(Snapshot, WhatIsOpenIsReadAgainAfterARestart) {
  channel.segments(kFirst + 2, kFirst + 2);
  channel.log.apply(stored_part(kFirst + 3, 0));
  channel.log.begin_reading();
  channel.log.end_reading(
      [](const hls::FiledPart& filed) { return filed.hash == 100 ? part(kVideo, kFirst + 3, 0).data : base::Bytes(); });
  EXPECT_EQ(channel.rendition().part(kFirst + 3, 0).data.text(), "0:888000003.0");
}

TEST_F(Snapshot, WhatAJournalSaysComesToTheSameAsWhatWasSaidLive) {
  Channel live({.iframes = true, .images = true});
  Channel read({.iframes = true, .images = true});
  read.log.begin_reading();
  for (Channel* at : {&live, &read}) {
    at->begin();
    at->segments(kFirst, kFirst + 2);
    for (std::int64_t msn = kFirst + 3; msn < kFirst + 40; ++msn) {
      at->log.apply(record::Thumbnail{"", msn * 2 * base::kSecond, base::Bytes::copy_of(std::to_string(msn))});
      if (msn == kFirst + 20) at->log.apply(record::Discontinuity{msn});
      at->segments(msn, msn);
    }
  }
  read.log.end_reading([](const hls::FiledPart&) { return base::Bytes(); });
  for (const std::uint32_t rendition : {kVideo, kAudio}) {
    for (const hls::Skip skip : {hls::Skip::kNo, hls::Skip::kYes}) {
      EXPECT_EQ(read.rendition(rendition).playlist(skip).identity.text(),
                live.rendition(rendition).playlist(skip).identity.text());
    }
  }
  EXPECT_EQ(read.rendition().iframes().identity.text(), live.rendition().iframes().identity.text());
  EXPECT_EQ(read.log.snapshot()->images->text(), live.log.snapshot()->images->text());
  EXPECT_EQ(read.log.snapshot()->images->images.size(), live.log.snapshot()->images->images.size());
  EXPECT_EQ(read.log.snapshot()->multivariant->identity.text(), live.log.snapshot()->multivariant->identity.text());
}

}  // namespace
}  // namespace origin

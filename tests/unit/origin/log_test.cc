#include "origin/log.h"

#include <gtest/gtest.h>

#include "channel.h"
#include "cmaf/part.h"

namespace origin {
namespace {

using namespace origin::testing;

TEST(ChannelSnapshot, FindsARenditionByItsName) {
  Channel channel;
  channel.begin();
  const auto snapshot = channel.log.snapshot();
  EXPECT_EQ(snapshot->index_of("v720"), 0);
  EXPECT_EQ(snapshot->index_of("a1"), 1);
  EXPECT_EQ(snapshot->index_of("a2"), -1);
  EXPECT_EQ(snapshot->find("a1")->name(), "a1");
  EXPECT_EQ(snapshot->find("a2"), nullptr);
}

TEST(Log, SaysThatThereAreNoCaptionsWherePicturesHaveNoRoomForThem) {
  Channel channel;
  channel.begin();
  EXPECT_TRUE(has(channel.log.snapshot()->multivariant->identity.text(), "CLOSED-CAPTIONS=NONE"));
}

TEST(Log, SaysNothingOfCaptionsWherePicturesHaveRoomForThem) {
  Channel channel;
  record::Presentation with = presentation();
  with.captions.carried = true;
  channel.log.apply(with);
  channel.segments(kFirst, kFirst);
  EXPECT_FALSE(has(channel.log.snapshot()->multivariant->identity.text(), "CLOSED-CAPTIONS"));
}

TEST(Log, WaitsUntilARenditionHasThreeParts) {  // LL-111
  Channel channel;
  EXPECT_EQ(channel.log.snapshot()->state, State::kWaiting);
  EXPECT_EQ(channel.log.snapshot()->multivariant, nullptr);
  channel.begin();
  EXPECT_NE(channel.log.snapshot()->multivariant, nullptr);
  channel.log.apply(part(kVideo, kFirst, 0));
  channel.log.apply(gap(kVideo, kFirst, 1));
  channel.log.apply(part(kVideo, kFirst, 2));
  EXPECT_EQ(channel.log.snapshot()->state, State::kWaiting);
  EXPECT_FALSE(channel.rendition().ready());
  channel.log.apply(part(kVideo, kFirst, 3));
  EXPECT_EQ(channel.log.snapshot()->state, State::kLive);
  EXPECT_TRUE(channel.rendition(kVideo).ready());
  EXPECT_FALSE(channel.rendition(kAudio).ready());
}

TEST(Log, OffersTheAudioAloneWhereThatIsWanted) {
  for (const hls::AudioOnly wanted : {hls::AudioOnly::kNo, hls::AudioOnly::kYes}) {
    Channel channel(Log::Options{.audio_only = wanted});
    channel.begin();
    const std::string_view text = channel.log.snapshot()->multivariant->identity.text();
    const std::size_t last = text.rfind("#EXT-X-STREAM-INF:");
    EXPECT_EQ(text.substr(last).find("RESOLUTION") == std::string_view::npos, wanted == hls::AudioOnly::kYes) << text;
  }
}

TEST(Log, GivesTheSameSnapshotWhileNothingChanged) {
  Channel channel;
  channel.begin();
  const auto first = channel.log.snapshot();
  EXPECT_EQ(channel.log.snapshot(), first);
  channel.log.apply(part(kVideo, kFirst, 0));
  EXPECT_NE(channel.log.snapshot(), first);
  EXPECT_GT(channel.log.snapshot()->revision, first->revision);
}

TEST(Log, SharesRenditionsThatDidNotChange) {
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst);
  const auto before = channel.log.snapshot();
  channel.log.apply(part(kVideo, kFirst + 1, 0));
  EXPECT_NE(channel.log.snapshot()->renditions[kVideo], before->renditions[kVideo]);
  EXPECT_EQ(channel.log.snapshot()->renditions[kAudio], before->renditions[kAudio]);
}

TEST(Log, EveryPlaylistReportsTheOthersAtItsOwnInstant) {  // LL-84, LL-85, LL-86
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst);
  channel.log.apply(part(kVideo, kFirst + 1, 0));
  EXPECT_TRUE(has(channel.text(kVideo), "REPORT:URI=\"../a1/index.m3u8\",LAST-MSN=888000000,LAST-PART=3\n"));
  channel.log.apply(part(kAudio, kFirst + 1, 0));
  EXPECT_TRUE(has(channel.text(kAudio), "REPORT:URI=\"../v720/index.m3u8\",LAST-MSN=888000001,LAST-PART=0\n"));
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  EXPECT_TRUE(has(channel.text(kVideo), "REPORT:URI=\"../a1/index.m3u8\",LAST-MSN=888000001,LAST-PART=0\n"));
}

TEST(Log, AllRenditionsHaveTheSameServerControl) {  // LL-69, LL-70, LL-14
  Channel channel;
  record::Presentation mixed = presentation();
  mixed.renditions[1].part_ticks = 24576;  // 0.512 s
  channel.log.apply(mixed);
  channel.segments(kFirst, kFirst);
  const std::string control =
      "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.00000,CAN-SKIP-DATERANGES=YES,PART-HOLD-BACK=1."
      "53600\n";
  EXPECT_TRUE(has(channel.text(kVideo), control)) << channel.text(kVideo);
  EXPECT_TRUE(has(channel.text(kAudio), control));
  EXPECT_TRUE(has(channel.text(kVideo), "PART-TARGET=0.50000"));
  EXPECT_TRUE(has(channel.text(kAudio), "PART-TARGET=0.51200"));
}

TEST(Log, OffersDeltaUpdatesOnlyWhereTheWindowIsLongEnough) {  // LL-72
  Channel channel({12 * base::kSecond});
  channel.begin();
  channel.segments(kFirst, kFirst);
  EXPECT_FALSE(has(channel.text(), "CAN-SKIP-UNTIL"));
}

TEST(Log, ListsSixSegmentsHoweverShortTheWindow) {  // LL-26
  Channel channel({base::kSecond});
  channel.begin();
  channel.segments(kFirst, kFirst + 20);
  EXPECT_EQ(channel.rendition().revision().closed->listed(), 6U);
}

TEST(Log, HoldsRequestsAtMostThreeTargetDurationsOrTwentyFiveSeconds) {  // LL-103, CF-3
  Channel channel;
  channel.begin();
  EXPECT_EQ(channel.log.snapshot()->hold_limit(), 6 * base::kSecond);
  Channel slow;
  record::Presentation long_segments = presentation();
  long_segments.segment = {10, 1};
  slow.log.apply(long_segments);
  EXPECT_EQ(slow.log.snapshot()->hold_limit(), 25 * base::kSecond);
}

TEST(Log, ADiscontinuityIsInEveryRenditionOrInNone) {  // LL-36, LL-40
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst);
  channel.log.apply(record::Discontinuity{kFirst + 1});
  channel.log.apply(record::Discontinuity{kFirst + 1});
  channel.segments(kFirst + 1, kFirst + 1);
  EXPECT_TRUE(has(channel.text(kVideo), "#EXT-X-DISCONTINUITY\n"));
  EXPECT_TRUE(has(channel.text(kAudio), "#EXT-X-DISCONTINUITY\n"));
  channel.log.apply(part(kVideo, kFirst + 2, 0));
  channel.log.apply(record::Discontinuity{kFirst + 2});  // the video has begun it
  EXPECT_EQ(channel.log.counters().discontinuities, 1U);
  EXPECT_EQ(channel.log.counters().late, 2U);
}

TEST(Log, ALateRenditionHasTheSameDiscontinuityNumbers) {  // LL-40
  Channel channel;
  channel.log.apply(record::Presentation{{video()}, {2, 1}, true});
  for (std::uint32_t i = 0; i < 4; ++i) channel.log.apply(part(kVideo, kFirst, i));
  channel.log.apply(end(kVideo, kFirst));
  channel.log.apply(record::Discontinuity{kFirst + 1});
  channel.log.apply(presentation());
  channel.segments(kFirst + 1, kFirst + 1);
  channel.segments(kFirst + 2, kFirst + 2);
  EXPECT_EQ(channel.rendition(kVideo).revision().closed->find(kFirst + 2)->discontinuities, 1);
  EXPECT_EQ(channel.rendition(kAudio).revision().closed->find(kFirst + 2)->discontinuities, 1);
  EXPECT_TRUE(has(channel.snapshot->multivariant->identity.text(), "a1/index.m3u8"));
}

TEST(Log, TheMultivariantPlaylistStaysTheSameObjectWhileItsTextDoes) {  // MV-28
  Channel channel;
  channel.begin();
  const auto before = channel.log.snapshot()->multivariant;
  record::Presentation again = presentation();
  again.renditions[0].init = base::Bytes::copy_of("another init");
  channel.log.apply(again);
  EXPECT_EQ(channel.log.snapshot()->multivariant, before);
}

TEST(Log, NamesCaptionsOnceThePresentationDoes) {  // MV-9
  Channel channel;
  channel.begin();
  const auto before = channel.log.snapshot()->multivariant;
  EXPECT_FALSE(has(before->identity.text(), "INSTREAM-ID"));
  record::Presentation found = presentation();
  found.captions.services = {{"CC1", "en", "English"}};
  channel.log.apply(found);
  const auto after = channel.log.snapshot()->multivariant;
  EXPECT_TRUE(has(after->identity.text(), "INSTREAM-ID=\"CC1\""));
  EXPECT_TRUE(has(after->identity.text(), "CLOSED-CAPTIONS=\"cc\""));
}

TEST(Log, SaysThatSegmentsAreIndependentWhereThoseListedAre) {  // LL-48
  Channel channel({base::kSecond});                             // six segments
  channel.begin();
  channel.segments(kFirst, kFirst + 1);
  const auto says = [&] {
    return has(channel.log.snapshot()->multivariant->identity.text(), "#EXT-X-INDEPENDENT-SEGMENTS\n");
  };
  EXPECT_TRUE(says());
  for (std::uint32_t i = 0; i < 4; ++i) {
    record::Part without_key = part(kVideo, kFirst + 2, i, i == 3);
    without_key.independent = false;
    channel.log.apply(without_key);
    channel.log.apply(part(kAudio, kFirst + 2, i, i == 3));
  }
  EXPECT_FALSE(says());
  channel.log.apply(end(kVideo, kFirst + 2));
  channel.log.apply(end(kAudio, kFirst + 2));
  channel.segments(kFirst + 3, kFirst + 7);
  EXPECT_FALSE(says());
  channel.segments(kFirst + 8, kFirst + 8);
  EXPECT_TRUE(says());
}

TEST(Log, TheEndReleasesEverythingWithAFinalPlaylist) {  // LL-44, LL-45
  Channel channel;
  channel.begin();
  channel.log.apply(part(kVideo, kFirst, 0));
  channel.log.apply(record::End{});
  channel.log.apply(record::End{});
  EXPECT_EQ(channel.log.snapshot()->state, State::kEnded);
  EXPECT_TRUE(has(channel.text(kVideo), "#EXT-X-ENDLIST"));
  EXPECT_EQ(channel.rendition(kVideo).decide({}).verdict, hls::Verdict::kAnswer);
  EXPECT_EQ(channel.rendition(kAudio).decide({}).verdict, hls::Verdict::kAbsent);
}

TEST(Log, ANewSessionAfterTheEndGoesOnWithItsNumbers) {  // LL-22, LL-46, LL-68
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst + 3);
  channel.log.apply(part(kVideo, kFirst + 4, 0));
  channel.log.apply(record::End{});
  channel.begin();
  EXPECT_EQ(channel.log.snapshot()->state, State::kWaiting);
  EXPECT_EQ(channel.rendition().decide({}).verdict, hls::Verdict::kWait);
  EXPECT_EQ(channel.rendition().segment(kFirst + 1).presence, Presence::kFound);
  channel.log.apply(part(kVideo, kFirst + 4, 0));  // its URL has had other bytes
  EXPECT_EQ(channel.log.counters().late, 1U);
  channel.segments(kFirst + 5, kFirst + 5);
  EXPECT_EQ(channel.log.snapshot()->state, State::kLive);
  EXPECT_TRUE(
      has(channel.text(), "#EXT-X-MEDIA-SEQUENCE:888000005\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-DISCONTINUITY\n"))
      << channel.text();
  EXPECT_EQ(channel.log.counters().restarts, 1U);
}

TEST(Log, AnotherSegmentDurationIsANewSessionThatKeepsTheOldObjects) {  // LL-27, LL-46, LL-128
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst + 3);
  channel.log.apply(record::End{});
  record::Presentation other = presentation();
  other.segment = {2002, 1000};
  channel.log.apply(other);
  EXPECT_EQ(channel.log.snapshot()->state, State::kWaiting);
  EXPECT_EQ(channel.rendition().segment(kFirst + 3).presence, Presence::kFound);
  EXPECT_EQ(channel.rendition().part(kFirst + 3, 1).presence, Presence::kFound);
  // 16 s later, in slots of 2.002 s and with numbers raised so that they do not fall (Numbering).
  const std::int64_t first = kFirst * 2000 / 2002 + 8 + hls::kNumberingStep;
  for (std::uint32_t i = 0; i < 4; ++i) {
    record::Part later = part(kVideo, first, i);
    later.start = (first - hls::kNumberingStep) * 180'180 + i * 45'000;
    channel.log.apply(later);
  }
  channel.log.apply(record::SegmentEnd{kVideo, first, (first - hls::kNumberingStep) * 180'180, 180'180});
  EXPECT_TRUE(
      has(channel.text(), "#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first) + "\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"))
      << channel.text();
  EXPECT_EQ(channel.rendition().segment(kFirst + 3).presence, Presence::kFound);
  EXPECT_EQ(channel.log.snapshot()->target_duration, 2);
  EXPECT_EQ(channel.log.counters().restarts, 1U);
}

TEST(Log, TheTargetDurationOfAUrlNeverFalls) {  // LL-13
  Channel channel;
  channel.begin();
  record::Presentation other = presentation();
  other.segment = {4, 1};
  channel.log.apply(other);
  EXPECT_EQ(channel.log.snapshot()->target_duration, 4);
  channel.begin();
  EXPECT_EQ(channel.log.snapshot()->target_duration, 4);
}

TEST(Log, WhereCutsMoveTheTargetDurationIsThatOfTheLongestSegmentFromTheStart) {  // LL-11, LL-13
  Channel channel;
  record::Presentation moving = presentation();
  moving.cuts_move = true;
  channel.log.apply(moving);
  EXPECT_EQ(channel.log.snapshot()->target_duration, 3);
  for (std::int64_t msn = kFirst; msn < kFirst + 2; ++msn) {
    const std::int64_t start = msn * 180'000 + (msn == kFirst ? 0 : 81'000);
    const std::int64_t duration = msn == kFirst ? 261'000 : 99'000;
    record::Part first = part(kVideo, msn, 0);
    first.start = start;
    channel.log.apply(record::MovedCut{msn, 0});
    channel.log.apply(first);
    channel.log.apply(record::SegmentEnd{kVideo, msn, start, duration});
  }
  EXPECT_TRUE(has(channel.text(), "#EXT-X-TARGETDURATION:3\n"));
  EXPECT_TRUE(has(channel.text(), "#EXTINF:2.90000,\n"));
  EXPECT_TRUE(has(channel.text(), "#EXTINF:1.10000,\n"));
  EXPECT_EQ(channel.log.counters().overlong, 0U);
  EXPECT_EQ(channel.log.counters().filled, 0U);
  EXPECT_EQ(channel.log.counters().conflicts, 0U);
}

TEST(Log, ALogWhoseCutsMoveIsAnotherSession) {
  Channel channel;
  channel.begin();
  record::Presentation moving = presentation();
  moving.cuts_move = true;
  channel.log.apply(moving);
  EXPECT_EQ(channel.log.counters().restarts, 1U);
  EXPECT_EQ(channel.log.snapshot()->target_duration, 3);
}

TEST(Log, ANewFormatHoldsFromTheSegmentThatTheDiscontinuityNames) {  // CM-6, LL-15
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst);
  record::Presentation changed = presentation();
  changed.renditions[kVideo].track.timescale = 30'000;
  changed.renditions[kVideo].part_ticks = 15'000;
  changed.renditions[kVideo].init = base::Bytes::copy_of("another init");
  channel.log.apply(changed);
  channel.log.apply(record::Discontinuity{kFirst + 2});
  channel.segments(kFirst + 1, kFirst + 1);  // in the ticks it was begun in
  const hls::Segment& old = *channel.rendition().revision().closed->find(kFirst + 1);
  EXPECT_EQ(old.span(), 2 * base::kSecond);
  EXPECT_EQ(old.start_utc(), (kFirst + 1) * 2 * base::kSecond);
  EXPECT_EQ(channel.rendition().revision().open->timescale, 30'000);
  EXPECT_EQ(channel.rendition(kAudio).revision().open->timescale, 48'000);
}

TEST(Log, AnIndexThatChangedItsMeaningIsANewSession) {
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst + 1);
  channel.log.apply(record::Presentation{{audio(), video()}, {2, 1}, true});
  EXPECT_EQ(channel.log.snapshot()->renditions[0]->name(), "a1");
  EXPECT_EQ(channel.log.snapshot()->state, State::kWaiting);
  EXPECT_EQ(channel.log.snapshot()->find("v720")->segment(kFirst).presence, Presence::kFound);
}

TEST(Log, RefusesImpossiblePresentationsAndUnknownRenditions) {
  Channel channel;
  channel.log.apply(part(kVideo, kFirst, 0));
  channel.log.apply(end(kVideo, kFirst));
  record::Presentation bad = presentation();
  bad.renditions[0].name = "../../etc";
  channel.log.apply(bad);
  bad = presentation();
  bad.renditions[1].name = "v720";
  channel.log.apply(bad);
  bad = presentation();
  bad.renditions[0].track.timescale = 0;
  channel.log.apply(bad);
  bad = presentation();
  bad.segment = {1, 1'000};
  channel.log.apply(bad);
  channel.log.apply(record::Presentation{});
  EXPECT_EQ(channel.log.counters().conflicts, 7U);
  EXPECT_TRUE(channel.log.snapshot()->renditions.empty());
}

TEST(Log, TakesTimescalesUpToAHundredMillionTicksASecond) {
  const auto taken = [](std::int64_t timescale) {
    Channel channel;
    record::Presentation fine = presentation();
    fine.renditions[0].track.timescale = timescale;
    fine.renditions[0].part_ticks = timescale / 2;
    channel.log.apply(fine);
    return !channel.log.snapshot()->renditions.empty();
  };
  EXPECT_TRUE(taken(100'000'000));
  EXPECT_FALSE(taken(100'000'001));
}

TEST(Log, CountsWhatItDoes) {
  Channel channel;
  channel.begin();
  channel.segments(kFirst, kFirst);
  channel.log.apply(part(kVideo, kFirst, 2));  // late
  channel.log.apply(gap(kVideo, kFirst + 1, 0));
  channel.log.apply(part(kVideo, kFirst + 1, 0));  // its slot has been declared a gap
  channel.log.apply(part(kVideo, kFirst + 1, 2));  // passes one over
  const Log::Counters counters = channel.log.counters();
  EXPECT_EQ(counters.parts, 9U);
  EXPECT_EQ(counters.segments, 2U);
  EXPECT_EQ(counters.gaps, 2U);
  EXPECT_EQ(counters.filled, 1U);
  EXPECT_EQ(counters.late, 2U);
  EXPECT_EQ(counters.conflicts, 0U);
}

TEST(Log, MemoryStaysWithinTheWindowAndItsGrace) {
  Channel channel({20 * base::kSecond});
  channel.begin();
  channel.segments(kFirst, kFirst + 9);
  const std::size_t ten = channel.rendition().media_bytes();
  channel.segments(kFirst + 10, kFirst + 200);
  // 20 s that are listed, and 24 s for which caches may still list a segment that left (LL-123).
  EXPECT_LE(channel.rendition().media_bytes(), ten * 22 / 10);
}

/// A part of two pictures, `first` long and ten bytes.
record::Part with_pictures(std::uint32_t rendition, std::uint32_t index, std::size_t first, bool first_in_segment) {
  const std::vector<cmaf::Sample> samples{{0, 0, 3000, true, base::Bytes::copy_of(std::string(first, 'k'))},
                                          {3000, 3000, 3000, false, base::Bytes::copy_of("0123456789")}};
  record::Part made = part(rendition, kFirst, index);
  made.data = cmaf::write_part(1, samples, first_in_segment);
  return made;
}

std::string iframes_of(Channel& channel) { return std::string(channel.rendition().iframes().identity.text()); }

TEST(Log, AnIFrameOfAPartThatIsInAFileIsAsLongAsTheFileSays) {
  Channel channel({.iframes = true});
  channel.begin();
  record::Part stored = with_pictures(kVideo, 0, 300, true);
  stored.stored = {
      {std::make_shared<const std::string>("file"), 0, static_cast<std::uint32_t>(stored.data.size())}, 1, 456};
  stored.data = {};
  channel.log.apply(stored);
  channel.log.apply(end(kVideo, kFirst));
  EXPECT_TRUE(has(iframes_of(channel), "#EXT-X-BYTERANGE:456@0\n")) << iframes_of(channel);
}

TEST(Log, AnIFrameIsThePartsBeginningUpToThePicturesLastByte) {  // MV-16
  Channel channel({.iframes = true});
  channel.begin();
  channel.log.apply(with_pictures(kVideo, 0, 300, true));
  channel.log.apply(end(kVideo, kFirst));
  ASSERT_TRUE(channel.rendition().has_iframes());
  const std::string text = iframes_of(channel);
  const SegmentObject segment = channel.rendition().segment(kFirst);
  const std::string bytes(segment.pieces.at(0).text());
  const std::size_t size = bytes.size() - 10;
  EXPECT_TRUE(has(text, "#EXT-X-BYTERANGE:" + std::to_string(size) + "@0\n")) << text;
  EXPECT_EQ(bytes.substr(28, 4), "moof") << "behind styp";
  EXPECT_EQ(bytes.substr(size - 301, 301), "t" + std::string(300, 'k')) << "of mdat the picture alone";
}

TEST(Log, SoundHasNoIFramesAndNoChannelHasThemUnasked) {
  Channel asked({.iframes = true});
  Channel unasked;
  for (Channel* channel : {&asked, &unasked}) {
    channel->begin();
    for (const std::uint32_t rendition : {kVideo, kAudio}) {
      channel->log.apply(with_pictures(rendition, 0, 300, true));
      channel->log.apply(end(rendition, kFirst));
    }
  }
  EXPECT_FALSE(asked.rendition(kAudio).has_iframes());
  EXPECT_EQ(asked.rendition(kAudio).revision().closed->find(kFirst)->key_frame.length, 0U);
  EXPECT_FALSE(unasked.rendition().has_iframes());
  EXPECT_EQ(unasked.rendition().revision().closed->find(kFirst)->key_frame.length, 0U);
  EXPECT_TRUE(has(asked.snapshot->multivariant->identity.text(), "URI=\"v720/iframes.m3u8\""));
  EXPECT_FALSE(has(unasked.snapshot->multivariant->identity.text(), "I-FRAME"));
}

TEST(Log, WhatIsNoPartThatWeMadeIsNoIFrame) {
  Channel channel({.iframes = true});
  channel.begin();
  channel.segments(kFirst, kFirst);
  EXPECT_TRUE(has(iframes_of(channel), "#EXT-X-GAP\n"));
}

}  // namespace
}  // namespace origin

#include "channel/markers.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;
using Lines = std::vector<std::string>;

constexpr base::Micros kUtc = 1'776'000'000 * kSecond;
constexpr std::uint64_t kTicks = 90'000;

scte35::SpliceInsert insert(std::uint32_t event, bool out) {
  scte35::SpliceInsert made;
  made.event_id = event;
  made.out_of_network = out;
  made.time = 900'000;
  return made;
}

scte35::Segmentation segmentation(std::uint32_t event, std::uint8_t type, std::uint8_t number = 0) {
  scte35::Segmentation made;
  made.event_id = event;
  made.type = type;
  made.number = number;
  return made;
}

class MarkersTest : public testing::Test {
 protected:
  Markers::Outcome say(scte35::Command command, base::Micros at, std::vector<scte35::Segmentation> segments = {}) {
    scte35::Section section;
    section.command = std::move(command);
    for (auto& segment : segments) section.descriptors.emplace_back(std::move(segment));
    return markers_.splice(base::Bytes::adopt(scte35::write_section(section)), at, now_);
  }
  Markers::Outcome signal(base::Micros at, std::vector<scte35::Segmentation> segments) {
    return say(scte35::TimeSignal{900'000}, at, std::move(segments));
  }
  /// What was written since the last call: "scte35-7-12000 out in 12000+8000": its attributes, start and duration.
  Lines take() {
    Lines found;
    for (const record::Marker& marker : std::exchange(written_, {})) {
      std::string line = marker.id;
      for (const auto& attribute : marker.attributes) line += " " + attribute.name.substr(attribute.name.find('-') + 1);
      line += " at " + std::to_string((marker.start - kUtc) / kMillisecond);
      if (marker.planned_duration) line += " planned " + std::to_string(*marker.planned_duration / kMillisecond);
      if (marker.end) line += " for " + std::to_string((*marker.end - marker.start) / kMillisecond);
      if (marker.canceled) line += " canceled";
      found.push_back(line);
    }
    return found;
  }
  std::string id(const std::string& event, base::Micros at) const {
    return "scte35-" + event + "-" + std::to_string((kUtc + at) / kMillisecond);
  }
  std::uint64_t taken(MarkerKind kind) const { return markers_.counters().taken[static_cast<std::size_t>(kind)]; }
  std::uint64_t refused(MarkerRefusal why) const { return markers_.counters().refused[static_cast<std::size_t>(why)]; }

  base::Micros now_ = kUtc;
  const std::string name_ = "match";
  FakeEvents events_;
  std::vector<record::Marker> written_;
  Markers markers_{name_, events_, [this](const record::Marker& marker) { written_.push_back(marker); }};
};

TEST_F(MarkersTest, ABreakAndItsEndAreOneMarker) {  // DR-7, DR-8
  auto out = insert(7, true);
  out.duration = scte35::BreakDuration{false, 30 * kTicks};
  say(out, kUtc + 8 * kSecond);
  EXPECT_EQ(take(), Lines{id("7", 8 * kSecond) + " OUT at 8000 planned 30000"});
  now_ += 40 * kSecond;
  say(insert(7, false), kUtc + 36 * kSecond);
  EXPECT_EQ(take(), Lines{id("7", 8 * kSecond) + " OUT IN at 8000 planned 30000 for 28000"});
  EXPECT_EQ(taken(MarkerKind::kOut), 1U);
  EXPECT_EQ(taken(MarkerKind::kIn), 1U);
}

TEST_F(MarkersTest, TheWholeSectionIsInTheMarker) {
  scte35::Section section;
  section.command = insert(7, true);
  const auto bytes = base::Bytes::adopt(scte35::write_section(section));
  markers_.splice(bytes, kUtc, kUtc);
  ASSERT_EQ(written_.size(), 1U);
  EXPECT_EQ(written_[0].payload, bytes);
  EXPECT_EQ(written_[0].kind, "scte35");
  ASSERT_EQ(written_[0].attributes.size(), 1U);
  EXPECT_EQ(written_[0].attributes[0].name, "SCTE35-OUT");
  EXPECT_TRUE(written_[0].attributes[0].bare);
  EXPECT_EQ(written_[0].attributes[0].value.size(), 2 + 2 * bytes.size());
  EXPECT_TRUE(written_[0].attributes[0].value.starts_with("0xFC30"));
}

TEST_F(MarkersTest, WhatIsAnnouncedAgainIsLeftOut) {  // TS-7
  for (const base::Micros off : {0, 40'000, -40'000, 900'000}) say(insert(7, true), kUtc + 8 * kSecond + off);
  EXPECT_EQ(take().size(), 1U);
  now_ += 20 * kSecond;
  for (int i = 0; i < 3; ++i) say(insert(7, false), kUtc + 18 * kSecond);
  EXPECT_EQ(take().size(), 1U);
  EXPECT_EQ(taken(MarkerKind::kRepeat), 5U);
}

TEST_F(MarkersTest, AnEventIdThatIsUsedAgainIsAnotherMarker) {  // DR-3
  say(insert(7, true), kUtc);
  now_ += 30 * kSecond;
  say(insert(7, false), now_);
  now_ += 600 * kSecond;
  say(insert(7, true), now_);
  say(insert(7, false), now_ + 5 * kSecond);
  const Lines lines = take();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[2], id("7", 630 * kSecond) + " OUT at 630000");
  EXPECT_EQ(lines[3], id("7", 630 * kSecond) + " OUT IN at 630000 for 5000");
}

TEST_F(MarkersTest, ASpliceThatIsMovedBeforeItTakesPlaceReplacesTheOther) {
  say(insert(7, true), kUtc + 8 * kSecond);
  say(insert(7, true), kUtc + 12 * kSecond);
  EXPECT_EQ(take(), (Lines{id("7", 8 * kSecond) + " OUT at 8000", id("7", 8 * kSecond) + " OUT at 8000 canceled",
                           id("7", 12 * kSecond) + " OUT at 12000"}));
}

TEST_F(MarkersTest, WhatIsCancelledInTimeIsTakenBack) {  // DR-11
  scte35::SpliceInsert cancel;
  cancel.event_id = 7;
  cancel.cancel = true;
  say(insert(7, true), kUtc + 8 * kSecond);
  say(insert(8, true), kUtc + 8 * kSecond);
  say(cancel, now_);
  const Lines lines = take();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[2], id("7", 8 * kSecond) + " OUT at 8000 canceled");
  now_ += 10 * kSecond;
  cancel.event_id = 8;
  say(cancel, now_);
  EXPECT_TRUE(take().empty()) << "it takes place already";
}

TEST_F(MarkersTest, ABreakThatReturnsByItselfEndsWhenItsTimeIsOver) {
  auto out = insert(7, true);
  out.duration = scte35::BreakDuration{true, 30 * kTicks};
  say(out, kUtc + kSecond);
  take();
  markers_.pass(kUtc + 31 * kSecond - 1);
  EXPECT_TRUE(take().empty());
  markers_.pass(kUtc + 31 * kSecond);
  EXPECT_EQ(take(), Lines{id("7", kSecond) + " OUT at 1000 planned 30000 for 30000"});
  markers_.pass(kUtc + 32 * kSecond);
  EXPECT_TRUE(take().empty()) << "once";
  now_ += 32 * kSecond;
  say(insert(7, false), kUtc + 31 * kSecond + 500 * kMillisecond);
  EXPECT_EQ(take(), Lines{id("7", kSecond) + " OUT IN at 1000 planned 30000 for 30000"}) << "its end stays (DR-2)";
}

TEST_F(MarkersTest, ABreakThatReturnsByItselfMayBeEndedEarly) {
  auto out = insert(7, true);
  out.duration = scte35::BreakDuration{true, 30 * kTicks};
  say(out, kUtc);
  now_ += 10 * kSecond;
  say(insert(7, false), now_);
  markers_.pass(kUtc + 60 * kSecond);
  EXPECT_EQ(take().back(), id("7", 0) + " OUT IN at 0 planned 30000 for 10000");
}

TEST_F(MarkersTest, ASpliceAtOnceIsSignalledAFewTimesAndIsOne) {
  auto out = insert(7, true);
  out.time.reset();
  out.immediate = true;
  auto in = out;
  in.out_of_network = false;
  for (int i = 0; i < 3; ++i) say(out, now_ += 2 * kSecond);
  EXPECT_EQ(take().size(), 1U);
  now_ += 300 * kSecond;
  say(out, now_);
  EXPECT_TRUE(take().empty()) << "it still lasts";
  for (int i = 0; i < 3; ++i) say(in, now_ += 2 * kSecond);
  EXPECT_EQ(take(), Lines{id("7", 2 * kSecond) + " OUT IN at 2000 for 306000"});
  say(out, now_ += 60 * kSecond);
  EXPECT_EQ(take().size(), 1U) << "the next break of that id";
}

TEST_F(MarkersTest, EachSegmentOfATimeSignalIsAMarker) {
  signal(kUtc, {segmentation(5, 0x11), segmentation(6, 0x10), segmentation(7, 0x34)});
  EXPECT_EQ(take(),
            (Lines{id("5-17.0", 0) + " CMD at 0", id("6-16.0", 0) + " CMD at 0", id("7-52.0", 0) + " OUT at 0"}));
}

TEST_F(MarkersTest, SegmentsEndByEventTypeAndNumber) {
  auto start = segmentation(7, 0x34, 1);
  start.duration = 60 * kTicks;
  signal(kUtc, {start, segmentation(7, 0x30, 1), segmentation(7, 0x34, 2)});
  take();
  now_ += 20 * kSecond;
  signal(now_, {segmentation(7, 0x35, 1)});
  EXPECT_EQ(take(), Lines{id("7-52.1", 0) + " OUT IN at 0 planned 60000 for 20000"});
  signal(now_, {segmentation(7, 0x31, 1), segmentation(7, 0x35, 2)});
  EXPECT_EQ(take(), (Lines{id("7-48.1", 0) + " OUT IN at 0 for 20000", id("7-52.2", 0) + " OUT IN at 0 for 20000"}));
}

TEST_F(MarkersTest, ASegmentMayBeCancelledAndAnInsertOfThatIdStays) {
  say(insert(7, true), kUtc + 8 * kSecond);
  signal(kUtc + 8 * kSecond, {segmentation(7, 0x34)});
  auto cancel = segmentation(7, 0);
  cancel.cancel = true;
  signal(now_, {cancel});
  EXPECT_EQ(take().back(), id("7-52.0", 8 * kSecond) + " OUT at 8000 canceled");
  EXPECT_EQ(taken(MarkerKind::kCancel), 1U);
}

TEST_F(MarkersTest, AnEndWhoseBreakNobodySawIsACommand) {
  say(insert(7, false), kUtc);
  signal(kUtc, {segmentation(8, 0x35)});
  EXPECT_EQ(take(), (Lines{id("7", 0) + " CMD at 0", id("8-53.0", 0) + " CMD at 0"}));
}

TEST_F(MarkersTest, OtherCommandsAreCommands) {
  say(scte35::TimeSignal{5}, kUtc);
  say(scte35::OtherCommand{scte35::kSplicePrivate, base::Bytes::copy_of("ACME")}, kUtc + 2 * kSecond);
  EXPECT_EQ(take().size(), 2U);
  EXPECT_EQ(taken(MarkerKind::kSplice), 2U);
  say(scte35::OtherCommand{scte35::kSplicePrivate, base::Bytes::copy_of("ACME")}, kUtc + 3 * kSecond);
  EXPECT_TRUE(take().empty()) << "the same again";
  EXPECT_TRUE(say(scte35::SpliceNull{}, kUtc).ids.empty());
  EXPECT_TRUE(take().empty());
}

TEST_F(MarkersTest, WhatIsTooFarAwayIsRefusedAndCounted) {
  EXPECT_EQ(say(insert(1, true), now_ - Markers::kMostBehind - 1).refusal, MarkerRefusal::kPast);
  EXPECT_EQ(say(insert(2, true), now_ + Markers::kMostAhead + 1).refusal, MarkerRefusal::kFuture);
  EXPECT_TRUE(take().empty());
  say(insert(3, true), now_ - Markers::kMostBehind);
  say(insert(4, true), now_ + Markers::kMostAhead);
  EXPECT_EQ(take().size(), 2U);
  EXPECT_EQ(refused(MarkerRefusal::kPast), 1U);
  EXPECT_EQ(refused(MarkerRefusal::kFuture), 1U);
}

TEST_F(MarkersTest, GarbageAndTooMuchAreRefused) {
  EXPECT_EQ(markers_.splice(base::Bytes::copy_of("garbage"), now_, now_).refusal, MarkerRefusal::kDamaged);
  EXPECT_EQ(say(scte35::OtherCommand{scte35::kSplicePrivate, base::Bytes::copy_of(std::string(1100, 'x'))},
                now_ - 90 * kSecond)
                .refusal,
            MarkerRefusal::kTooLarge);
  EXPECT_TRUE(take().empty());
  std::uint64_t all = 0;
  for (const std::uint64_t count : markers_.counters().refused) all += count;
  EXPECT_EQ(all, 2U) << "each once";
}

TEST_F(MarkersTest, AFloodIsBoundedAndBreaksStillEnd) {
  say(insert(1, true), now_);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    now_ += kMillisecond;  // 1,000 a second
    say(insert(1000 + i, true), now_);
  }
  EXPECT_LE(take().size(), static_cast<std::size_t>(Markers::kBurst + 10));
  EXPECT_GT(refused(MarkerRefusal::kTooMany), 9'900U);
  EXPECT_EQ(say(insert(1, false), now_).refusal, std::nullopt);
  EXPECT_EQ(take().size(), 1U);
  now_ += 10 * kSecond;
  EXPECT_EQ(say(insert(20'000, true), now_).refusal, std::nullopt) << "afterwards";
  EXPECT_LE(events_.of("marker").size(), static_cast<std::size_t>(Markers::kBurst + 12));
}

TEST_F(MarkersTest, EachIsAnEvent) {
  say(insert(7, true), kUtc + 8 * kSecond);
  say(insert(7, true), kUtc + 8 * kSecond);
  EXPECT_EQ(events_.of("marker"),
            Lines{"marker match id=" + id("7", 8 * kSecond) + " class=scte35 what=out start=2026-04-12T13:20:08.000Z"});
}

TEST_F(MarkersTest, AnOperatorsOwnBeginsNowUnlessItSaysWhen) {
  EXPECT_EQ(
      markers_.add({"goal-1", "goal", std::nullopt, std::nullopt, {{"X-TEAM", "red", false}}}, kUtc - kSecond, now_)
          .ids,
      Lines{"goal-1"});
  markers_.add({"", "goal", kUtc + 5 * kSecond, 2 * kSecond, {}}, kUtc, now_);
  const Lines lines = take();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "goal-1 TEAM at -1000");
  EXPECT_EQ(lines[1].substr(lines[1].find(" at")), " at 5000 for 2000");
  EXPECT_TRUE(lines[1].starts_with("goal-"));
}

TEST_F(MarkersTest, WhatAnOperatorLeftOpenGetsItsEndAndCannotBeChanged) {  // DR-2
  const auto add = [&](Markers::Request request) { return markers_.add(std::move(request), now_, now_).refusal; };
  EXPECT_EQ(add({"a", "break", kUtc, std::nullopt, {{"X-A", "1", false}}}), std::nullopt);
  now_ += 30 * kSecond;
  EXPECT_EQ(add({"a", "break", std::nullopt, 20 * kSecond, {{"X-B", "2", false}}}), std::nullopt);
  EXPECT_EQ(take().back(), "a A B at 0 for 20000");
  EXPECT_EQ(add({"a", "break", kUtc + 5, 20 * kSecond, {{"X-B", "2", false}}}), std::nullopt) << "the same again";
  EXPECT_EQ(add({"a", "break", std::nullopt, 21 * kSecond, {}}), MarkerRefusal::kConflict);
  EXPECT_EQ(add({"a", "break", kUtc + kSecond, std::nullopt, {}}), MarkerRefusal::kConflict);
  EXPECT_EQ(add({"a", "other", std::nullopt, std::nullopt, {}}), MarkerRefusal::kConflict);
  EXPECT_EQ(add({"a", "break", std::nullopt, std::nullopt, {{"X-A", "2", false}}}), MarkerRefusal::kConflict);
  EXPECT_EQ(refused(MarkerRefusal::kConflict), 4U);
}

TEST_F(MarkersTest, AnOperatorCannotTakeTheIdOfASplice) {
  say(insert(7, true), kUtc);
  EXPECT_EQ(markers_.add({id("7", 0), "break", std::nullopt, kSecond, {}}, now_, now_).refusal,
            MarkerRefusal::kConflict);
}

TEST_F(MarkersTest, AnOperatorsTimesAreBounded) {
  const auto add = [&](base::Micros start) {
    return markers_.add({"", "a", start, std::nullopt, {}}, now_, now_).refusal;
  };
  EXPECT_EQ(add(now_ - 61 * kSecond), MarkerRefusal::kPast);
  EXPECT_EQ(add(now_ + 25 * 3600 * kSecond), MarkerRefusal::kFuture);
  EXPECT_EQ(add(now_ + 24 * 3600 * kSecond), std::nullopt);
  for (int i = 0; i < 100; ++i) add(now_);
  EXPECT_EQ(refused(MarkerRefusal::kTooMany), 41U);
}

TEST_F(MarkersTest, ABreakHasItsInterstitialWhereThatIsWanted) {
  Interstitials::Options wanted;
  wanted.types = "splice_insert 0x30";
  wanted.asset_list = "https://ads.example/{event}";
  Markers markers{name_, events_, [this](const record::Marker& marker) { written_.push_back(marker); }, wanted};
  const auto section = [](scte35::Command command, std::optional<scte35::Segmentation> segment = std::nullopt) {
    scte35::Section made;
    made.command = std::move(command);
    if (segment) made.descriptors.emplace_back(*segment);
    return base::Bytes::adopt(scte35::write_section(made));
  };
  auto out = insert(7, true);
  out.duration = scte35::BreakDuration{false, 30 * kTicks};
  for (int i = 0; i < 3; ++i) markers.splice(section(out), kUtc + 8 * kSecond, now_);
  ASSERT_EQ(written_.size(), 2U) << "once";
  EXPECT_EQ(written_[1].kind, "com.apple.hls.interstitial");
  EXPECT_EQ(written_[1].attributes[0].value, "https://ads.example/7");
  EXPECT_EQ(written_[1].start, kUtc + 8 * kSecond);
  written_.clear();

  auto cancel = insert(7, true);
  cancel.cancel = true;
  markers.splice(section(cancel), kUtc, now_);
  ASSERT_EQ(written_.size(), 2U);
  EXPECT_TRUE(written_[1].canceled);
  EXPECT_EQ(written_[1].kind, "com.apple.hls.interstitial");
  written_.clear();

  markers.splice(section(scte35::TimeSignal{900'000}, segmentation(9, 0x34)), kUtc + 20 * kSecond, now_);
  EXPECT_EQ(written_.size(), 1U) << "another type";
  markers.splice(section(scte35::TimeSignal{900'000}, segmentation(9, 0x30)), kUtc + 30 * kSecond, now_);
  markers.splice(section(scte35::TimeSignal{900'000}, segmentation(9, 0x10)), kUtc + 40 * kSecond, now_);
  EXPECT_EQ(written_.size(), 4U) << "a programme that begins is no break";
  markers.splice(section(scte35::TimeSignal{900'000}, segmentation(9, 0x31)), kUtc + 45 * kSecond, now_);
  EXPECT_EQ(written_.size(), 5U) << "its end changes nothing for players that are in it";
}

/// The markers of a log that another server has written so far, then signals to this one.
class RestoredMarkersTest : public MarkersTest {
 protected:
  void restart() {
    markers_.clear();
    for (const record::Marker& marker : log_) markers_.restore(marker);
  }
  Lines take_and_keep() {
    log_.insert(log_.end(), written_.begin(), written_.end());
    return take();
  }
  std::vector<record::Marker> log_;
};

TEST_F(RestoredMarkersTest, ABreakEndsWithTheSignalAfterTheRestart) {
  say(insert(7, true), kUtc + 2 * kSecond);
  signal(kUtc + 3 * kSecond, {segmentation(8, 0x34, 2)});
  take_and_keep();
  restart();
  say(insert(7, false), kUtc + 12 * kSecond);
  signal(kUtc + 13 * kSecond, {segmentation(8, 0x35, 2)});
  EXPECT_EQ(take(), (Lines{id("7", 2 * kSecond) + " OUT IN at 2000 for 10000",
                           id("8-52.2", 3 * kSecond) + " OUT IN at 3000 for 10000"}));
}

TEST_F(RestoredMarkersTest, WhatIsSignalledAgainIsKnown) {
  say(insert(7, true), kUtc + 2 * kSecond);
  take_and_keep();
  restart();
  say(insert(7, true), kUtc + 2 * kSecond);
  EXPECT_EQ(take(), Lines{});
  EXPECT_EQ(markers_.counters().taken[static_cast<std::size_t>(MarkerKind::kRepeat)], 1U);
}

TEST_F(RestoredMarkersTest, WhatHadEndedOrWasTakenBackStaysSo) {
  say(insert(7, true), kUtc + 2 * kSecond);
  say(insert(7, false), kUtc + 4 * kSecond);
  say(insert(9, true), kUtc + 20 * kSecond);
  scte35::SpliceInsert cancel;
  cancel.event_id = 9;
  cancel.cancel = true;
  say(cancel, kUtc + 20 * kSecond);
  take_and_keep();
  restart();
  say(insert(7, false), kUtc + 4 * kSecond);
  say(cancel, kUtc + 20 * kSecond);
  EXPECT_EQ(take(), Lines{});
}

TEST_F(RestoredMarkersTest, ABreakThatEndsByItselfDoes) {
  auto out = insert(7, true);
  out.duration = scte35::BreakDuration{true, 8 * kTicks};
  say(out, kUtc + 2 * kSecond);
  auto stays = insert(8, true);
  stays.duration = scte35::BreakDuration{false, 8 * kTicks};
  say(stays, kUtc + 2 * kSecond);
  take_and_keep();
  restart();
  markers_.pass(kUtc + 9 * kSecond);
  EXPECT_EQ(take(), Lines{});
  markers_.pass(kUtc + 10 * kSecond);
  EXPECT_EQ(take(), Lines{id("7", 2 * kSecond) + " OUT at 2000 planned 8000 for 8000"});
}

TEST_F(RestoredMarkersTest, AnOperatorsIsAddedTo) {
  Markers::Request request;
  request.id = "half-time";
  request.kind = "com.example.match";
  request.start = kUtc + kSecond;
  markers_.add(request, kUtc, now_);
  take_and_keep();
  restart();
  request.duration = 900 * kSecond;
  EXPECT_FALSE(markers_.add(request, kUtc, now_).refusal);
  EXPECT_EQ(take(), Lines{"half-time at 1000 for 900000"});
}

TEST_F(RestoredMarkersTest, MarkersOfOthersAreNotTheirs) {
  for (const std::string_view kind : {record::kOutageClass, record::kSwitchClass, Interstitials::kClass}) {
    record::Marker other;
    other.id = "other";
    other.kind = kind;
    other.start = kUtc;
    log_.push_back(other);
  }
  restart();
  Markers::Request request;
  request.id = "other";
  request.kind = "com.example.match";
  request.start = kUtc + kSecond;
  EXPECT_FALSE(markers_.add(request, kUtc, now_).refusal) << "no conflict";
}

}  // namespace
}  // namespace channel

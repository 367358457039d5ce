#include "packager/text_lane.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace packager {
namespace {

// Segments of 2 s in parts of 0.5 s, of a lead of 12800 ticks a second. Times of the tests are seconds from here on.
constexpr std::int64_t kFirst = 890'000'000;
constexpr base::Micros kBegin = kFirst * 2 * base::kSecond;
constexpr std::int64_t kLeadScale = 12'800;
constexpr std::uint32_t kRendition = 3;

base::Micros at(double seconds) { return kBegin + static_cast<base::Micros>(seconds * base::kSecond); }

class Texts {
 public:
  /// Lead parts up to `until`, segment ends included.
  Texts& lead(double until, bool held = false) {
    for (; lead_ + 0.5 <= until; lead_ += 0.5) {
      const auto msn = static_cast<std::int64_t>(lead_ / 2);
      const bool last = lead_ + 0.5 == 2.0 * static_cast<double>(msn + 1);
      record::Part part{0, kFirst + msn, static_cast<std::uint32_t>((lead_ - 2.0 * static_cast<double>(msn)) / 0.5),
                        ticks(lead_), ticks(0.5) - ticks(0)};
      part.last = last;
      part.held = held;
      part.captured = held ? 0 : at(lead_ + 0.6);
      lane.follow(part, kLeadScale);
      if (last) lane.follow(segment_end(msn), kLeadScale);
    }
    return *this;
  }
  static record::SegmentEnd segment_end(std::int64_t msn) {
    return {0, kFirst + msn, ticks(2.0 * static_cast<double>(msn)), ticks(2) - ticks(0), {}};
  }
  static std::int64_t ticks(double seconds) {
    return kBegin / base::kSecond * kLeadScale + static_cast<std::int64_t>(seconds * kLeadScale);
  }

  Texts& cue(std::string id, double start, double end, std::string text) {
    lane.put({std::move(id), at(start), at(end), std::move(text)});
    return *this;
  }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const record::Record& record : records) {
      if (const T* one = std::get_if<T>(&record)) found.push_back(*one);
    }
    return found;
  }
  /// The cues of a document: "0.5-2 text", in seconds from kBegin; lines are joined by |.
  static std::string cues_of(const base::Bytes& document) {
    const std::string text(document.text());
    EXPECT_TRUE(text.starts_with("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:"));
    const std::size_t map = text.find("MPEGTS:") + 7;
    const std::int64_t mpeg = std::stoll(text.substr(map));
    std::string told;
    for (std::size_t line = text.find("\n\n") + 2; line < text.size();) {
      const std::size_t end = text.find("\n\n", line);
      std::string block = text.substr(line, end - line);
      line = end + 2;
      const std::size_t timing = block.find('\n');
      const std::string words = block.substr(timing + 1);
      if (!told.empty()) told += ", ";
      told += seconds(block.substr(0, 12), mpeg) + "-" + seconds(block.substr(17, 12), mpeg) + " ";
      for (const char c : words) told += c == '\n' ? '|' : c;
    }
    return told;
  }
  std::vector<std::string> parts() const {
    std::vector<std::string> told;
    for (const record::Part& part : all<record::Part>()) told.push_back(cues_of(part.data));
    return told;
  }
  std::vector<std::string> segments() const {
    std::vector<std::string> told;
    for (const record::SegmentEnd& end : all<record::SegmentEnd>()) told.push_back(cues_of(end.data));
    return told;
  }

  std::vector<record::Record> records;
  Counters counters;
  TextLane lane{kRendition, TextLane::part_target(6400, kLeadScale),
                [this](record::Record&& record) { records.push_back(std::move(record)); }, counters};

 private:
  /// A player's way: MPEGTS and the cue time, against the media time in 33 bits.
  static std::string seconds(const std::string& time, std::int64_t mpeg) {
    const std::int64_t milli =
        ((std::stoll(time.substr(0, 2)) * 60 + std::stoll(time.substr(3, 2))) * 60 + std::stoll(time.substr(6, 2))) *
            1000 +
        std::stoll(time.substr(9, 3));
    constexpr std::int64_t kWrap = std::int64_t{1} << 33;
    const std::int64_t epoch = kBegin / base::kMillisecond * 90;
    const std::int64_t ahead = ((mpeg + milli * 90 - epoch) % kWrap + kWrap + kWrap / 2) % kWrap - kWrap / 2;
    std::string text = std::to_string(static_cast<double>(ahead) / 90'000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
  }

  double lead_ = 0;
};

using Strings = std::vector<std::string>;

TEST(TextLane, HasAPartForEachOfTheLeads) {
  Texts texts;
  texts.lead(4.5);
  const auto parts = texts.all<record::Part>();
  ASSERT_EQ(parts.size(), 9U);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].rendition, kRendition);
    EXPECT_EQ(parts[i].msn, kFirst + static_cast<std::int64_t>(i / 4));
    EXPECT_EQ(parts[i].index, i % 4);
    EXPECT_EQ(parts[i].start, kBegin * 9 / 100 + static_cast<std::int64_t>(i) * 45'000);
    EXPECT_EQ(parts[i].duration, 45'000);
    EXPECT_EQ(parts[i].last, i % 4 == 3);
    EXPECT_TRUE(parts[i].independent);
    EXPECT_FALSE(parts[i].held);
    EXPECT_EQ(parts[i].captured, at(0.5 * static_cast<double>(i) + 0.6));
  }
  const auto ends = texts.all<record::SegmentEnd>();
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_EQ(ends[1].start, parts[4].start);
  EXPECT_EQ(ends[1].duration, 180'000);
}

TEST(TextLane, IsEmptyWithoutCues) {  // SU-4
  Texts texts;
  texts.lead(2);
  EXPECT_EQ(texts.parts(), (Strings{"", "", "", ""}));
  EXPECT_EQ(texts.segments(), (Strings{""}));
}

TEST(TextLane, RepeatsACueWithAllOfItsTimeWhereverItReaches) {  // SU-3
  Texts texts;
  texts.cue("", 0.7, 2.3, "Hello").lead(4);
  EXPECT_EQ(texts.parts(),
            (Strings{"", "0.7-2.3 Hello", "0.7-2.3 Hello", "0.7-2.3 Hello", "0.7-2.3 Hello", "", "", ""}));
  EXPECT_EQ(texts.segments(), (Strings{"0.7-2.3 Hello", "0.7-2.3 Hello"}));
}

TEST(TextLane, ACueThatMayBeReplacedIsWrittenPieceByPiece) {
  Texts texts;
  texts.cue("c", 0.2, 2.7, "Hello").lead(4);
  EXPECT_EQ(texts.parts(), (Strings{"0.2-0.5 Hello", "0.5-1 Hello", "1-1.5 Hello", "1.5-2 Hello", "2-2.5 Hello",
                                    "2.5-2.7 Hello", "", ""}));
  EXPECT_EQ(texts.segments(), (Strings{"0.2-2 Hello", "2-2.7 Hello"}));
}

TEST(TextLane, ACueStandsInItsPlaceInPartsAndSegments) {
  Texts texts;
  texts.lane.put({"", at(0.2), at(0.4), "High", media::CuePlace{10, 15, 20}});
  texts.lead(2);
  const std::string settings = " line:10% position:20% align:left\nHigh\n";
  EXPECT_NE(texts.all<record::Part>().front().data.text().find(settings), std::string_view::npos);
  EXPECT_NE(texts.all<record::SegmentEnd>().front().data.text().find(settings), std::string_view::npos);
}

TEST(TextLane, TextThatGrowsReplacesWhatIsNotPublishedYet) {
  Texts texts;
  texts.cue("c", 0.2, 3, "Hel").lead(0.5).cue("c", 0.2, 3, "Hello").lead(1).cue("c", 0.2, 1.2, "Hello all").lead(2);
  EXPECT_EQ(texts.parts(), (Strings{"0.2-0.5 Hel", "0.5-1 Hello", "1-1.2 Hello all", ""}));
  EXPECT_EQ(texts.segments(), (Strings{"0.2-0.5 Hel, 0.5-1 Hello, 1-1.2 Hello all"}));
}

TEST(TextLane, WhatReplacesACueBeforeItIsPublishedTakesAllOfItsPlace) {
  Texts texts;
  texts.cue("c", 0.2, 3, "Hel").cue("c", 0.2, 0.4, "Hello").lead(0.5);
  EXPECT_EQ(texts.parts(), (Strings{"0.2-0.4 Hello"}));
}

TEST(TextLane, AStateOfTheScreenEndsTheOneBefore) {
  Texts texts;
  texts.cue("screen", 0.1, 16, "one").cue("screen", 0.3, 16, "one|two").cue("screen", 0.4, 16, "").lead(1);
  EXPECT_EQ(texts.parts(), (Strings{"0.1-0.3 one, 0.3-0.4 one|two", ""}));
}

TEST(TextLane, ACueForPublishedTimeIsShownFromTheNextPartOn) {
  Texts texts;
  texts.lead(1).cue("", 0.9, 1.3, "late").cue("c", 0.9, 1.3, "grows").lead(1.5);
  EXPECT_EQ(texts.parts().back(), "0.9-1.3 late, 1-1.3 grows");
  EXPECT_EQ(texts.counters.cues_dropped, 0U);
}

TEST(TextLane, ACueThatIsOverIsDropped) {
  Texts texts;
  texts.lead(1).cue("", 0.2, 1, "over").cue("", 3, 3, "empty").lead(2);
  EXPECT_EQ(texts.segments(), (Strings{""}));
  EXPECT_EQ(texts.counters.cues, 2U);
  EXPECT_EQ(texts.counters.cues_dropped, 2U);
}

TEST(TextLane, NoCueLastsForAMinute) {
  Texts texts;
  texts.cue("", 0, 3600, "long").lead(2);
  EXPECT_EQ(texts.segments(), (Strings{"0-60 long"}));
}

TEST(TextLane, BoundsWhatItKeeps) {
  Texts texts;
  texts.cue("", 0, 1, std::string(media::kLongestCueText + 1, 'x'));
  EXPECT_EQ(texts.counters.cues_dropped, 1U);
  for (std::size_t i = 0; i < 1000; ++i) texts.cue("", 1, 2, "x");
  EXPECT_EQ(texts.counters.cues_dropped, 1 + 1000 - TextLane::kMost);
  texts.lead(2).cue("", 2, 3, "room again").lead(4);
  EXPECT_EQ(texts.segments().back(), "2-3 room again");
}

TEST(TextLane, IsNoGapWhereTheLeadIs) {
  Texts texts;
  texts.cue("", 0, 1.2, "x");
  texts.lane.follow(record::Gap{0, kFirst, 0, Texts::ticks(0), Texts::ticks(0.5) - Texts::ticks(0)}, kLeadScale);
  // The lead has no more of this segment: what is left of it is here in parts, the last one marked.
  texts.lane.follow(Texts::segment_end(0), kLeadScale);
  const auto parts = texts.all<record::Part>();
  EXPECT_EQ(texts.parts(), (Strings{"0-1.2 x", "0-1.2 x", "0-1.2 x", ""}));
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_TRUE(parts[0].held);
  EXPECT_FALSE(parts[2].last);
  EXPECT_TRUE(parts[3].last);
  EXPECT_EQ(texts.segments(), (Strings{"0-1.2 x"}));
}

TEST(TextLane, HeldPicturesMakeHeldText) {
  Texts texts;
  texts.lead(0.5, true);
  EXPECT_TRUE(texts.all<record::Part>().front().held);
  EXPECT_EQ(texts.all<record::Part>().front().captured, 0);
}

TEST(TextLane, ContinuesALogThatStoppedBeforeTheLead) {
  Texts texts;
  record::Position::Rendition place;
  place.msn = kFirst;
  place.next_part = 1;
  place.segment_start = kBegin * 9 / 100;
  place.end = place.segment_start + 45'000;
  place.timescale = TextLane::kTimescale;
  place.started = true;
  texts.lane.resume(place);
  // The lead has a part more already.
  texts.lane.follow(record::Part{0, kFirst, 2, Texts::ticks(1), Texts::ticks(0.5) - Texts::ticks(0)}, kLeadScale);
  const auto parts = texts.all<record::Part>();
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].index, 1U);
  EXPECT_EQ(parts[0].start, place.end);
  EXPECT_EQ(parts[1].index, 2U);
  EXPECT_EQ(parts[1].duration, 45'000);
}

TEST(TextLane, JoinsASegmentThatIsOpen) {
  Texts texts;
  texts.lane.follow(record::Part{0, kFirst, 2, Texts::ticks(1), Texts::ticks(0.5) - Texts::ticks(0)}, kLeadScale);
  const auto parts = texts.all<record::Part>();
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].index, 0U);
  EXPECT_EQ(parts[0].start, kBegin * 9 / 100 + 90'000);
  EXPECT_EQ(parts[0].duration, 45'000);
}

TEST(TextLane, APartTargetHasRoomForRounding) {
  EXPECT_EQ(TextLane::part_target(45'000, 90'000), 45'000);
  EXPECT_EQ(TextLane::part_target(12'000, 24'000), 45'001);
  EXPECT_EQ(TextLane::part_target(15'015, 30'000), 45'045);
}

}  // namespace
}  // namespace packager

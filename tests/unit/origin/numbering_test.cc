#include "origin/numbering.h"

#include <gtest/gtest.h>

#include "channel.h"

namespace origin {
namespace {

using namespace origin::testing;

constexpr media::Rational kFilm{2, 1};             // N at 25 frames/s
constexpr media::Rational kBroadcast{2002, 1000};  // at 29.97
constexpr std::int64_t kDay = 43'200;              // segments of 2 s

/// A source whose numbers are floor(utc / N), behind a Numbering.
struct Source {
  void begin(media::Rational segment) {
    record::Presentation begun = presentation();
    begun.segment = segment;
    numbering.apply(begun);
    n = segment;
  }
  static std::int64_t at(media::Rational segment, std::int64_t second) { return second * segment.den / segment.num; }
  /// The number that a segment of the instant `second` is published under.
  std::int64_t segment(std::int64_t second) {
    const record::Record out = numbering.apply(end(kVideo, at(n, second)));
    return std::get<record::SegmentEnd>(out).msn;
  }

  Numbering numbering;
  media::Rational n;
};

constexpr std::int64_t kNow = 1'780'000'000;  // seconds since 1970

TEST(Numbering, AChannelThatKeepsToOneSegmentDurationHasNumbersOfTimeAlone) {
  Source source;
  source.begin(kFilm);
  EXPECT_EQ(source.segment(kNow), kNow / 2);
  source.numbering.apply(record::End{});
  source.begin(kFilm);
  EXPECT_EQ(source.segment(kNow + 60), kNow / 2 + 30);
  EXPECT_EQ(source.numbering.offset(), 0);
}

TEST(Numbering, LongerSegmentsInALaterSessionDoNotLetNumbersFall) {  // LL-21, LL-128
  Source source;
  source.begin(kFilm);
  const std::int64_t before = source.segment(kNow);
  source.begin(kBroadcast);
  const std::int64_t after = source.segment(kNow + 16);
  EXPECT_GT(after, before);
  EXPECT_EQ(after, Source::at(kBroadcast, kNow + 16) + hls::kNumberingStep);
  EXPECT_EQ(source.segment(kNow + 20), after + 2);
}

TEST(Numbering, SessionsOfTheSameDurationKeepWhatWasAdded) {
  Source source;
  source.begin(kFilm);
  source.segment(kNow);
  source.begin(kBroadcast);
  const std::int64_t before = source.segment(kNow + 16);
  source.numbering.apply(record::End{});
  source.begin(kBroadcast);
  EXPECT_EQ(source.segment(kNow + 36), before + 10);
}

TEST(Numbering, ShorterSegmentsInALaterSessionRiseByThemselves) {
  Source source;
  source.begin(kBroadcast);
  const std::int64_t before = source.segment(kNow);
  source.begin(kFilm);
  EXPECT_EQ(source.segment(kNow + 16), kNow / 2 + 8);
  EXPECT_LT(before, kNow / 2 + 8);
}

TEST(Numbering, GoingBackAndForthOnlyEverRises) {
  Source source;
  std::int64_t before = -1;
  for (int session = 0; session < 20; ++session) {
    source.begin(session % 2 == 0 ? kFilm : kBroadcast);
    for (int i = 0; i < 5; ++i) {
      const std::int64_t number = source.segment(kNow + session * 30 + i * 3);
      EXPECT_GT(number, before) << session;
      before = number;
    }
  }
}

TEST(Numbering, OriginsThatNeverTalkAgreeWhereTheyCarriedTheSameSessions) {
  Source one, other;
  for (Source* source : {&one, &other}) source->begin(kFilm);
  one.segment(kNow);
  other.segment(kNow + 14);  // held its channel a little longer
  for (Source* source : {&one, &other}) source->begin(kBroadcast);
  other.segment(kNow + 40);  // and was later with the next
  EXPECT_EQ(one.segment(kNow + 44), other.segment(kNow + 44));
}

TEST(Numbering, EveryRecordOfASegmentHasItsNumber) {
  Source source;
  source.begin(kFilm);
  source.segment(kNow);
  source.begin(kBroadcast);
  const std::int64_t msn = Source::at(kBroadcast, kNow + 10);
  const auto number = [&](const record::Record& record) {
    return std::visit(
        [](const auto& kind) -> std::int64_t {
          if constexpr (requires { kind.msn; }) return kind.msn;
          return -1;
        },
        source.numbering.apply(record));
  };
  const std::int64_t expected = msn + hls::kNumberingStep;
  EXPECT_EQ(number(record::Discontinuity{msn}), expected);
  EXPECT_EQ(number(part(kVideo, msn, 0)), expected);
  EXPECT_EQ(number(gap(kAudio, msn, 0)), expected);
  EXPECT_EQ(number(end(kVideo, msn)), expected);
  EXPECT_EQ(number(record::Marker{}), -1);
}

TEST(Numbering, ImpossibleNumbersPassUntouchedAndCountForNothing) {
  Source source;
  source.begin(kFilm);
  for (const std::int64_t msn : {std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(std::get<record::Discontinuity>(source.numbering.apply(record::Discontinuity{msn})).msn, msn);
  }
  source.begin(kBroadcast);
  EXPECT_EQ(source.segment(kNow), Source::at(kBroadcast, kNow));
}

TEST(Numbering, TheNumberAndTheStartOfASegmentTellWhatWasAdded) {
  for (const std::int64_t added : {std::int64_t{0}, hls::kNumberingStep, 7 * hls::kNumberingStep}) {
    const std::int64_t msn = 444 * kDay;
    EXPECT_EQ(hls::numbering_offset(msn + added, msn * 180'000 + 179'999, 90'000, kFilm), added);
    EXPECT_EQ(hls::numbering_offset(msn + added, msn * 2002 * 30, 30'000, kBroadcast), added);
    EXPECT_EQ(hls::numbering_offset(msn + added, (msn + 3) * 180'000, 90'000, kFilm), added);  // joined late
  }
}

}  // namespace
}  // namespace origin

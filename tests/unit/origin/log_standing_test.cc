#include <gtest/gtest.h>

#include "origin/log.h"
#include "origin/numbering.h"

namespace origin {
namespace {

record::Presentation one_video(media::Rational segment = {2, 1}) {
  record::Rendition video;
  video.name = "v720";
  video.track.codec = media::Codec::kH264;
  video.track.timescale = 90'000;
  video.init = base::Bytes::of_static("init");
  video.part_ticks = 45'000;
  record::Presentation made;
  made.renditions = {video};
  made.segment = segment;
  return made;
}

record::Part first_part(std::int64_t msn, std::int64_t seconds = 2) {
  record::Part part;
  part.msn = msn;
  part.start = msn * seconds * 90'000;
  part.duration = 45'000;
  part.independent = true;
  part.data = base::Bytes::of_static("media");
  return part;
}

TEST(LogStanding, IsThatOfTheNewestSegmentThatHasBegun) {
  Log log("match", {});
  EXPECT_EQ(log.standing(), (Log::Standing{-1, 0, 1}));
  log.apply(one_video());
  log.apply(first_part(7));
  log.apply(record::Discontinuity{8});
  EXPECT_EQ(log.standing(), (Log::Standing{7, 0, 2})) << "the discontinuity is still to come";
  log.apply(first_part(8));
  EXPECT_EQ(log.standing(), (Log::Standing{8, 1, 2}));
}

TEST(LogStanding, CountsTheDiscontinuityInFrontOfANewSession) {
  Log log("match", {});
  log.apply(one_video());
  log.apply(first_part(7));
  log.apply(record::End{});
  log.apply(one_video());
  EXPECT_EQ(log.standing(), (Log::Standing{7, 1, 2}));
}

TEST(LogStanding, ALogThatIsContinuedKeepsItsDiscontinuitySequenceAndTargetDuration) {
  Log log("match", {});
  log.resume({7, 3, 6});
  log.apply(one_video());
  log.apply(record::Discontinuity{8});
  log.apply(first_part(8));
  EXPECT_EQ(log.standing(), (Log::Standing{8, 4, 6}));
  EXPECT_NE(log.snapshot()->renditions[0]->revision().open, nullptr);
  EXPECT_EQ(log.snapshot()->renditions[0]->revision().open->discontinuities, 4);
}

/// As a journal has it whose first file began after the end of a session.
TEST(LogStanding, ALogThatIsContinuedAfterAnEndHasADiscontinuityInFrontOfItsNextSession) {
  Log whole("match", {});
  whole.apply(one_video());
  whole.apply(first_part(7));
  whole.apply(record::End{});
  Log continued("match", {});
  continued.resume(whole.standing());
  continued.apply(one_video());
  continued.apply(record::End{});
  for (Log* log : {&whole, &continued}) {
    log->apply(one_video());
    log->apply(first_part(8));
    EXPECT_EQ(log->standing(), (Log::Standing{8, 1, 2}));
    EXPECT_TRUE(log->snapshot()->renditions[0]->revision().open->discontinuity);
  }
}

TEST(LogStanding, ALogThatIsContinuedHasNoDiscontinuityInFrontOfItsFirstSession) {
  Log log("match", {});
  log.resume({7, 3, 2});
  log.apply(one_video());
  log.apply(first_part(8));
  EXPECT_EQ(log.standing(), (Log::Standing{8, 3, 2}));
}

TEST(LogStanding, ALogThatIsBrokenOffListsWhatItHasAndTakesNothingOfItsNewestSegment) {
  Log log("match", {});
  log.apply(one_video());
  log.apply(first_part(7));
  log.break_off();
  EXPECT_EQ(log.standing(), (Log::Standing{7, 0, 2})) << "the discontinuity is still to come";
  ASSERT_TRUE(log.continues(one_video()));
  log.apply(one_video());
  record::Part late = first_part(7);
  late.index = 1;
  late.start += late.duration;
  log.apply(late);
  log.apply(record::Discontinuity{7});
  EXPECT_EQ(log.counters().late, 2u);
  log.apply(first_part(8));
  EXPECT_EQ(log.standing(), (Log::Standing{8, 1, 2}));
  const hls::Revision& revision = log.snapshot()->renditions[0]->revision();
  ASSERT_EQ(revision.closed->listed(), 1u);
  EXPECT_EQ(revision.closed->at(0).msn, 7);
  EXPECT_EQ(revision.closed->at(0).parts.size(), 1u);
  EXPECT_EQ(revision.closed->at(0).duration, 45'000);
  EXPECT_TRUE(revision.open->discontinuity);
  EXPECT_EQ(log.counters().discontinuities, 1u);
  EXPECT_EQ(log.counters().restarts, 0u);
}

TEST(LogStanding, NothingIsBrokenOffBeforeTheFirstSegmentAndAfterTheEnd) {
  Log log("match", {});
  log.apply(one_video());
  log.break_off();
  log.apply(first_part(7));
  EXPECT_EQ(log.standing(), (Log::Standing{7, 0, 2}));
  log.apply(record::End{});
  log.break_off();
  EXPECT_FALSE(log.continues(one_video()));
  EXPECT_EQ(log.snapshot()->state, State::kEnded);
  EXPECT_EQ(log.counters().discontinuities, 0u);
}

TEST(LogStanding, ANumberingThatIsContinuedAddsWhatTheLogBeforeAdded) {
  Numbering numbering({2, 1}, hls::kNumberingStep, 5 + hls::kNumberingStep);
  numbering.apply(one_video());
  const record::Record part = first_part(7);
  EXPECT_EQ(std::get<record::Part>(numbering.apply(part)).msn, 7 + hls::kNumberingStep);
}

}  // namespace
}  // namespace origin

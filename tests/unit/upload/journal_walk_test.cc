#include "upload/journal_walk.h"

#include <gtest/gtest.h>

#include "unit/upload/journals.h"

namespace upload {
namespace {

using namespace testing;

class Walking : public ::testing::Test {
 protected:
  Walking() : journal_(scratch_.path() + "/match") {}
  /// "v720 0 v0.0 v0.1 …, …" of all that the journal has.
  std::string walk() {
    std::string text;
    JournalWalk walk(scratch_.path() + "/match", {});
    walk.run([&](const std::string& rendition, media::Kind kind, const hls::Segment& segment) {
      text += rendition + (kind == media::Kind::kAudio ? " sound " : " ") + std::to_string(segment.msn - kFirst);
      if (segment.gap()) text += " gap";
      for (const hls::Part& part : segment.parts) text += " " + std::to_string(part.data.size());
      text += "; ";
    });
    ended_ = walk.end();
    return text;
  }

  ScratchDirectory scratch_;
  Journal journal_;
  std::shared_ptr<const origin::ChannelSnapshot> ended_;
};

TEST_F(Walking, WithoutAJournalThereIsNothing) {
  EXPECT_EQ(walk(), "");
  EXPECT_EQ(ended_, nullptr);
}

TEST_F(Walking, GivesEachClosedSegmentOnce) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segments(kFirst, kFirst + 1);
  journal_.part(kFirst + 2, 0);
  EXPECT_EQ(walk(), "v720 0 5 5 5 5; a1 sound 0 5 5 5 5; v720 1 5 5 5 5; a1 sound 1 5 5 5 5; ");
  ASSERT_NE(ended_, nullptr);
  EXPECT_NE(ended_->multivariant, nullptr);
}

TEST_F(Walking, ReadsASegmentAcrossFiles) {
  journal_.begin(0, false, kFirst - 1);
  journal_.part(kFirst, 0);
  journal_.part(kFirst, 1);
  journal_.begin(1, true, kFirst);
  journal_.part(kFirst, 2);
  journal_.part(kFirst, 3);
  journal_.end(kFirst);
  EXPECT_EQ(walk(), "v720 0 5 5 5 5; ");
}

TEST_F(Walking, LeavesOutASegmentThatBeganBeforeAHole) {
  journal_.begin(0, false, kFirst - 1);
  journal_.segment(kFirst);
  journal_.begin(6, false, kFirst + 2);
  journal_.part(kFirst + 2, 3);
  journal_.end(kFirst + 2);
  journal_.segment(kFirst + 3);
  EXPECT_EQ(walk(), "v720 0 5 5 5 5; a1 sound 0 5 5 5 5; v720 3 5 5 5 5; a1 sound 3 5 5 5 5; ");
}

}  // namespace
}  // namespace upload

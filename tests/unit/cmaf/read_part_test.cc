#include <gtest/gtest.h>

#include <algorithm>

#include "cmaf/part.h"
#include "tracks.h"

namespace cmaf {
namespace {

Sample sample(std::int64_t dts, std::int64_t duration, bool sync, std::string_view data) {
  return {dts, dts, duration, sync, base::Bytes::copy_of(data)};
}

std::string first_of(const std::vector<Sample>& samples, bool first_in_segment = true) {
  const auto read = first_sample(write_part(7, samples, first_in_segment));
  return read.ok() ? std::string(read->text()) : "?";
}

TEST(FirstSample, IsReadWhateverTheSamplesHaveInCommon) {
  EXPECT_EQ(first_of({sample(0, 10, true, "key")}), "key");
  EXPECT_EQ(first_of({sample(0, 10, true, "key"), sample(10, 10, false, "b")}), "key") << "a flag of the first alone";
  EXPECT_EQ(first_of({sample(0, 10, true, "key"), sample(10, 11, false, "b")}), "key") << "durations one by one";
  EXPECT_EQ(first_of({sample(0, 10, false, "aaa"), sample(10, 10, true, "b"), sample(20, 10, false, "c")}), "aaa")
      << "flags one by one";
  EXPECT_EQ(first_of({sample(0, 10, true, "aaa"), sample(10, 10, true, "bbb")}), "aaa") << "sizes alike";
  EXPECT_EQ(first_of({sample(0, 10, true, "aaa"), sample(10, 11, true, "bbb")}), "aaa") << "sizes alike, durations not";
  EXPECT_EQ(first_of({sample(0, 10, true, "aaa"), sample(10, 10, false, "bbb")}, false), "aaa") << "no styp";
}

TEST(FirstSample, IsASliceOfThePart) {
  const base::Bytes part = write_part(7, std::vector<Sample>{sample(0, 10, true, "key")}, true);
  const auto read = first_sample(part);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->data(), part.data() + part.size() - 3);
}

std::string sync_of(const std::vector<Sample>& samples) {
  const auto read = sync_sample(write_part(7, samples, true));
  return read.ok() ? std::string(read->text()) : "?";
}

TEST(SyncSample, IsTheFirstThatNeedsNoOther) {
  EXPECT_EQ(sync_of({sample(0, 10, true, "key"), sample(10, 10, false, "b")}), "key");
  EXPECT_EQ(sync_of({sample(0, 10, false, "aaa"), sample(10, 10, true, "key"), sample(20, 10, false, "c")}), "key");
  EXPECT_EQ(sync_of({sample(0, 10, false, "aaa"), sample(10, 10, true, "key")}), "key") << "sizes alike";
  EXPECT_EQ(sync_of({sample(0, 10, false, "a"), sample(10, 11, false, "bb"), sample(21, 9, true, "key")}), "key");
  EXPECT_EQ(sync_of({sample(0, 10, true, "aaa"), sample(10, 10, true, "bbb")}), "aaa");
}

TEST(SyncSample, IsNotFoundWhereEachNeedsAnother) {
  const std::vector<Sample> samples{sample(0, 10, false, "aaa"), sample(10, 10, false, "bbb")};
  const auto read = sync_sample(write_part(7, samples, true));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, base::Code::kNotFound);
}

TEST(SyncSample, IsNeverLookedForBeyondTheMedia) {
  // The count of samples is damaged: there are rows for two.
  const std::vector<Sample> samples{sample(0, 10, false, "aaa"), sample(10, 10, false, "bbb")};
  const base::Bytes part = write_part(7, samples, false);
  std::vector<std::uint8_t> damaged(part.view().begin(), part.view().end());
  const std::string_view trun = "trun";
  const auto at = std::search(damaged.begin(), damaged.end(), trun.begin(), trun.end());
  ASSERT_NE(at, damaged.end());
  std::fill(at + 8, at + 12, std::uint8_t{0xff});
  EXPECT_FALSE(sync_sample(base::Bytes::adopt(std::move(damaged))).ok());
}

TEST(FirstSample, OfAPartThatIsCutIsAnError) {
  const base::Bytes part = write_part(7, std::vector<Sample>{sample(0, 10, true, "key")}, true);
  for (std::size_t size = 0; size < part.size(); ++size) EXPECT_FALSE(first_sample(part.slice(0, size)).ok()) << size;
  EXPECT_FALSE(first_sample(base::Bytes::copy_of("no boxes at all")).ok());
}

}  // namespace
}  // namespace cmaf

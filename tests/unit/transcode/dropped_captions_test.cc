#include "transcode/dropped_captions.h"

#include <gtest/gtest.h>

#include <string_view>

#include "unit/transcode/source.h"

namespace transcode {
namespace {

using testing::numbered;

void note(DroppedCaptions& dropped, std::int64_t pts, const std::vector<captions::Triplet>& triplets) {
  media::Packet packet;
  packet.data = captions::with_captions(media::Codec::kH264,
                                        base::Bytes::copy_of(std::string_view("\0\0\0\4\x65slc", 8)), triplets);
  dropped.note(media::Codec::kH264, packet, pts);
}

/// "10: 1 2", of each picture.
std::vector<std::string> taken(DroppedCaptions& dropped, std::int64_t until) {
  std::vector<std::string> told;
  for (const Switch::LostCaptions& one : dropped.take(until)) {
    told.push_back(std::to_string(one.pts) + ":");
    for (const captions::Triplet& triplet : one.triplets)
      told.back() += " " + std::to_string(triplet.first * 256 + triplet.second);
  }
  return told;
}

using Strings = std::vector<std::string>;

TEST(DroppedCaptions, ComeInTheOrderOfPresentationEachOnce) {
  DroppedCaptions dropped;
  note(dropped, 30, {numbered(3)});
  note(dropped, 10, {numbered(1), numbered(2)});
  note(dropped, 20, {});
  EXPECT_EQ(taken(dropped, 40), (Strings{"10: 1 2", "30: 3"}));
  EXPECT_TRUE(taken(dropped, 40).empty());
}

TEST(DroppedCaptions, WaitForThePictureThatFollowsThem) {
  DroppedCaptions dropped;
  note(dropped, 10, {numbered(1)});
  note(dropped, 20, {numbered(2)});
  EXPECT_TRUE(taken(dropped, 10).empty());
  EXPECT_EQ(taken(dropped, 20), Strings{"10: 1"});
  EXPECT_EQ(taken(dropped, 21), Strings{"20: 2"});
}

TEST(DroppedCaptions, AreNoMoreThanARungKeeps) {
  DroppedCaptions dropped;
  const std::vector<captions::Triplet> full(captions::kMostTriplets, numbered(1));
  for (int pts = 0; pts < 65; ++pts) note(dropped, pts, full);
  const auto kept = dropped.take(100);
  ASSERT_EQ(kept.size(), kMostCaptions / captions::kMostTriplets);
  EXPECT_EQ(kept.front().pts, 1) << "the oldest are lost";
}

}  // namespace
}  // namespace transcode

#include "cmaf/rebase.h"

#include <gtest/gtest.h>

#include "cmaf/box_reader.h"
#include "cmaf/event_message.h"
#include "cmaf/part.h"

namespace cmaf {
namespace {

base::Bytes part_at(std::int64_t time) {
  Sample sample;
  sample.dts = sample.pts = time;
  sample.duration = 100;
  sample.data = base::Bytes::of_static("picture");
  base::ByteWriter events;
  EventMessage message;
  message.timescale = 90'000;
  message.time = static_cast<std::uint64_t>(time) + 5;
  message.scheme = "urn:x";
  write_event_message(events, message);
  return write_part(1, std::span(&sample, 1), true, events.view());
}

TEST(PartRebasing, AllTimesAreLessAndNothingElseChanges) {
  EXPECT_EQ(rebase_parts(part_at(1'000'000'000'000).view(), 999'999'999'000).value(), part_at(1000));
}

TEST(PartRebasing, EachPartOfASegmentIsMoved) {
  std::vector<std::uint8_t> segment;
  std::vector<std::uint8_t> moved;
  for (const std::int64_t time : {5000, 5100}) {
    const base::Bytes part = part_at(time);
    const base::Bytes expected = part_at(time - 5000);
    segment.insert(segment.end(), part.begin(), part.end());
    moved.insert(moved.end(), expected.begin(), expected.end());
  }
  EXPECT_EQ(rebase_parts(segment, 5000).value(), base::Bytes::copy_of(base::View(moved)));
}

TEST(PartRebasing, ATimeThatIsLessStays) { EXPECT_EQ(rebase_parts(part_at(10).view(), 1000).value(), part_at(10)); }

TEST(PartRebasing, AnythingElseIsRefusedAtEachLength) {
  const base::Bytes part = part_at(1000);
  for (std::size_t size = 1; size < part.size(); ++size)
    static_cast<void>(rebase_parts(part.view().first(size), 1).ok());
  EXPECT_FALSE(rebase_parts(part.view().first(part.size() - 1), 1).ok());
  EXPECT_FALSE(rebase_parts(base::view_of("moofmoofmoof"), 1).ok());
}

}  // namespace
}  // namespace cmaf

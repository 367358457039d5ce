// A log whose open segment has only gaps so far is taken up.
#include <gtest/gtest.h>

#include "log_reader.h"
#include "packager/packager.h"
#include "record/position.h"
#include "stream.h"

namespace {

using stream::kEpoch;
using stream::kFrame;

std::int64_t time_of(std::int64_t frame) { return media::rescale(kEpoch, base::kSecond, 90000) + frame * kFrame; }

media::Packet picture(std::int64_t frame) {
  media::Packet packet;
  packet.dts = packet.pts = time_of(frame);
  packet.duration = kFrame;
  packet.key = packet.idr = frame == 89 || frame % 50 == 0;
  packet.arrived = kEpoch + frame * 40'000;
  packet.data = stream::payload(frame);
  return packet;
}

/// One second of media in the first segment and, with `media`, a part more; then gaps until 1.52 s into the second.
record::Position position(const packager::RenditionSpec& spec, bool media) {
  LogReader log;
  packager::Packager first({.missing = packager::Segmenter::Missing::kGap}, log);
  first.set_presentation({spec});
  record::Position at;
  for (const record::Record& record : log.records()) at.apply(record);
  const std::int64_t msn = kEpoch / (2 * base::kSecond);
  at.apply(record::Part{.msn = msn, .start = time_of(0), .duration = 50 * kFrame});
  at.apply(record::SegmentEnd{.msn = msn, .start = time_of(0), .duration = 50 * kFrame});
  for (std::uint32_t part = 0; part < 3; ++part) {
    const std::int64_t start = time_of(50 + 13 * part);
    if (media && part == 0) {
      at.apply(record::Part{.msn = msn + 1, .index = part, .start = start, .duration = 13 * kFrame});
    } else {
      at.apply(record::Gap{.msn = msn + 1, .index = part, .start = start, .duration = 13 * kFrame});
    }
  }
  return at;
}

/// The type of the first box of each part of the log's open segment that a packager publishes which takes it up.
std::vector<std::string> first_boxes(bool media) {
  packager::RenditionSpec spec;
  spec.name = "v";
  spec.track = stream::video_track({});
  spec.encoded = true;
  const record::Position at = position(spec, media);
  LogReader log;
  packager::Packager packager({.missing = packager::Segmenter::Missing::kGap}, log);
  packager.resume(at);
  packager.set_presentation({spec});
  for (std::int64_t frame = 89; frame < 200; ++frame) packager.on_packet(0, picture(frame));
  std::vector<std::string> types;
  for (const record::Part& part : log.all<record::Part>(0)) types.emplace_back(part.data.text().substr(4, 4));
  return types;
}

}  // namespace

// CM-19, CM-20: styp once a segment, before its first media.
TEST(PackagerResume, WritesStypWhereTheSegmentHasOnlyGapsSoFar) {
  const std::vector<std::string> types = first_boxes(false);
  ASSERT_GT(types.size(), 2U);
  EXPECT_EQ(types[0], "styp");
  EXPECT_EQ(types[1], "styp") << "of the next segment";
  EXPECT_EQ(types[2], "moof");
}
TEST(PackagerResume, WritesNoStypWhereTheSegmentHasMedia) {
  const std::vector<std::string> types = first_boxes(true);
  ASSERT_GT(types.size(), 2U);
  EXPECT_EQ(types[0], "moof");
  EXPECT_EQ(types[1], "styp") << "of the next segment";
}

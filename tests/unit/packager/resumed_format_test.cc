// A copied feed changes its format, and its worker dies before a part of the new format is there: so does its
// publisher.
#include <gtest/gtest.h>

#include "log_reader.h"
#include "packager/packager.h"
#include "record/position.h"
#include "stream.h"

namespace {

using stream::kEpoch;
using stream::kFrame;

packager::RenditionSpec copied() {
  packager::RenditionSpec spec;
  spec.name = "v";
  spec.track = stream::video_track({});
  return spec;
}

media::Packet coded(std::int64_t frame, bool key) {
  media::Packet packet;
  packet.dts = packet.pts = media::rescale(kEpoch, base::kSecond, 90000) + frame * kFrame;
  packet.duration = kFrame;
  packet.key = packet.idr = key;
  packet.arrived = kEpoch + frame * 40'000;
  packet.data = stream::payload(frame);
  return packet;
}

record::Position place_in(const LogReader& log) {
  record::Position position;
  for (const record::Record& record : log.records()) position.apply(record);
  return position;
}

// publisher.
TEST(PackagerResume, AFormatOfWhichNoPartIsYetBeginsWithItsFirstPicture) {
  for (std::int64_t dies = 71; dies < 110; ++dies) {
    LogReader log;
    packager::Packager first({}, log);
    std::vector<packager::RenditionSpec> specs{copied()};
    first.set_presentation(specs);
    for (std::int64_t frame = 0; frame < 70; ++frame) first.on_packet(0, coded(frame, frame % 50 == 0));
    specs[0].track.config = base::Bytes::copy_of("another");
    first.set_presentation(specs);
    for (std::int64_t frame = 70; frame < dies; ++frame) first.on_packet(0, coded(frame, frame == 70));
    const std::int64_t from = log.presentation().formats_from;
    ASSERT_NE(from, INT64_MIN);

    packager::Packager second({}, log);
    record::Position at = place_in(log);
    second.resume(at);
    specs[0].average_bandwidth += 1000;  // written anew for another reason
    second.set_presentation(specs);
    const bool begun = at.renditions[0].msn >= from && at.renditions[0].next_part > 0;
    for (std::int64_t frame = dies; frame < dies + 100; ++frame) second.tick(kEpoch + frame * 40'000);
    EXPECT_TRUE(log.all<record::Gap>(0).empty()) << dies;
    bool seen = begun;
    for (const record::Part& part : log.all<record::Part>(0)) {
      const bool first_of_format = part.msn == from && part.index == 0;
      if (first_of_format) {
        EXPECT_NE(part.data.text().find("frame 70"), std::string::npos) << dies;
      }
      seen = seen || first_of_format;
    }
    EXPECT_TRUE(seen) << dies;

    // It dies as well.
    packager::Packager third({}, log);
    third.resume(place_in(log));
    third.set_presentation(specs);
    for (std::int64_t frame = dies + 100; frame < dies + 150; ++frame) third.tick(kEpoch + frame * 40'000);
    EXPECT_TRUE(log.all<record::Gap>(0).empty()) << dies;
  }
}

}  // namespace

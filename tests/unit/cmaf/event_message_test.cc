#include "cmaf/event_message.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "cmaf/box_reader.h"
#include "cmaf/part.h"
#include "outline.h"
#include "tracks.h"

namespace cmaf {
namespace {

EventMessage splice_message(base::View data) {
  EventMessage message;
  message.scheme = kScte35Scheme;
  message.timescale = 90'000;
  message.time = 0x0000'0001'2345'6789;
  message.duration = 2'700'000;
  message.id = 7;
  message.data = data;
  return message;
}

TEST(EventMessage, HasItsTimeOnTheTracksTimeline) {  // CM-23
  const base::Bytes section = media::hex_bytes("fc3011");
  base::ByteWriter out;
  write_event_message(out, splice_message(section.view()));
  EXPECT_EQ(outline(out.view()),
            "emsg 01000000"
            "00015f90"
            "0000000123456789"
            "002932e0"
            "00000007"
            "75726e3a736374653a7363746533353a323031333a62696e00"
            "00"
            "fc3011\n")
      << "scte35 scheme";
}

TEST(EventMessage, SaysItsSizeBeforeItIsWritten) {
  const base::Bytes section = media::hex_bytes("fc3011");
  base::ByteWriter out;
  write_event_message(out, splice_message(section.view()));
  EXPECT_EQ(out.size(), size_of(splice_message(section.view())));
  EXPECT_EQ(out.size(), 12U + 20 + kScte35Scheme.size() + 2 + 3);
}

TEST(EventMessage, StandsBetweenStypAndMoof) {  // CM-9, CM-19
  const base::Bytes tag = media::hex_bytes("494433");
  base::ByteWriter events;
  EventMessage message = splice_message(tag.view());
  message.scheme = kId3Scheme;
  write_event_message(events, message);
  const std::vector<Sample> samples{{9000, 9000, 3000, true, media::hex_bytes("aaaa")}};
  const auto types = [&](bool first) {
    std::string all;
    const base::Bytes part = write_part(7, samples, first, events.view());
    const auto boxes = split_boxes(part.view());
    for (const BoxView& box : boxes.value()) all += std::string(box.type) + " ";
    return all;
  };
  EXPECT_EQ(types(true), "styp emsg moof mdat ");
  EXPECT_EQ(types(false), "emsg moof mdat ");
  const base::Bytes part = write_part(7, samples, false, events.view());
  EXPECT_EQ(first_sample(part).value(), media::hex_bytes("aaaa")) << "offsets count from the moof";
}

}  // namespace
}  // namespace cmaf

#include "ts/latm.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

using Lines = std::vector<std::string>;

struct Element {
  bool same_config = false;
  bool version1 = false;
  int subframes = 1;
  unsigned programs = 1;
};

/// An AudioMuxElement with AAC-LC 48 kHz stereo and `size` bytes in each subframe.
Blob element(std::size_t size, const Element& options = {}) {
  media::BitWriter out;
  out.flag(options.same_config);
  if (!options.same_config) {
    out.flag(options.version1);
    if (options.version1) {
      out.flag(false);      // audioMuxVersionA
      out.bits(10, 0x0ff);  // taraBufferFullness: one byte
    }
    out.flag(true);
    out.bits(6, static_cast<std::uint64_t>(options.subframes - 1));
    out.bits(4, options.programs - 1);
    out.bits(3, 0);
    if (options.version1) out.bits(10, 16);  // ascLen in one byte
    out.bits(16, 0x1190);
    out.bits(3, 0);
    out.bits(8, 0xff);
    out.flag(false);
    out.flag(false);
  }
  for (int i = 0; i < options.subframes; ++i) {
    for (std::size_t left = size;; left -= 255) {
      out.bits(8, left < 255 ? left : 255);
      if (left < 255) break;
    }
    for (std::size_t at = 0; at < size; ++at) out.bits(8, at);
  }
  return out.take();
}

Blob loas(const Blob& element) {
  return Blob{0x56, static_cast<std::uint8_t>(0xe0 | element.size() >> 8), static_cast<std::uint8_t>(element.size())} +
         element;
}

TEST(Latm, ReadsPayloadAndConfigurationOfBothVersions) {  // TS-13
  for (const bool version1 : {false, true}) {
    LatmReader reader;
    auto units = reader.read(element(300, {.version1 = version1}));
    ASSERT_TRUE(units.ok());
    ASSERT_EQ(units->size(), 1U);
    ASSERT_EQ(units->at(0).size(), 300U);
    for (std::size_t i = 0; i < 300; ++i) ASSERT_EQ(units->at(0).view()[i], i & 0xff);
    EXPECT_EQ(reader.config(), base::Bytes::adopt(hex("1190")));
    EXPECT_EQ(reader.parsed().core_sample_rate, 48000);
  }
}

TEST(Latm, KeepsTheConfigurationOfTheElementBefore) {
  LatmReader reader;
  EXPECT_EQ(reader.read(element(5, {.same_config = true})).error().code, base::Code::kNotFound);
  ASSERT_TRUE(reader.read(element(5)).ok());
  EXPECT_EQ(reader.read(element(9, {.same_config = true})).value().at(0).size(), 9U);
}

TEST(Latm, ReadsSeveralSubframes) {
  LatmReader reader;
  EXPECT_EQ(reader.read(element(20, {.subframes = 3})).value().size(), 3U);
}

TEST(Latm, RefusesWhatItDoesNotReadWithoutReadingOn) {
  LatmReader reader;
  EXPECT_EQ(reader.read(element(20, {.programs = 2})).error().code, base::Code::kUnsupported);
  const Blob whole = element(20);
  for (std::size_t size = 0; size < whole.size() - 1; ++size) {
    EXPECT_FALSE(LatmReader().read(base::View(whole).first(size)).ok()) << size;
  }
}

TEST(LatmFramer, CutsLoasFramesOverPesPackets) {  // TS-13, TS-6
  const Blob frames = loas(element(30)) + loas(element(40, {.same_config = true})) + loas(element(50));
  for (std::size_t cut = 1; cut < frames.size(); ++cut) {
    Counters counters;
    Trace trace;
    TrackWriter writer(257, trace, counters);
    LatmFramer framer(writer);
    const auto at = frames.begin() + static_cast<std::ptrdiff_t>(cut);
    framer.feed({0, std::nullopt, 0, true, base::Bytes::adopt(Blob(frames.begin(), at))});
    framer.feed({std::nullopt, std::nullopt, 0, true, base::Bytes::adopt(Blob(at, frames.end()))});
    ASSERT_EQ(trace.lines, (Lines{"track 257 mp4a.40.2 48000/2", "257 pts 0 +1920 idr", "257 pts 1920 +1920 idr",
                                  "257 pts 3840 +1920 idr"}))
        << cut;
  }
}

}  // namespace
}  // namespace ts

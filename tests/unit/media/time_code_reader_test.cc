#include "media/time_code_reader.h"

#include <gtest/gtest.h>

#include "time_code_pictures.h"

namespace media {
namespace {

using testing::CodedTiming;
using testing::Stamp;

TimeCode at(std::string_view text, std::uint16_t rate = 25) { return parse_time_code(text, rate).value_or(TimeCode{}); }

/// What is read of the picture; "" where that is nothing.
std::string read(TimeCodeReader& reader, const base::Bytes& picture) {
  const auto code = reader.read(picture.view());
  return code ? to_string(*code) : "";
}

TimeCodeReader reader_of(const Track& track) {
  TimeCodeReader reader;
  reader.set_track(track);
  return reader;
}

TEST(TimeCodeReader, ReadsPictureTimingOfH264) {
  TimeCodeReader reader = reader_of(testing::timed_h264());
  const auto code = reader.read(testing::h264_picture(at("10:00:00:12")).view());
  EXPECT_EQ(code, at("10:00:00:12"));
  EXPECT_EQ(code->source, TimeCode::Source::kSei);
}

TEST(TimeCodeReader, SkipsTheDelaysOfASequenceThatHasThem) {
  for (const unsigned bits : {1U, 17U, 24U, 32U}) {
    const CodedTiming timing{.hrd = true, .delay_bits = bits};
    TimeCodeReader reader = reader_of(testing::timed_h264(timing));
    EXPECT_EQ(read(reader, testing::h264_picture(at("23:59:59:24"), timing)), "23:59:59:24") << bits;
  }
}

TEST(TimeCodeReader, ASequenceWithoutPictureStructureHasNoCode) {
  TimeCodeReader reader = reader_of(testing::timed_h264({.pic_struct = false}));
  EXPECT_EQ(read(reader, testing::h264_picture(at("10:00:00:12"))), "");
}

TEST(TimeCodeReader, ReadsDropFrameOfFractionalRates) {
  TimeCodeReader reader = reader_of(testing::timed_h264({.time_scale = 60'000, .tick = 1001}));
  EXPECT_EQ(read(reader, testing::h264_picture(at("10:01:00;02", 30))), "10:01:00;02");
}

TEST(TimeCodeReader, WhatAStampLeavesOutIsThatOfTheOneBefore) {
  TimeCodeReader reader = reader_of(testing::timed_h264());
  EXPECT_EQ(read(reader, testing::h264_picture(at("00:00:07:03"), {}, Stamp::kSeconds)), "") << "nothing came before";
  EXPECT_EQ(read(reader, testing::h264_picture(at("10:20:30:24"))), "10:20:30:24");
  EXPECT_EQ(read(reader, testing::h264_picture(at("00:00:31:00"), {}, Stamp::kSeconds)), "10:20:31:00");
  EXPECT_EQ(read(reader, testing::h264_picture(at("00:00:00:01"), {}, Stamp::kFramesOnly)), "10:20:31:01");
}

TEST(TimeCodeReader, AReservedPictureStructureHasNoClock) {
  TimeCodeReader reader = reader_of(testing::timed_h264());
  EXPECT_EQ(read(reader, testing::h264_picture(at("10:00:00:12"), {}, Stamp::kFull, 8)), "10:00:00:12");
  EXPECT_EQ(read(reader, testing::h264_picture(at("10:00:00:12"), {}, Stamp::kFull, 9)), "");
}

TEST(TimeCodeReader, ReadsTheTimeCodeMessageOfHevc) {
  TimeCodeReader reader = reader_of(testing::timed(Codec::kHevc, {25, 1}));
  EXPECT_EQ(read(reader, testing::hevc_picture(at("01:02:03:04"))), "01:02:03:04");
}

TEST(TimeCodeReader, ReadsTheGroupHeaderOfMpeg2) {
  TimeCodeReader reader = reader_of(testing::timed(Codec::kMpeg2Video, {25, 1}));
  const auto code = reader.read(testing::mpeg2_picture(at("10:00:00:12"), 0).view());
  ASSERT_TRUE(code);
  EXPECT_EQ(to_string(*code), "10:00:00:12");
  EXPECT_EQ(code->source, TimeCode::Source::kGroup);
}

TEST(TimeCodeReader, AGroupsCodeIsThatOfThePictureShownFirst) {
  TimeCodeReader reader = reader_of(testing::timed(Codec::kMpeg2Video, {25, 1}));
  EXPECT_EQ(read(reader, testing::mpeg2_picture(at("09:59:59:24"), 2)), "10:00:00:01");
}

TEST(TimeCodeReader, ReadsDropFrameOfMpeg2) {
  TimeCodeReader reader = reader_of(testing::timed(Codec::kMpeg2Video, {30'000, 1001}));
  EXPECT_EQ(read(reader, testing::mpeg2_picture(at("10:00:59;29", 30), 1)), "10:01:00;02");
}

TEST(TimeCodeReader, NothingComesWhereTheRateIsNotKnown) {
  TimeCodeReader reader = reader_of(testing::timed(Codec::kHevc, {}));
  EXPECT_EQ(read(reader, testing::hevc_picture(at("01:02:03:04"))), "");
}

TEST(TimeCodeReader, NumbersOutsideTheirBoundsAreNoCode) {
  TimeCodeReader reader = reader_of(testing::timed_h264());
  for (const TimeCode code : {TimeCode{.hours = 24}, TimeCode{.minutes = 60}, TimeCode{.seconds = 60},
                              TimeCode{.frames = 25}, TimeCode{.frames = 255}})
    EXPECT_EQ(read(reader, testing::h264_picture(code)), "");
}

TEST(TimeCodeReader, APictureCutAnywhereIsNoFault) {
  TimeCodeReader h264 = reader_of(testing::timed_h264());
  TimeCodeReader mpeg2 = reader_of(testing::timed(Codec::kMpeg2Video, {25, 1}));
  const base::Bytes coded = testing::h264_picture(at("10:00:00:12"));
  const base::Bytes group = testing::mpeg2_picture(at("10:00:00:12"), 0);
  for (std::size_t size = 0; size < 12; ++size) {
    EXPECT_FALSE(h264.read(coded.view().first(size))) << size;
    EXPECT_FALSE(mpeg2.read(group.view().first(size))) << size;
  }
}

/// 50 pictures a second, the codes of `frames` in this order.
std::vector<std::string> read_50p(const std::vector<int>& frames) {
  TimeCodeReader reader = reader_of(testing::timed_h264({.time_scale = 100}));
  std::vector<std::string> read_codes;
  for (const int frame : frames) {
    TimeCode code = at("10:00:00:00", 50);
    code.frames = static_cast<std::uint16_t>(frame);
    read_codes.push_back(read(reader, testing::h264_picture(code)));
  }
  return read_codes;
}

TEST(TimeCodeReader, PairsOfPicturesAtFiftyASecondAreRecognised) {
  const auto codes = read_50p({0, 2, 1, 0, 1, 4});
  EXPECT_EQ(codes, (std::vector<std::string>{"", "", "", "10:00:00:00", "10:00:00:01", "10:00:00:04"}));
  TimeCodeReader reader = reader_of(testing::timed_h264({.time_scale = 100}));
  reader.read(testing::h264_picture(at("10:00:00:12", 50)).view());
  EXPECT_EQ(reader.read(testing::h264_picture(at("10:00:00:12", 50)).view())->rate, 25);
}

TEST(TimeCodeReader, SinglePicturesAtFiftyASecondAreRecognised) {
  EXPECT_EQ(read_50p({25, 27, 26, 28}).front(), "10:00:00:25") << "pairs count to 24";
  const auto codes = read_50p({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(codes[7], "");
  EXPECT_EQ(codes[8], "10:00:00:08") << "eight pictures, and none has the code of another";
}

TEST(TimeCodeReader, ANewTrackIsReadAnew) {
  TimeCodeReader reader = reader_of(testing::timed_h264());
  EXPECT_EQ(reader.rate(), 25);
  reader.set_track(testing::timed(Codec::kMpeg2Video, {30, 1}));
  EXPECT_EQ(reader.rate(), 30);
  EXPECT_EQ(read(reader, testing::h264_picture(at("10:00:00:12"))), "");
}

}  // namespace
}  // namespace media

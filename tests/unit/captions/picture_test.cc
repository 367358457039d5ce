#include "captions/picture.h"

#include <gtest/gtest.h>

#include "media/nal.h"
#include "unit/media/hex.h"

namespace captions {
namespace {

using media::Codec;
using media::hex;
using Kind = Triplet::Kind;

const std::vector<Triplet> kTwo{{true, Kind::kField1, 0x94, 0x2c}, {true, Kind::kField2, 0x80, 0x80}};

std::vector<Triplet> read(Codec codec, base::View sample) {
  PictureReader reader;
  const auto found = reader.read(codec, sample);
  return {found.begin(), found.end()};
}

base::Bytes sample(std::initializer_list<std::string_view> units) {
  std::vector<std::vector<std::uint8_t>> bytes;
  for (const std::string_view unit : units) bytes.push_back(hex(unit));
  return media::join_lengths(std::vector<base::View>(bytes.begin(), bytes.end()));
}

constexpr std::string_view kH264Sei = "06 0411 b50031 47413934 03 c2 ff fc942c fd8080 ff 80";
constexpr std::string_view kHevcSei = "4e01 0411 b50031 47413934 03 c2 ff fc942c fd8080 ff 80";

TEST(PictureReader, FindsTheMessageAmongOthers) {
  EXPECT_EQ(
      read(Codec::kH264, sample({"06 0102aabb 0411 b50031 47413934 03 c2 ff fc942c fd8080 ff 80", "65 88"}).view()),
      kTwo);
  EXPECT_EQ(read(Codec::kH264, sample({"06 0501aa 80", kH264Sei, "65 88"}).view()), kTwo);
  EXPECT_EQ(read(Codec::kHevc, sample({kHevcSei, "2601 88"}).view()), kTwo);
}

TEST(PictureReader, LeavesTheBytesOutThatOnlyHideStartCodes) {
  EXPECT_EQ(read(Codec::kH264, sample({"06 0411 b50031 47413934 03 c2 ff fc0000 03 fd0000 ff 80", "65"}).view()),
            (std::vector<Triplet>{{true, Kind::kField1, 0, 0}, {true, Kind::kField2, 0, 0}}));
}

TEST(PictureReader, AddsUpTheMessagesOfTwoFields) {
  const auto both = read(Codec::kH264, sample({kH264Sei, "21 88", kH264Sei, "21 88"}).view());
  EXPECT_EQ(both, (std::vector<Triplet>{kTwo[0], kTwo[1], kTwo[0], kTwo[1]}));
}

TEST(PictureReader, TakesNoMoreThanItsBound) {
  std::vector<Triplet> many(kMostTriplets, kTwo[0]);
  base::Bytes picture = sample({"65 88"});
  for (int i = 0; i < 5; ++i) picture = with_captions(Codec::kH264, picture, many);
  EXPECT_EQ(read(Codec::kH264, picture.view()).size(), PictureReader::kMost);
}

TEST(PictureReader, ForgetsThePictureBefore) {
  PictureReader reader;
  EXPECT_EQ(reader.read(Codec::kH264, sample({kH264Sei, "65"}).view()).size(), 2U);
  EXPECT_TRUE(reader.read(Codec::kH264, sample({"65"}).view()).empty());
  EXPECT_TRUE(reader.read(Codec::kVp9, sample({kH264Sei}).view()).empty());
}

TEST(PictureReader, FindsThemInTheUserDataOfMpeg2) {
  EXPECT_EQ(read(Codec::kMpeg2Video,
                 hex("00000100 0008 000001b5 8f 000001b2 47413934 03 c2 ff fc942c fd8080 ff 00000101 22")),
            kTwo);
  EXPECT_TRUE(read(Codec::kMpeg2Video, hex("00000100 00000101 22 000001b2 47413934 03 c2 ff fc942c fd8080 ff")).empty())
      << "behind a slice";
}

TEST(PictureReader, FindsThemInTheMetadataOfAv1) {
  EXPECT_EQ(read(Codec::kAv1, hex("1200 2a13 04 b50031 47413934 03 c2 ff fc942c fd8080 ff 80 3201 aa")), kTwo);
  EXPECT_TRUE(read(Codec::kAv1, hex("1200 2a13 01 b50031 47413934 03 c2 ff fc942c fd8080 ff 80 3201 aa")).empty());
}

TEST(PictureReader, ReadsNothingPastTheEndOfEveryTruncation) {
  const base::Bytes h264 = sample({kH264Sei, "65 88"});
  const base::Bytes hevc = sample({kHevcSei, "2601 88"});
  const auto mpeg2 = hex("00000100 0008 000001b2 47413934 03 c2 ff fc942c fd8080 ff 00000101 22");
  const auto av1 = hex("1200 2a13 04 b50031 47413934 03 c2 ff fc942c fd8080 ff 80 3201 aa");
  const auto check = [](Codec codec, base::View whole) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // A copy of the exact size, so that a sanitizer sees what is read past its end.
      const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_LE(read(codec, cut).size(), 2U) << size;
    }
  };
  check(Codec::kH264, h264.view());
  check(Codec::kHevc, hevc.view());
  check(Codec::kMpeg2Video, mpeg2);
  check(Codec::kAv1, av1);
}

TEST(WithCaptions, PutsThemInFrontOfTheSlices) {
  EXPECT_EQ(with_captions(Codec::kH264, sample({"06 0501aa 80", "65 88", "65 89"}), kTwo),
            sample({"06 0501aa 80", kH264Sei, "65 88", "65 89"}));
  EXPECT_EQ(with_captions(Codec::kHevc, sample({"2601 88", "2601 89"}), kTwo),
            sample({kHevcSei, "2601 88", "2601 89"}));
  const auto av1 = hex("0a01 00 3201 aa");
  EXPECT_EQ(with_captions(Codec::kAv1, base::Bytes::copy_of(av1), kTwo),
            base::Bytes::copy_of(hex("0a01 00 2a13 04 b50031 47413934 03 c2 ff fc942c fd8080 ff 80 3201 aa")));
}

TEST(WithCaptions, HidesStartCodesInThem) {
  const std::vector<Triplet> zeros(3, {true, Kind::kField1, 0, 0});
  const base::Bytes picture = with_captions(Codec::kH264, sample({"65 88"}), zeros);
  EXPECT_EQ(read(Codec::kH264, picture.view()), zeros);
  const auto bytes = hex("fc0000 03 fc");
  EXPECT_EQ(std::search(picture.begin(), picture.end(), bytes.begin(), bytes.end()), picture.end())
      << "FC is none of the bytes that need it";
}

TEST(WithCaptions, LeavesAPictureAloneThatTheyHaveNoPlaceIn) {
  const base::Bytes picture = sample({"65 88"});
  EXPECT_EQ(with_captions(Codec::kH264, picture, {}), picture);
  EXPECT_EQ(with_captions(Codec::kVp9, picture, kTwo), picture);
  EXPECT_EQ(with_captions(Codec::kH264, sample({"06 0501aa 80"}), kTwo), sample({"06 0501aa 80"})) << "no slice";
}

TEST(WithoutCaptions, TakesOutTheirUnitsAlone) {
  EXPECT_EQ(without_captions(Codec::kH264, sample({"06 0501aa 80", kH264Sei, "65 88"})),
            sample({"06 0501aa 80", "65 88"}));
  EXPECT_EQ(without_captions(Codec::kHevc, sample({kHevcSei, "2601 88"})), sample({"2601 88"}));
  const base::Bytes plain = sample({"06 0501aa 80", "65 88"});
  EXPECT_EQ(without_captions(Codec::kH264, plain).view().data(), plain.view().data()) << "no copy";
}

TEST(WithoutCaptions, TakesTheMetadataOfAv1OutThatCarriesThem) {
  const auto plain = base::Bytes::copy_of(hex("1200 0a01 00 2a04 01 000102 3201 aa"));
  EXPECT_EQ(without_captions(Codec::kAv1, with_captions(Codec::kAv1, plain, kTwo)), plain) << "other metadata stays";
  EXPECT_EQ(without_captions(Codec::kAv1, plain).view().data(), plain.view().data()) << "no copy";
  const auto damaged = base::Bytes::copy_of(hex("2a7f 04"));
  EXPECT_EQ(without_captions(Codec::kAv1, damaged), damaged);
}

}  // namespace
}  // namespace captions

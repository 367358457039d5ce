#include "captions/finder.h"

#include <gtest/gtest.h>

#include <string_view>

#include "unit/captions/sample.h"
#include "unit/media/hex.h"

namespace captions {
namespace {

using media::Codec;

/// A feed whose pictures carry captions.
struct Pictures {
  Finder finder;

  void show(std::int64_t pts, std::int64_t dts, std::span<const Triplet> triplets) {
    media::Packet packet;
    packet.pts = pts;
    packet.dts = dts;
    packet.arrived = 1000 + dts;
    packet.data = with_captions(Codec::kH264, base::Bytes::copy_of(media::hex("00000002 4188")), triplets);
    finder.feed(Codec::kH264, packet);
  }
  std::string found() const {
    std::string names;
    for (std::size_t i = 0; i < Service::kAll; ++i) {
      if (finder.found().test(i)) names += (names.empty() ? "" : " ") + Service::at(i).instream_id();
    }
    return names;
  }
};

std::vector<Triplet> captions_of(Triplet::Kind field, std::uint8_t control, std::string_view text) {
  std::vector<Triplet> triplets{testing::pair(field, control, 0x25)};
  const auto characters = testing::typed(field, text);
  triplets.insert(triplets.end(), characters.begin(), characters.end());
  return triplets;
}

TEST(Finder, FindsNothingInPadding) {
  Pictures pictures;
  for (int i = 0; i < 100; ++i) {
    pictures.show(
        i, i,
        std::vector{testing::field1(0, 0), testing::field2(0, 0), Triplet{false, Triplet::Kind::kPacketData, 'A', 'B'},
                    Triplet{false, Triplet::Kind::kField1, 'A', 'B'}});
  }
  EXPECT_EQ(pictures.found(), "");
  EXPECT_EQ(pictures.finder.pictures(), 100U);
}

TEST(Finder, NamesWhatItFinds) {
  Pictures pictures;
  pictures.show(0, 0, captions_of(Triplet::Kind::kField1, 0x14, "GOAL"));
  EXPECT_EQ(pictures.found(), "CC1");
  pictures.show(1, 1, captions_of(Triplet::Kind::kField2, 0x1d, "TOOR"));
  EXPECT_EQ(pictures.found(), "CC1 CC4");
  pictures.show(2, 2, testing::packet({0x20 | 4, 'G', 'O', 'A', 'L', 0x40 | 4, 'T', 'O', 'O', 'R'}));
  EXPECT_EQ(pictures.found(), "CC1 CC4 SERVICE1 SERVICE2");
}

TEST(Finder, SaysWhenTheNewestTextOfAServiceArrived) {
  Pictures pictures;
  const auto last = [&](Service service) { return pictures.finder.last_text(service); };
  pictures.show(1, 1, captions_of(Triplet::Kind::kField1, 0x14, "GOAL"));
  pictures.show(2, 2, captions_of(Triplet::Kind::kField2, 0x1d, "TOOR"));
  pictures.show(3, 3, testing::packet({0x40 | 1, 'T'}));
  pictures.show(4, 4, std::vector{testing::field1(' ', ' '), testing::field1(0x14, 0x2c)});
  EXPECT_EQ(last(Service::line21(1)), 1001);
  EXPECT_EQ(last(Service::line21(2)), 0);
  EXPECT_EQ(last(Service::line21(3)), 0);
  EXPECT_EQ(last(Service::line21(4)), 1002);
  EXPECT_EQ(last(Service::digital(1)), 0);
  EXPECT_EQ(last(Service::digital(2)), 1003);
  pictures.show(5, 5, std::vector{testing::field1('!', 0)});
  EXPECT_EQ(last(Service::line21(1)), 1005);
}

TEST(Finder, ReadsPicturesInTheOrderInWhichTheyAreShown) {
  Pictures pictures;
  const auto mode = std::vector{testing::field1(0x14, 0x25)};
  const auto text = std::vector{testing::field1('G', 'O'), testing::field1('A', 'L')};
  const auto other = std::vector{testing::field1(0x1c, 0x25)};
  // Shown: mode, text, the other channel's mode. Coded: mode, the other channel's mode, text.
  pictures.show(0, -1, mode);
  pictures.show(2, 0, other);
  pictures.show(1, 1, text);
  pictures.show(3, 2, {});
  EXPECT_EQ(pictures.found(), "CC1");
}

TEST(Finder, ReadsPicturesThatAreShownBeforeTheyAreDecodedInOrder) {
  Pictures pictures;
  const auto other = std::vector{testing::field1(0x1c, 0x25)};
  const auto mode = std::vector{testing::field1(0x14, 0x25)};
  const auto text = std::vector{testing::field1('G', 'O'), testing::field1('A', 'L')};
  // The first is decoded when it is shown: those between are decoded later than they are shown (CM-16).
  pictures.show(0, 0, other);
  pictures.show(3, 1, {});
  pictures.show(2, 2, text);
  pictures.show(1, 3, mode);
  for (int i = 4; i < 8; ++i) pictures.show(i, i, {});
  EXPECT_EQ(pictures.found(), "CC1");
}

TEST(Finder, ReadsAPacketThatSpansPictures) {
  Pictures pictures;
  const auto whole = testing::packet({0x20 | 4, 'G', 'O', 'A', 'L'});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(pictures.found(), "");
    pictures.show(static_cast<std::int64_t>(i), static_cast<std::int64_t>(i), std::span(whole).subspan(i, 1));
  }
  EXPECT_EQ(pictures.found(), "SERVICE1");
}

TEST(Finder, CountsOnlyPicturesWithCaptions) {
  Pictures pictures;
  pictures.show(0, 0, {});
  pictures.show(1, 1, std::vector{testing::field1(0, 0)});
  EXPECT_EQ(pictures.finder.pictures(), 1U);
}

}  // namespace
}  // namespace captions

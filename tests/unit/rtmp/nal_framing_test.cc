#include "rtmp/nal_framing.h"

#include <gtest/gtest.h>

#include "unit/media/hex.h"

namespace rtmp {
namespace {

using media::hex;

using Units = std::vector<std::vector<std::uint8_t>>;

Units units_of(NalFraming& framing, std::string_view message) {
  const auto body = hex(message);
  const auto nals = framing.split(body);
  Units units;
  if (!nals.ok()) return units;
  for (const base::View nal : *nals) units.emplace_back(nal.begin(), nal.end());
  return units;
}

TEST(NalFraming, KnowsStartCodesOfBothSizesWithSomethingBehindThem) {
  EXPECT_TRUE(begins_with_start_code(hex("000001 65")));
  EXPECT_TRUE(begins_with_start_code(hex("00000001")));
  EXPECT_FALSE(begins_with_start_code(hex("000001")));
  EXPECT_FALSE(begins_with_start_code(hex("")));
  EXPECT_FALSE(begins_with_start_code(hex("00000002")));
  EXPECT_FALSE(begins_with_start_code(hex("00010001")));
  EXPECT_FALSE(begins_with_start_code(hex("01000001")));
}

TEST(NalFraming, ReadsLengthsUntilATrackIsSeenToUseStartCodes) {
  NalFraming framing;
  EXPECT_EQ(units_of(framing, "00000002 6501 00000001 41"), (Units{hex("6501"), hex("41")}));
  EXPECT_EQ(units_of(framing, "00000001 6501 000001 41"), (Units{hex("6501"), hex("41")}));
  EXPECT_EQ(units_of(framing, "00000001 65"), (Units{hex("65")})) << "a length that adds up, too";
  EXPECT_EQ(units_of(framing, "00000002 6501"), (Units{hex("6501")})) << "no start code: lengths again";
}

TEST(NalFraming, RefusesAMessageThatIsNeither) {
  NalFraming framing;
  for (const char* message : {"00", "000001", "00000005 65", "00000002 6501 00"}) {
    EXPECT_FALSE(framing.split(hex(message)).ok()) << message;
  }
}

TEST(NalFraming, IsPlainWhereTheMessageIsAlreadyWhatAPacketHolds) {
  const auto plain = [](NalFraming& framing, std::string_view message) {
    const auto body = hex(message);
    const auto nals = framing.split(body);
    return nals.ok() && framing.is_plain(body, *nals);
  };
  NalFraming lengths;
  EXPECT_TRUE(plain(lengths, "00000002 6501 00000001 41"));
  EXPECT_FALSE(plain(lengths, "00000002 6501 00000000")) << "an empty unit";
  NalFraming start_codes;
  EXPECT_FALSE(plain(start_codes, "00000001 6501 00000001 4102"));
  NalFraming short_lengths;
  short_lengths.set_length_size(2);
  EXPECT_FALSE(plain(short_lengths, "0002 6501"));
}

}  // namespace
}  // namespace rtmp

#include "captions/korean.h"

#include <gtest/gtest.h>

#include <string>

#include "base/utf8.h"
#include "captions/digital_codes.h"
#include "captions/digital_decoder.h"
#include "unit/captions/sample.h"

namespace captions::digital {
namespace {

class Korean : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(load_korean().ok()); }
};

/// The bytes of a text, as printf and iconv write it: `printf %s TEXT | iconv -t EUC-KR | od -t x1`.
using Bytes = std::vector<std::uint8_t>;
const Bytes kHello{0xbe, 0xc8, 0xb3, 0xe7, 0xc7, 0xcf, 0xbc, 0xbc, 0xbf, 0xe4};       // EUC-KR
const Bytes kHelloUtf16{0xc5, 0x48, 0xb1, 0x55, 0xd5, 0x58, 0xc1, 0x38, 0xc6, 0x94};  // UTF-16BE
const Bytes kCountryUtf16{0xb3, 0x00, 0xd5, 0x5c, 0xbb, 0xfc, 0xad, 0x6d};            // 대한민국, UTF-16BE

/// Each character as a service has it.
Bytes wide(const Bytes& text) {
  Bytes codes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) codes.insert(codes.end(), {kSixteenBits, text[i], text[i + 1]});
  return codes;
}

/// What the screen of a service shows, a picture for each text.
std::string shown(DigitalDecoder& decoder, std::initializer_list<Bytes> texts) {
  std::string screen;
  base::Micros at = 0;
  for (const Bytes& text : texts) {
    if (const auto now = decoder.feed(testing::packet(testing::service_block(1, text)), at += base::kSecond))
      screen = *now;
  }
  // What is written comes out some time later.
  if (const auto now = decoder.feed({}, at + base::kSecond)) screen = *now;
  return screen;
}
const Bytes kWindow = testing::window(0);

TEST_F(Korean, HasTheCharactersOfKsX1001) {
  EXPECT_EQ(korean_character(0xb0, 0xa1), U'가') << "the first syllable";
  EXPECT_EQ(korean_character(0xc8, 0xfe), U'힝') << "the last syllable";
  EXPECT_EQ(korean_character(0xa1, 0xa1), U'\u3000');
  EXPECT_EQ(korean_character(0xa2, 0xbe), U'♥');
  EXPECT_EQ(korean_character(0xfd, 0xfe), U'詰') << "the last ideograph";
  int characters = 0;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second)
      characters += korean_character(static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)) ? 1 : 0;
  }
  EXPECT_GE(characters, 8225) << "Python's codec has so many; glibc adds the signs of the euro and of trade marks";
  EXPECT_LE(characters, 8228);
}

TEST_F(Korean, HasNoneOutsideOfIt) {
  EXPECT_EQ(korean_character(0xa0, 0xa1), std::nullopt);
  EXPECT_EQ(korean_character(0xb0, 0xa0), std::nullopt);
  EXPECT_EQ(korean_character(0xb0, 0xff), std::nullopt);
  EXPECT_EQ(korean_character(0xff, 0xa1), std::nullopt);
  EXPECT_EQ(korean_character(0xfe, 0xfe), std::nullopt) << "a row without characters";
}

TEST_F(Korean, TextOfAKoreanServiceIsEucKr) {
  DigitalDecoder decoder(1);
  decoder.read_korean(true);
  EXPECT_EQ(shown(decoder, {kWindow, wide(kHello), testing::characters(" 2:1")}), "안녕하세요 2:1");
}

TEST_F(Korean, TextOfOtherServicesIsUtf16) {
  DigitalDecoder decoder(1);
  EXPECT_EQ(shown(decoder, {kWindow, wide(kHelloUtf16)}), "안녕하세요");
  decoder.read_korean(true);
  decoder.read_korean(false);
  EXPECT_EQ(shown(decoder, {{0x0c}, wide(kCountryUtf16)}), "대한민국");
}

TEST_F(Korean, TextThatIsNotEucKrIsFoundToBeUtf16) {
  DigitalDecoder decoder(1);
  decoder.read_korean(true);
  EXPECT_EQ(shown(decoder, {kWindow, wide(kHelloUtf16)}), "안녕하세요") << "no code of it is one of EUC-KR";
  decoder.read_korean(true);
  EXPECT_EQ(shown(decoder, {{0x0c}, wide(kCountryUtf16)}), "대한민국")
      << "known by now: the third would be another one";
}

TEST_F(Korean, ADamagedCodeDoesNotChangeTheSet) {
  DigitalDecoder decoder(1);
  decoder.read_korean(true);
  const Bytes damaged = wide({0xbe, 0x48});
  std::string screen = shown(decoder, {kWindow, wide(kHello), damaged, wide(kHello), damaged, {0x0c}, wide(kHello)});
  EXPECT_EQ(screen, "안녕하세요");
}

TEST_F(Korean, ACharacterOfOneByteHasNoneInFront) {
  KoreanReader reader;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(reader.read(0, 'A'), std::nullopt);
  EXPECT_EQ(reader.read(0xb0, 0xa1), U'가') << "they are no wrong codes";
}

TEST_F(Korean, TwoWrongCodesInARowAreTooMuch) {
  KoreanReader reader;
  EXPECT_EQ(reader.read(0xb0, 0x20), std::nullopt);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(reader.read(0xb0, 0xa1), U'가');
  EXPECT_EQ(reader.read(0xb0, 0x20), std::nullopt);
  EXPECT_EQ(reader.read(0xb0, 0xa1), U'가') << "four right ones made up for the first";
  EXPECT_EQ(reader.read(0xb0, 0x20), std::nullopt);
  EXPECT_EQ(reader.read(0xb0, 0xa1), U'가') << "3 and 4 are less than 8";
  EXPECT_EQ(reader.read(0xb0, 0x20), std::nullopt);
  EXPECT_EQ(reader.read(0xb0, 0xa1), std::nullopt);
}

}  // namespace
}  // namespace captions::digital

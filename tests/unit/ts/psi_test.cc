#include "ts/psi.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

StreamEntry entry_of(std::uint8_t type, const Blob& descriptors = {}) {
  const auto pmt = parse_pmt(Mux::make_pmt(1, {{type, 0x100, descriptors}}));
  EXPECT_TRUE(pmt.ok());
  return pmt->streams.at(0);
}

TEST(Pmt, NamesTheCodecOfEveryStreamTypeWeHandle) {  // TS-13
  using media::Codec;
  EXPECT_EQ(entry_of(0x1b).codec, Codec::kH264);
  EXPECT_EQ(entry_of(0x24).codec, Codec::kHevc);
  EXPECT_EQ(entry_of(0x02).codec, Codec::kMpeg2Video);
  EXPECT_EQ(entry_of(0x03).codec, Codec::kMp2);
  EXPECT_EQ(entry_of(0x04).codec, Codec::kMp2);
  EXPECT_EQ(entry_of(0x0f).codec, Codec::kAac);
  EXPECT_EQ(entry_of(0x0f).wrapping, Wrapping::kAdts);
  EXPECT_EQ(entry_of(0x11).codec, Codec::kAac);
  EXPECT_EQ(entry_of(0x11).wrapping, Wrapping::kLatm);
  EXPECT_EQ(entry_of(0x81).codec, Codec::kAc3);
  EXPECT_EQ(entry_of(0x87).codec, Codec::kEac3);
  EXPECT_EQ(entry_of(0x06, hex("6a0100")).codec, Codec::kAc3);
  EXPECT_EQ(entry_of(0x06, hex("7a0100")).codec, Codec::kEac3);
  EXPECT_EQ(entry_of(0x06, registration("AC-3")).codec, Codec::kAc3);
  EXPECT_EQ(entry_of(0x06, registration("EAC3")).codec, Codec::kEac3);
  EXPECT_EQ(entry_of(0x06, registration("AV01")).codec, Codec::kAv1);
  const StreamEntry opus = entry_of(0x06, registration("Opus") + hex("7f028006"));
  EXPECT_EQ(opus.codec, Codec::kOpus);
  EXPECT_EQ(opus.opus_channels, 6);
}

TEST(Pmt, LeavesOtherStreamTypesWithoutACodec) {  // TS-10, TS-12
  EXPECT_FALSE(entry_of(0x06).codec);
  EXPECT_FALSE(entry_of(0x06, hex("5600")).codec);  // teletext
  EXPECT_FALSE(entry_of(0x15).codec);
  EXPECT_FALSE(entry_of(0x86, registration("CUEI")).codec);
}

TEST(Pmt, KnowsTeletextByItsDescriptor) {  // TS-10
  const auto pages = [](const Blob& descriptors, std::uint8_t type = 0x06) {
    const auto teletext = entry_of(type, descriptors).teletext;
    return teletext ? static_cast<int>(teletext->size()) : -1;
  };
  EXPECT_EQ(pages(hex("5600")), 0);
  EXPECT_EQ(pages(hex("560a 656e67 10 88 646575 28 89")), 2);
  EXPECT_EQ(pages(hex("4605 656e67 10 88")), 1) << "in the vertical blanking interval";
  EXPECT_EQ(pages(hex("5607 656e67 10 88 6465")), 1) << "the second is cut short";
  EXPECT_EQ(pages({}), -1);
  EXPECT_EQ(pages(hex("5600"), 0x0f), -1);
  EXPECT_EQ(pages(hex("5600 6a00")), -1) << "AC-3";
  EXPECT_TRUE(entry_of(0x06, hex("5900")).bitmap_subtitles);
  EXPECT_FALSE(entry_of(0x06, hex("5600")).bitmap_subtitles);
}

/// "CC1 eng, SERVICE2 spa".
std::string captions_of(const Blob& descriptors, std::uint8_t type = 0x1b) {
  std::string all;
  for (const media::Caption& caption : entry_of(type, descriptors).captions)
    all += (all.empty() ? "" : ", ") + caption.service + " " + caption.language + caption.name;
  return all;
}

TEST(Pmt, KnowsCaptionsByTheirDescriptor) {  // ATSC A/65 6.9.2
  EXPECT_EQ(captions_of(hex("8607 c1 656e67 7e 3fff")), "CC1 eng");
  EXPECT_EQ(captions_of(hex("8607 c1 737061 7f 3fff")), "CC3 spa");
  EXPECT_EQ(captions_of(hex("860d c2 656e67 c1 3fff 737061 ff 7fff")), "SERVICE1 eng, SERVICE63 spa");
  EXPECT_EQ(captions_of(hex("860d e2 454e47 c1 bfff 000000 c2 3fff")), "SERVICE1 engEnglish (easy reader), SERVICE2 ")
      << "a language that is none is not known";
  EXPECT_EQ(captions_of(hex("8607 c1 000000 c1 bfff")), "SERVICE1 ") << "easy to read in a language that is not known";
  EXPECT_EQ(captions_of({}), "");
}

TEST(Pmt, TakesNoOtherDescriptorForOneOfCaptions) {
  EXPECT_EQ(captions_of(hex("8600")), "");
  EXPECT_EQ(captions_of(hex("8601 c0")), "");
  EXPECT_EQ(captions_of(hex("8606 c1 656e67 c1 3f")), "") << "cut short";
  EXPECT_EQ(captions_of(hex("8608 c1 656e67 c1 3fff 00")), "") << "too long";
  EXPECT_EQ(captions_of(hex("8607 c1 656e67 c0 3fff")), "") << "there is no service 0";
  EXPECT_EQ(captions_of(hex("8607 c1 656e67 c1 3fff"), 0x0f), "") << "of sound";
  Blob many;
  for (int i = 0; i < 4; ++i) {
    many = many + hex("8637 c9");
    for (int k = 0; k < 9; ++k) many = many + hex("656e67 c1 3fff");
  }
  EXPECT_EQ(entry_of(0x1b, many).captions.size(), 31U);
}

TEST(Pmt, KnowsSpliceInformationByItsRegistration) {  // TS-7
  EXPECT_TRUE(entry_of(0x86, registration("CUEI")).cues);
  EXPECT_FALSE(entry_of(0x86).cues) << "DTS audio of a disc";
  EXPECT_FALSE(entry_of(0x86, registration("HDMV")).cues);
  EXPECT_FALSE(entry_of(0x06, registration("CUEI")).cues);
  Blob section = Mux::make_pmt(1, {{0x86, 0x100, {}}});
  const Blob info = registration("CUEI");
  section.insert(section.begin() + 12, info.begin(), info.end());
  section[11] = static_cast<std::uint8_t>(info.size());
  EXPECT_TRUE(parse_pmt(section)->streams.at(0).cues) << "registered for the whole program";
  section[13] = 0xff;
  EXPECT_FALSE(parse_pmt(section)->streams.at(0).cues) << "a broken descriptor";
}

TEST(Pmt, ReadsLanguagesInLowerCase) {  // TS-14
  EXPECT_EQ(entry_of(0x0f, language("eng")).language, "eng");
  EXPECT_EQ(entry_of(0x0f, language("DEU")).language, "deu");
  EXPECT_EQ(entry_of(0x0f, language("und")).language, "");
  EXPECT_EQ(entry_of(0x0f, language("e\"g")).language, "");
  EXPECT_EQ(entry_of(0x0f, hex("0a00")).language, "");
}

TEST(Pmt, ReadsForWhomAudioIs) {  // TS-14
  EXPECT_EQ(entry_of(0x0f, language("eng", 0)).role, media::Role::kMain);
  EXPECT_EQ(entry_of(0x0f, language("eng", 1)).role, media::Role::kMain) << "clean effects";
  EXPECT_EQ(entry_of(0x0f, language("eng", 2)).role, media::Role::kClearSpeech);
  EXPECT_EQ(entry_of(0x0f, language("eng", 3)).role, media::Role::kDescription);
  EXPECT_EQ(entry_of(0x0f, hex("0a03656e67")).role, media::Role::kMain) << "a descriptor that is cut short";
  EXPECT_EQ(entry_of(0x0f, hex("0a03656e67")).language, "eng");
}

TEST(Pmt, RefusesLengthsThatDoNotFit) {  // TS-2
  Blob section = Mux::make_pmt(1, {{0x1b, 0x100, language("eng")}});
  section[16] = 0xff;  // ES_info_length
  EXPECT_FALSE(parse_pmt(section).ok());
  EXPECT_FALSE(parse_pmt(Mux::make_pmt(1, {{0x1b, 0x100, hex("0aff")}})).ok());
  for (std::size_t size = 0; size < section.size(); ++size) {
    static_cast<void>(parse_pmt(base::View(section).first(size)).ok());  // must not read past the end
  }
}

TEST(Pat, ListsProgramsAndLeavesTheNetworkOut) {
  base::ByteWriter body;
  body.u32(0x0000e010);
  body.u32(0x0001e100);
  body.u32(0x0102ffff);
  const auto pat = parse_pat(Mux::make_section(0x00, 9, 3, body.take()));
  ASSERT_TRUE(pat.ok());
  EXPECT_EQ(pat->header.version, 3);
  EXPECT_EQ(pat->header.table_id_extension, 9);
  EXPECT_EQ(pat->programs, (std::vector<Program>{{1, 0x100}, {0x102, 0x1fff}}));
}

}  // namespace
}  // namespace ts

#include "cmaf/init.h"

#include <gtest/gtest.h>

#include "media/av1.h"
#include "media/hdr.h"
#include "outline.h"
#include "tracks.h"

namespace cmaf {
namespace {

using media::Codec;
namespace samples = media::samples;

/// The lines of an outline that start (indentation aside) with one of these
/// types, joined.
std::string lines_of(const std::string& text, std::initializer_list<std::string_view> types) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::size_t word = text.find_first_not_of(' ', at);
    for (const std::string_view type : types) {
      if (text.compare(word, type.size(), type) == 0) kept += text.substr(word, end + 1 - word);
    }
    at = end + 1;
  }
  return kept;
}

TEST(Init, IsTheWholeHeaderOfAnH264Track) {  // CM-1, CM-2, CM-3, CM-4, CM-5,
                                             // CM-16, CM-25
  EXPECT_EQ(outline(write_init(h264_track()).view()),
            "ftyp 69736f360000000069736f36636d6663636d6632\n"
            "moov\n"
            "  mvhd "
            "00000000000000000000000000015f900000000000010000010000000000000000000000"
            "00010000000000000000000000"
            "000000000100000000000000000000000000004000000000000000000000000000000000"
            "000000000000000000000000000002\n"
            "  trak\n"
            "    tkhd "
            "000000070000000000000000000000010000000000000000000000000000000000000000"
            "00000000000100000000000000"
            "0000000000000000010000000000000000000000000000400000000780000004380000\n"
            "    mdia\n"
            "      mdhd 00000000000000000000000000015f900000000015c70000\n"
            "      hdlr "
            "000000000000000076696465000000000000000000000000766964656f00\n"
            "      minf\n"
            "        vmhd 000000010000000000000000\n"
            "        dinf\n"
            "          dref 0000000000000001\n"
            "            url  00000001\n"
            "        stbl\n"
            "          stsd 0000000000000001\n"
            "            avc1 "
            "000000000000000100000000000000000000000000000000078004380048000000480000"
            "000000000001000000"
            "00000000000000000000000000000000000000000000000000000000000018ffff\n"
            "              avcC "
            "0164002affe1001e6764002aacd940780227e5c05a808080a0000003002000000c81e306"
            "32c001000468ef8f"
            "cbfdf8f800\n"
            "              colr 6e636c7800010001000100\n"
            "              pasp 0000000100000001\n"
            "          stts 0000000000000000\n"
            "          stsc 0000000000000000\n"
            "          stco 0000000000000000\n"
            "          stsz 000000000000000000000000\n"
            "  mvex\n"
            "    trex 000000000000000100000001000000000000000000000000\n");
}

TEST(Init, DescribesAac) {
  const std::string text = outline(write_init(aac_track()).view());
  EXPECT_EQ(lines_of(text, {"smhd", "mp4a", "esds", "hdlr"}),
            "hdlr 0000000000000000736f756e000000000000000000000000617564696f00\n"
            "smhd 0000000000000000\n"
            "mp4a 000000000000000100000000000000000002001000000000bb800000\n"
            "esds "
            "00000000031c0000000414401500000000000000000000000505119056e500060102\n");
  EXPECT_NE(text.find("mdhd 0000000000000000000000000000bb80"),
            std::string::npos);  // CM-7
}

TEST(Init, DescribesTheOtherAudioCodecs) {
  const auto entry = [](Codec codec, std::string_view config, std::string_view type, std::string_view box) {
    return lines_of(outline(write_init(track_of(codec, config, 48000)).view()), {type, box});
  };
  EXPECT_EQ(entry(Codec::kOpus, samples::kDopsStereo, "Opus", "dOps"),
            "Opus 000000000000000100000000000000000002001000000000bb800000\ndOps "
            "000201380000bb80000000\n");
  EXPECT_EQ(entry(Codec::kAc3, samples::kDac351, "ac-3", "dac3"),
            "ac-3 000000000000000100000000000000000006001000000000bb800000\ndac3 "
            "103de0\n");
  EXPECT_EQ(entry(Codec::kEac3, samples::kDec351, "ec-3", "dec3"),
            "ec-3 000000000000000100000000000000000006001000000000bb800000\ndec3 "
            "0e00200f00\n");
  EXPECT_EQ(entry(Codec::kFlac, samples::kDflaStereo48, "fLaC", "dfLa"),
            "fLaC 000000000000000100000000000000000002001000000000bb800000\ndfLa " +
                std::string{samples::kDflaStereo48} + "\n");
}

TEST(Init, CarriesHdr10) {  // CM-4
  const media::Track track = track_of(Codec::kHevc, samples::kHvccHdr10, 60000);
  EXPECT_EQ(lines_of(outline(write_init(track).view()), {"colr", "pasp", "mdcv", "clli"}),
            "colr 6e636c7800090010000900\n"
            "pasp 0000000100000001\n"
            "mdcv 33c286c41d4c0bb884d03e803d1340420098968000000032\n"
            "clli 03e80190\n");
}

TEST(Init, CarriesHdr10OfAv1Too) {  // CM-4
  const media::Track hevc = track_of(Codec::kHevc, samples::kHvccHdr10, 60000);
  media::Track track = track_of(Codec::kAv1, samples::kAv1c, 60000);
  const auto obus = media::av1::make_hdr_obus(media::hdr_metadata(hevc));
  std::vector<std::uint8_t> config(track.config.begin(), track.config.end());
  config.insert(config.end(), obus.begin(), obus.end());
  EXPECT_EQ(lines_of(outline(write_init(track).view()), {"mdcv", "clli"}), "");
  track.config = base::Bytes::adopt(std::move(config));
  const std::string boxes = lines_of(outline(write_init(track).view()), {"mdcv", "clli"});
  EXPECT_EQ(boxes, lines_of(outline(write_init(hevc).view()), {"mdcv", "clli"})) << "up to a step of rounding";
}

TEST(Init, ShowsWidePixelsInTheTrackHeader) {
  const media::Track track = track_of(Codec::kH264, samples::kAvcc576i, 90000);
  const std::string text = outline(write_init(track).view());
  EXPECT_EQ(lines_of(text, {"pasp"}), "pasp 000000400000002d\n");
  EXPECT_NE(lines_of(text, {"tkhd"}).find("0400000002400000\n"),
            std::string::npos);  // 1024x576
}

TEST(Init, SaysThatLengthsHaveFourBytesAndHvc1IsComplete) {  // CM-5
  media::Track avc = h264_track();
  std::vector<std::uint8_t> config(avc.config.begin(), avc.config.end());
  config[4] = 0xfd;
  avc.config = base::Bytes::adopt(std::move(config));
  EXPECT_NE(outline(write_init(avc).view()).find("avcC 0164002affe1"), std::string::npos);

  media::Track hevc = track_of(Codec::kHevc, samples::kHvcc720p25, 90000);
  const std::string complete = outline(write_init(hevc).view());
  std::vector<std::uint8_t> open(hevc.config.begin(), hevc.config.end());
  for (std::size_t i = 0; i + 2 < open.size(); ++i) {
    const bool array = open[i + 1] == 0 && open[i + 2] == 1 && open[i] >= 0xa0 && open[i] <= 0xa2;
    if (array) open[i] = static_cast<std::uint8_t>(open[i] & 0x7f);
  }
  hevc.config = base::Bytes::adopt(std::move(open));
  EXPECT_NE(hevc.config, track_of(Codec::kHevc, samples::kHvcc720p25, 90000).config);
  EXPECT_EQ(outline(write_init(hevc).view()), complete);
}

TEST(Init, WritesLongDescriptorsWithLongLengths) {
  media::Track track = aac_track();
  std::vector<std::uint8_t> config(track.config.begin(), track.config.end());
  config.resize(200);
  track.config = base::Bytes::adopt(std::move(config));
  const base::Bytes init = write_init(track);
  const auto back = read_init(init.view());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->config, track.config);
}

TEST(Init, PacksTheLanguage) {
  media::Track track = aac_track();
  const auto header = [&](std::string language) {
    track.language = std::move(language);
    return lines_of(outline(write_init(track).view()), {"mdhd"}).substr(5 + 40, 4);
  };
  EXPECT_EQ(header("eng"), "15c7");
  EXPECT_EQ(header(""), "55c4");
  EXPECT_EQ(header("ENG"), "55c4");
  EXPECT_EQ(header("de"), "10b5") << "its code is deu";
  EXPECT_EQ(header("de-CH"), "10b5");
  EXPECT_EQ(header("aza"), "0741") << "from a to z";
  EXPECT_EQ(header("a`a"), "55c4");
  EXPECT_EQ(header("a{a"), "55c4");
}

TEST(Init, IsRefusedForWhatCannotBePlayed) {
  media::Track track;
  track.codec = Codec::kMp2;
  track.audio = {48000, 2, 1152, 0};
  EXPECT_EQ(check_track(track).error().code, base::Code::kUnsupported);
  EXPECT_TRUE(write_init(track).empty());
  track = h264_track();
  track.timescale = 0;
  EXPECT_FALSE(check_track(track).ok());
  for (const int side : {0, 0x10000}) {
    track = h264_track();
    track.video.width = side;
    EXPECT_FALSE(check_track(track).ok()) << side;
    track = h264_track();
    track.video.height = side;
    EXPECT_FALSE(check_track(track).ok()) << side;
  }
  for (const int side : {1, 0xffff}) {
    track = h264_track();
    track.video.width = track.video.height = side;
    EXPECT_TRUE(check_track(track).ok()) << side;
  }
  track = h264_track();
  track.config = track.config.slice(0, 20);
  EXPECT_TRUE(write_init(track).empty());
}

TEST(Init, TimescalesHave32BitsAndAtLeastOneTickASecond) {
  media::Track track = h264_track();
  for (const std::int64_t timescale : {std::int64_t{1}, std::int64_t{0xffffffff}}) {
    track.timescale = timescale;
    EXPECT_TRUE(check_track(track).ok()) << timescale;
  }
  for (const std::int64_t timescale : {std::int64_t{0}, std::int64_t{0x100000000}}) {
    track.timescale = timescale;
    EXPECT_FALSE(check_track(track).ok()) << timescale;
  }
}

TEST(Init, SoundHasASampleRateAndAtLeastOneChannel) {
  const auto accepted = [](int sample_rate, int channels) {
    media::Track track = aac_track();
    track.audio.sample_rate = sample_rate;
    track.audio.channels = channels;
    return check_track(track).ok();
  };
  EXPECT_TRUE(accepted(48000, 1));
  EXPECT_TRUE(accepted(1, 2));
  EXPECT_TRUE(accepted(48000, 0xffff));
  EXPECT_FALSE(accepted(48000, 0));
  EXPECT_FALSE(accepted(0, 2));
  EXPECT_FALSE(accepted(48000, 0x10000));
}

TEST(InitName, ChangesWithTheBytes) {  // CM-6
  const std::string name = init_name(write_init(aac_track()).view());
  EXPECT_EQ(name.size(), 17u);
  EXPECT_EQ(name, init_name(write_init(aac_track()).view()));
  EXPECT_NE(name, init_name(write_init(h264_track()).view()));
  EXPECT_EQ(init_name({}), "init-38d394c2.mp4");
}

TEST(ReadInit, GivesTheTrackBack) {  // CM-30
  const std::vector<media::Track> tracks{h264_track(),
                                         track_of(Codec::kH264, samples::kAvcc576i, 90000),
                                         track_of(Codec::kHevc, samples::kHvccHdr10, 60000),
                                         track_of(Codec::kAv1, samples::kAv1c, 12800),
                                         aac_track(),
                                         track_of(Codec::kAac, samples::kAac51, 48000),
                                         track_of(Codec::kOpus, samples::kDops51, 48000),
                                         track_of(Codec::kAc3, samples::kDac3Stereo44, 44100),
                                         track_of(Codec::kEac3, samples::kDec351, 48000),
                                         track_of(Codec::kFlac, samples::kDflaStereo48, 48000)};
  for (const media::Track& track : tracks) {
    const base::Bytes init = write_init(track);
    const auto back = read_init(init.view());
    ASSERT_TRUE(back.ok()) << track.codec_string;
    EXPECT_TRUE(media::same_format(*back, track)) << track.codec_string;
    EXPECT_EQ(back->timescale, track.timescale);
    EXPECT_EQ(back->language, "eng");
    EXPECT_EQ(*codec_string_of_init(init.view()), track.codec_string);
  }
}

TEST(ReadInit, ReadsBothBytesOfTheNumberOfChannels) {
  media::Track track;
  track.codec = Codec::kMp3;
  track.timescale = 44100;
  track.audio = {44100, 0x0102, 1152, 0};
  EXPECT_EQ(read_init(write_init(track).view())->audio.channels, 0x0102);
}

TEST(ReadInit, GivesMp3Back) {
  media::Track track;
  track.codec = Codec::kMp3;
  track.timescale = 44100;
  track.audio = {44100, 2, 1152, 0};
  const base::Bytes init = write_init(track);
  EXPECT_EQ(*codec_string_of_init(init.view()), "mp4a.40.34");
  EXPECT_NE(outline(init.view()).find("040d6b15"),
            std::string::npos);  // MPEG-1 audio
}

TEST(ReadInit, RefusesEveryTruncation) {
  for (const media::Track& track : {h264_track(), aac_track()}) {
    const base::Bytes init = write_init(track);
    for (std::size_t size = 0; size < init.size(); ++size) {
      EXPECT_FALSE(read_init(init.view().first(size)).ok()) << size;
    }
  }
}

}  // namespace
}  // namespace cmaf

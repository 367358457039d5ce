#include "hls/multivariant.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hls {
namespace {

Stream video(const std::string& name, int width, int height, std::uint32_t bandwidth) {
  Stream stream;
  stream.name = name;
  stream.track.codec = media::Codec::kH264;
  stream.track.codec_string = "avc1.64001f";
  stream.track.video.width = width;
  stream.track.video.height = height;
  stream.track.video.frame_rate = {30000, 1001};
  stream.bandwidth = bandwidth;
  stream.average_bandwidth = bandwidth - 100'000;
  return stream;
}

Stream audio(const std::string& name, const std::string& language, media::Codec codec = media::Codec::kAac) {
  Stream stream;
  stream.name = name;
  stream.track.codec = codec;
  stream.track.codec_string = codec == media::Codec::kAac ? "mp4a.40.2" : "ac-3";
  stream.track.language = language;
  stream.track.audio.channels = codec == media::Codec::kAac ? 2 : 6;
  stream.bandwidth = codec == media::Codec::kAac ? 130'000 : 400'000;
  stream.average_bandwidth = codec == media::Codec::kAac ? 128'000 : 384'000;
  return stream;
}

std::string render(std::vector<Stream> streams) { return render_multivariant(streams, true); }

TEST(Multivariant, ALadderWithOneAudio) {  // MV-1, MV-2, MV-6, MV-9, MV-10, MV-14, MV-23
  Stream sound = audio("a1", "eng");
  sound.label = "English";
  sound.is_default = true;
  EXPECT_EQ(render({video("v1080", 1920, 1080, 6'000'000), video("v480", 854, 480, 1'800'000), sound}),
            "#EXTM3U\n"
            "#EXT-X-VERSION:4\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,"
            "CHANNELS=\"2\",URI=\"a1/index.m3u8\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=1930000,AVERAGE-BANDWIDTH=1828000,CODECS=\"avc1.64001f,mp4a.40.2\","
            "RESOLUTION=854x480,FRAME-RATE=29.970,AUDIO=\"audio\"\n"
            "v480/index.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=6130000,AVERAGE-BANDWIDTH=6028000,CODECS=\"avc1.64001f,mp4a.40.2\","
            "RESOLUTION=1920x1080,FRAME-RATE=29.970,AUDIO=\"audio\"\n"
            "v1080/index.m3u8\n");
}

Stream text(const std::string& name, const std::string& language, const std::string& label = "") {
  Stream stream;
  stream.name = name;
  stream.track.codec = media::Codec::kWebVtt;
  stream.track.language = language;
  stream.label = label;
  return stream;
}

TEST(Multivariant, TextIsAGroupThatEachVariantNames) {  // MV-10, MV-11, MV-13, SU-8
  Stream english = text("s1", "en");
  english.is_default = true;
  english.characteristics = "public.accessibility.transcribes-spoken-dialog";
  Stream signs = text("s2", "en", "Signs");
  signs.forced = true;
  signs.is_default = true;
  EXPECT_EQ(render({video("v720", 1280, 720, 3'000'000), english, signs, text("s3", "", "Signs"), text("s4", "")}),
            "#EXTM3U\n"
            "#EXT-X-VERSION:4\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,"
            "AUTOSELECT=YES,CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog\",URI=\"s1/index.m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"Signs\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,"
            "FORCED=YES,URI=\"s2/index.m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"Signs 2\",LANGUAGE=\"und\",DEFAULT=NO,"
            "AUTOSELECT=YES,URI=\"s3/index.m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"s4\",LANGUAGE=\"und\",DEFAULT=NO,AUTOSELECT=YES,"
            "URI=\"s4/index.m3u8\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2900000,CODECS=\"avc1.64001f\","
            "RESOLUTION=1280x720,FRAME-RATE=29.970,SUBTITLES=\"subs\"\n"
            "v720/index.m3u8\n");
}

TEST(Multivariant, VideoWithoutAudio) {
  EXPECT_EQ(render_multivariant(std::vector{video("v720", 1280, 720, 3'000'000)}, false),
            "#EXTM3U\n"
            "#EXT-X-VERSION:1\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2900000,CODECS=\"avc1.64001f\","
            "RESOLUTION=1280x720,FRAME-RATE=29.970\n"
            "v720/index.m3u8\n");
}

TEST(Multivariant, TextIsNoSound) {
  const std::string playlist = render({video("v720", 1280, 720, 3'000'000), audio("a1", "eng"), text("s1", "eng")});
  EXPECT_NE(playlist.find("BANDWIDTH=3130000,AVERAGE-BANDWIDTH=3028000,CODECS=\"avc1.64001f,mp4a.40.2\""),
            std::string::npos);
  EXPECT_NE(playlist.find(",AUDIO=\"audio\",SUBTITLES=\"subs\"\n"), std::string::npos);
  EXPECT_EQ(playlist.find("TYPE=AUDIO"), playlist.rfind("TYPE=AUDIO"));
}

TEST(Multivariant, NamesCaptionsInOneGroupThatEveryVariantHas) {  // MV-9, MV-10, MV-13, MV-14
  const std::vector<Stream> streams{video("source", 1280, 720, 3'000'000), video("v360", 640, 360, 800'000)};
  const media::Captions captions{{{"CC1", "eng", "English"}, {"CC3", "", ""}}, false};
  EXPECT_EQ(render_multivariant(streams, true, captions),
            "#EXTM3U\n"
            "#EXT-X-VERSION:4\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=NO,"
            "AUTOSELECT=YES,INSTREAM-ID=\"CC1\"\n"
            "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"CC3\",LANGUAGE=\"und\",DEFAULT=NO,"
            "AUTOSELECT=YES,INSTREAM-ID=\"CC3\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2900000,CODECS=\"avc1.64001f\","
            "RESOLUTION=1280x720,FRAME-RATE=29.970,CLOSED-CAPTIONS=\"cc\"\n"
            "source/index.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=800000,AVERAGE-BANDWIDTH=700000,CODECS=\"avc1.64001f\","
            "RESOLUTION=640x360,FRAME-RATE=29.970,CLOSED-CAPTIONS=\"cc\"\n"
            "v360/index.m3u8\n");
}

TEST(Multivariant, SaysNothingOfCaptionsUntilSomethingIsKnown) {
  EXPECT_EQ(render({video("v", 640, 360, 800'000)}).find("CAPTIONS"), std::string::npos);
}

TEST(Multivariant, SaysWhereThereAreNoCaptions) {  // MV-9
  const std::vector<Stream> streams{video("v720", 1280, 720, 3'000'000), video("v360", 640, 360, 800'000)};
  const std::string text = render_multivariant(streams, true, {{}, true});
  EXPECT_NE(text.find("CLOSED-CAPTIONS=NONE\nv720/"), std::string::npos) << text;
  EXPECT_NE(text.find("CLOSED-CAPTIONS=NONE\nv360/"), std::string::npos);
  EXPECT_EQ(text.find("#EXT-X-MEDIA"), std::string::npos);
}

TEST(Multivariant, NeedsVersionSevenForDigitalCaptions) {  // LL-7
  const std::vector<Stream> streams{video("v720", 1280, 720, 3'000'000)};
  const std::string text = render_multivariant(streams, true, {{{"CC1", "en", ""}, {"SERVICE2", "es", ""}}, false});
  EXPECT_NE(text.find("#EXT-X-VERSION:7\n"), std::string::npos) << text;
}

TEST(Multivariant, NamesDigitalCaptionsFirst) {
  const std::vector<Stream> streams{video("v720", 1280, 720, 3'000'000)};
  const std::string text =
      render_multivariant(streams, true, {{{"CC1", "en", "English"}, {"SERVICE1", "en", ""}}, false});
  EXPECT_LT(text.find("INSTREAM-ID=\"SERVICE1\""), text.find("INSTREAM-ID=\"CC1\"")) << text;
}

TEST(Multivariant, NamesCaptionsByTheirLanguageElseByTheirService) {
  const std::vector<Stream> streams{video("v720", 1280, 720, 3'000'000)};
  const std::string text =
      render_multivariant(streams, true, {{{"CC1", "eng", "Subtitles"}, {"CC2", "spa", ""}, {"CC3", "", ""}}, false});
  EXPECT_NE(text.find("NAME=\"Subtitles\",LANGUAGE=\"en\""), std::string::npos) << text;
  EXPECT_NE(text.find("NAME=\"Spanish\",LANGUAGE=\"es\""), std::string::npos);
  EXPECT_NE(text.find("NAME=\"CC3\",LANGUAGE=\"und\""), std::string::npos);
}

TEST(Multivariant, GivesCaptionsOfOneNameTwoNames) {  // MV-11
  const std::vector<Stream> streams{video("v720", 1280, 720, 3'000'000)};
  const std::string text =
      render_multivariant(streams, true, {{{"CC1", "en", "English"}, {"SERVICE1", "en", "English"}}, false});
  EXPECT_NE(text.find("NAME=\"English\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID=\"CC1\""),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("NAME=\"English 2\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID=\"SERVICE1\""),
            std::string::npos);
}

TEST(Multivariant, AudioAlone) {
  EXPECT_EQ(render({audio("a1", "eng")}),
            "#EXTM3U\n"
            "#EXT-X-VERSION:1\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\n"
            "a1/index.m3u8\n");
}

TEST(Multivariant, AudioAloneInTwoLanguages) {
  const std::string text = render({audio("a1", "eng"), audio("a2", "deu")});
  EXPECT_NE(text.find("NAME=\"eng\",LANGUAGE=\"en\",DEFAULT=YES"), std::string::npos) << text;
  EXPECT_NE(text.find("NAME=\"deu\",LANGUAGE=\"de\",DEFAULT=NO,AUTOSELECT=YES"), std::string::npos);
  EXPECT_NE(text.find("BANDWIDTH=130000,"), std::string::npos);  // its own group adds nothing
  EXPECT_NE(text.find("AUDIO=\"audio\"\na1/index.m3u8\n"), std::string::npos);
}

TEST(Multivariant, NamesInAGroupAreUniqueAndOneIsDefault) {  // MV-11
  Stream first = audio("a1", "");
  Stream second = audio("a2", "");
  first.is_default = second.is_default = true;
  const std::string text = render({video("v", 640, 360, 800'000), first, second});
  EXPECT_NE(text.find("NAME=\"Audio\",LANGUAGE=\"und\",DEFAULT=YES"), std::string::npos) << text;
  EXPECT_NE(text.find("NAME=\"Audio 2\",LANGUAGE=\"und\",DEFAULT=NO"), std::string::npos);
}

TEST(Multivariant, SaysForWhomAudioIsAndMakesItNoDefault) {  // MV-11
  Stream described = audio("a1", "eng");
  described.characteristics = "public.accessibility.describes-video";
  const std::string text = render({video("v", 640, 360, 800'000), described, audio("a2", "eng")});
  EXPECT_NE(text.find("NAME=\"eng\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,"
                      "CHARACTERISTICS=\"public.accessibility.describes-video\",CHANNELS=\"2\",URI=\"a1"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("NAME=\"eng 2\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS"), std::string::npos);
  EXPECT_NE(render({video("v", 640, 360, 800'000), described}).find("DEFAULT=YES"), std::string::npos)
      << "there is no other";
}

TEST(Multivariant, GroupsForDifferentPeopleAreNotParallel) {  // MV-12
  Stream described = audio("a2", "eng", media::Codec::kAc3);
  described.characteristics = "public.accessibility.describes-video";
  EXPECT_EQ(render({video("v", 640, 360, 800'000), audio("a1", "eng"), described}).find("audio2"), std::string::npos);
}

TEST(Multivariant, ParallelAudioInTwoCodecsIsTwoGroups) {  // MV-12
  const std::string text =
      render({video("v", 640, 360, 800'000), audio("a1", "eng"), audio("a2", "eng", media::Codec::kAc3)});
  EXPECT_NE(text.find("GROUP-ID=\"audio\",NAME=\"eng\""), std::string::npos) << text;
  EXPECT_NE(text.find("GROUP-ID=\"audio2\",NAME=\"eng\""), std::string::npos);
  EXPECT_NE(text.find("BANDWIDTH=930000,AVERAGE-BANDWIDTH=828000,CODECS=\"avc1.64001f,mp4a.40.2\""), std::string::npos);
  EXPECT_NE(text.find("BANDWIDTH=1200000,AVERAGE-BANDWIDTH=1084000,CODECS=\"avc1.64001f,ac-3\""), std::string::npos);
}

Stream surround(const std::string& name, const std::string& language, const std::string& codec, std::uint32_t rate) {
  Stream stream = audio(name, language, codec == "ec-3" ? media::Codec::kEac3 : media::Codec::kAac);
  stream.track.codec_string = codec;
  stream.track.audio.channels = 6;
  stream.bandwidth = stream.average_bandwidth = rate;
  return stream;
}

TEST(Multivariant, SurroundIsAGroupForEachCodecAndStereoAacComesFirst) {  // MV-2, MV-6, MV-12, MV-23, MV-26
  EXPECT_EQ(render({video("v720", 1280, 720, 1'800'000), surround("a1-eac3-6", "eng", "ec-3", 390'000),
                    audio("a1", "eng"), surround("a1-aac-6", "eng", "mp4a.40.2", 400'000)}),
            "#EXTM3U\n"
            "#EXT-X-VERSION:4\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"eng\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,"
            "CHANNELS=\"2\",URI=\"a1/index.m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio2\",NAME=\"eng\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,"
            "CHANNELS=\"6\",URI=\"a1-eac3-6/index.m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio3\",NAME=\"eng\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,"
            "CHANNELS=\"6\",URI=\"a1-aac-6/index.m3u8\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=1930000,AVERAGE-BANDWIDTH=1828000,CODECS=\"avc1.64001f,mp4a.40.2\","
            "RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"audio\"\n"
            "v720/index.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=2190000,AVERAGE-BANDWIDTH=2090000,CODECS=\"avc1.64001f,ec-3\","
            "RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"audio2\"\n"
            "v720/index.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=2200000,AVERAGE-BANDWIDTH=2100000,CODECS=\"avc1.64001f,mp4a.40.2\","
            "RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"audio3\"\n"
            "v720/index.m3u8\n");
}

// 1.6 Mbit/s of video and 0.39 of E-AC-3 are nearer to the intended start than any variant with AAC.
TEST(Multivariant, NoPlayerBeginsWithSurround) {  // MV-23, MV-26
  const std::string text = render({video("v720", 1280, 720, 3'000'000), video("v480", 854, 480, 1'610'000),
                                   audio("a1", "eng"), surround("a1-eac3-6", "eng", "ec-3", 390'000)});
  const std::size_t first = text.find("#EXT-X-STREAM-INF");
  EXPECT_NE(text.substr(first, text.find('\n', first) - first).find("AUDIO=\"audio\""), std::string::npos) << text;
}

TEST(Multivariant, MonoBesideStereoIsNoGroupOfItsOwn) {
  Stream mono = audio("a2", "eng");
  mono.track.audio.channels = 1;
  EXPECT_EQ(render({video("v", 640, 360, 800'000), audio("a1", "eng"), mono}).find("audio2"), std::string::npos);
}

TEST(Multivariant, TwoLanguagesUnderOneLabelHaveNamesThatSayWhich) {  // MV-11
  Stream english = audio("a1", "eng");
  Stream french = audio("a2", "fra");
  Stream also_french = audio("a3", "fra");
  for (Stream* stream : {&english, &french, &also_french}) stream->label = "Commentary";
  const std::string text = render({video("v", 640, 360, 800'000), english, french, also_french});
  EXPECT_NE(text.find("NAME=\"Commentary\",LANGUAGE=\"en\""), std::string::npos) << text;
  EXPECT_NE(text.find("NAME=\"Commentary (French)\",LANGUAGE=\"fr\""), std::string::npos) << text;
  EXPECT_NE(text.find("NAME=\"Commentary 2\",LANGUAGE=\"fr\""), std::string::npos) << text;
}

TEST(Multivariant, UnequalAudioInTwoCodecsIsOneGroup) {  // MV-12, MV-6
  const std::string text = render(
      {video("v", 640, 360, 800'000), audio("a1", "eng"), audio("a2", "deu"), audio("a3", "eng", media::Codec::kAc3)});
  EXPECT_EQ(text.find("audio2"), std::string::npos) << text;
  EXPECT_NE(text.find("CODECS=\"avc1.64001f,mp4a.40.2,ac-3\""), std::string::npos);
  EXPECT_NE(text.find("BANDWIDTH=1200000,"), std::string::npos);
}

TEST(Multivariant, TheRangeIsSaidOnAllVariantsUnlessAllAreSdr) {  // MV-8
  Stream hlg = video("hlg", 1280, 720, 4'000'000);
  hlg.track.video.colour.transfer = 18;
  const std::string text = render({video("sdr", 1280, 720, 3'000'000), hlg});
  EXPECT_NE(text.find("VIDEO-RANGE=SDR\nsdr/"), std::string::npos) << text;
  EXPECT_NE(text.find("VIDEO-RANGE=HLG\nhlg/"), std::string::npos);
  EXPECT_EQ(render({video("sdr", 1280, 720, 3'000'000)}).find("VIDEO-RANGE"), std::string::npos);
}

/// Names of the variants, in the order of the playlist.
std::vector<std::string> order_of(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = text.find("\n#EXT-X-STREAM-INF"); at != std::string::npos;
       at = text.find("\n#EXT-X-STREAM-INF", at)) {
    at = text.find('\n', at + 1) + 1;
    names.push_back(text.substr(at, text.find('/', at) - at));
    --at;
  }
  return names;
}

TEST(Multivariant, EachRangeHasItsStartInFrontAndSdrComesFirst) {  // MV-8, MV-23
  std::vector<Stream> streams{video("pq1080", 1920, 1080, 6'000'000), video("pq720", 1280, 720, 2'200'000),
                              video("pq360", 640, 360, 700'000),      video("sdr1080", 1920, 1080, 5'000'000),
                              video("sdr540", 960, 540, 1'900'000),   video("hlg540", 960, 540, 1'800'000)};
  for (const std::size_t i : {0u, 1u, 2u}) streams[i].track.video.colour = {9, 16, 9, false};
  streams[5].track.video.colour = {9, 18, 9, false};
  EXPECT_EQ(order_of(render(streams)),
            (std::vector<std::string>{"sdr540", "sdr1080", "pq720", "pq1080", "pq360", "hlg540"}));
}

TEST(Multivariant, EachVideoRenditionNamesItsIFramePlaylist) {  // MV-16
  const std::vector<Stream> streams{video("v720", 1280, 720, 3'000'001), video("v360", 640, 360, 800'000),
                                    audio("a1", "eng"), text("s1", "en")};
  const std::string all = render_multivariant(streams, true, {}, AudioOnly::kNo, {.iframes = true, .every = {2, 1}});
  const std::string without = render(streams);
  EXPECT_EQ(all.substr(0, without.size()), without) << "nothing else changes";
  EXPECT_EQ(all.substr(without.size()),
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1500001,CODECS=\"avc1.64001f\",RESOLUTION=1280x720,"
            "URI=\"v720/iframes.m3u8\"\n"
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=400000,CODECS=\"avc1.64001f\",RESOLUTION=640x360,"
            "URI=\"v360/iframes.m3u8\"\n");
}

TEST(Multivariant, IFramesOfShortSegmentsTakeNoMoreThanTheWholeStream) {  // MV-16, MV-8
  Stream hlg = video("hlg", 1280, 720, 4'000'000);
  hlg.track.video.colour.transfer = 18;
  const std::vector<Stream> streams{hlg};
  const std::string all = render_multivariant(streams, true, {}, AudioOnly::kNo, {.iframes = true, .every = {1, 2}});
  EXPECT_NE(all.find("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=4000000,CODECS=\"avc1.64001f\",RESOLUTION=1280x720,"
                     "VIDEO-RANGE=HLG,URI=\"hlg/iframes.m3u8\"\n"),
            std::string::npos)
      << all;
}

TEST(Multivariant, NamesTheImagesOfItsPictures) {
  Stream wide = video("v576", 720, 576, 2'000'000);
  wide.track.video.pixel_aspect = {16, 11};
  const std::vector<Stream> streams{wide, video("v90", 160, 90, 100'000), audio("a1", "eng")};
  const std::string all = render_multivariant(streams, true, {}, AudioOnly::kNo, {.images = true, .every = {2, 1}});
  const std::string without = render(streams);
  EXPECT_EQ(all.substr(0, without.size()), without) << "nothing else changes";
  EXPECT_EQ(all.substr(without.size()),
            "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=120000,RESOLUTION=320x176,CODECS=\"jpeg\",URI=\"images/index.m3u8\"\n");
  const std::vector<Stream> small{video("v90", 160, 90, 100'000)};
  EXPECT_NE(
      render_multivariant(small, true, {}, AudioOnly::kNo, {.images = true}).find("RESOLUTION=160x90,CODECS=\"jpeg\""),
      std::string::npos)
      << "not enlarged";
  const std::vector<Stream> sound{audio("a1", "eng")};
  EXPECT_EQ(render_multivariant(sound, true, {}, AudioOnly::kNo, {.iframes = true, .images = true}), render(sound));
}

TEST(Multivariant, TheResolutionIsThatOfSquarePixels) {
  Stream wide = video("v576", 720, 576, 2'000'000);
  wide.track.video.pixel_aspect = {16, 11};
  EXPECT_NE(render({wide}).find("RESOLUTION=1047x576"), std::string::npos);
}

TEST(Multivariant, SameStreamsSameBytes) {  // MV-28
  const std::vector<Stream> streams{video("v", 640, 360, 800'000), audio("a1", "eng"), audio("a2", "deu")};
  EXPECT_EQ(render(streams), render(streams));
}

// The overflow pathway: all renditions in one place, nothing redirected (LL-116, LL-117).
TEST(Multivariant, RebasedNamesEveryRenditionElsewhereAndNothingElseChanges) {
  const std::string here = render({video("v1080", 1920, 1080, 6'000'000), audio("a1", "eng")});
  const std::string there = rebase_multivariant(here, "https://cdn.example/live/match/");
  EXPECT_NE(there.find("\nhttps://cdn.example/live/match/v1080/index.m3u8\n"), std::string::npos) << there;
  EXPECT_NE(there.find("URI=\"https://cdn.example/live/match/a1/index.m3u8\""), std::string::npos) << there;
  std::string back = there;
  for (std::size_t at; (at = back.find("https://cdn.example/live/match/")) != std::string::npos;) back.erase(at, 31);
  EXPECT_EQ(back, here);
  EXPECT_EQ(rebase_multivariant("", "x/"), "");
  EXPECT_EQ(rebase_multivariant("#EXTM3U\n\nlast", "x/"), "#EXTM3U\n\nx/last");
}

TEST(Multivariant, WithAQueryAsksEveryRenditionForIt) {
  const std::string plain = render({video("v1080", 1920, 1080, 6'000'000), audio("a1", "eng")});
  const std::string asked = with_query(plain, "delay=30");
  EXPECT_NE(asked.find("\nv1080/index.m3u8?delay=30\n"), std::string::npos) << asked;
  EXPECT_NE(asked.find("URI=\"a1/index.m3u8?delay=30\"\n"), std::string::npos) << asked;
  std::string back = asked;
  for (std::size_t at; (at = back.find("?delay=30")) != std::string::npos;) back.erase(at, 9);
  EXPECT_EQ(back, plain);
  EXPECT_EQ(with_query("#EXTM3U\n\nlast", "x=1"), "#EXTM3U\n\nlast?x=1");
}

std::string with_audio_alone(const std::vector<Stream>& streams, const media::Captions& captions = {}) {
  return render_multivariant(streams, true, captions, AudioOnly::kYes);
}

TEST(AudioOnlyVariant, IsTheLastAndSaysNothingOfAPicture) {
  const std::vector<Stream> streams{video("v1080", 1920, 1080, 6'000'000), video("v480", 854, 480, 1'800'000),
                                    audio("a1", "eng")};
  EXPECT_EQ(with_audio_alone(streams), render(streams) +
                                           "#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,"
                                           "CODECS=\"mp4a.40.2\",AUDIO=\"audio\"\na1/index.m3u8\n");
}

TEST(AudioOnlyVariant, IsTheDefaultMemberOfTheFirstGroup) {
  std::vector<Stream> streams{video("v480", 854, 480, 1'800'000), audio("a1", "eng"), audio("a2", "deu")};
  streams[2].is_default = true;
  const std::string text = with_audio_alone(streams);
  EXPECT_TRUE(text.ends_with("CODECS=\"mp4a.40.2\",AUDIO=\"audio\"\na2/index.m3u8\n")) << text;
}

TEST(AudioOnlyVariant, HasTheBandwidthOfTheLargestOfItsGroup) {  // MV-2
  std::vector<Stream> streams{video("v480", 854, 480, 1'800'000), audio("a1", "eng"), audio("a2", "deu")};
  streams[2].bandwidth = 200'000;
  streams[2].average_bandwidth = 190'000;
  const std::string text = with_audio_alone(streams);
  EXPECT_NE(text.find("#EXT-X-STREAM-INF:BANDWIDTH=200000,AVERAGE-BANDWIDTH=190000,CODECS=\"mp4a.40.2\""),
            std::string::npos)
      << text;
}

TEST(AudioOnlyVariant, HasWhatEveryVariantHas) {  // MV-9
  const std::vector<Stream> streams{video("v480", 854, 480, 1'800'000), audio("a1", "eng"), text("s1", "en")};
  const std::string written = with_audio_alone(streams, {{}, true});
  EXPECT_TRUE(written.ends_with("AUDIO=\"audio\",SUBTITLES=\"subs\",CLOSED-CAPTIONS=NONE\na1/index.m3u8\n")) << written;
}

TEST(AudioOnlyVariant, IsNoneWhereThereIsNoAudioOrNothingElse) {
  const std::vector<Stream> silent{video("v480", 854, 480, 1'800'000)};
  EXPECT_EQ(with_audio_alone(silent), render(silent));
  const std::vector<Stream> radio{audio("a1", "eng"), audio("a2", "deu")};
  EXPECT_EQ(with_audio_alone(radio), render(radio));
}

}  // namespace
}  // namespace hls

#include "hls/view.h"

#include <gtest/gtest.h>

#include "feeder.h"

namespace hls {
namespace {

using media::Codec;

Stream stream_of(const std::string& name, Codec codec, int height = 0, const std::string& language = "") {
  Stream stream;
  stream.name = name;
  stream.track.codec = codec;
  stream.track.language = language;
  stream.track.video.height = height;
  return stream;
}

const std::vector<Stream> kChannel{
    stream_of("v1080", Codec::kH264, 1080),    stream_of("v1080h", Codec::kHevc, 1080),
    stream_of("v540", Codec::kH264, 540),      stream_of("v360h", Codec::kHevc, 360),
    stream_of("a1", Codec::kAac, 0, "eng"),    stream_of("a2", Codec::kAac, 0, "deu"),
    stream_of("a3", Codec::kEac3, 0, "eng"),   stream_of("s1", Codec::kWebVtt, 0, "de-CH"),
    stream_of("s2", Codec::kWebVtt, 0, "fra"),
};

std::string names(const View& view, const std::vector<Stream>& streams = kChannel) {
  std::string all;
  for (const Stream& stream : streams_of(view, streams)) all += (all.empty() ? "" : " ") + stream.name;
  return all;
}

TEST(Views, OneThatAsksNothingHasAll) {
  EXPECT_EQ(names({}), "v1080 v1080h v540 v360h a1 a2 a3 s1 s2");
  EXPECT_EQ(names({}, {}), "");
}

TEST(Views, ByHeightLeaveSoundAndTextAlone) {
  EXPECT_EQ(names({.most_height = 540}), "v540 v360h a1 a2 a3 s1 s2");
  EXPECT_EQ(names({.least_height = 540}), "v1080 v1080h v540 a1 a2 a3 s1 s2");
  EXPECT_EQ(names({.least_height = 500, .most_height = 600}), "v540 a1 a2 a3 s1 s2");
}

TEST(Views, ByCodecChooseWithinTheKindThatIsNamed) {
  EXPECT_EQ(names({.codecs = {Codec::kH264}}), "v1080 v540 a1 a2 a3 s1 s2");
  EXPECT_EQ(names({.codecs = {Codec::kAac}}), "v1080 v1080h v540 v360h a1 a2 s1 s2");
  EXPECT_EQ(names({.codecs = {Codec::kHevc, Codec::kEac3}}), "v1080h v360h a3 s1 s2");
}

TEST(Views, ByLanguageKnowItInEverySpelling) {
  EXPECT_EQ(names({.languages = {"de"}}), "v1080 v1080h v540 v360h a2 s1");
  EXPECT_EQ(names({.languages = {"eng", "fr-CA"}}), "v1080 v1080h v540 v360h a1 a3 s2");
}

TEST(Views, ByNameHaveWhatIsNamedInTheChannelsOrder) {
  EXPECT_EQ(names({.renditions = {"a1", "v540", "v1080"}}), "v1080 v540 a1");
  EXPECT_EQ(names({.renditions = {"a1"}}), "a1") << "sound alone, since it is named";
  EXPECT_EQ(names({.renditions = {"s1"}}), "") << "nothing that plays";
  EXPECT_EQ(names({.renditions = {"v9"}}), "");
}

TEST(Views, OneThatLeavesNoPictureOrNoSoundIsEmpty) {  // CF-32
  EXPECT_EQ(names({.most_height = 240}), "");
  EXPECT_EQ(names({.codecs = {Codec::kAv1}}), "");
  EXPECT_EQ(names({.languages = {"ja"}}), "");
}

TEST(Views, AreNamedInTheQuery) {
  EXPECT_EQ(parse_view(""), "");
  EXPECT_EQ(parse_view("CMCD=x&viewer=1&_HLS_msn=3"), "");
  EXPECT_EQ(parse_view("view=mobile"), "mobile");
  EXPECT_EQ(parse_view("a=b&view=mobile&_HLS_msn=3"), "mobile");
}

TEST(Views, NamedTwiceOrBadlyAreNone) {
  for (const std::string query : {"view", "view=", "view=a&view=a", "view=a&view=b", "view=a&view="}) {
    EXPECT_FALSE(parse_view(query).empty()) << query;
    EXPECT_EQ(parse_view(query).find_first_of(View::kNameLetters), std::string_view::npos) << query;
  }
  EXPECT_EQ(parse_view("view=" + std::string(32, 'a')), std::string(32, 'a'));
  EXPECT_EQ(parse_view("view=" + std::string(33, 'a')).find('a'), std::string_view::npos);
}

TEST(Views, APlaylistOfWholeSegmentsSaysWhatPlayersAreToDo) {  // LL-47, LL-110
  testing::Feeder feed;
  feed.segments(100, 110);
  WholeTerms terms{.target_duration = 2, .can_block = true};
  const auto head = [&] {
    const std::string text = render_whole(feed.closed(), terms, "").text();
    return text.substr(0, text.find("#EXT-X-MEDIA-SEQUENCE"));
  };
  const std::string begin =
      "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES";
  EXPECT_EQ(head(), begin + "\n");
  terms.hold_back = 8 * base::kSecond;
  EXPECT_EQ(head(), begin + ",HOLD-BACK=8.00000\n");
  terms.start_before = 20 * base::kSecond;
  EXPECT_EQ(head(), begin + ",HOLD-BACK=8.00000\n#EXT-X-START:TIME-OFFSET=-20.00000\n");
  terms.start_before = 7 * base::kSecond;
  EXPECT_EQ(head(), begin + ",HOLD-BACK=8.00000\n#EXT-X-START:TIME-OFFSET=-8.00000\n") << "not nearer than that";
  terms.hold_back = base::kSecond;
  EXPECT_EQ(head(), begin + ",HOLD-BACK=6.00000\n#EXT-X-START:TIME-OFFSET=-7.00000\n") << "no less than that";
}

}  // namespace
}  // namespace hls

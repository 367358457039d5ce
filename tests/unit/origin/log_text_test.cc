// A text rendition in the live window.
#include <gtest/gtest.h>

#include <string>

#include "channel.h"

namespace origin {
namespace {

using namespace testing;

constexpr std::uint32_t kText = 2;

record::Rendition text() {
  record::Rendition rendition;
  rendition.name = "s1";
  rendition.track.codec = media::Codec::kWebVtt;
  rendition.track.timescale = 90000;
  rendition.track.language = "en";
  rendition.part_ticks = 45000;
  return rendition;
}

record::Presentation with_text() {
  record::Presentation presentation = testing::presentation();
  presentation.renditions.push_back(text());
  return presentation;
}

/// A log with a whole segment of each rendition.
struct Texts {
  Texts() {
    log.apply(with_text());
    for (std::uint32_t i = 0; i < 4; ++i) {
      log.apply(part(kVideo, kFirst, i, i == 3));
      record::Part own = part(kVideo, kFirst, i, i == 3);
      own.rendition = kText;
      own.data = base::Bytes::copy_of("part " + std::to_string(i));
      log.apply(own);
    }
    log.apply(end(kVideo, kFirst));
    record::SegmentEnd own = end(kVideo, kFirst);
    own.rendition = kText;
    own.data = base::Bytes::copy_of("whole segment");
    log.apply(own);
  }
  const RenditionSnapshot& rendition() { return *log.snapshot()->find("s1"); }
  Log log{"match", Log::Options{}};
};

TEST(LogText, IsListedInTheMultivariantPlaylistAndItsOwn) {
  Texts texts;
  const auto snapshot = texts.log.snapshot();
  const std::string_view multivariant = snapshot->multivariant->identity.text();
  EXPECT_NE(multivariant.find("TYPE=SUBTITLES"), std::string_view::npos);
  EXPECT_NE(multivariant.find("SUBTITLES=\"subs\""), std::string_view::npos);
  const std::string_view playlist = texts.rendition().playlist(hls::Skip::kNo).identity.text();
  EXPECT_EQ(playlist.find("EXT-X-MAP"), std::string_view::npos);
  EXPECT_NE(playlist.find(std::to_string(kFirst) + ".vtt\n"), std::string_view::npos);
  EXPECT_NE(playlist.find("#EXT-X-TARGETDURATION:2\n"), std::string_view::npos);  // LL-14
  EXPECT_NE(playlist.find("#EXT-X-PART-INF:PART-TARGET=0.50000\n"), std::string_view::npos);
}

TEST(LogText, ReportsAndIsReported) {  // LL-84
  Texts texts;
  EXPECT_NE(texts.rendition().playlist(hls::Skip::kNo).identity.text().find("REPORT:URI=\"../v720/"),
            std::string_view::npos);
  texts.log.apply(part(kVideo, kFirst + 1, 0));
  EXPECT_NE(texts.log.snapshot()->find("v720")->playlist(hls::Skip::kNo).identity.text().find("REPORT:URI=\"../s1/"),
            std::string_view::npos);
}

TEST(LogText, ASegmentHasItsOwnBytes) {
  Texts texts;
  const SegmentObject segment = texts.rendition().segment(kFirst);
  ASSERT_EQ(segment.pieces.size(), 1U);
  EXPECT_EQ(segment.pieces.front().text(), "whole segment");
  EXPECT_EQ(segment.size, 13U);
  EXPECT_EQ(texts.rendition().part(kFirst, 2).data.text(), "part 2");
  EXPECT_EQ(texts.rendition().media_bytes(), 13U + 4 * 6);
}

TEST(LogText, ATextWithAnInitSectionIsRefusedAndSoIsVideoWithout) {
  Log log("match", {});
  record::Presentation wrong = with_text();
  wrong.renditions[kText].init = base::Bytes::copy_of("init");
  log.apply(wrong);
  record::Presentation other = with_text();
  other.renditions[kVideo].init = {};
  log.apply(other);
  EXPECT_EQ(log.counters().conflicts, 2U);
  EXPECT_TRUE(log.snapshot()->renditions.empty());
}

}  // namespace
}  // namespace origin

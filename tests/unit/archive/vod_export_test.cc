#include "archive/vod_export.h"

#include <gtest/gtest.h>

#include "archive/channel_files.h"
#include "base/byte_writer.h"
#include "unit/archive/logs.h"

namespace archive {
namespace {

record::Presentation with_sound(record::Presentation made = one_picture()) {
  record::Rendition sound = made.renditions[0];
  sound.name = "a1";
  sound.track.codec = media::Codec::kAac;
  sound.track.timescale = 48'000;
  sound.init = base::Bytes::of_static("sound init");
  sound.part_ticks = 24'000;
  made.renditions.push_back(sound);
  return made;
}

record::Presentation with_text() {
  record::Presentation made = one_picture();
  record::Rendition text = made.renditions[0];
  text.name = "t1";
  text.track.codec = media::Codec::kWebVtt;
  text.init = {};
  made.renditions.push_back(text);
  return made;
}

/// moof with a traf with a tfdt of that time.
std::string chunk_at(std::uint64_t time) {
  base::ByteWriter out;
  out.u32(36);
  out.text("moof");
  out.u32(28);
  out.text("traf");
  out.u32(20);
  out.text("tfdt");
  out.u32(0x01000000);
  out.u64(time);
  return std::string(base::text_of(out.view()));
}

class VodExporting : public testing::Test {
 protected:
  void begin(VodExport::Options options = {}, std::int64_t begun = -1) {
    made_ = std::make_unique<VodExport>(
        options, [this](const std::string& path, media::Kind kind, base::View bytes) -> base::Status {
          if (full_) return base::Error{base::Code::kSystem, path};
          kinds_[path] = kind;
          order_.push_back(path);
          files_[path] += base::text_of(bytes);
          return base::Ok{};
        });
    made_->begin({begun, 0, 1});
  }
  void apply(const record::Record& record) { EXPECT_TRUE(made_->apply(record).ok()); }
  void segment(std::int64_t msn, std::uint32_t rendition = 0) {
    const std::int64_t scale = rendition == 0 ? 90'000 : 48'000;
    for (std::uint32_t i = 0; i < 4; ++i) {
      record::Part part = a_part(msn, i, std::to_string(msn) + "." + std::to_string(i) + " ");
      part.rendition = rendition;
      part.start = msn * 2 * scale + i * scale / 2;
      part.duration = scale / 2;
      apply(part);
    }
    record::SegmentEnd end = a_segment_end(msn);
    end.rendition = rendition;
    end.start = msn * 2 * scale;
    end.duration = 2 * scale;
    apply(end);
  }
  VodExport::Totals finish() {
    auto totals = made_->finish();
    EXPECT_TRUE(totals.ok());
    return totals.ok() ? totals.value() : VodExport::Totals{};
  }
  /// URIs and tags of a media playlist from the first segment on, without dates.
  std::string list(const std::string& rendition = "v720") {
    std::string text = files_[rendition + "/index.m3u8"];
    std::string lines;
    text = text.substr(text.find("#EXT-X-MEDIA-SEQUENCE"));
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      const std::string line = text.substr(at, text.find('\n', at) - at);
      if (!line.starts_with("#EXT-X-PROGRAM") && !line.starts_with("#EXTINF")) lines += line + " ";
    }
    return lines;
  }

  /// "FROM-TO FROM-TO": holes, in seconds after the epoch.
  std::string holes() {
    std::string text;
    for (const VodExport::Hole& hole : finish().holes)
      text += (text.empty() ? "" : " ") + std::to_string(hole.from / base::kSecond) + "-" +
              std::to_string(hole.to / base::kSecond);
    return text;
  }

  std::map<std::string, std::string> files_;
  std::map<std::string, media::Kind> kinds_;
  std::vector<std::string> order_;  ///< of appends
  bool full_ = false;
  std::unique_ptr<VodExport> made_;
};

TEST_F(VodExporting, IsAPresentationOfAllClosedSegments) {
  begin();
  apply(one_picture());
  segment(7);
  segment(8);
  apply(a_part(9, 0));
  const VodExport::Totals totals = finish();
  EXPECT_EQ(files_["v720/index.m3u8"],
            "#EXTM3U\n"
            "#EXT-X-VERSION:6\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-PLAYLIST-TYPE:VOD\n"
            "#EXT-X-MEDIA-SEQUENCE:7\n"
            "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
            "#EXT-X-MAP:URI=\"init-" +
                files_["v720/index.m3u8"].substr(files_["v720/index.m3u8"].find("init-") + 5, 8) +
                ".mp4\"\n"
                "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:14.000Z\n"
                "#EXTINF:2.00000,\n"
                "7.m4s\n"
                "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:16.000Z\n"
                "#EXTINF:2.00000,\n"
                "8.m4s\n"
                "#EXT-X-ENDLIST\n");
  EXPECT_EQ(files_["v720/7.m4s"], "7.0 7.1 7.2 7.3 ");
  EXPECT_NE(files_["index.m3u8"].find("v720/index.m3u8"), std::string::npos);
  EXPECT_EQ(files_.size(), 5U) << "and one init";
  EXPECT_EQ(totals.segments, 2U);
  EXPECT_EQ(totals.bytes, 32U);
  EXPECT_EQ(totals.first, 14 * base::kSecond);
  EXPECT_EQ(totals.last, 18 * base::kSecond);
}

TEST_F(VodExporting, TimesChooseWholeSegments) {
  begin({.from = 17 * base::kSecond, .to = 20 * base::kSecond});
  apply(one_picture());
  segment(7);
  EXPECT_FALSE(made_->done());
  segment(8);
  segment(9);
  EXPECT_FALSE(made_->done());
  segment(10);
  EXPECT_TRUE(made_->done());
  finish();
  EXPECT_EQ(list().substr(list().find("8.m4s")), "8.m4s 9.m4s #EXT-X-ENDLIST ");
  EXPECT_FALSE(files_.contains("v720/7.m4s"));
}

TEST_F(VodExporting, OfSegmentsThatHadBegunBeforeNothingIsGiven) {
  begin({}, 7);
  apply(one_picture());
  segment(7);
  segment(8);
  finish();
  EXPECT_FALSE(files_.contains("v720/7.m4s"));
}

TEST_F(VodExporting, BehindAHoleThereIsADiscontinuityAndNumbersCountOn) {
  begin();
  apply(with_sound());
  for (const std::int64_t msn : {7, 8}) {
    segment(msn, 0);
    segment(msn, 1);
  }
  made_->begin({20, 0, 2});
  apply(with_sound());
  segment(21, 0);
  segment(21, 1);
  EXPECT_EQ(finish().discontinuities, 1U);
  EXPECT_NE(list().find("8.m4s #EXT-X-DISCONTINUITY #EXT-X-MAP"), std::string::npos) << list();
  EXPECT_NE(list("a1").find("8.m4s #EXT-X-DISCONTINUITY #EXT-X-MAP"), std::string::npos) << list("a1");
  EXPECT_TRUE(list().ends_with("21.m4s #EXT-X-ENDLIST ")) << list();
}

TEST_F(VodExporting, FilesAreGivenWithTheirKindAndPlaylistsLast) {
  begin();
  apply(with_sound());
  segment(7, 0);
  segment(7, 1);
  finish();
  EXPECT_EQ(kinds_.at("v720/7.m4s"), media::Kind::kVideo);
  EXPECT_EQ(kinds_.at("a1/7.m4s"), media::Kind::kAudio);
  ASSERT_GE(order_.size(), 3U);
  EXPECT_EQ(std::vector(order_.end() - 3, order_.end()),
            (std::vector<std::string>{"a1/index.m3u8", "v720/index.m3u8", "index.m3u8"}));
}

TEST_F(VodExporting, WhereNoRenditionHasMediaIsAHole) {
  begin();
  apply(with_sound());
  segment(7, 0);
  segment(8, 1);  // the other one lacks it
  made_->begin({20, 0, 2});
  apply(with_sound());
  segment(21, 0);
  segment(22, 0);
  EXPECT_EQ(holes(), "18-42");
}

TEST_F(VodExporting, TheEndsOfTheTimeThatIsAskedForAreHolesToo) {
  begin({.from = 10 * base::kSecond, .to = 20 * base::kSecond});
  apply(one_picture());
  segment(7);
  segment(8);
  EXPECT_EQ(holes(), "10-14 18-20");
  begin({.from = 15 * base::kSecond, .to = 17 * base::kSecond});
  apply(one_picture());
  segment(7);
  segment(8);
  EXPECT_EQ(holes(), "");
}

TEST_F(VodExporting, GapsOfAllRenditionsAreAHole) {
  begin();
  apply(one_picture());
  segment(7);
  record::Gap gap;
  gap.msn = 8;
  gap.start = 8 * 180'000;
  gap.duration = 180'000;
  apply(gap);
  apply(a_segment_end(8));
  segment(9);
  EXPECT_EQ(holes(), "16-18");
}

TEST_F(VodExporting, ADiscontinuityOfTheLogStays) {
  begin();
  apply(one_picture());
  segment(7);
  apply(record::Discontinuity{8});
  segment(8);
  finish();
  EXPECT_NE(list().find("7.m4s #EXT-X-DISCONTINUITY 8.m4s"), std::string::npos) << list();
}

TEST_F(VodExporting, WhatOneRenditionLacksIsAGapInItAlone) {
  begin();
  apply(with_sound());
  segment(7, 0);
  segment(8, 0);
  segment(8, 1);
  EXPECT_EQ(finish().gaps, 1U);
  EXPECT_EQ(list("a1").find("#EXT-X-GAP"), list("a1").rfind("#EXT-X-GAP"));
  EXPECT_NE(list("a1").find("#EXT-X-GAP 7.m4s #EXT-X-MAP"), std::string::npos) << list("a1");
  EXPECT_EQ(list().find("#EXT-X-GAP"), std::string::npos);
}

TEST_F(VodExporting, WhatARenditionHasNotClosedYetAtTheEndIsLeftOutOfAll) {
  begin();
  apply(with_sound());
  for (std::int64_t msn = 7; msn < 10; ++msn) segment(msn, 0);
  segment(7, 1);
  const VodExport::Totals totals = finish();
  EXPECT_EQ(totals.segments, 1U);
  EXPECT_EQ(totals.gaps, 0U);
  EXPECT_EQ(totals.last, 16 * base::kSecond);
  EXPECT_EQ(list().find("8.m4s"), std::string::npos) << list();
}

TEST_F(VodExporting, ARenditionThatStoppedLongBeforeTheEndHasGapsThere) {
  begin();
  apply(with_sound());
  for (std::int64_t msn = 7; msn < 11; ++msn) segment(msn, 0);
  segment(7, 1);
  const VodExport::Totals totals = finish();
  EXPECT_EQ(totals.segments, 4U);
  EXPECT_EQ(totals.gaps, 3U);
}

TEST_F(VodExporting, AtTheEndOfTheEventNothingIsLeftOut) {
  begin();
  apply(with_sound());
  segment(7, 0);
  segment(7, 1);
  segment(8, 0);
  apply(record::End{});
  const VodExport::Totals totals = finish();
  EXPECT_EQ(totals.segments, 2U);
  EXPECT_EQ(totals.gaps, 1U);
}

TEST_F(VodExporting, TextHasItsOwnFilesAndNoMap) {
  begin({.mp4 = false});
  apply(with_text());
  segment(7);
  record::Part part = a_part(7, 0, "WEBVTT, a part");
  part.rendition = 1;
  part.duration = 45'000;
  apply(part);
  record::SegmentEnd end = a_segment_end(7);
  end.rendition = 1;
  end.data = base::Bytes::of_static("WEBVTT");
  apply(end);
  finish();
  EXPECT_EQ(files_["t1/7.vtt"], "WEBVTT");
  EXPECT_NE(files_["t1/index.m3u8"].find("\n7.vtt\n"), std::string::npos);
  EXPECT_EQ(files_["t1/index.m3u8"].find("EXT-X-MAP"), std::string::npos);
}

TEST_F(VodExporting, DateRangesStayWithTheirEndsAndCanceledOnesGo) {
  begin({.to = 100 * base::kSecond});
  apply(one_picture());
  record::Marker marker;
  marker.id = "ad";
  marker.kind = "x";
  marker.start = 15 * base::kSecond;
  apply(marker);
  record::Marker other = marker;
  other.id = "off";
  apply(other);
  segment(7);
  marker.end = 17 * base::kSecond;
  apply(marker);
  other.canceled = true;
  apply(other);
  for (std::int64_t msn = 8; msn < 40; ++msn) segment(msn);
  record::Marker later = marker;
  later.id = "later";
  later.start = 200 * base::kSecond;
  later.end = std::nullopt;
  apply(later);
  segment(40);
  finish();
  const std::string& text = files_["v720/index.m3u8"];
  EXPECT_NE(text.find("#EXT-X-DATERANGE:ID=\"ad\",CLASS=\"x\",START-DATE=\"1970-01-01T00:00:15.000Z\""), text.npos);
  EXPECT_NE(text.find("DURATION=2.00000"), text.npos) << text.substr(0, 400);
  EXPECT_EQ(text.find("\"off\""), text.npos);
  EXPECT_EQ(text.find("\"later\""), text.npos);
}

TEST_F(VodExporting, AnMp4BeginsNearZeroAndANewFormatIsANewFile) {
  begin({.mp4 = true});
  apply(one_picture());
  record::Part part = a_part(7, 0, chunk_at(7 * 180'000));
  part.duration = 180'000;
  part.last = true;
  apply(part);
  apply(a_segment_end(7));
  record::Presentation other = one_picture(8);
  other.renditions[0].init = base::Bytes::of_static("another");
  apply(other);
  apply(record::Discontinuity{8});
  part = a_part(8, 0, chunk_at(8 * 180'000));
  part.duration = 180'000;
  part.last = true;
  apply(part);
  apply(a_segment_end(8));
  finish();
  EXPECT_EQ(files_["v720.mp4"], "init" + chunk_at(9000));
  EXPECT_EQ(files_["v720-2.mp4"], "another" + chunk_at(9000 + 180'000));
  EXPECT_EQ(files_["v720/7.m4s"], chunk_at(7 * 180'000)) << "segments stay as they are";
}

TEST_F(VodExporting, WithoutMediaItSaysSo) {
  begin();
  apply(one_picture());
  apply(a_part(7, 0));
  EXPECT_EQ(made_->finish().error().code, base::Code::kNotFound);
}

TEST_F(VodExporting, AFullDiskEndsIt) {
  begin();
  apply(one_picture());
  full_ = true;
  apply(a_part(7, 0));
  EXPECT_EQ(made_->apply(a_segment_end(7)).error().code, base::Code::kSystem);
}

class ChannelExporting : public testing::Test {
 protected:
  std::string write(int second, bool continues, std::int64_t begun, const std::vector<record::Record>& records) {
    FileHeader header;
    header.began = kJournalStart + second * base::kSecond;
    header.continues = continues;
    header.standing.begun = begun;
    ChannelFiles files(scratch_.path());
    EXPECT_TRUE(files.begin(header, {one_picture()}).ok());
    for (const record::Record& record : records) EXPECT_TRUE(files.append(record).ok());
    return scratch_.path() + "/" + file_name(header.began);
  }
  base::Result<VodExport::Totals> made(const VodExport::Options& options = {}) {
    return export_channel(scratch_.path(), output_.path() + "/new", options,
                          [this](const std::string& what) { damage_ += what + "\n"; });
  }

  const ScratchDirectory scratch_;
  const ScratchDirectory output_;
  std::string damage_;
};

TEST_F(ChannelExporting, FilesThatContinueAreOneStretch) {
  write(0, false, -1, {a_part(7, 0), a_segment_end(7), a_part(8, 0)});
  write(2, true, 8, {a_part(8, 1), a_segment_end(8)});
  const auto totals = made();
  ASSERT_TRUE(totals.ok()) << totals.error().message();
  EXPECT_EQ(totals->segments, 2U);
  EXPECT_EQ(totals->discontinuities, 0U);
  EXPECT_TRUE(std::filesystem::exists(output_.path() + "/new/v720/8.m4s"));
  EXPECT_EQ(damage_, "");
}

TEST_F(ChannelExporting, ADamagedFileIsAHoleAndToldAndNothingOfTheJournalChanges) {
  const std::string path = write(0, false, -1, {a_part(7, 0), a_segment_end(7), a_part(8, 0)});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  const auto size = std::filesystem::file_size(path);
  write(2, true, 8, {a_segment_end(8), a_part(9, 0), a_segment_end(9)});
  const auto totals = made();
  ASSERT_TRUE(totals.ok());
  EXPECT_EQ(totals->segments, 2U) << "7 and 9";
  EXPECT_EQ(totals->discontinuities, 1U);
  EXPECT_NE(damage_.find(path + " at byte "), std::string::npos) << damage_;
  EXPECT_EQ(std::filesystem::file_size(path), size);
}

TEST_F(ChannelExporting, AFileThatEndedLongBeforeTheStretchIsNotRead) {
  append_bytes(scratch_.path() + "/" + file_name(kJournalStart), std::string(100, 'x'));
  write(10, false, -1, {a_part(7, 0), a_segment_end(7)});
  EXPECT_FALSE(made({.from = kJournalStart + 131 * base::kSecond}).ok()) << "no media is that new";
  EXPECT_EQ(damage_, "");
  EXPECT_FALSE(made({.from = kJournalStart + 129 * base::kSecond}).ok());
  EXPECT_NE(damage_, "") << "less than two minutes before, media may yet be of it";
}

TEST_F(ChannelExporting, ADirectoryThatHoldsSomethingIsNotWrittenTo) {
  write(0, false, -1, {a_part(7, 0), a_segment_end(7)});
  std::filesystem::create_directory(output_.path() + "/new");
  append_bytes(output_.path() + "/new/index.m3u8", "somebody's");
  EXPECT_EQ(made().error().code, base::Code::kBusy);
  EXPECT_EQ(std::filesystem::file_size(output_.path() + "/new/index.m3u8"), 10U);
}

}  // namespace
}  // namespace archive

#include "channel/caption_report.h"

#include <gtest/gtest.h>

#include <memory>

#include "job/teletext_page.h"

namespace channel {
namespace {

class CaptionReportTest : public testing::Test {
 protected:
  /// "CC1 en English listed configured, announced found 5" and so on, a line a service.
  std::string services() const {
    std::string lines;
    for (const CaptionServiceReport& at : caption_services(options_, stats_.get())) {
      lines += at.caption.service + " " + at.caption.language + " " + at.caption.name;
      lines += std::string(at.listed ? " listed" : "") + (at.configured ? " configured" : "");
      for (const CaptionServiceReport::InFeed& in : at.feeds) {
        lines += std::string(",") + (in.announced ? " announced " + in.language : "") + (in.found ? " found" : "");
        if (in.last_text) lines += " " + std::to_string(*in.last_text);
      }
      lines += "\n";
    }
    return lines;
  }
  /// Likewise, of the text renditions.
  std::string texts(feed::Id shown = feed::Id::kPrimary) const {
    std::string lines;
    const auto all = caption_services(options_, stats_.get());
    for (const TextReport& at : text_renditions(options_, all, stats_.get(), shown)) {
      lines += at.name + " " + at.from + " " + at.language;
      lines += std::string(at.announced ? " announced" : "") + (at.found ? " found" : "");
      if (at.last_text) lines += " " + std::to_string(*at.last_text);
      lines += "\n";
    }
    return lines;
  }

  job::Options options_;
  std::unique_ptr<job::Stats> stats_ = std::make_unique<job::Stats>();
};

TEST_F(CaptionReportTest, HasNothingWhereNobodySaysAnything) {
  EXPECT_EQ(services(), "");
  EXPECT_EQ(texts(), "");
  stats_.reset();
  EXPECT_EQ(services(), "");
}

TEST_F(CaptionReportTest, HasWhatIsConfiguredThoughNothingWasSeen) {
  options_.captions.services = {{"SERVICE1", "en", "English"}, {"CC1", "en", ""}, {"CC9", "", ""}};
  options_.subtitles = {{3, "es"}, {0, "fr", "", false, false, false, false, 0, 63}, {0, "de"}};
  EXPECT_EQ(services(),
            "CC1 en  configured,,\nCC3   configured,,\nSERVICE1 en English configured,,\n"
            "SERVICE63   configured,,\n");
  EXPECT_EQ(texts(), "s1 CC3 es\ns2 SERVICE63 fr\ns3 api de\n");
  stats_.reset();
  EXPECT_EQ(texts(), "s1 CC3 es\ns2 SERVICE63 fr\ns3 api de\n");
}

TEST_F(CaptionReportTest, TellsWhatAFeedAnnouncesFromWhatIsInIt) {
  stats_->feeds[0].line21_announced = 1;
  stats_->feeds[0].digital_announced = 1;
  stats_->feeds[0].caption_languages[0] = job::language_bits("spa");
  stats_->feeds[0].caption_languages[1] = job::language_bits("fra");
  stats_->feeds[1].digital_captions = 1 + (std::uint64_t{1} << 62);
  stats_->feeds[1].caption_text_us[4] = 7;
  stats_->feeds[1].caption_text_us[66] = 9;
  stats_->feeds[1].caption_text_us[0] = 5;
  EXPECT_EQ(services(), "CC1  , announced spa,\nSERVICE1  , announced , found 7\nSERVICE63  ,, found 9\n");
}

TEST_F(CaptionReportTest, TellsWhatPlaylistsName) {
  stats_->line21_listed = 1 + 8;
  stats_->digital_listed = 2;
  options_.captions.services = {{"CC1", "es", "Spanish"}};
  EXPECT_EQ(services(), "CC1 es Spanish listed configured,,\nCC4   listed,,\nSERVICE2   listed,,\n");
}

TEST_F(CaptionReportTest, HoldsWhateverAWorkerWrites) {
  for (job::FeedStats& feed : stats_->feeds) {
    feed.line21_announced = feed.digital_announced = feed.line21_captions = feed.digital_captions = UINT64_MAX;
    for (job::Number& time : feed.caption_text_us) time = UINT64_MAX;
  }
  const auto all = caption_services(options_, stats_.get());
  ASSERT_EQ(all.size(), 67U);
  EXPECT_EQ(all.back().caption.service, "SERVICE63");
  EXPECT_FALSE(all.back().feeds[0].last_text) << "before 1970";
}

TEST_F(CaptionReportTest, ATextRenditionIsSeenByItsServiceOrItsText) {
  options_.subtitles = {{1}, {2}, {0, "de"}};
  stats_->feeds[0].line21_announced = 1;
  stats_->feeds[0].caption_languages[0] = job::language_bits("eng");
  stats_->feeds[1].line21_captions = 2;
  stats_->text_us[2] = 8;
  EXPECT_EQ(texts(), "s1 CC1 eng announced\ns2 CC2 \ns3 api de found 8\n");
  EXPECT_EQ(texts(feed::Id::kBackup), "s1 CC1 \ns2 CC2  found\ns3 api de found 8\n");
}

TEST_F(CaptionReportTest, APageOfTeletextIsAnnouncedWhereTheShownFeedDescribesIt) {
  const auto teletext = [](std::string language, int page) {
    return job::Subtitle{0, std::move(language), "", false, false, false, true, page};
  };
  options_.subtitles = {teletext("", 888), teletext("fr", 0), teletext("", 0), teletext("", 777), teletext("nl", 0)};
  stats_->feeds[0].teletext_pages[0] = job::packed({0x100, "eng", false, false});
  stats_->feeds[0].teletext_pages[2] = job::packed({0x888, "deu", true, false});
  stats_->feeds[0].teletext_pages[3] = job::packed({0x889, "fra", true, false});
  stats_->text_us[0] = 4;
  EXPECT_EQ(texts(),
            "s1 teletext 888 deu announced found 4\ns2 teletext fr announced\ns3 teletext deu announced\n"
            "s4 teletext 777 \ns5 teletext nl\n");
  EXPECT_EQ(texts(feed::Id::kBackup),
            "s1 teletext 888  found 4\ns2 teletext fr\ns3 teletext \ns4 teletext 777 \n"
            "s5 teletext nl\n");
}

}  // namespace
}  // namespace channel

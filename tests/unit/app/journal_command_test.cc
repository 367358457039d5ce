#include "app/journal_command.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "archive/channel_files.h"
#include "archive/directory_lock.h"
#include "unit/archive/logs.h"

namespace app {
namespace {

/// The journal of a channel "cam1", and what the command says of it.
class JournalCommand : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  /// Writes a file of whole segments and returns its path.
  std::string write(std::int64_t msn, int segments) {
    archive::FileHeader header;
    header.began = archive::kJournalStart + msn * 2 * base::kSecond;
    archive::ChannelFiles files(journal_ + "/cam1");
    EXPECT_TRUE(files.begin(header, {archive::one_picture()}).ok());
    for (std::int64_t last = msn + segments; msn < last; ++msn) {
      for (std::uint32_t i = 0; i < 4; ++i) EXPECT_TRUE(files.append(archive::a_part(msn, i)).ok());
      EXPECT_TRUE(files.append(archive::a_segment_end(msn)).ok());
    }
    return journal_ + "/cam1/" + archive::file_name(header.began);
  }
  static void tear(const std::string& path) {
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 2);
  }
  int run(const Words& words) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run_journal_command(words);
    output_ = ::testing::internal::GetCapturedStdout();
    complaint_ = ::testing::internal::GetCapturedStderr();
    return status;
  }
  bool says(const std::string& words) const { return output_.find(words) != std::string::npos; }
  bool complains(const std::string& words) const { return complaint_.find(words) != std::string::npos; }

  const archive::ScratchDirectory scratch_;
  const std::string journal_ = scratch_.path() + "/journal";
  const std::string config_ = scratch_.path() + "/kickoff.yaml";
  std::string output_;
  std::string complaint_;

  JournalCommand() {
    std::filesystem::create_directory(journal_);
    std::ofstream(config_) << "journal: {directory: " << journal_ << "}\n";
  }
};

TEST_F(JournalCommand, ChecksFilesThatAreSound) {
  write(7, 2);
  EXPECT_EQ(run({"check", journal_}), 0);
  EXPECT_TRUE(says("\ncam1\n")) << output_;
  EXPECT_TRUE(says(".journal ")) << output_;
  EXPECT_TRUE(says("  sound\n")) << output_;
}

TEST_F(JournalCommand, FindsTheJournalByTheConfiguration) {
  write(7, 2);
  EXPECT_EQ(run({"check", "--config", config_}), 0);
  EXPECT_EQ(run({"check", "--config=" + config_, "cam1"}), 0);
  EXPECT_EQ(run({"check", "--config", scratch_.path() + "/missing.yaml"}), 2);
  EXPECT_TRUE(complains("missing.yaml")) << complaint_;
}

TEST_F(JournalCommand, TellsWhereAFileIsTorn) {
  tear(write(7, 2));
  EXPECT_EQ(run({"check", journal_}), 1);
  EXPECT_TRUE(says("  torn: ")) << output_;
  EXPECT_FALSE(says("damaged")) << output_;
}

TEST_F(JournalCommand, TellsWhatIsDamagedInTheMiddleOfAFile) {
  const std::string path = write(7, 3);
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(600) << "x";
  EXPECT_EQ(run({"check", journal_}), 1);
  EXPECT_TRUE(says(" in 1 place from byte ")) << output_;
  EXPECT_FALSE(says("torn")) << output_;
}

TEST_F(JournalCommand, TellsOfAFileThatIsNone) {
  archive::append_bytes(write(7, 1).replace(journal_.size() + 6, 4, "2030"), std::string(100, 'x'));
  EXPECT_EQ(run({"check", journal_}), 1);
  EXPECT_TRUE(says("not readable: no file of a journal")) << output_;
}

TEST_F(JournalCommand, TellsHowMuchIsMissingBeforeAFile) {
  write(7, 1);
  write(17, 1);
  EXPECT_EQ(run({"check", journal_}), 0) << "what is there is sound";
  EXPECT_TRUE(says("; hole before it of 18.000 s\n")) << output_;
}

TEST_F(JournalCommand, TellsTheSameAsJson) {
  tear(write(7, 2));
  EXPECT_EQ(run({"check", journal_, "--json"}), 1);
  const auto told = nlohmann::json::parse(output_);
  EXPECT_EQ(told["sound"], false);
  EXPECT_EQ(told["channels"][0]["channel"], "cam1");
  const auto& file = told["channels"][0]["files"][0];
  EXPECT_EQ(file["torn"], true);
  EXPECT_EQ(file["damage"].size(), 1U);
  EXPECT_EQ(file["damage"][0]["to"], file["bytes"]);
}

TEST_F(JournalCommand, RepairsWhatIsDamagedAndKeepsTheOldFile) {
  const std::string path = write(7, 2);
  tear(path);
  EXPECT_EQ(run({"repair", journal_}), 0);
  EXPECT_TRUE(says(path + ": repaired (torn: ")) << output_;
  EXPECT_TRUE(std::filesystem::exists(path + ".damaged"));
  EXPECT_EQ(run({"check", journal_}), 0);
  EXPECT_EQ(run({"repair", journal_}), 0);
  EXPECT_EQ(output_, "") << "there is nothing to do any more";
}

TEST_F(JournalCommand, DeletesTheOldFileWhereThatIsAskedFor) {
  const std::string path = write(7, 2);
  tear(path);
  EXPECT_EQ(run({"repair", journal_, "cam1", "--delete"}), 0);
  EXPECT_FALSE(std::filesystem::exists(path + ".damaged"));
  EXPECT_EQ(run({"check", journal_}), 0);
}

TEST_F(JournalCommand, RepairsNothingUnderAServer) {
  const std::string path = write(7, 2);
  tear(path);
  const auto lock = archive::DirectoryLock::take(journal_);
  EXPECT_EQ(run({"repair", journal_}), 1);
  EXPECT_TRUE(complains("in use by a server")) << complaint_;
  EXPECT_FALSE(std::filesystem::exists(path + ".damaged"));
}

TEST_F(JournalCommand, ExportsAChannel) {
  write(7, 3);
  const std::string to = scratch_.path() + "/vod";
  EXPECT_EQ(run({"export", journal_, "cam1", "--output", to}), 0);
  EXPECT_TRUE(says(to + "/index.m3u8: ")) << output_;
  EXPECT_TRUE(says(", 1 renditions of 3 segments, 0 gaps, ")) << output_;
  EXPECT_TRUE(std::filesystem::exists(to + "/v720/9.m4s"));
  EXPECT_FALSE(std::filesystem::exists(to + "/v720.mp4"));
}

TEST_F(JournalCommand, ExportsWhatLiesBetweenTwoTimes) {
  write(7, 3);
  const std::string to = scratch_.path() + "/vod";
  // Segment 8 is of the sixteenth second of UTC.
  const Words words{
      "export", journal_, "cam1", "--output=" + to, "--from", "1970-01-01T00:00:16Z", "--to=1970-01-01T00:00:18Z"};
  EXPECT_EQ(run(words), 0) << complaint_;
  EXPECT_TRUE(says(" renditions of 1 segments")) << output_;
  EXPECT_TRUE(std::filesystem::exists(to + "/v720/8.m4s"));
}

TEST_F(JournalCommand, ExportTellsWhereThereIsNoMedia) {
  write(7, 2);
  write(12, 1);
  EXPECT_EQ(run({"export", journal_, "cam1", "--output", scratch_.path() + "/vod"}), 0);
  EXPECT_EQ(complaint_,
            "kickoff: journal: warning: no media from 1970-01-01T00:00:18.000Z to 1970-01-01T00:00:24.000Z\n");
}

TEST_F(JournalCommand, MakesMp4FilesOnlyWhereThatIsAskedFor) {
  write(7, 3);
  EXPECT_EQ(run({"export", journal_, "cam1", "--output", scratch_.path() + "/vod", "--mp4"}), 1);
  EXPECT_TRUE(complains("truncated: box")) << complaint_ << ": what the file above holds is none";
}

TEST_F(JournalCommand, FailsWhereTheOutputHoldsSomething) {
  write(7, 1);
  EXPECT_EQ(run({"export", journal_, "cam1", "--output", scratch_.path()}), 1);
  EXPECT_TRUE(complains("holds something")) << complaint_;
}

TEST_F(JournalCommand, ExplainsWhatItCannotRead) {
  write(7, 1);
  const std::string to = scratch_.path() + "/vod";
  const std::pair<Words, std::string> all[] = {
      {{}, "check, repair or export?"},
      {{"burn", journal_}, "no such command: burn"},
      {{"check"}, "check needs DIRECTORY or --config FILE"},
      {{"check", "--config"}, "--config needs a value"},
      {{"check", journal_, "cam1", "cam2"}, "what is cam2?"},
      {{"check", journal_, "--delete"}, "check does not take --delete"},
      {{"check", journal_, "--json=yes"}, "check does not take --json=yes"},
      {{"repair", journal_, "--json"}, "repair does not take --json"},
      {{"repair", journal_, "--mp4"}, "repair does not take --mp4"},
      {{"repair", journal_, "--output", to}, "repair does not take --output"},
      {{"export", journal_, "--output", to}, "export needs CHANNEL"},
      {{"export", journal_, "cam1"}, "export needs --output DIR"},
      {{"export", journal_, "cam1", "--output"}, "--output needs a value"},
      {{"export", journal_, "cam1", "--output", to, "--from", "noon"}, "--from: \"noon\" is no time"},
      {{"export", journal_, "cam1", "--output", to, "--from", "2026-11-30T00:00:00Z", "--to", "2026-11-30T00:00:00Z"},
       "--to is not later than --from"}};
  for (const auto& [words, problem] : all) {
    EXPECT_EQ(run(words), 2) << problem;
    EXPECT_TRUE(complains("kickoff: journal: " + problem)) << complaint_;
    EXPECT_TRUE(complains(kJournalHelp)) << problem;
  }
}

TEST_F(JournalCommand, NamesWhatIsNotThere) {
  EXPECT_EQ(run({"check", scratch_.path() + "/nowhere"}), 2);
  EXPECT_TRUE(complains("/nowhere is no directory")) << complaint_;
  EXPECT_EQ(run({"check", journal_}), 2);
  EXPECT_TRUE(complains("has no channel's journal")) << complaint_;
  write(7, 1);
  EXPECT_EQ(run({"repair", journal_, "cam2"}), 2);
  EXPECT_TRUE(complains("has no journal of cam2")) << complaint_;
}

}  // namespace
}  // namespace app

#include "app/upload_command.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "unit/upload/journals.h"

namespace app {
namespace {

/// Channels "cam1", which is uploaded to a port on which nobody listens, and "cam2", which is not.
class UploadCommand : public ::testing::Test {
 protected:
  UploadCommand() {
    std::ofstream(keys_) << "[default]\naws_access_key_id = ID\naws_secret_access_key = S\n";
    std::ofstream(config_) << "state_directory: " << scratch_.path() << "\nchannels:\n  cam1:\n    upload:\n"
                           << "      url: s3://edge/live\n      endpoint: http://127.0.0.1:1\n      credentials_file: "
                           << keys_ << "\n  cam2: {}\n";
    std::filesystem::create_directory(scratch_.path() + "/journal");
    for (const char* channel : {"cam1", "cam2"}) {
      upload::testing::Journal journal(scratch_.path() + "/journal/" + channel);
      journal.begin(0, false, upload::testing::kFirst - 1);
      journal.segment(upload::testing::kFirst);
    }
  }

  int run(const std::vector<std::string>& words) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run_upload_command(words);
    output_ = ::testing::internal::GetCapturedStdout();
    complaint_ = ::testing::internal::GetCapturedStderr();
    return status;
  }
  bool says(const std::string& words) const { return output_.find(words) != std::string::npos; }
  bool complains(const std::string& words) const { return complaint_.find(words) != std::string::npos; }

  const upload::testing::ScratchDirectory scratch_;
  const std::string config_ = scratch_.path() + "/kickoff.yaml";
  const std::string keys_ = scratch_.path() + "/keys";
  std::string output_;
  std::string complaint_;
};

TEST_F(UploadCommand, TellsHowItIsUsed) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{}, "check or repair?"},
      {{"delete"}, "no such command: delete"},
      {{"check"}, "check needs CHANNEL, or all"},
      {{"repair", "all"}, "repair needs --config FILE"},
      {{"check", "all", "--config"}, "check needs FILE after --config"},
      {{"check", "all", "--jsn"}, "check does not take --jsn"},
      {{"check", "a", "b", "--config", "x"}, "what is b?"}};
  for (const auto& [words, problem] : cases) {
    EXPECT_EQ(run(words), 2) << problem;
    EXPECT_TRUE(complains("kickoff: upload: " + problem + "\n")) << complaint_;
    EXPECT_TRUE(complains(kUploadHelp));
  }
}

TEST_F(UploadCommand, TellsWhatIsWrongWithAConfiguration) {
  EXPECT_EQ(run({"check", "all", "--config", scratch_.path() + "/missing.yaml"}), 2);
  EXPECT_TRUE(complains("missing.yaml")) << complaint_;
}

TEST_F(UploadCommand, AChannelWithoutAnUploadHasNone) {
  EXPECT_EQ(run({"check", "cam2", "--config=" + config_}), 2);
  EXPECT_EQ(complaint_, "kickoff: upload: cam2 has no upload in that configuration, or nothing on disk\n");
  std::ofstream(config_) << "state_directory: " << scratch_.path() << "\n";
  EXPECT_EQ(run({"check", "all", "--config", config_}), 2);
  EXPECT_EQ(complaint_, "kickoff: upload: no channel has an upload in that configuration and something on disk\n");
}

TEST_F(UploadCommand, ABucketThatCannotBeReadIsToldAndAFault) {
  EXPECT_EQ(run({"check", "all", "--config", config_}), 1);
  EXPECT_TRUE(says("CHANNEL")) << output_;
  EXPECT_TRUE(complains("kickoff: upload: cam1: s3://edge/live cannot be read: ")) << complaint_;
  EXPECT_EQ(run({"repair", "cam1", "--config", config_, "--json", "--fetch"}), 1);
  const auto told = nlohmann::json::parse(output_, nullptr, false);
  EXPECT_EQ(told["right"], false) << output_;
  EXPECT_EQ(told["channels"].size(), 0u);
}

}  // namespace
}  // namespace app

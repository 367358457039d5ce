#include "upload/uploads.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "unit/upload/journals.h"

namespace upload {
namespace {

using namespace testing;

/// Collects what uploads tell, from their threads.
class Told {
 public:
  void add(const std::string& text) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(text);
    wake_.notify_all();
  }
  std::string first() {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::seconds(20), [this] { return !texts_.empty(); });
    return texts_.empty() ? "" : texts_.front();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::string> texts_;
};

/// A port on which nobody listens.
Target nowhere() {
  Target target;
  target.address = *s3::parse_address("s3://edge", "http://127.0.0.1:1", "r");
  target.credentials.source = s3::Source::kEnvironment;
  target.credentials.variable = [](const char*) { return std::optional<std::string>("x"); };
  return target;
}

class ManyUploads : public ::testing::Test {
 protected:
  Uploads::Options options(std::map<std::string, std::optional<Target>> targets) {
    return {std::move(targets), scratch_.path(), state_.path(),
            [this](const std::string& channel, const std::string& why) { told_.add(channel + ": " + why); }};
  }

  ScratchDirectory scratch_;
  ScratchDirectory state_;
  Told told_;
};

TEST_F(ManyUploads, TellThatAChannelsUploadFails) {
  Journal journal(scratch_.path() + "/match");
  journal.begin(0, false, kFirst - 1);
  journal.segment(kFirst);
  const Uploads uploads(options({{"*", nowhere()}}));
  EXPECT_TRUE(told_.first().starts_with("match: network: ")) << told_.first();
  const auto reports = uploads.reports(0);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].channel, "match");
  EXPECT_TRUE(reports[0].failing);
  EXPECT_EQ(uploads.read_from()("match"), kJournalStart);
}

TEST_F(ManyUploads, AreThoseOfTheChannelsThatHaveATarget) {
  for (const char* name : {"match", "other"}) {
    Journal journal(scratch_.path() + "/" + name);
    journal.begin(0, false, kFirst - 1);
    journal.segment(kFirst);
  }
  const Uploads uploads(options({{"*", nowhere()}, {"other", std::nullopt}}));
  told_.first();
  EXPECT_EQ(uploads.reports(0).size(), 1u);
  EXPECT_EQ(uploads.read_from()("other"), INT64_MAX);
}

TEST_F(ManyUploads, KeepAllOfTheJournalOfAChannelThatIsNotReadYet) {
  std::function<base::Micros(const std::string&)> read_from;
  {
    const Uploads uploads(options({{"match", nowhere()}}));
    read_from = uploads.read_from();
  }
  EXPECT_EQ(read_from("match"), 0);
  EXPECT_EQ(read_from("other"), INT64_MAX);
}

TEST_F(ManyUploads, ADiskThatHangsKeepsNobodyFromEnding) {
  {
    Journal journal(scratch_.path() + "/match");
    journal.begin(0, false, kFirst - 1);
    journal.segment(kFirst);
  }
  // A reader of it waits for a writer.
  const std::string file = state_path(state_.path(), "match");
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  auto uploads = std::make_unique<Uploads>(options({{"*", nowhere()}}));
  uploads = nullptr;
  ASSERT_EQ(base::DiskThread::left_behind(), 1);
  const int writer = open(file.c_str(), O_WRONLY);  // now the disk answers
  close(writer);
  while (base::DiskThread::left_behind() > 0) std::this_thread::yield();
}

}  // namespace
}  // namespace upload

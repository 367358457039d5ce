#include "harvest/run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/s3/fake_s3.h"
#include "unit/upload/journals.h"

namespace harvest {
namespace {

using upload::testing::Journal;
using upload::testing::kFirst;
using upload::testing::ScratchDirectory;

class Running : public ::testing::Test {
 protected:
  Running() : journal_(scratch_.path() + "/match") {
    journal_.begin(0, false, kFirst - 1);
    journal_.segments(kFirst, kFirst + 4);
  }

  base::Result<archive::VodExport::Totals> to_disk() {
    return run_to_disk(
        order_, scratch_.path() + "/match", directory(), [this](std::size_t bytes) { return permit(bytes); }, notes());
  }
  base::Result<archive::VodExport::Totals> to_bucket() {
    return run_to_bucket(
        order_, scratch_.path() + "/match", bucket_, [this](std::size_t bytes) { return permit(bytes); }, notes(),
        [this](base::Micros span) { pauses_.push_back(span); });
  }
  Notes notes() {
    return {.before = before_,
            .claim = [this] { noted_.push_back("claim at " + std::to_string(written())); },
            .complete =
                [this](const archive::VodExport::Totals& totals) {
                  noted_.push_back("complete: " + std::to_string(totals.segments) + " at " + std::to_string(written()));
                }};
  }
  /// Objects, or files that are not where they are to be.
  std::size_t written() const {
    if (order_.destination.place == Place::kS3) return server_.objects.size();
    std::error_code error;
    std::size_t files = 0;
    for (const auto& at : std::filesystem::recursive_directory_iterator(directory() + ".new", error))
      files += at.is_regular_file() ? 1 : 0;
    return files;
  }
  base::Status permit(std::size_t bytes) {
    if (permitted_ == 0) return base::Error{base::Code::kCanceled, "canceled"};
    --permitted_;
    bytes_ += bytes;
    return base::Ok{};
  }
  std::string directory() const { return directory_of(scratch_.path() + "/harvest", order_); }
  std::string file(const std::string& name) const {
    std::ifstream in(directory() + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::string number(std::int64_t at) { return std::to_string(kFirst + at); }

  ScratchDirectory scratch_;
  Journal journal_;
  Order order_{.channel = "match",
               .from = (kFirst + 1) * 2 * base::kSecond,
               .to = (kFirst + 3) * 2 * base::kSecond,
               .destination = {Place::kDisk, "half"}};
  Progress before_;
  std::vector<std::string> noted_;
  int permitted_ = INT32_MAX;
  std::size_t bytes_ = 0;
  s3::testing::FixedClock clock_;
  s3::testing::FakeServer server_;
  s3::Credentials credentials_{
      {.source = s3::Source::kEnvironment, .variable = [](const char*) { return std::optional<std::string>("x"); }},
      server_};
  s3::Bucket bucket_{*s3::parse_address("s3://edge/live", "http://h:1", "r"), credentials_, server_, clock_};
  std::vector<base::Micros> pauses_;
};

TEST_F(Running, MakesADirectoryOfTheSegmentsOfThatTime) {
  const auto totals = to_disk();
  ASSERT_TRUE(totals.ok()) << totals.error().message();
  EXPECT_EQ(totals->segments, 2U);
  EXPECT_TRUE(totals->holes.empty());
  EXPECT_EQ(directory(), scratch_.path() + "/harvest/match/half");
  EXPECT_EQ(file("v720/" + number(1) + ".m4s"), "v1.0 v1.1 v1.2 v1.3 ");
  EXPECT_EQ(file("a1/" + number(2) + ".m4s"), "a2.0 a2.1 a2.2 a2.3 ");
  EXPECT_FALSE(std::filesystem::exists(directory() + "/v720/" + number(0) + ".m4s"));
  EXPECT_FALSE(std::filesystem::exists(directory() + "/v720/" + number(3) + ".m4s"));
  const std::string list = file("v720/index.m3u8");
  EXPECT_NE(list.find("#EXT-X-PLAYLIST-TYPE:VOD"), list.npos);
  EXPECT_TRUE(list.ends_with(number(2) + ".m4s\n#EXT-X-ENDLIST\n")) << list;
  EXPECT_EQ(list.find("EXT-X-PART"), list.npos);
  EXPECT_NE(file("index.m3u8").find("v720/index.m3u8"), std::string::npos);
}

TEST_F(Running, IsAskedForEveryByte) {
  ASSERT_TRUE(to_disk().ok());
  std::size_t written = 0;
  for (const auto& at : std::filesystem::recursive_directory_iterator(directory()))
    if (at.is_regular_file()) written += at.file_size();
  EXPECT_EQ(bytes_, written);
}

TEST_F(Running, LeavesNothingWhereItIsCanceled) {
  permitted_ = 3;
  EXPECT_EQ(to_disk().error().code, base::Code::kCanceled);
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.path() + "/harvest/match"));
}

TEST_F(Running, LeavesNothingWhereThereIsNoMedia) {
  order_.from = (kFirst + 50) * 2 * base::kSecond;
  order_.to = order_.from + base::kSecond;
  EXPECT_EQ(to_disk().error().code, base::Code::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.path() + "/harvest/match"));
  order_.channel = "nobody";
  EXPECT_EQ(run_to_disk(
                order_, scratch_.path() + "/nobody", directory(), [](std::size_t) { return base::Ok{}; }, notes())
                .error()
                .code,
            base::Code::kNotFound);
}

TEST_F(Running, ADirectoryThatIsThereStays) {
  std::filesystem::create_directories(directory());
  EXPECT_EQ(to_disk().error().code, base::Code::kBusy);
  EXPECT_TRUE(std::filesystem::is_empty(directory()));
  EXPECT_EQ(bytes_, 0U);
}

TEST_F(Running, WhatAKilledJobHasLeftIsNoHindrance) {
  std::filesystem::create_directories(directory() + ".new");
  std::ofstream(directory() + ".new/index.m3u8") << "torn";
  ASSERT_TRUE(to_disk().ok());
  EXPECT_FALSE(std::filesystem::exists(directory() + ".new"));
}

TEST_F(Running, MakesMp4sOnRequest) {
  order_.mp4 = true;
  // The media of this journal is no CMAF.
  EXPECT_FALSE(to_disk().ok());
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.path() + "/harvest/match"));
}

TEST_F(Running, PutsObjectsIntoABucketTheMultivariantPlaylistLast) {
  order_.destination = {Place::kS3, "half"};
  const auto totals = to_bucket();
  ASSERT_TRUE(totals.ok()) << totals.error().message();
  const std::string folder = "/edge/live/match/vod/half/";
  EXPECT_EQ(server_.objects.size(), 2U * 4 + 1);
  const auto& sound = server_.objects.at(folder + "a1/" + number(1) + ".m4s");
  EXPECT_EQ(sound.body, "a1.0 a1.1 a1.2 a1.3 ");
  EXPECT_EQ(sound.content_type, "audio/mp4");
  EXPECT_EQ(sound.cache_control, "public, max-age=31536000, immutable");
  const auto& list = server_.objects.at(folder + "v720/index.m3u8");
  EXPECT_EQ(list.content_type, "application/vnd.apple.mpegurl");
  EXPECT_EQ(list.cache_control, "public, max-age=300");
  EXPECT_TRUE(server_.seen.back().url.ends_with("/vod/half/index.m3u8"));
}

TEST_F(Running, ANameThatIsTakenInTheBucketStays) {
  server_.objects["/edge/live/match/vod/half/index.m3u8"] = {"older", "", ""};
  EXPECT_EQ(to_bucket().error().code, base::Code::kBusy);
  EXPECT_EQ(server_.objects.size(), 1U);
}

TEST_F(Running, TriesAgainAndThenGivesUp) {
  const client::Answer busy = s3::testing::FakeServer::error(503, "SlowDown");
  server_.next = {{200}, busy, busy};
  ASSERT_TRUE(to_bucket().ok());
  EXPECT_EQ(pauses_, (std::vector<base::Micros>{base::kSecond}));
  server_.objects.clear();
  pauses_.clear();
  server_.next = {{200}};
  for (int i = 0; i < 100; ++i) server_.next.push_back(busy);
  const auto failed = to_bucket();
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().what.find("slow_down: 503 SlowDown"), std::string::npos) << failed.error().what;
  EXPECT_TRUE(server_.objects.empty());
  std::vector<base::Micros> seconds;
  for (const base::Micros at : pauses_) seconds.push_back(at / base::kSecond);
  EXPECT_EQ(seconds, (std::vector<base::Micros>{1, 2, 4, 8, 16, 30, 30}));
}

TEST_F(Running, AClockThatIsOffIsMadeUpFor) {
  client::Answer skewed = s3::testing::FakeServer::error(403, "RequestTimeTooSkewed");
  skewed.headers = {{"date", "Fri, 24 May 2013 01:00:00 GMT"}};
  server_.next = {skewed};
  EXPECT_TRUE(to_bucket().ok());
}

TEST_F(Running, NotesThatThePlaceIsFreeAndThatAllIsThere) {
  ASSERT_TRUE(to_disk().ok());
  EXPECT_EQ(noted_, (std::vector<std::string>{"claim at 0", "complete: 2 at 9"}));
  noted_.clear();
  order_.destination = {Place::kS3, "half"};
  ASSERT_TRUE(to_bucket().ok());
  // All but the multivariant playlist.
  EXPECT_EQ(noted_, (std::vector<std::string>{"claim at 0", "complete: 2 at 8"}));
  EXPECT_EQ(server_.objects.size(), 9U);
}

TEST_F(Running, AClaimIsNotedOnce) {
  before_.claimed = true;
  ASSERT_TRUE(to_disk().ok());
  order_.destination = {Place::kS3, "half"};
  ASSERT_TRUE(to_bucket().ok());
  EXPECT_EQ(noted_, (std::vector<std::string>{"complete: 2 at 9", "complete: 2 at 8"}));
}

TEST_F(Running, NothingIsClaimedThatIsTaken) {
  std::filesystem::create_directories(directory());
  EXPECT_FALSE(to_disk().ok());
  server_.objects["/edge/live/match/vod/half/a1/x.m4s"] = {"older", "", ""};
  order_.destination = {Place::kS3, "half"};
  EXPECT_FALSE(to_bucket().ok());
  EXPECT_TRUE(noted_.empty());
}

TEST_F(Running, AnotherStartPutsAgainWhatOneThatWasKilledHadPut) {
  order_.destination = {Place::kS3, "half"};
  const std::string folder = "/edge/live/match/vod/half/";
  server_.objects[folder + "a1/" + number(1) + ".m4s"] = {"torn", "", ""};
  before_.claimed = true;
  ASSERT_TRUE(to_bucket().ok());
  EXPECT_EQ(server_.objects.at(folder + "a1/" + number(1) + ".m4s").body, "a1.0 a1.1 a1.2 a1.3 ");
  EXPECT_EQ(server_.objects.size(), 9U);
}

TEST_F(Running, AnotherStartFindsThatAllIsThere) {
  before_.claimed = true;
  before_.made = archive::VodExport::Totals{.segments = 77};
  std::filesystem::create_directories(directory());
  EXPECT_EQ(to_disk()->segments, 77U);
  EXPECT_TRUE(std::filesystem::is_empty(directory()));
  order_.destination = {Place::kS3, "half"};
  server_.objects["/edge/live/match/vod/half/index.m3u8"] = {"all", "", ""};
  EXPECT_EQ(to_bucket()->segments, 77U);
  EXPECT_EQ(server_.objects.size(), 1U);
  EXPECT_EQ(bytes_, 0U);
}

TEST_F(Running, AnotherStartTakesTheLastStepThatIsMissing) {
  before_.claimed = true;
  before_.made = archive::VodExport::Totals{.segments = 77};
  EXPECT_EQ(to_disk()->segments, 2U);
  order_.destination = {Place::kS3, "half"};
  server_.objects["/edge/live/match/vod/half/v720/index.m3u8"] = {"a playlist of the rendition", "", ""};
  EXPECT_EQ(to_bucket()->segments, 2U);
  EXPECT_EQ(server_.objects.size(), 9U);
}

TEST_F(Running, ABucketThatIsGoneIsNoJournalWithoutMedia) {
  order_.destination = {Place::kS3, "half"};
  server_.next = {s3::testing::FakeServer::error(404, "NoSuchBucket")};
  const auto failed = to_bucket();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, base::Code::kSystem);
  EXPECT_NE(failed.error().what.find("s3://edge/live: 404 NoSuchBucket"), std::string::npos) << failed.error().what;
  EXPECT_TRUE(pauses_.empty());
  EXPECT_TRUE(noted_.empty());
}

TEST_F(Running, ABucketThatGoesInTheMiddleFailsSoonAndWithoutAMultivariantPlaylist) {
  order_.destination = {Place::kS3, "half"};
  server_.next = {{200}};
  for (int i = 0; i < 100; ++i) server_.next.push_back(s3::testing::FakeServer::error(404, "NoSuchBucket"));
  const auto failed = to_bucket();
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().what.find("bucket: 404 NoSuchBucket"), std::string::npos) << failed.error().what;
  EXPECT_EQ(pauses_, (std::vector<base::Micros>{base::kSecond}));
  EXPECT_TRUE(server_.objects.empty());
}

TEST_F(Running, WhatIsDeniedIsTriedTwice) {
  order_.destination = {Place::kS3, "half"};
  const client::Answer denied = s3::testing::FakeServer::error(403, "SignatureDoesNotMatch");
  server_.next = {denied, {200}, denied};
  EXPECT_TRUE(to_bucket().ok()) << "keys may have been changed meanwhile";
  server_.objects.clear();
  server_.next = {denied, denied};
  const auto failed = to_bucket();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, base::Code::kDenied);
  EXPECT_NE(failed.error().what.find("SignatureDoesNotMatch"), std::string::npos) << failed.error().what;
}

TEST_F(Running, AListThatIsNotGivenIsAskedForAgain) {
  order_.destination = {Place::kS3, "half"};
  const client::Answer busy = s3::testing::FakeServer::error(503, "SlowDown");
  server_.next = {busy, busy, busy};
  EXPECT_TRUE(to_bucket().ok());
  EXPECT_EQ(pauses_, (std::vector<base::Micros>{base::kSecond, 2 * base::kSecond, 4 * base::kSecond}));
  server_.next.assign(kMostAttempts, busy);
  EXPECT_FALSE(to_bucket().ok());
}

}  // namespace
}  // namespace harvest

#include "upload/repair.h"

#include <filesystem>

#include "unit/upload/uploaded.h"

namespace upload {
namespace {

using namespace testing;

class Repairing : public Uploaded {
 protected:
  Repairing() { upload(); }
  /// Compares, repairs, and compares again.
  std::string faults_after() {
    faults();
    server_.seen.clear();
    repaired_ = repair(of_, found_, bucket_, [this](base::Micros span) { pauses_.push_back(span); });
    return faults();
  }

  Repair repaired_;
  std::vector<base::Micros> pauses_;
};

TEST_F(Repairing, PutsNothingWhereAllIsRight) {
  EXPECT_EQ(faults_after(), "");
  EXPECT_EQ(repaired_.objects, 0u);
  EXPECT_EQ(seen("PUT"), 0u);
}

TEST_F(Repairing, PutsBackWhatWasThereAndNothingElse) {
  const auto before = server_.objects;
  lose(name(0));
  lose(name(4, "a1"));
  lose("match/a1/" + hls::init_uri(base::view_of("sound init")));
  lose("match/v720/index.m3u8");
  lose("match/index.m3u8");
  stored(name(2)).body = "other";
  stored("match/a1/index.m3u8").cache_control = "";
  EXPECT_EQ(faults_after(), "");
  EXPECT_EQ(repaired_.objects, 7u);
  EXPECT_EQ(seen("PUT"), 7u);
  EXPECT_TRUE(repaired_.failures.empty());
  ASSERT_EQ(server_.objects.size(), before.size());
  for (const auto& [path, object] : before) {
    EXPECT_EQ(server_.objects.at(path).body, object.body) << path;
    EXPECT_EQ(server_.objects.at(path).content_type, object.content_type) << path;
    EXPECT_EQ(server_.objects.at(path).cache_control, object.cache_control) << path;
  }
}

TEST_F(Repairing, PutsMediaThenPlaylistsThenTheMultivariantOne) {
  for (const char* of : {"match/index.m3u8", "match/a1/index.m3u8"}) lose(of);
  lose(name(1));
  faults_after();
  std::vector<std::string> order;
  for (const client::Request& request : server_.seen) {
    if (request.method == "PUT") order.push_back(request.url.substr(std::string("http://h:1/edge/live/").size()));
  }
  EXPECT_EQ(order, (std::vector<std::string>{name(1), "match/a1/index.m3u8", "match/index.m3u8"}));
}

TEST_F(Repairing, LeavesWhatWaitsToTheUpload) {
  journal_.segment(kFirst + 5);
  lose(name(1));
  EXPECT_EQ(faults_after(), "");
  EXPECT_EQ(repaired_.objects, 1u);
  EXPECT_FALSE(server_.objects.contains("/edge/live/" + name(5)));
}

TEST_F(Repairing, APlaylistIsThatOfTheStateByThen) {
  lose("match/v720/index.m3u8");
  faults();
  journal_.segment(kFirst + 5);
  upload();
  const std::string newer = stored("match/v720/index.m3u8").body;
  repair(of_, found_, bucket_, [](base::Micros) {});
  EXPECT_EQ(stored("match/v720/index.m3u8").body, newer);
}

TEST_F(Repairing, WhatIsLostStaysLost) {
  journal_.begin(10, true, kFirst + 4);
  journal_.segment(kFirst + 5);
  upload();
  std::filesystem::remove(of_.journal + "/" + archive::file_name(kJournalStart));
  lose(name(3));
  EXPECT_EQ(faults_after(), name(3) + " lost");
  EXPECT_EQ(repaired_.objects, 0u);
}

TEST_F(Repairing, TriesAgainAndTellsWhatFails) {
  lose(name(1));
  faults();
  const client::Answer busy = s3::testing::FakeServer::error(503, "SlowDown");
  server_.next = {busy, busy, busy};
  Repair made = repair(of_, found_, bucket_, [this](base::Micros span) { pauses_.push_back(span); });
  EXPECT_EQ(made.objects, 1u);
  EXPECT_EQ(made.bytes, 20u);
  EXPECT_EQ(pauses_, (std::vector<base::Micros>{kRepairPause, 2 * kRepairPause, 4 * kRepairPause}));
  lose(name(1));
  server_.next = {busy, busy, busy, busy};
  made = repair(of_, found_, bucket_, [](base::Micros) {});
  EXPECT_EQ(made.objects, 0u);
  EXPECT_EQ(made.failures, (std::vector<std::string>{name(1) + ": slow_down: 503 SlowDown: no"}));
}

}  // namespace
}  // namespace upload

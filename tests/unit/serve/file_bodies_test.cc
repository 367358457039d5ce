#include "serve/file_bodies.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "serving.h"

namespace {

using origin::testing::kFirst;
using serve_test::Answer;
using serve_test::Client;
using serve_test::Serving;
using serve_test::wait_until;

constexpr std::int64_t kNewest = kFirst + 11;

std::string filed_path(std::int64_t msn, const std::string& end = ".m4s") {
  return "/live/match/v720/" + std::to_string(msn) + end;
}

/// Large enough for several pieces, and of each part other bytes.
base::Bytes media_of(std::int64_t msn, std::uint32_t index) {
  return base::Bytes::adopt(std::string(serve::FileBodies::kPiece * 2 + 100 + index,
                                        static_cast<char>('a' + (msn * 4 + static_cast<std::int64_t>(index)) % 26)));
}

std::string whole_segment(std::int64_t msn) {
  std::string bytes;
  for (std::uint32_t i = 0; i < 4; ++i) bytes += media_of(msn, i).text();
  return bytes;
}

serve::Server::Options with_room_for(std::size_t bodies) {
  serve::Server::Options options;
  options.most_file_bodies = bodies;
  return options;
}

origin::Log::Options with_six_segments_in_memory() {
  origin::Log::Options options;
  options.memory = 12 * base::kSecond;
  return options;
}

/// Twelve segments of video, whose bytes a file has; the newest six of them are in memory after let_go().
struct FromFiles : testing::Test {
  explicit FromFiles(std::size_t room = 8)
      : serving(with_room_for(room), nullptr, nullptr, with_six_segments_in_memory()) {
    std::string name = "/tmp/kickoff-filed-XXXXXX";
    close(mkstemp(name.data()));
    path = std::make_shared<const std::string>(name);
    std::ofstream file(name);
    serving.channel.begin();
    std::uint64_t at = 0;
    for (std::int64_t msn = kFirst; msn <= kNewest; ++msn) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        record::Part part = origin::testing::part(0, msn, i, i == 3);
        part.data = media_of(msn, i);
        file << part.data.text();
        places.push_back({msn, i, {path, at, static_cast<std::uint32_t>(part.data.size())}});
        at += part.data.size();
        serving.channel.log.apply(part);
        serving.channel.log.apply(origin::testing::part(1, msn, i, i == 3));
      }
      serving.channel.log.apply(origin::testing::end(0, msn));
      serving.channel.log.apply(origin::testing::end(1, msn));
    }
    serving.publish();
  }
  ~FromFiles() override { unlink(path->c_str()); }

  /// One more segment closes, with which those that are old and that the file has are let go.
  void let_go() {
    for (const Placed& placed : places) serving.channel.log.file_part(0, placed.msn, placed.index, placed.place);
    serving.channel.segments(kNewest + 1, kNewest + 1);
    serving.publish();
  }
  std::uint64_t bodies() { return serving.counters().file_bodies.get(); }

  struct Placed {
    std::int64_t msn;
    std::uint32_t index;
    base::FilePlace place;
  };
  Serving serving;
  std::shared_ptr<const std::string> path;
  std::vector<Placed> places;
};

TEST_F(FromFiles, ASegmentIsTheSameFromTheFileAsItWasFromMemory) {
  Client client(serving.port());
  const Answer before = client.get(filed_path(kFirst));
  EXPECT_EQ(before.body, whole_segment(kFirst));
  EXPECT_EQ(serving.counters().file_bytes.get(), 0U);
  let_go();
  const Answer after = client.get(filed_path(kFirst));
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.body, before.body);
  for (const char* name : {"etag", "content-length", "content-type", "cache-control", "accept-ranges", "last-modified"})
    EXPECT_EQ(after.fields.at(name), before.fields.at(name)) << name;
  EXPECT_EQ(serving.counters().file_bytes.get(), before.body.size());
  EXPECT_EQ(client.get(filed_path(kNewest)).body, whole_segment(kNewest)) << "from memory, on the same connection";
  EXPECT_EQ(serving.counters().file_bytes.get(), before.body.size());
  wait_until([this] { return bodies() == 0; });
}

TEST_F(FromFiles, APartTheSame) {
  Client client(serving.port());
  const Answer before = client.get(filed_path(kFirst + 1, ".2.m4s"));
  let_go();
  const Answer after = client.get(filed_path(kFirst + 1, ".2.m4s"));
  EXPECT_EQ(after.body, media_of(kFirst + 1, 2).text());
  EXPECT_EQ(after.fields.at("etag"), before.fields.at("etag"));
}

TEST_F(FromFiles, RangesAreCutWhereverTheyLie) {  // CF-24
  let_go();
  Client client(serving.port());
  const std::string whole = whole_segment(kFirst + 2);
  const std::size_t part = media_of(kFirst + 2, 0).size();
  struct Range {
    std::size_t first;
    std::size_t last;
  };
  for (const Range& range : {Range{0, 0}, Range{10, part - 1}, Range{part - 1, part}, Range{part, 3 * part},
                             Range{whole.size() - 5, whole.size() - 1}}) {
    const Answer answer = client.get(filed_path(kFirst + 2), "Range: bytes=" + std::to_string(range.first) + "-" +
                                                                 std::to_string(range.last) + "\r\n");
    EXPECT_EQ(answer.status, 206);
    EXPECT_TRUE(answer.body == whole.substr(range.first, range.last - range.first + 1)) << range.first;
    EXPECT_EQ(answer.fields.at("content-range"), "bytes " + std::to_string(range.first) + "-" +
                                                     std::to_string(range.last) + "/" + std::to_string(whole.size()));
  }
  EXPECT_EQ(client.get(filed_path(kFirst + 2), "Range: bytes=99999999-\r\n").status, 416);
}

TEST_F(FromFiles, HeadAndAMatchingValidatorReadNothing) {
  let_go();
  Client client(serving.port());
  const Answer head = client.get(filed_path(kFirst), "", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields.at("content-length"), std::to_string(whole_segment(kFirst).size()));
  EXPECT_EQ(client.get(filed_path(kFirst), "If-None-Match: " + head.fields.at("etag") + "\r\n").status, 304);
  EXPECT_EQ(client.get(filed_path(kFirst)).body, whole_segment(kFirst)) << "the connection is in order";
  wait_until([this] { return bodies() == 0; });
}

TEST_F(FromFiles, PipelinedRequestsAreAnsweredInOrder) {
  let_go();
  Client client(serving.port());
  client.ask(filed_path(kFirst));
  client.ask(filed_path(kNewest));
  client.ask(filed_path(kFirst + 1));
  EXPECT_TRUE(client.answer().body == whole_segment(kFirst));
  EXPECT_TRUE(client.answer().body == whole_segment(kNewest));
  EXPECT_TRUE(client.answer().body == whole_segment(kFirst + 1));
}

TEST_F(FromFiles, AFileThatCannotBeReadCutsItsAnswerOffAndIsCounted) {
  let_go();
  unlink(path->c_str());
  Client client(serving.port());
  client.ask(filed_path(kFirst));
  const Answer answer = client.answer();
  EXPECT_TRUE(answer.body.empty());
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(serving.counters().file_errors.get(), 1U);
  EXPECT_EQ(bodies(), 0U);
  EXPECT_EQ(Client(serving.port()).get(filed_path(kNewest)).status, 200) << "memory has that one";
}

TEST_F(FromFiles, AViewerThatLeavesEndsItsReads) {
  let_go();
  {
    Client client(serving.port());
    client.ask(filed_path(kFirst));
    wait_until([this] { return serving.counters().file_bytes.get() > 0; });
  }
  wait_until([this] { return bodies() == 0; });
}

struct NoRoomForFiles : FromFiles {
  NoRoomForFiles() : FromFiles(0) {}
};

TEST_F(NoRoomForFiles, BeyondTheLimitOfReadsIs503) {
  let_go();
  Client client(serving.port());
  const Answer answer = client.get(filed_path(kFirst));
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.fields.count("retry-after"), 0U);
  EXPECT_EQ(serving.counters().causes[static_cast<std::size_t>(serve::Cause::kTooManyReads)].get(), 1U);
  EXPECT_EQ(client.get(filed_path(kNewest)).status, 200);
}

}  // namespace

#include "viewers/archive.h"

#include <gtest/gtest.h>

#include "viewers/tally.h"

namespace viewers {
namespace {

Tally busy() {
  Tally tally;
  tally.measuring = true;
  tally.add(Count::kResponses, 7);
  tally.add(Span::kStartup, 1234);
  tally.fault(kStaleFault, "/v/index.m3u8");
  static_cast<void>(tally.ledger.agrees("/v/1.0.m4s", 42));
  Round& round = tally.rounds[{1, {5, 2}}];
  round.see(1000);
  round.add(Moment::kPlaylistFirst, 1500);
  tally.rounds.settle_all();
  return tally;
}

TEST(Archive, CarriesATallyToAnotherProcess) {
  Tally tally = busy();
  ArchiveWriter writer;
  writer(tally);
  const std::string bytes = writer.take();
  Tally read;
  ArchiveReader reader(bytes);
  reader(read);
  ASSERT_FALSE(reader.broken());
  EXPECT_EQ(read.count(Count::kResponses), 7u);
  EXPECT_EQ(read.span(Span::kStartup).max(), 1234);
  EXPECT_EQ(read.faults.at("stale").examples.at(0), "/v/index.m3u8");
  EXPECT_EQ(read.ledger.size(), 1u);
  EXPECT_EQ(read.rounds.all().begin()->second.earliest(), 1000);
}

TEST(Archive, IsBrokenWhereverItIsCut) {
  Tally tally = busy();
  ArchiveWriter writer;
  writer(tally);
  const std::string bytes = writer.take();
  for (std::size_t size = 0; size < bytes.size(); size += 13) {
    Tally read;
    ArchiveReader reader(std::string_view(bytes).substr(0, size));
    reader(read);
    EXPECT_TRUE(reader.broken()) << size;
  }
}

TEST(Tally, FindsWhereTwoProcessesWereSentDifferentBytes) {
  Tally ours = busy();
  Tally theirs = busy();
  theirs.faults.clear();
  EXPECT_FALSE(theirs.ledger.agrees("/v/1.0.m4s", 43));
  Tally other;
  static_cast<void>(other.ledger.agrees("/v/1.0.m4s", 43));
  ours.merge(other);
  EXPECT_EQ(ours.faults.at("wrong_bytes").count, 1u);
}

}  // namespace
}  // namespace viewers

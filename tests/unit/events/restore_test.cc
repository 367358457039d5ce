#include "events/restore.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "directory.h"
#include "events/log_file.h"

namespace events {
namespace {

class RestoreTest : public testing::Test {
 protected:
  static std::string event(std::uint64_t sequence, State state = State::kMoment, std::uint64_t id = 0) {
    Event out{.sequence = sequence, .id = id == 0 ? sequence : id, .time = base::kSecond, .fact = {}};
    out.fact = {.type = Type::kOutage, .channel = "match", .state = state};
    return to_line(out, "/kickoff/a");
  }
  static std::string events(std::uint64_t first, std::uint64_t last) {
    std::string text;
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) text += event(sequence);
    return text;
  }
  static std::string head(std::uint64_t next, std::uint64_t raised = 0) {
    Header header{.next = next};
    if (raised != 0) header.raised.set({Type::kOutage, "match", ""}, raised);
    return to_line(header);
  }
  void file(std::uint64_t first, const std::string& text) const { directory_.write(log_file_name(first), text); }
  /// "4: 5 6 [7 lost] 8 next 9"
  std::string trace(std::size_t most = 100, const std::set<std::uint64_t>& wanted = {}) {
    Wanted asked;
    if (!wanted.empty()) asked.oldest = *wanted.begin();
    if (!wanted.empty()) asked.is = [&](const Event& event) { return wanted.contains(event.sequence); };
    restored_ = restore_log(directory_.path(), most, asked);
    std::string text = std::to_string(restored_.begin) + ":";
    for (const Kept& kept : restored_.events) {
      if (kept.lost != 0) text += " [" + std::to_string(kept.lost) + " lost]";
      text += " " + std::to_string(kept.event->sequence);
    }
    return text + " next " + std::to_string(restored_.next);
  }

  const Directory directory_;
  Restored restored_;
};

TEST_F(RestoreTest, WithoutFilesThereIsNothing) {
  EXPECT_EQ(trace(), "0: next 0");
  EXPECT_EQ(restore_log(directory_.path("missing"), 5).next, 0u);
}

TEST_F(RestoreTest, ReadsAllFilesInOrder) {
  file(10, head(10) + events(10, 11));
  file(5, head(5) + events(5, 9));
  EXPECT_EQ(trace(), "4: 5 6 7 8 9 10 11 next 12");
  EXPECT_EQ(restored_.unreadable, 0u);
}

TEST_F(RestoreTest, KeepsTheNewest) {
  file(5, head(5) + events(5, 9));
  file(10, head(10) + events(10, 11));
  EXPECT_EQ(trace(3), "8: 9 10 11 next 12");
  EXPECT_EQ(trace(2), "9: 10 11 next 12") << "the older file is not read";
  EXPECT_EQ(trace(1), "10: 11 next 12");
}

TEST_F(RestoreTest, FindsOlderOnesThatAreWanted) {
  file(1, head(1) + events(1, 4));
  file(5, head(5) + events(5, 9));
  file(10, head(10) + events(10, 11));
  EXPECT_EQ(trace(3, {2, 7, 8, 10, 99}), "8: 9 10 11 next 12");
  ASSERT_EQ(restored_.wanted.size(), 3u);
  for (const std::uint64_t sequence : {2u, 7u, 8u}) EXPECT_EQ(restored_.wanted.at(sequence)->sequence, sequence);
}

TEST_F(RestoreTest, ANumberThatNoLineHasWasLost) {
  file(5, head(5) + events(5, 6) + events(8, 9));
  EXPECT_EQ(trace(), "4: 5 6 [7 lost] 8 9 next 10");
}

TEST_F(RestoreTest, ARunThatBeginsWithAHigherNumberHasLostNone) {
  file(5, head(5) + events(5, 6) + head(50) + events(50, 51));
  EXPECT_EQ(trace(), "4: 5 6 50 51 next 52");
  file(90, head(90) + event(90));
  EXPECT_EQ(trace(), "4: 5 6 50 51 90 next 91");
}

TEST_F(RestoreTest, AHoleAtTheBeginningOfAFileIsSeen) {
  file(5, head(5) + event(5));
  file(9, head(6) + event(9));
  EXPECT_EQ(trace(), "4: 5 [8 lost] 9 next 10");
}

TEST_F(RestoreTest, ATornTailIsPassedOverInSilence) {
  const std::string whole = event(6);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    file(5, head(5) + event(5) + whole.substr(0, cut));
    EXPECT_EQ(trace(), "4: 5 next 6") << cut;
    EXPECT_EQ(restored_.unreadable, 0u);
  }
}

TEST_F(RestoreTest, GarbageIsPassedOverAndCounted) {
  file(5, head(5) + event(5) + std::string(3, '\0') + "\nrubbish\n\n" + event(7));
  EXPECT_EQ(trace(), "4: 5 [6 lost] 7 next 8");
  EXPECT_EQ(restored_.unreadable, 3u);
}

TEST_F(RestoreTest, WhatCannotBeReadAtTheEndOfARunIsAHoleToo) {
  file(5, head(5) + event(5) + "rubbish\n" + head(50) + events(50, 51));
  EXPECT_EQ(trace(), "4: 5 [49 lost] 50 51 next 52");
}

TEST_F(RestoreTest, AFileWithoutAHeadIsRead) {
  file(5, "rubbish\n" + events(6, 7));
  EXPECT_EQ(trace(), "5: 6 7 next 8");
}

TEST_F(RestoreTest, NumbersThatFallArePassedOver) {
  file(5, head(5) + events(5, 7) + event(6) + event(7) + event(8));
  EXPECT_EQ(trace(), "4: 5 6 7 8 next 9");
  EXPECT_EQ(restored_.unreadable, 2u);
}

TEST_F(RestoreTest, AFileThatCannotBeReadIsAHole) {
  file(5, head(5) + event(5));
  mkdir(directory_.path(log_file_name(6)).c_str(), 0700);
  file(7, head(7) + event(7));
  EXPECT_EQ(trace(), "4: 5 [6 lost] 7 next 8");
  EXPECT_EQ(restored_.unreadable, 1u);
}

TEST_F(RestoreTest, KnowsWhatIsStillRaised) {
  file(5, head(5) + event(5, State::kRaised));
  trace();
  ASSERT_EQ(restored_.raised.all().size(), 1u);
  EXPECT_EQ(restored_.raised.all().begin()->second, 5u);
  file(6, head(6, 5) + event(6, State::kCleared, 5));
  trace();
  EXPECT_TRUE(restored_.raised.all().empty());
}

TEST_F(RestoreTest, KnowsWhatWasRaisedInAFileThatIsGone) {
  file(6, head(6, 2) + event(6));
  trace();
  ASSERT_EQ(restored_.raised.all().size(), 1u);
  EXPECT_EQ(restored_.raised.all().begin()->second, 2u);
}

}  // namespace
}  // namespace events

#include "viewers/rounds.h"

#include <gtest/gtest.h>

namespace viewers {
namespace {

/// A process that saw viewers get the playlist of part `part` at these times.
void see(Rounds& rounds, std::int64_t part, std::initializer_list<base::Micros> times) {
  for (const base::Micros at : times) {
    Round& round = rounds[{7, {1, part}}];
    round.see(at);
    round.add(Moment::kPlaylistFirst, at);
    round.add(Moment::kPlaylistLast, at + 5);
  }
}

TEST(Rounds, CountFromTheFirstByteThatAnyProcessSaw) {
  std::vector<Rounds> processes(2);
  see(processes[0], 0, {100});  // the first round is dropped
  see(processes[0], 1, {1000, 1030});
  see(processes[1], 1, {1040, 990});
  const Delivery delivery = deliver(processes, 0, 4, Moment::kPlaylistLast);
  EXPECT_EQ(delivery.rounds, 1u);
  const Histogram& first = delivery.delays[0];
  EXPECT_EQ(first.count(), 4u);
  EXPECT_EQ(first.quantile(0), 0);
  EXPECT_EQ(first.quantile(0.5), 10);
  EXPECT_EQ(first.max(), 50);
  ASSERT_EQ(delivery.spreads.size(), 1u);
  EXPECT_EQ(delivery.spreads[0], 50);
}

TEST(Rounds, SayNothingOfASpreadThatFewTookPartIn) {
  std::vector<Rounds> processes(1);
  see(processes[0], 0, {100});
  see(processes[0], 1, {1000, 1030});
  EXPECT_TRUE(deliver(processes, 0, 10, Moment::kPlaylistLast).spreads.empty());
}

TEST(Rounds, DoNotCountWhatWasPublishedBeforeTheMeasuredSpan) {
  std::vector<Rounds> processes(1);
  see(processes[0], 0, {100});
  see(processes[0], 1, {1000});
  see(processes[0], 2, {2000});
  EXPECT_EQ(deliver(processes, 900, 0, Moment::kPlaylistLast).rounds, 1u);
}

TEST(Rounds, TellTheSameAfterTheyAreSettled) {
  std::vector<Rounds> processes(1);
  see(processes[0], 0, {100});
  see(processes[0], 1, {1030, 1000});
  processes[0].settle_all();
  EXPECT_EQ(deliver(processes, 0, 0, Moment::kPlaylistLast).delays[0].max(), 30);
}

}  // namespace
}  // namespace viewers

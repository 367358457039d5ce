#include "loop/loop.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "loop/mailbox.h"
#include "loop/timer.h"

// Every test ends by destroying its Loop, which aborts if a handle leaked.
namespace loop {
namespace {

TEST(Loop, RunReturnsWhenNothingIsLeftToWaitFor) {
  Loop loop;
  loop.run();
}

TEST(Loop, PostedTasksRunInOrderOnALaterTurn) {
  Loop loop;
  std::string trace;
  loop.post([&] {
    trace += "a";
    loop.post([&] { trace += "c"; });
    trace += "b";
  });
  loop.run();
  EXPECT_EQ(trace, "abc");
}

TEST(Loop, RestsOnceBeforeItPollsAgain) {
  Loop loop;
  std::vector<base::Micros> turns;
  Timer every(loop, [&] {
    turns.push_back(loop.now());
    if (turns.size() == 1) loop.rest(20 * base::kMillisecond);
    if (turns.size() == 2) {
      loop.rest(900 * base::kMillisecond);
      loop.rest(0);
    }
    if (turns.size() == 3) every.stop();
  });
  every.start(base::kMillisecond, base::kMillisecond);
  loop.run();
  EXPECT_GE(turns[1] - turns[0], 20 * base::kMillisecond);
  EXPECT_LT(turns[2] - turns[1], 900 * base::kMillisecond) << "a later call replaces it";
}

TEST(Loop, ATimerThatFallsDueDuringARestFiresAfterIt) {
  Loop loop;
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  loop.post([&] {
    timer.start(base::kMillisecond);
    loop.rest(5 * base::kMillisecond);
  });
  loop.run();
  EXPECT_EQ(fired, 1);
}

TEST(Loop, TellsTheShareOfTheLastSecondInWhichItWasBusy) {
  Loop loop;
  const base::SystemClock clock;
  base::Micros busy_until = 0;
  Timer every(loop, [&] {
    if (busy_until == 0) {
      busy_until = clock.steady() + 300 * base::kMillisecond;
      while (clock.steady() < busy_until) continue;
    }
    if (clock.steady() - busy_until >= 700 * base::kMillisecond) every.stop();
  });
  every.start(10 * base::kMillisecond, 10 * base::kMillisecond);
  loop.run();
  EXPECT_GT(loop.busy_share(), 0.02) << "three tenths of a second, less than a second ago";
  EXPECT_LT(loop.busy_share(), 0.9);
  EXPECT_GE(loop.longest_turn(), 300 * base::kMillisecond);
}

TEST(Timer, IsActiveWhileItIsGoingToFire) {
  Loop loop;
  Timer once(loop, [] {});
  EXPECT_FALSE(once.active());
  once.start(base::kMillisecond);
  EXPECT_TRUE(once.active());
  loop.run();
  EXPECT_FALSE(once.active());
  once.start(base::kSecond, base::kSecond);
  EXPECT_TRUE(once.active());
  once.stop();
  EXPECT_FALSE(once.active());
}

TEST(Timer, FiresOnceOrRepeatedlyUntilStopped) {
  Loop loop;
  int once = 0;
  int repeated = 0;
  Timer single(loop, [&] { ++once; });
  Timer every(loop, [&] {
    if (++repeated == 3) every.stop();
  });
  single.start(1);
  every.start(base::kMillisecond, base::kMillisecond);
  loop.run();
  EXPECT_EQ(once, 1);
  EXPECT_EQ(repeated, 3);
}

TEST(Timer, MayBeDestroyedByItsOwnCallback) {
  Loop loop;
  bool fired = false;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&] {
    fired = true;
    timer.reset();
  });
  timer->start(0);
  loop.run();
  EXPECT_TRUE(fired);
}

TEST(Mailbox, DeliversEveryMessageOfSeveralThreadsInTheOrderOfEach) {
  Loop loop;
  auto mailbox = std::make_unique<Mailbox>(loop);
  constexpr int kPosters = 3;
  constexpr int kMessages = 500;
  std::vector<std::vector<int>> seen(kPosters);
  int total = 0;
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < kMessages; ++i) {
        mailbox->post([&, poster, i] {
          seen[static_cast<std::size_t>(poster)].push_back(i);
          if (++total == kPosters * kMessages) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (std::thread& poster : posters) poster.join();
  for (const std::vector<int>& messages : seen) {
    ASSERT_EQ(messages.size(), static_cast<std::size_t>(kMessages));
    EXPECT_TRUE(std::is_sorted(messages.begin(), messages.end()));
  }
}

TEST(Mailbox, ALetterMayDestroyTheMailbox) {
  Loop loop;
  auto mailbox = std::make_unique<Mailbox>(loop);
  bool later = false;
  mailbox->post([&] { mailbox.reset(); });
  mailbox->post([&] { later = true; });
  loop.run();
  EXPECT_TRUE(later);
  EXPECT_EQ(mailbox, nullptr);
}

}  // namespace
}  // namespace loop

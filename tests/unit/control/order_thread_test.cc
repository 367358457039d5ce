#include "control/order_thread.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace control {
namespace {

TEST(OrderThread, RunsJobsInTheOrderTheyCame) {
  std::vector<int> ran;
  std::promise<void> done;
  OrderThread thread;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(thread.post([&ran, i] { ran.push_back(i); }));
  ASSERT_TRUE(thread.post([&done] { done.set_value(); }));
  done.get_future().wait();
  EXPECT_EQ(ran, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(OrderThread, TakesNoMoreThanItsLimitAndDropsWhatWaitsWhenItEnds) {
  auto began = std::make_shared<std::promise<void>>();
  auto gate = std::make_shared<std::promise<void>>();
  auto ran = std::make_shared<int>(0);
  {
    OrderThread thread;
    EXPECT_FALSE(thread.busy());
    ASSERT_TRUE(thread.post([began, opened = gate->get_future().share()] {
      began->set_value();
      opened.wait();
    }));
    began->get_future().wait();
    EXPECT_TRUE(thread.busy());
    for (std::size_t i = 0; i < OrderThread::kMostWaiting; ++i) ASSERT_TRUE(thread.post([ran] { ++*ran; })) << i;
    EXPECT_FALSE(thread.post([ran] { ++*ran; }));
    std::thread([gate] { gate->set_value(); }).detach();
  }
  EXPECT_LE(*ran, static_cast<int>(OrderThread::kMostWaiting));
}

TEST(OrderThread, LeavesAJobThatHangsBehindAndTheProcessKnows) {
  const int before = base::DiskThread::left_behind();
  auto began = std::make_shared<std::promise<void>>();
  auto gate = std::make_shared<std::promise<void>>();
  {
    OrderThread thread;
    ASSERT_TRUE(thread.post([began, opened = gate->get_future().share()] {
      began->set_value();
      opened.wait();
    }));
    began->get_future().wait();
  }
  EXPECT_EQ(base::DiskThread::left_behind(), before + 1);
  gate->set_value();
  while (base::DiskThread::left_behind() > before) std::this_thread::yield();
}

}  // namespace
}  // namespace control

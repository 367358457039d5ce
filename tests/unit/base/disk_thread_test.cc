#include "base/disk_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

namespace base {
namespace {

/// A disk that answers when it is told to.
class HungDisk {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return answers_; });
  }
  void answer() {
    const std::lock_guard lock(mutex_);
    answers_ = true;
    wake_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool answers_ = false;
};

void wait_until_none_is_left() {
  while (DiskThread::left_behind() > 0) std::this_thread::yield();
}

TEST(DiskThread, HasEndedWhenItsBodyHasReturned) {
  const auto ran = std::make_shared<std::atomic<bool>>(false);
  DiskThread thread("k-test", [ran] { *ran = true; });
  EXPECT_TRUE(thread.finish(60 * kSecond));
  EXPECT_TRUE(*ran);
  EXPECT_TRUE(thread.finish(0)) << "asked again";
  EXPECT_EQ(DiskThread::left_behind(), 0);
}

TEST(DiskThread, WhatItsBodyOwnsIsGoneWhenItHasEnded) {
  auto owned = std::make_shared<int>(1);
  const std::weak_ptr<int> seen = owned;
  DiskThread thread("k-test", [held = std::move(owned)] { static_cast<void>(*held); });
  EXPECT_TRUE(thread.finish(60 * kSecond));
  EXPECT_TRUE(seen.expired());
}

TEST(DiskThread, OneThatHangsIsLeftBehindAndCountedUntilItEnds) {
  const auto disk = std::make_shared<HungDisk>();
  {
    DiskThread thread("k-test", [disk] { disk->wait(); });
    EXPECT_FALSE(thread.finish(1));
    EXPECT_FALSE(thread.finish(1)) << "asked again";
    EXPECT_EQ(DiskThread::left_behind(), 1);
  }
  EXPECT_EQ(DiskThread::left_behind(), 1) << "its owner's end waits no more";
  disk->answer();
  wait_until_none_is_left();
}

TEST(DiskThread, EachThatHangsIsCounted) {
  const auto disk = std::make_shared<HungDisk>();
  DiskThread one("k-test", [disk] { disk->wait(); });
  DiskThread two("k-test", [disk] { disk->wait(); });
  EXPECT_FALSE(one.finish(0));
  EXPECT_FALSE(two.finish(0));
  EXPECT_EQ(DiskThread::left_behind(), 2);
  disk->answer();
  wait_until_none_is_left();
}

TEST(DiskThread, ManyThatHangShareALimit) {
  const auto disk = std::make_shared<HungDisk>();
  std::deque<DiskThread> threads;
  threads.emplace_back("k-test", [disk] { disk->wait(); });
  threads.emplace_back("k-test", [] {});
  threads.emplace_back("k-test", [disk] { disk->wait(); });
  EXPECT_TRUE(threads[1].finish(60 * kSecond));
  EXPECT_EQ(DiskThread::finish_all(threads, 1), 2);
  EXPECT_EQ(DiskThread::left_behind(), 2);
  disk->answer();
  wait_until_none_is_left();
}

TEST(DiskThread, BesideOneThatIsLeftBehindTheNextIsNotWaitedForAsLong) {
  const auto disk = std::make_shared<HungDisk>();
  DiskThread one("k-test", [disk] { disk->wait(); });
  DiskThread two("k-test", [disk] { disk->wait(); });
  EXPECT_FALSE(one.finish(0));
  EXPECT_FALSE(two.finish(600 * kSecond));
  disk->answer();
  wait_until_none_is_left();
}

TEST(DiskThread, ItsEndWaitsForItsBody) {
  const auto ran = std::make_shared<std::atomic<bool>>(false);
  {
    DiskThread thread("k-test", [ran] { *ran = true; });
  }
  EXPECT_TRUE(*ran);
}

}  // namespace
}  // namespace base

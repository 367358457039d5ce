#pragma once

#include <functional>
#include <memory>

#include "loop/loop.h"

namespace loop {

/// The one way into a loop from another thread. Letters run on the loop's thread in the order they were posted.
/// What a letter carries must be immutable or moved in. Make it before its posters start, destroy it after they ended.
/// Thread: post() from any; the rest on the loop's.
class Mailbox {
 public:
  explicit Mailbox(Loop& loop);
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Queues `letter` and wakes the loop. After close() it is dropped.
  void post(std::function<void()> letter);
  /// Letters posted and not yet run. Thread: any.
  std::size_t waiting() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace loop

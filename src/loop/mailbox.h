#pragma once

#include <functional>
#include <memory>

#include "loop/loop.h"

namespace loop {

/// The only way into a loop from another thread. A message is a function, run on the loop's thread, in the order of
/// posting. What a message captures must be immutable or moved in. Make the mailbox before the threads that post to it
/// start, destroy it after they have ended.
/// Thread: post() from any; the rest on the loop's.
class Mailbox {
 public:
  explicit Mailbox(Loop& loop);
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Queues `message` and wakes the loop. After close() it is dropped.
  void post(std::function<void()> message);
  /// post() by another name, that may outlive the mailbox: what is posted then is dropped.
  using Post = std::function<void(std::function<void()>)>;
  Post poster() const;
  /// Messages that were posted and have not run yet. Thread: any.
  std::size_t waiting() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace loop

#include "loop/mailbox.h"

#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "loop/handle.h"

namespace loop {

// Shared with each post() that runs, so that one that races with the destructor finds it closed.
struct Mailbox::State {
  uv_async_t uv{};
  std::mutex mutex;
  std::vector<std::function<void()>> messages;
  bool open = true;
  std::shared_ptr<State> until_closed;

  void post(std::function<void()> message) {
    const std::lock_guard lock(mutex);
    if (!open) return;
    messages.push_back(std::move(message));
    uv_async_send(&uv);
  }

  void drain() {
    std::vector<std::function<void()>> due;
    {
      const std::lock_guard lock(mutex);
      due.swap(messages);
    }
    for (auto& message : due) message();
  }
};

Mailbox::Mailbox(Loop& loop) : state_(std::make_shared<State>()) {
  state_->uv.data = state_.get();
  const int code = uv_async_init(uv_of(loop), &state_->uv, [](uv_async_t* async) {
    // The last message may destroy the mailbox.
    const std::shared_ptr<State> keep = static_cast<State*>(async->data)->until_closed;
    keep->drain();
  });
  if (code != 0) std::abort();
  state_->until_closed = state_;
}

Mailbox::~Mailbox() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->open = false;
    state_->messages.clear();
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->uv),
           [](uv_handle_t* handle) { static_cast<State*>(handle->data)->until_closed.reset(); });
}

void Mailbox::post(std::function<void()> message) { state_->post(std::move(message)); }

Mailbox::Post Mailbox::poster() const {
  return [state = state_](std::function<void()> message) { state->post(std::move(message)); };
}

std::size_t Mailbox::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->messages.size();
}

}  // namespace loop

#include "loop/timer.h"

#include <utility>

#include "loop/handle.h"

namespace loop {

// Lives until libuv has closed the handle, which may be after the Timer is gone.
struct Timer::State {
  uv_timer_t uv{};
  std::function<void()> on_fire;
};

namespace {

std::uint64_t whole_millis(base::Micros span) {
  return span <= 0 ? 0 : static_cast<std::uint64_t>((span + base::kMillisecond - 1) / base::kMillisecond);
}

}  // namespace

Timer::Timer(Loop& loop, std::function<void()> on_fire) : state_(new State) {
  state_->on_fire = std::move(on_fire);
  uv_timer_init(uv_of(loop), &state_->uv);
  state_->uv.data = state_;
}

Timer::~Timer() {
  state_->on_fire = nullptr;
  uv_timer_stop(&state_->uv);
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->uv),
           [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
}

void Timer::start(base::Micros delay, base::Micros repeat) {
  // libuv counts from the time of the turn, which a long callback leaves behind.
  uv_update_time(state_->uv.loop);
  uv_timer_start(
      &state_->uv,
      [](uv_timer_t* timer) {
        auto* state = static_cast<State*>(timer->data);
        // A copy: the callback may destroy its own Timer.
        const auto on_fire = state->on_fire;
        if (on_fire) on_fire();
      },
      whole_millis(delay), whole_millis(repeat));
}

void Timer::stop() { uv_timer_stop(&state_->uv); }

bool Timer::active() const { return uv_is_active(reinterpret_cast<const uv_handle_t*>(&state_->uv)) != 0; }

}  // namespace loop

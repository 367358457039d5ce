#include "loop/loop.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "loop/handle.h"

namespace loop {

void Loop::Handle::run_posted() {
  // Only what was there at the start: a task that posts another one must not keep sockets waiting.
  std::deque<std::function<void()>> due = std::exchange(posted, {});
  for (auto& task : due) task();
}

void Loop::Handle::take_rest() {
  if (rest == 0) return;
  const std::uint64_t before = uv_hrtime();
  const timespec span{0, static_cast<long>(std::exchange(rest, 0))};
  nanosleep(&span, nullptr);
  rested += uv_hrtime() - before;
  // Timers that are due by now would otherwise wait for the poll to end.
  uv_update_time(&uv);
}

void Loop::Handle::sample() {
  const std::uint64_t now = uv_hrtime();
  const std::uint64_t idle = uv_metrics_idle_time(&uv) + rested;
  const std::uint64_t waited = idle - turn.idle;
  const std::uint64_t elapsed = now - turn.at;
  turn = {now, idle, std::max(turn.longest_turn, elapsed > waited ? elapsed - waited : 0)};
  if (now - samples.back().at < 250'000'000) return;
  std::rotate(samples.begin(), samples.begin() + 1, samples.end());
  samples.back() = turn;
  turn.longest_turn = 0;
  const double span = static_cast<double>(now - samples.front().at);
  busy = std::max(0.0, 1.0 - static_cast<double>(idle - samples.front().idle) / span);
}

Loop::Loop() : handle_(std::make_unique<Handle>()) {
  if (uv_loop_init(&handle_->uv) != 0) std::abort();
  uv_loop_configure(&handle_->uv, UV_METRICS_IDLE_TIME);
  handle_->uv.data = handle_.get();
  handle_->turn.at = uv_hrtime();
  handle_->samples.fill(handle_->turn);
  uv_async_init(&handle_->uv, &handle_->wake,
                [](uv_async_t* async) { static_cast<Handle*>(async->loop->data)->run_posted(); });
  // The two handles of our own do not keep run() from ending when nothing else is left.
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->wake));
  uv_prepare_init(&handle_->uv, &handle_->prepare);
  uv_prepare_start(&handle_->prepare, [](uv_prepare_t* prepare) {
    auto* handle = static_cast<Handle*>(prepare->loop->data);
    handle->take_rest();
    handle->sample();
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->prepare));
}

Loop::~Loop() {
  // What was posted and not run may own handles of this loop.
  while (!handle_->posted.empty()) std::exchange(handle_->posted, {}).clear();
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->wake), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->prepare), nullptr);
  // Closing handles finish in the next turns; a handle that somebody still owns would keep the loop open for ever.
  uv_run(&handle_->uv, UV_RUN_NOWAIT);
  uv_run(&handle_->uv, UV_RUN_NOWAIT);
  if (uv_loop_close(&handle_->uv) != 0) {
    base::log_error("loop", "a handle outlived its loop");
    std::abort();
  }
}

void Loop::run() {
  handle_->stopping = false;
  for (;;) {
    handle_->inside = true;
    uv_run(&handle_->uv, UV_RUN_DEFAULT);
    handle_->inside = false;
    // libuv does not look at the wake handle when nothing else is alive.
    if (handle_->stopping || handle_->posted.empty()) return;
    handle_->run_posted();
    if (handle_->stopping) return;
  }
}

void Loop::stop() {
  handle_->stopping = true;
  // Outside uv_run the request would linger and end the next one.
  if (handle_->inside) uv_stop(&handle_->uv);
}

void Loop::post(std::function<void()> task) {
  handle_->posted.push_back(std::move(task));
  uv_async_send(&handle_->wake);
}

void Loop::rest(base::Micros span) { handle_->rest = static_cast<std::uint64_t>(span) * 1000; }

base::Micros Loop::now() const { return static_cast<base::Micros>(uv_now(&handle_->uv)) * base::kMillisecond; }

double Loop::busy_share() const { return handle_->busy; }

base::Micros Loop::longest_turn() const {
  std::uint64_t longest = handle_->turn.longest_turn;
  for (std::size_t i = 1; i < handle_->samples.size(); ++i)
    longest = std::max(longest, handle_->samples[i].longest_turn);
  return static_cast<base::Micros>(longest / 1000);
}

}  // namespace loop

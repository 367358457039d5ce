#include "serve/wake_pass.h"

#include <utility>

namespace serve {

void WakePass::hold(Viewer& viewer, http::StreamId id, ChannelView& channel, ObjectRequest wanted,
                    const Verdict& verdict, base::Micros since) {
  std::unique_ptr<Held> held = viewer.make_held();
  const base::Micros deadline = since + channel.snapshot().hold_limit();
  if (!channel.waiters.add(*held, *verdict.wait_for, deadline))
    return responder_.finish(viewer, id, wanted, {errors_.get(503), Cause::kTooManyHeld});
  held->viewer = &viewer;
  held->id = id;
  held->channel = &channel;
  held->starting = verdict.starting;
  held->since = since;
  held->wanted = std::move(wanted);
  viewer.hold(std::move(held));
}

void WakePass::wake(ChannelView& channel, base::Micros published) {
  origin::Ready ready;
  channel.waiters.take_ready(channel.snapshot(), ready);
  if (ready.empty()) return;
  const base::Micros now = clock_.steady();
  while (origin::Waiter* waiter = ready.pop()) {
    // A crowd's connections lie all over memory: the next ones are on their way while this one is answered.
    ready.prefetch(3);
    if (const auto* third = static_cast<const Held*>(ready.peek(2))) third->viewer->prefetch();
    if (const auto* second = static_cast<const Held*>(ready.peek(1))) second->viewer->prefetch_parts();
    if (const auto* first = static_cast<const Held*>(ready.peek(0))) first->viewer->prefetch_socket();
    auto& held = static_cast<Held&>(*waiter);
    Viewer& viewer = *held.viewer;
    std::unique_ptr<Held> mine = viewer.release(held);
    const Verdict verdict = channel.look_up(mine->wanted);
    if (verdict.wait_for) {
      hold(viewer, mine->id, channel, std::move(mine->wanted), verdict, mine->since);
      continue;
    }
    counters_.blocked_wait.observe(now - mine->since);
    responder_.finish(viewer, mine->id, mine->wanted, verdict, mine->wanted.kind == Route::Kind::kPart ? published : 0);
    viewer.keep(std::move(mine));
    resume(viewer);
  }
  pump();
  counters_.wake_pass.observe(clock_.steady() - published);
}

void WakePass::expire(ChannelView& channel, base::Micros now) {
  if (channel.waiters.next_deadline() > now) return;
  origin::Ready ready;
  channel.waiters.take_expired(now, ready);
  while (origin::Waiter* waiter = ready.pop()) {
    // LL-111: a channel that never got its first parts is not there; everything else comes in a moment (LL-103).
    const bool starting = static_cast<Held&>(*waiter).starting;
    turn_away(*waiter, starting ? 404 : 503, starting ? Cause::kNotStarted : Cause::kHeldTooLong);
  }
  pump();
}

void WakePass::dismiss(ChannelView& channel, int status, Cause cause) {
  origin::Ready ready;
  channel.waiters.take_all(ready);
  while (origin::Waiter* waiter = ready.pop()) turn_away(*waiter, status, cause);
  pump();
}

void WakePass::turn_away(origin::Waiter& waiter, int status, Cause cause) {
  auto& held = static_cast<Held&>(waiter);
  Viewer& viewer = *held.viewer;
  const std::unique_ptr<Held> mine = viewer.release(held);
  counters_.blocked_wait.observe(clock_.steady() - mine->since);
  responder_.finish(viewer, mine->id, mine->wanted, {errors_.get(status), cause});
  resume(viewer);
}

void WakePass::resume(Viewer& viewer) {
  if (!viewer.multiplexed()) return viewer.pump();
  pump_later(viewer);
}

void WakePass::pump_later(Viewer& viewer) {
  if (!std::exchange(viewer.in_pass, true)) pass_.push_back(&viewer);
}

void WakePass::pump() {
  // A viewer that closes meanwhile is not destroyed yet: the pointers hold. One that has more to send after its turn
  // stands behind `count` and waits for the next pump().
  const std::size_t count = pass_.size();
  for (std::size_t i = 0; i < count; ++i) {
    Viewer& viewer = *pass_[i];
    viewer.in_pass = false;
    viewer.pump();
  }
  pass_.erase(pass_.begin(), pass_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace serve

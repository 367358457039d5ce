#include "serve/joins.h"

#include <utility>

#include "cmcd/report.h"

namespace serve {
bool Joins::seen(std::uint64_t session) const {
  return sessions_[0].contains(session) || sessions_[1].contains(session);
}

bool Joins::is_new(const Mark& mark, const http::Request& request) const {
  const std::uint64_t session = cmcd::session_of(request);
  return session == 0 ? !mark.known : !seen(session);
}

void Joins::admit(Mark& mark, const http::Request& request, base::Micros now) {
  if (const std::uint64_t session = cmcd::session_of(request); session != 0) {
    if (sessions_[0].size() >= kSessions || now - generation_since_ > kGeneration) {
      sessions_[1] = std::exchange(sessions_[0], {});
      generation_since_ = now;
    }
    sessions_[0].insert(session);
  }
  leave(mark);
  tick(now);
  mark = {true, now};
  ++on_their_way_[static_cast<std::size_t>(now / kTick) % kSlots];
  counters_.joins.add();
  counters_.joining.add();
}

void Joins::on_media(Mark& mark, base::Micros now) {
  mark.known = true;
  if (mark.since == 0) return;
  counters_.join_time.observe(now - mark.since);
  leave(mark);
}

void Joins::on_closed(Mark& mark) { leave(mark); }

void Joins::leave(Mark& mark) {
  const base::Micros since = std::exchange(mark.since, 0);
  if (since == 0 || since / kTick + static_cast<std::int64_t>(kSlots) <= newest_) return;  // given up already
  --on_their_way_[static_cast<std::size_t>(since / kTick) % kSlots];
  counters_.joining.subtract();
}

void Joins::tick(base::Micros now) {
  const std::int64_t target = now / kTick;
  if (target - newest_ >= static_cast<std::int64_t>(kSlots)) newest_ = target - static_cast<std::int64_t>(kSlots);
  while (newest_ < target) {
    // The slot that begins now is the one of ten seconds ago.
    std::uint32_t& slot = on_their_way_[static_cast<std::size_t>(++newest_) % kSlots];
    counters_.joining.subtract(std::exchange(slot, 0));
  }
}

}  // namespace serve

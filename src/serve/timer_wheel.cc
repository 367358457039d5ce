#include "serve/timer_wheel.h"

#include <algorithm>

namespace serve {

void TimerWheel::Place::unlink() {
  if (previous_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

TimerWheel::TimerWheel() {
  for (Anchor& anchor : slots_) anchor.previous_ = anchor.next_ = &anchor;
}

TimerWheel::~TimerWheel() {
  for (Anchor& anchor : slots_)
    while (anchor.next_ != &anchor) anchor.next_->unlink();
}

void TimerWheel::insert(Place& place, base::Micros time) {
  place.unlink();
  // Never in a slot already passed, nor more than one round ahead: then it is looked at early, and put in again.
  const base::Micros tick =
      std::clamp(time / kTick + 1, reached_ + 1, reached_ + static_cast<base::Micros>(kSlots) - 1);
  place.slot_time_ = tick * kTick;
  Anchor& anchor = slots_[static_cast<std::size_t>(tick) % kSlots];
  place.previous_ = anchor.previous_;
  place.next_ = &anchor;
  anchor.previous_->next_ = &place;
  anchor.previous_ = &place;
}

void TimerWheel::set(Place& place, base::Micros deadline) {
  place.deadline_ = deadline;
  if (place.previous_ == nullptr || deadline < place.slot_time_ - kTick) insert(place, deadline);
}

void TimerWheel::advance(base::Micros now) {
  const base::Micros target = now / kTick;
  // After a long sleep every slot is looked at once, not once a tick.
  const base::Micros steps = std::min(target - reached_, static_cast<base::Micros>(kSlots));
  for (base::Micros step = 0; step < steps; ++step) {
    Anchor& anchor = slots_[static_cast<std::size_t>(target - steps + step + 1) % kSlots];
    Anchor due;  // a place put in again lands in a later slot; taken apart first, so that none is seen twice
    if (anchor.next_ == &anchor) continue;
    due.next_ = anchor.next_;
    due.previous_ = anchor.previous_;
    due.next_->previous_ = due.previous_->next_ = &due;
    anchor.previous_ = anchor.next_ = &anchor;
    reached_ = std::max(reached_, target - steps + step + 1);
    while (due.next_ != &due) {
      Place& place = *due.next_;
      place.unlink();
      if (place.deadline_ > now) {
        insert(place, place.deadline_);
      } else {
        place.on_deadline(now);
      }
    }
    due.previous_ = due.next_ = nullptr;
  }
  reached_ = std::max(reached_, target);
}

}  // namespace serve

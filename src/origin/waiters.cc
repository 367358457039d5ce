#include "origin/waiters.h"

#include <utility>

namespace origin {
namespace {

bool playlist_decided(const Wish& wish, const RenditionSnapshot& rendition) {
  hls::Directives directives;
  if (wish.msn >= 0) {
    directives.msn = static_cast<std::uint64_t>(wish.msn);
    directives.part = wish.part;
  }
  return rendition.decide(directives).verdict != hls::Verdict::kWait;
}

}  // namespace

bool satisfied(const Wish& wish, const ChannelSnapshot& snapshot) {
  if (wish.kind == Wish::Kind::kChannel) return snapshot.state != State::kWaiting;
  if (wish.rendition >= snapshot.renditions.size()) return true;
  const RenditionSnapshot& rendition = *snapshot.renditions[wish.rendition];
  switch (wish.kind) {
    case Wish::Kind::kPlaylist: return playlist_decided(wish, rendition);
    case Wish::Kind::kSegment: return rendition.segment(wish.msn).presence != Presence::kPending;
    case Wish::Kind::kPart: return rendition.part(wish.msn, wish.part).presence != Presence::kPending;
    case Wish::Kind::kChannel: break;
  }
  return true;
}

void Waiter::Link::unlink() {
  previous->next = next;
  next->previous = previous;
  previous = next = this;
}

void Waiter::Link::insert_before(Link& other) {
  previous = other.previous;
  next = &other;
  previous->next = this;
  other.previous = this;
}

void Waiter::Link::splice_before(Link& other) {
  if (alone()) return;
  next->previous = other.previous;
  other.previous->next = next;
  previous->next = &other;
  other.previous = previous;
  previous = next = this;
}

void Waiter::leave() {
  same_wish_.unlink();
  by_deadline_.unlink();
  if (owner_ != nullptr) --std::exchange(owner_, nullptr)->size_;
}

Ready::~Ready() {
  while (pop() != nullptr) {
  }
}

Waiter* Ready::pop() {
  if (head_.alone()) return nullptr;
  Waiter* waiter = head_.next->waiter;
  waiter->leave();
  return waiter;
}

const Waiter* Ready::peek(int ahead) const {
  const Waiter::Link* link = head_.next;
  while (ahead-- > 0 && link != &head_) link = link->next;
  return link->waiter;
}

void Ready::prefetch(int ahead) const {
  const Waiter::Link* link = head_.next;
  while (ahead-- > 0 && link != &head_) link = link->next;
  __builtin_prefetch(link);
}

Waiters::~Waiters() {
  while (!deadlines_.alone()) deadlines_.next->waiter->leave();
}

bool Waiters::add(Waiter& waiter, const Wish& wish, base::Micros deadline) {
  if (size_ >= options_.most) return false;
  waiter.owner_ = this;
  waiter.deadline_ = deadline;
  waiter.same_wish_.insert_before(group_for(wish).head);
  // All are held for the same time as a rule, so that the newest belongs last.
  Waiter::Link* after = deadlines_.previous;
  while (after != &deadlines_ && after->waiter->deadline_ > deadline) after = after->previous;
  waiter.by_deadline_.insert_before(*after->next);
  ++size_;
  return true;
}

void Waiters::take_ready(const ChannelSnapshot& snapshot, Ready& ready) {
  for (std::size_t i = 0; i < used_;) {
    Group& group = *groups_[i];
    if (!group.head.alone() && satisfied(group.wish, snapshot)) {
      group.head.splice_before(ready.head_);
    }
    if (group.head.alone()) {
      std::swap(groups_[i], groups_[--used_]);
    } else {
      ++i;
    }
  }
}

void Waiters::take_expired(base::Micros now, Ready& ready) {
  while (!deadlines_.alone() && deadlines_.next->waiter->deadline_ <= now) move(*deadlines_.next->waiter, ready);
}

void Waiters::take_all(Ready& ready) {
  while (!deadlines_.alone()) move(*deadlines_.next->waiter, ready);
}

base::Micros Waiters::next_deadline() const {
  return deadlines_.alone() ? INT64_MAX : deadlines_.next->waiter->deadline_;
}

Waiters::Group& Waiters::group_for(const Wish& wish) {
  std::size_t empty = used_;
  for (std::size_t i = 0; i < used_; ++i) {
    if (groups_[i]->wish == wish) return *groups_[i];
    if (groups_[i]->head.alone()) empty = i;
  }
  if (empty == groups_.size()) groups_.push_back(std::make_unique<Group>());
  if (empty == used_) ++used_;
  groups_[empty]->wish = wish;
  return *groups_[empty];
}

void Waiters::move(Waiter& waiter, Ready& ready) {
  waiter.leave();
  waiter.same_wish_.insert_before(ready.head_);
}

}  // namespace origin

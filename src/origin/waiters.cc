#include "origin/waiters.h"

#include <utility>

namespace origin {
namespace {

bool playlist_decided(const WaitCondition& condition, const RenditionSnapshot& rendition) {
  hls::Directives directives;
  if (condition.msn >= 0) {
    directives.msn = static_cast<std::uint64_t>(condition.msn);
    directives.part = condition.part;
  }
  return rendition.decide(directives).verdict != hls::Verdict::kWait;
}

}  // namespace

bool satisfied(const WaitCondition& condition, const ChannelSnapshot& snapshot) {
  if (condition.kind == WaitCondition::Kind::kChannel) return snapshot.state != State::kWaiting;
  if (condition.kind == WaitCondition::Kind::kImages)
    return snapshot.images == nullptr || snapshot.images->ready() || snapshot.state == State::kEnded;
  if (condition.rendition >= snapshot.renditions.size()) return true;
  const RenditionSnapshot& rendition = *snapshot.renditions[condition.rendition];
  switch (condition.kind) {
    case WaitCondition::Kind::kPlaylist: return playlist_decided(condition, rendition);
    case WaitCondition::Kind::kSegment: return rendition.segment(condition.msn).presence != Presence::kPending;
    case WaitCondition::Kind::kPart:
      return rendition.part(condition.msn, condition.part).presence != Presence::kPending;
    case WaitCondition::Kind::kChannel:
    case WaitCondition::Kind::kImages: break;
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
  same_condition_.unlink();
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

bool Waiters::add(Waiter& waiter, const WaitCondition& condition, base::Micros deadline) {
  if (size_ >= options_.most) return false;
  waiter.owner_ = this;
  waiter.deadline_ = deadline;
  waiter.same_condition_.insert_before(group_for(condition).head);
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
    if (!group.head.alone() && satisfied(group.condition, snapshot)) {
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

Waiters::Group& Waiters::group_for(const WaitCondition& condition) {
  std::size_t empty = used_;
  for (std::size_t i = 0; i < used_; ++i) {
    if (groups_[i]->condition == condition) return *groups_[i];
    if (groups_[i]->head.alone()) empty = i;
  }
  if (empty == groups_.size()) groups_.push_back(std::make_unique<Group>());
  if (empty == used_) ++used_;
  groups_[empty]->condition = condition;
  return *groups_[empty];
}

void Waiters::move(Waiter& waiter, Ready& ready) {
  waiter.leave();
  waiter.same_condition_.insert_before(ready.head_);
}

}  // namespace origin

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "hls/blocking.h"
#include "origin/channel_snapshot.h"

namespace origin {

/// The condition that ends the wait of a held request. A rendition is its index in the snapshot.
struct WaitCondition {
  enum class Kind : std::uint8_t {
    kChannel,   ///< the channel leaves State::kWaiting
    kPlaylist,  ///< decide() no longer says wait
    kSegment,   ///< segment(msn) is no longer pending
    kPart,      ///< part(msn, part) is no longer pending
    kImages,    ///< there is an image playlist
  };
  Kind kind = Kind::kChannel;
  std::uint32_t rendition = 0;
  std::int64_t msn = -1;
  std::uint32_t part = 0;

  static WaitCondition channel() { return {}; }
  static WaitCondition images() { return {Kind::kImages}; }
  static WaitCondition playlist(std::uint32_t rendition, const hls::Decision& wait) {
    return {Kind::kPlaylist, rendition, wait.msn, wait.part};
  }
  static WaitCondition segment(std::uint32_t rendition, std::int64_t msn) {
    return {Kind::kSegment, rendition, msn, 0};
  }
  static WaitCondition object(std::uint32_t rendition, std::int64_t msn, std::uint32_t part) {
    return {Kind::kPart, rendition, msn, part};
  }

  friend bool operator==(const WaitCondition&, const WaitCondition&) = default;
};

/// True if the wait is over: the request is to be decided again on this snapshot. It may then be answered, be refused,
/// or have to wait again, if the renditions changed.
bool satisfied(const WaitCondition& condition, const ChannelSnapshot& snapshot);

class Waiters;

/// A place in Waiters; derive the held request from it, or make it a member. Leaves its Waiters when destroyed.
class Waiter {
 public:
  Waiter() { same_condition_.waiter = by_deadline_.waiter = this; }
  ~Waiter() { leave(); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  bool waiting() const { return owner_ != nullptr; }
  base::Micros deadline() const { return deadline_; }
  /// Stops waiting, also when already taken and not yet popped from a Ready. O(1); nothing happens if not waiting.
  void leave();

 private:
  friend class Waiters;
  friend class Ready;

  /// A node of two rings, so that leave() needs no search: waiters with the same condition, and all by deadline.
  struct Link {
    Link* previous = this;
    Link* next = this;
    Waiter* waiter = nullptr;

    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    bool alone() const { return next == this; }
    void unlink();
    void insert_before(Link& other);
    /// Puts a whole ring but for this, its head, before `other`.
    void splice_before(Link& other);
  };

  Link same_condition_;
  Link by_deadline_;
  Waiters* owner_ = nullptr;
  base::Micros deadline_ = 0;
};

/// Waiters whose wait is over. Pop them one by one; a waiter that leaves or is destroyed meanwhile is not given out.
class Ready {
 public:
  Ready() = default;
  ~Ready();
  Ready(const Ready&) = delete;
  Ready& operator=(const Ready&) = delete;

  bool empty() const { return head_.alone(); }
  /// Takes out the next waiter: group by group, within a group in the order in which they began to wait. Null if none
  /// is left.
  Waiter* pop();
  /// The waiter that pop() will return after `ahead` others, null if there are fewer: to prefetch what it points to.
  const Waiter* peek(int ahead) const;
  /// Prefetches the waiter after `ahead` others, without reading it.
  void prefetch(int ahead) const;

 private:
  friend class Waiters;
  Waiter::Link head_;
};

/// The held requests of one channel on one serve loop. Requests with the same condition are one group, which is
/// tested once a snapshot. Owns: none of the waiters; destroying it ends their wait. Thread: one.
class Waiters {
 public:
  struct Options {
    std::size_t most = 100'000;  ///< requests held at once
  };

  explicit Waiters(const Options& options) : options_(options) {}
  ~Waiters();
  Waiters(const Waiters&) = delete;
  Waiters& operator=(const Waiters&) = delete;

  /// Holds a request until its condition is satisfied or until `deadline` (any clock, the same for all). False if too
  /// many are held: answer 503. REQUIRES: !waiter.waiting().
  [[nodiscard]] bool add(Waiter& waiter, const WaitCondition& condition, base::Micros deadline);

  /// Moves all waiters whose condition is satisfied to `ready`, in one pass (LL-105). Each distinct condition is tested
  /// once.
  void take_ready(const ChannelSnapshot& snapshot, Ready& ready);
  /// Moves those whose deadline is at or before `now`: to be answered 503 (LL-103, LL-83).
  void take_expired(base::Micros now, Ready& ready);
  /// Moves all waiters: the channel was removed or the server stops.
  void take_all(Ready& ready);

  std::size_t size() const { return size_; }
  /// Earliest deadline, or INT64_MAX.
  base::Micros next_deadline() const;

 private:
  friend class Waiter;

  struct Group {
    WaitCondition condition;
    Waiter::Link head;
  };

  Group& group_for(const WaitCondition& condition);
  static void move(Waiter& waiter, Ready& ready);

  Options options_;
  std::size_t size_ = 0;
  std::vector<std::unique_ptr<Group>> groups_;  ///< few; the front `used_` of them have waiters or had until now
  std::size_t used_ = 0;
  Waiter::Link deadlines_;
};

}  // namespace origin

#pragma once

#include <optional>

#include "base/clock.h"

namespace govern {

/// The level of economy of one ladder: up fast, down slowly. Pure: time comes in. Thread: one.
///
/// It asks to rise after two bad seconds in a row, and again after two more; and to fall by one after a while
/// (Options::calm) without one. If it has to rise within that time after it fell, the while doubles, up to
/// Options::longest_calm; it halves again where the lower level lasts.
class Pace {
 public:
  struct Options {
    base::Micros calm = 60 * base::kSecond;
    base::Micros longest_calm = 600 * base::kSecond;
  };

  explicit Pace(base::Micros now) : Pace(now, Options{}) {}
  Pace(base::Micros now, const Options& options) : options_(options), calm_(options.calm), calm_since_(now) {}

  /// A second of this ladder, or one that counts as its own, is over.
  void on_second(base::Micros now, bool bad);
  /// One of those that it does less for is short of CPU: it is not calm.
  void disturb(base::Micros now) { calm_since_ = now; }
  /// Two seconds in a row were bad; until rise() or spare() is called.
  bool wants_up() const { return bad_seconds_ >= kBadSeconds; }
  /// It has been calm for long enough.
  bool wants_down(base::Micros now) const { return level_ > 0 && now - calm_since_ >= calm_; }
  void rise(base::Micros now);
  void fall(base::Micros now);
  /// Others do less for it: it is asked again after two more bad seconds.
  void spare() { bad_seconds_ = 0; }
  int level() const { return level_; }

 private:
  // One bad second may be a burst of the network, or the start of a program beside us.
  static constexpr int kBadSeconds = 2;

  const Options options_;
  base::Micros calm_;  ///< what is waited for before the next step down
  base::Micros calm_since_;
  int level_ = 0;
  int bad_seconds_ = 0;                     ///< in a row
  std::optional<base::Micros> lowered_at_;  ///< while it is not known whether the lower level lasts
};

}  // namespace govern

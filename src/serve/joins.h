#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_set>

#include "base/clock.h"
#include "http/request.h"
#include "serve/counters.h"

namespace serve {

/// Viewers that join: which requests are joins, how many have no media yet, how long it took.
///
/// A join is the first multivariant request of a CMCD session (CTA-5004, CF-27), or, without CMCD, of a connection. It
/// is in flight until media was sent on the same connection; after ten seconds without media it is assumed to use
/// another one. Thread: one loop's. Memory is bounded: sessions are remembered for a while, the oldest forgotten first.
class Joins {
 public:
  explicit Joins(Counters& counters) : counters_(counters) {}

  /// What a connection keeps of its join.
  struct Mark {
    bool known = false;      ///< has asked for a multivariant playlist, or has been given media
    base::Micros since = 0;  ///< steady; 0: not in flight
  };

  /// True if a multivariant request is a join. Remembers nothing: admit() does, if the request is served.
  bool is_new(const Mark& mark, const http::Request& request) const;
  void admit(Mark& mark, const http::Request& request, base::Micros now);
  /// The connection is given media, or closes.
  void on_media(Mark& mark, base::Micros now);
  void on_closed(Mark& mark);
  /// To be called every kTick or so.
  void tick(base::Micros now);

  static constexpr base::Micros kTick = 250 * base::kMillisecond;
  static constexpr base::Micros kPatience = 10 * base::kSecond;

 private:
  static constexpr std::size_t kSlots = static_cast<std::size_t>(kPatience / kTick);
  static constexpr std::size_t kSessions = 32'768;  ///< a generation; two are remembered: 10 minutes and more
  static constexpr base::Micros kGeneration = 600 * base::kSecond;

  void leave(Mark& mark);
  bool seen(std::uint64_t session) const;

  Counters& counters_;
  /// Joins in flight, by the kTick of steady time in which they began, modulo kSlots.
  std::array<std::uint32_t, kSlots> on_their_way_{};
  std::int64_t newest_ = 0;                                    ///< number of the newest kTick, not modulo
  std::array<std::unordered_set<std::uint64_t>, 2> sessions_;  ///< this generation, the one before
  base::Micros generation_since_ = 0;
};

}  // namespace serve

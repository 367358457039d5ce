#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "serve/admission.h"
#include "serve/channel_view.h"
#include "serve/counters.h"
#include "serve/joins.h"
#include "serve/replies.h"
#include "serve/viewer.h"

namespace serve {

/// What one serve loop gives up when room runs out: connections beyond the limit, joins, depth. Measures the room,
/// and has the answers to what is turned away.
/// Thread: its loop's. What it is given outlives it.
class Shedding final {
 public:
  struct Options {
    std::size_t most_connections = 18'000;
    Admission::Options admission;
  };
  /// What the loop knows of itself. Units: see loop::Loop.
  struct Load {
    double busy_share = 0;
    base::Micros longest_turn = 0;
    std::size_t connections = 0;
  };
  /// Connections past the limit that are told so with 503; beyond these they are just closed.
  static constexpr std::size_t kMostRefusing = 256;

  Shedding(const Options& options, Joins& joins, Errors& errors, Counters& counters)
      : most_connections_(options.most_connections),
        admission_(options.admission),
        joins_(joins),
        errors_(errors),
        counters_(counters) {}

  enum class Accept : std::uint8_t { kServe, kRefuse, kClose };
  /// What becomes of a new connection beside `open` others: served, told 503, or closed without a word.
  Accept accept(std::size_t open);
  /// What is answered to a request of a connection that was one too many.
  Verdict too_many_connections() { return {errors_.get(503), Cause::kTooManyConnections}; }

  /// The room of the whole instance; counts from the next measure() on.
  void set_shared_room(double memory, double egress);
  /// Takes the room anew; to be called every tick.
  void measure(const Load& load);
  /// Other limits; count from the next measure() on.
  void configure(Admission::Options options) { admission_.configure(std::move(options)); }

  /// Lets a request of a channel in (and counts its viewer as joining if it is one), or returns what is answered in
  /// place of what was asked for: a refusal, or another way in.
  std::optional<Verdict> admit(Viewer& viewer, ChannelView& channel, const ObjectRequest& wanted,
                               const http::Request& request, base::Micros now);

 private:
  Verdict turn_join_away(ChannelView& channel, bool gzip);

  const std::size_t most_connections_;
  Admission admission_;
  Joins& joins_;
  Errors& errors_;
  Counters& counters_;
  Room shared_room_;
};

}  // namespace serve

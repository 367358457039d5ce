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

/// Decides what one serve loop refuses as headroom runs out: connections beyond the limit, joins, depth. Measures the
/// headroom, and has the answers to refused requests.
/// Thread: its loop's. What it is given outlives it.
class Shedding final {
 public:
  struct Options {
    std::size_t most_connections = 18'000;
    Admission::Options admission;
  };
  /// The load of the loop. Units: see loop::Loop.
  struct Load {
    double busy_share = 0;
    base::Micros longest_turn = 0;
    std::size_t connections = 0;
  };
  /// So many connections past the limit are answered 503; further ones are closed without an answer.
  static constexpr std::size_t kMostRefusing = 256;

  Shedding(const Options& options, Joins& joins, Errors& errors, Counters& counters)
      : most_connections_(options.most_connections),
        admission_(options.admission),
        joins_(joins),
        errors_(errors),
        counters_(counters) {}

  enum class Accept : std::uint8_t { kServe, kRefuse, kClose };
  /// What to do with a new connection beside `open` others: serve it, answer 503, or close it without an answer.
  Accept accept(std::size_t open);
  /// The answer to a request on a connection past the limit.
  Verdict too_many_connections() { return {errors_.get(503), Cause::kTooManyConnections}; }

  /// The headroom of the whole instance; used from the next measure() on.
  void set_shared_headroom(double memory, double egress);
  /// Measures the headroom again; to be called every tick.
  void measure(const Load& load);
  /// Other limits; used from the next measure() on.
  void configure(Admission::Options options) { admission_.configure(std::move(options)); }

  /// nullopt if a request for a channel is to be served (a join is counted). Otherwise the answer to send instead: a
  /// refusal, or a multivariant playlist that leads to the overflow pathway.
  std::optional<Verdict> admit(Viewer& viewer, ChannelView& channel, const ObjectRequest& wanted,
                               const http::Request& request, base::Micros now);

 private:
  Verdict turn_join_away(ChannelView& channel, const ObjectRequest& wanted);

  const std::size_t most_connections_;
  Admission admission_;
  Joins& joins_;
  Errors& errors_;
  Counters& counters_;
  Headroom shared_headroom_;
};

}  // namespace serve

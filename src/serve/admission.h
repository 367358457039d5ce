#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace serve {

/// What an instance runs out of.
enum class Resource : std::uint8_t { kLoop, kConnections, kMemory, kEgress };
inline constexpr std::size_t kResources = 4;
std::string_view to_string(Resource resource);

/// What is left of each resource: 1 all of it, 0 nothing.
struct Headroom {
  std::array<double, kResources> left{1, 1, 1, 1};

  double& operator[](Resource resource) { return left[static_cast<std::size_t>(resource)]; }
  double operator[](Resource resource) const { return left[static_cast<std::size_t>(resource)]; }
  /// What is left of the scarcest resource.
  double least() const;
};

/// Headroom of a loop that was busy for this share of the last second. A loop that is busy for 85 % of the time has
/// none: requests beyond that, such as those for the next part, would wait.
double loop_headroom(double busy_share);
/// The same, unless the loop's turns are short: a loop without idle time whose turns are short still sends every part
/// in time. At turns of 50 ms nothing is left.
double loop_headroom(double busy_share, base::Micros longest_turn);

/// What a serve loop refuses as headroom runs out: first depth (segments far behind the live edge), then joins. Viewers
/// that are already watching are never refused. Either is served again once headroom is 0.05 above the limit at which
/// it was refused, so that the decision does not flap. Thread: its loop's.
class Admission {
 public:
  struct Options {
    double shed_depth_below = 0.15;    ///< headroom; 0: never
    double refuse_joins_below = 0.05;  ///< headroom; 0: never
    /// Where joins are sent instead of being refused: a server that has the same paths, such as "https://cdn.example";
    /// empty: they are refused.
    std::string overflow;
  };
  explicit Admission(Options options) : options_(std::move(options)) {}

  void configure(Options options) { options_ = std::move(options); }
  const std::string& overflow() const { return options_.overflow; }

  void update(const Headroom& headroom);
  const Headroom& headroom() const { return headroom_; }
  bool sheds_depth() const { return sheds_depth_; }
  bool refuses_joins() const { return refuses_joins_; }

 private:
  Options options_;
  Headroom headroom_;
  bool sheds_depth_ = false;
  bool refuses_joins_ = false;
};

}  // namespace serve

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

/// Room left by resource: 1 all of it, 0 none.
struct Room {
  std::array<double, kResources> left{1, 1, 1, 1};

  double& operator[](Resource resource) { return left[static_cast<std::size_t>(resource)]; }
  double operator[](Resource resource) const { return left[static_cast<std::size_t>(resource)]; }
  /// The headroom: what is left of the scarcest.
  double least() const;
};

/// Room of a loop that was busy for this share of the last second. A loop that is busy for 85 % of the time has none:
/// what comes on top, the next part's crowd, would wait.
double loop_room(double busy_share);
/// The same as far as it hurts anybody: a loop without idle time whose turns are short still has every part out in
/// time, and takes what it can. Turns of 50 ms are too long.
double loop_room(double busy_share, base::Micros longest_turn);

/// What a serve loop gives up when room runs out, in this order: depth (segments far behind the live edge), then joins.
/// Who is watching already is never turned away. Each is taken up again once there is a twentieth more room than where
/// it was given up, so that it does not flap.
/// Thread: its loop's.
class Admission {
 public:
  struct Options {
    double shed_depth_below = 0.15;    ///< headroom; 0: never
    double refuse_joins_below = 0.05;  ///< headroom; 0: never
    /// Where joins are sent in place of being refused: what has the same paths, such as "https://cdn.example"; empty:
    /// nowhere.
    std::string overflow;
  };
  explicit Admission(Options options) : options_(std::move(options)) {}

  void configure(Options options) { options_ = std::move(options); }
  const std::string& overflow() const { return options_.overflow; }

  void update(const Room& room);
  const Room& room() const { return room_; }
  bool sheds_depth() const { return sheds_depth_; }
  bool refuses_joins() const { return refuses_joins_; }

 private:
  Options options_;
  Room room_;
  bool sheds_depth_ = false;
  bool refuses_joins_ = false;
};

}  // namespace serve

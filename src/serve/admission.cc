#include "serve/admission.h"

#include <algorithm>

namespace serve {
namespace {

constexpr double kBusyLoop = 0.85;
// A tenth of the default part: players have three parts in hand.
constexpr double kLongTurn = 50 * base::kMillisecond;
constexpr double kBackAbove = 0.05;

bool below(bool already, double headroom, double limit) {
  return already ? headroom < limit + kBackAbove : headroom < limit;
}

}  // namespace

std::string_view to_string(Resource resource) {
  switch (resource) {
    case Resource::kLoop: return "loop";
    case Resource::kConnections: return "connections";
    case Resource::kMemory: return "memory";
    case Resource::kEgress: return "egress";
  }
  return "unknown";
}

double Headroom::least() const { return *std::min_element(left.begin(), left.end()); }

double loop_headroom(double busy_share) { return std::clamp(1 - busy_share / kBusyLoop, 0.0, 1.0); }

double loop_headroom(double busy_share, base::Micros longest_turn) {
  return std::max(loop_headroom(busy_share), std::clamp(1 - static_cast<double>(longest_turn) / kLongTurn, 0.0, 1.0));
}

void Admission::update(const Headroom& headroom) {
  headroom_ = headroom;
  const double least = headroom.least();
  sheds_depth_ = options_.shed_depth_below > 0 && below(sheds_depth_, least, options_.shed_depth_below);
  refuses_joins_ = options_.refuse_joins_below > 0 && below(refuses_joins_, least, options_.refuse_joins_below);
}

}  // namespace serve

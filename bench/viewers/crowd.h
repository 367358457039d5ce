#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "viewers/lines.h"
#include "viewers/target.h"
#include "viewers/viewer.h"

namespace viewers {

/// Everybody in one process: lets them join at the rate asked for, ticks them, replaces those that churn.
class Crowd {
 public:
  Crowd(Engine& engine, std::size_t process);
  ~Crowd();

  /// Call every 10 ms.
  void tick(Micros now);
  /// The run is over: accounts for everybody.
  void leave(Micros now);

 private:
  std::unique_ptr<Viewer> make_viewer(std::size_t number);
  void let_join(Micros now);
  void churn(Micros now);
  std::size_t allowance(Micros now);

  Engine& engine_;
  std::size_t process_;
  Target target_;
  std::deque<SharedLine> shared_;  ///< of viewers that share connections
  std::unique_ptr<RenditionFinder> finder_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::vector<std::unique_ptr<Viewer>> slow_;
  std::vector<Viewer*> outside_;  ///< yet to join, the next one last
  Micros began_ = 0;
  double joined_ = 0;   ///< by the join rate
  double churned_ = 0;  ///< by the share that leaves
  Micros churned_at_ = 0;
  std::size_t slice_ = 0;
  std::uint64_t dice_;
};

}  // namespace viewers

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "govern/load_meter.h"
#include "govern/pace.h"
#include "govern/priority.h"

namespace govern {

/// Decides how much each ladder of a machine saves when the CPU is short: one for all channels. Pure: loads and time
/// come in, steps come out. Thread: one.
///
/// A ladder that is short of CPU (Pace) does less by a level. Where the CPU of the whole machine is used up, those of
/// the lowest priority below it that can still do less take the step in its place, all of them; only when they can do
/// no more it takes it itself. Ladders do more again one at a time, those of the highest priority first, and none while
/// one of a higher priority saves or was short lately.
class Governor {
 public:
  struct Ladder {
    std::string channel;
    Priority priority = Priority::kNormal;
    Load load;
    int most = 0;  ///< the last level that it has; 0: it has nothing to save
  };
  struct Step {
    std::string channel;
    int from = 0;
    int to = 0;
    std::string because_of;    ///< the channel that was short of CPU; empty for a step down
    LoadMeter::Second second;  ///< that channel's last
  };

  /// The steps that are due. Call a few times a second with every ladder that runs; one that is left out is forgotten
  /// after kForget. `idle`: the share of the machine's CPU that nobody used lately, 0 to 1.
  std::vector<Step> update(base::Micros now, const std::vector<Ladder>& ladders, double idle);
  /// Of a channel; 0 for one that is not known.
  int level(const std::string& channel) const;

  /// Below this share of idle CPU a ladder that is short is helped by others that do less. Above it is short of one
  /// core, and not of the machine.
  static constexpr double kUsedUp = 0.10;
  /// Between two steps down: what the first one costs is seen before the second.
  static constexpr base::Micros kBetweenFalls = 3 * base::kSecond;
  /// A ladder whose worker is being replaced keeps its level for so long.
  static constexpr base::Micros kForget = 30 * base::kSecond;

 private:
  struct Entry {
    explicit Entry(base::Micros now) : pace(now) {}
    LoadMeter meter;
    LoadMeter::Second second;
    Pace pace;
    Priority priority = Priority::kNormal;
    int most = 0;
    base::Micros seen = 0;
    bool can_rise() const { return pace.level() < most; }
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  using Item = Entries::value_type;

  bool sample(base::Micros now, const std::vector<Ladder>& ladders);
  void end_second(base::Micros now, const std::vector<Ladder>& ladders);
  std::vector<Item*> payers_for(const Item& in_need, double idle);
  void raise(base::Micros now, double idle, std::vector<Step>& steps);
  void lower(base::Micros now, std::vector<Step>& steps);

  Entries entries_;
  std::optional<base::Micros> second_began_;
  base::Micros fell_at_ = 0;
};

}  // namespace govern

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "feed/message.h"
#include "registry/etcd_client.h"
#include "registry/gateway.h"
#include "registry/source_clock.h"

namespace registry {

/// A feed has begun, and asks by which clock it is to go.
struct Ask {
  std::string channel;
  feed::Id feed = feed::Id::kPrimary;
  SourceClock mine;      ///< by its arrival here
  std::uint64_t id = 0;  ///< of the caller's
};

/// How an Ask was answered.
enum class Outcome : std::uint8_t {
  kProposed,    ///< the feed's own clock is the one that others follow from now on
  kAdopted,     ///< another server had agreed on it before
  kRemembered,  ///< the same, and etcd cannot be asked now
  kNone,        ///< there is none: etcd cannot be asked, or did not answer in time
};
inline constexpr std::array kOutcomes{Outcome::kProposed, Outcome::kAdopted, Outcome::kRemembered, Outcome::kNone};
/// "proposed", …: as in metrics.
std::string_view to_string(Outcome outcome);

struct Answer {
  Ask ask;
  Outcome outcome = Outcome::kNone;
  base::Micros zero = 0;  ///< of the clock to follow; of kNone nothing
  std::string why = {};   ///< of kNone and kRemembered: what is wrong with etcd
};

/// Agrees with other servers on the clocks of feeds, by compare and set of one key a channel's feed,
/// PREFIX/clocks/CHANNEL/FEED: whoever comes first writes the clock that the others follow. Thread: one, which waits.
class Clocks {
 public:
  /// So many feeds whose clocks are remembered for when etcd cannot be asked; of further ones none are.
  static constexpr std::size_t kMostRemembered = 4096;

  /// `client` outlives it.
  Clocks(EtcdClient& client, std::string prefix) : client_(client), prefix_(std::move(prefix)) {}

  /// An answer to each, in any order, by `until` (steady) or a little later.
  std::vector<Answer> settle(std::vector<Ask> asks, base::Micros until);
  /// Why the last request of settle() or probe() failed; empty: none did.
  const std::string& fault() const { return fault_; }
  /// Asks etcd for something, to see whether it answers; fault() has the outcome.
  void probe(base::Micros until);

 private:
  struct Open {
    Ask ask;
    std::string key;
    std::int64_t revision = 0;  ///< of what is in etcd
    SourceClocks clocks = {};   ///< likewise
  };

  void read(std::vector<Open>& open, std::vector<Answer>& answers, base::Micros until);
  void swap(std::vector<Open>& open, std::vector<Answer>& answers, base::Micros until);
  bool take(Open& one, const std::optional<KeyValue>& found, std::vector<Answer>& answers);
  void give_up(const Open& one, const std::string& why, std::vector<Answer>& answers);
  void remember(const Open& one);

  EtcdClient& client_;
  const std::string prefix_;
  std::map<std::string, SourceClocks, std::less<>> remembered_;  ///< by key
  std::string fault_;
};

}  // namespace registry

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "client/transport.h"
#include "registry/announced_origin.h"
#include "registry/clocks.h"

namespace registry {

/// What a Registry has done, for metrics.
struct Report {
  bool used = false;       ///< there is one
  bool reachable = false;  ///< its last request was answered
  std::uint64_t failures = 0;
  std::array<std::uint64_t, kOutcomes.size()> asks{};  ///< by Outcome
  bool announces = false;                              ///< this server is to be found by edges
  bool announced = false;                              ///< and is
};

/// Agrees with other servers through etcd, and announces this one there, from one thread of its own. No call waits for
/// etcd, a name server or a lock that is held over a request. Thread: any.
class Registry {
 public:
  struct Options {
    EtcdClient::Options etcd;
    std::string prefix;
    std::string certificates;  ///< PEM file of authorities; empty: those of the system
    /// A feed's clock was agreed on, or was not. Called by the own thread, which holds nothing.
    std::function<void(const Answer&)> on_answer;
    /// etcd is not to be reached, or is again. Likewise.
    std::function<void(bool reachable, const std::string& why)> on_change = {};
  };
  /// Every Ask is answered within this, unless the thread is at another one; feeds wait a little longer.
  static constexpr base::Micros kDeadline = 700 * base::kMillisecond;
  /// So many asks wait at a time. Further ones get no answer, which is a kNone in the report.
  static constexpr std::size_t kMostWaiting = 4096;

  /// `clock` outlives it. `transport`: null for the network.
  Registry(const base::Clock& clock, Options options, std::unique_ptr<client::Transport> transport = nullptr);
  /// What is on its way is not waited for, but that this server is announced no longer, at most kDeadline.
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// An answer follows, see kDeadline and kMostWaiting.
  void ask(Ask ask);
  /// What edges find of this server from now on; its URL is the same each time. Written once a second at the most.
  void announce(const AnnouncedOrigin& origin);
  /// Edges find this server no longer.
  void withdraw();
  Report report() const;

 private:
  struct Shared;
  struct Work;

  void run();
  Work wait();
  void serve(std::vector<Ask> asks);
  void note();
  void step();

  const base::Clock& clock_;
  const Options options_;
  const std::unique_ptr<Shared> shared_;
};

}  // namespace registry

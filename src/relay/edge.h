#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "client/stream_transport.h"
#include "events/event.h"
#include "relay/origins.h"
#include "relay/pulled_log.h"
#include "relay/reel.h"

namespace relay {

/// What an edge says of itself.
struct EdgeReport {
  struct Channel {
    std::string name;
    base::Micros lag = 0;  ///< age of its newest media by this server's clock; 0: it has none
  };
  std::vector<OriginReport> origins;  ///< by place, see Origins
  std::vector<Channel> channels;      ///< that have media
  std::uint64_t reconnects = 0;       ///< connections that broke off and were made again
  std::uint64_t restarts = 0;         ///< see PulledLog::restarts()
  std::uint64_t refused = 0;          ///< channels that were asked for and no origin has
};

/// A server that takes no feeds: it gets channels' logs from its origins when they are first asked for, one connection
/// a channel, and drops those that nobody has asked for in Options::idle.
///
/// A connection that breaks off is made again at once, at the log's place; where that fails, the next origin of the
/// list is asked. An origin that failed is left alone for a while that grows (a circuit breaker), a quarter more or
/// less by chance. Whoever has said no to a channel is asked for the list of its channels, and not asked for those that
/// are not in it: see Directory. Origins that are found while it runs come and go: of one that is gone nothing new is
/// asked, and what it still sends is taken. Thread: the control loop's.
class Edge final : public client::StreamHandler {
 public:
  struct Options {
    std::vector<std::string> origins;  ///< "https://host:port", those of the configuration
    std::string secret;
    std::uint64_t node = 0;
    base::Micros window = 300 * base::kSecond;  ///< longest that is kept, in memory
    base::Micros idle = 30 * base::kSecond;
    base::Micros greeting = 5 * base::kSecond;  ///< for an origin to say how it goes on
    base::Micros silence = 3 * base::kSecond;   ///< of an origin that has: it says something every second
    base::Micros absence = 30 * base::kSecond;  ///< that a channel may be without an origin before it is given up
    base::Micros first_wait = 250 * base::kMillisecond;  ///< for an origin that failed
    base::Micros longest_wait = 5 * base::kSecond;       ///< likewise
    std::size_t most_channels = 1000;
    std::uint32_t chance = 1;  ///< seed of the waits
  };
  /// All of it outlives the edge.
  struct Context {
    const base::Clock& clock;
    client::StreamTransport& transport;
    events::Sink& events;
    std::function<void(std::shared_ptr<const origin::ChannelSnapshot>)> on_snapshot;
    OnReel on_reel;
    /// No origin has the channel (any more).
    std::function<void(const std::string& channel)> on_absent;
    /// No origin can be asked for it, or nobody has asked for it in a while.
    std::function<void(const std::string& channel)> on_given_up;
  };

  Edge(Options options, Context context);
  ~Edge() override;
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  /// Somebody asks for a channel; `path`: of the edge that does; empty: a viewer.
  void demand(const std::string& channel, const Path& path);
  /// The origins that are found beside Options::origins now.
  void take_origins(const std::vector<FoundOrigin>& found);
  /// To be called every tenth of a second or so.
  void tick();
  EdgeReport report() const;

  void on_head(client::StreamId id, int status) override;
  void on_body(client::StreamId id, base::Bytes bytes) override;
  void on_end(client::StreamId id, std::string_view error) override;

 private:
  struct Pull;
  enum class Refusal : std::uint8_t { kNone, kAbsent, kOther };
  static constexpr std::size_t kMostGivenUp = 4096;

  void connect(Pull& pull);
  void ask(Pull& pull, std::size_t origin);
  void ask_list(std::size_t origin);
  void end_list(Origin& origin, bool whole);
  void leave(Pull& pull);
  void retry(Pull& pull);
  void fail(Pull& pull, std::string_view why);
  void lose(std::size_t place, std::string_view why, std::string_view channel);
  void regain(std::size_t place);
  void refuse(Pull& pull, Refusal refusal);
  void greet(Pull& pull);
  void nobody_has(Pull& pull);
  void drop(const std::string& channel, bool absent, std::string_view why);
  bool over(Pull& pull, base::Micros now);
  Pull* find(client::StreamId id);

  const Options options_;
  const Context context_;
  Origins origins_;
  std::map<std::string, std::unique_ptr<Pull>, std::less<>> pulls_;
  std::map<client::StreamId, Pull*> by_stream_;
  /// Channels that no origin could be asked for: until when (steady) nobody is asked again. Beyond kMostGivenUp all are
  /// forgotten.
  std::map<std::string, base::Micros, std::less<>> given_up_;
  client::StreamId last_stream_ = 0;
  std::minstd_rand random_;
  std::uint64_t reconnects_ = 0;
  std::uint64_t restarts_ = 0;  ///< of channels that were dropped
  std::uint64_t refused_ = 0;
};

}  // namespace relay

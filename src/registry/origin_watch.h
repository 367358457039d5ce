#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "client/stream_transport.h"
#include "registry/etcd_client.h"
#include "registry/origin_list.h"
#include "registry/reachability.h"
#include "registry/watch_stream.h"

namespace registry {

/// What an OriginWatch has done, for metrics.
struct WatchReport {
  bool watching = false;       ///< changes are heard of
  std::size_t origins = 0;     ///< that are known
  std::uint64_t refused = 0;   ///< see OriginList
  std::uint64_t failures = 0;  ///< requests that were not answered, and watches that broke off
};

/// Follows the origins that are announced in etcd: lists them, then watches for changes. What fails is tried again with
/// the next member, after a while that grows; the last known list stays meanwhile. Now and then all is listed anew: a
/// watch may have broken off without a word.
///
///   waiting → (login →) list → watch → list …; from each of them back to waiting where it fails.
///
/// Thread: the caller's, on which nothing waits.
class OriginWatch final : public client::StreamHandler {
 public:
  static constexpr base::Micros kAnswer = 3 * base::kSecond;      ///< for a login, a list, or a watch to begin
  static constexpr base::Micros kWatchFor = 60 * base::kSecond;   ///< then it is listed anew
  static constexpr std::size_t kMostList = std::size_t{2} << 20;  ///< bytes of a list

  struct Options {
    EtcdClient::Options etcd;
    std::string prefix;              ///< of all keys
    std::function<double()> spread;  ///< see Reachability
  };
  /// All of it outlives this.
  struct Context {
    const base::Clock& clock;
    client::StreamTransport& transport;
    /// The list is another one.
    std::function<void(const std::vector<AnnouncedOrigin>&)> on_change;
  };

  OriginWatch(Options options, Context context);

  /// To be called every tenth of a second or so; the first call begins.
  void tick();
  WatchReport report() const;

  void on_head(client::StreamId id, int status) override;
  void on_body(client::StreamId id, base::Bytes bytes) override;
  void on_end(client::StreamId id, std::string_view error) override;

 private:
  enum class Step : std::uint8_t { kWaiting, kLogin, kList, kWatch };

  void begin();
  void ask(Step step, std::string_view path, std::string body);
  void list();
  void end_step();
  void take_login();
  void take_list();
  void take_message(const WatchMessage& message);
  void publish();
  void stop();
  void fail(const std::string& why);

  const Options options_;
  const Context context_;
  const std::string prefix_;
  OriginList origins_;
  Reachability reachability_;
  Step step_ = Step::kWaiting;
  client::StreamId stream_ = 0;  ///< that is open; 0: none
  client::StreamId last_stream_ = 0;
  std::size_t current_ = 0;  ///< index of the member that is asked
  std::string token_;        ///< empty: not logged in
  int status_ = 0;           ///< of the answer; 0: there is none yet
  std::string body_;         ///< of a login, of a list, or of a refusal
  WatchStream watch_;
  bool created_ = false;  ///< the watch
  std::string over_;      ///< why etcd ends the watch
  bool outage_ = false;   ///< since the last list
  base::Micros asked_at_ = 0;
  std::vector<AnnouncedOrigin> published_;
  std::uint64_t failures_ = 0;
};

}  // namespace registry

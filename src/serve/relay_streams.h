#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/request.h"
#include "relay/reel.h"
#include "serve/counters.h"
#include "serve/origin_lock.h"
#include "serve/replies.h"
#include "serve/viewer.h"

namespace serve {

/// Sends channels' logs to edges: `GET /relay/v1/CHANNEL?after=PLACE`, an answer that grows for as long as both live
/// (relay/wire.h). Without a place, or with one that is not kept, it begins with the window, but for media that the
/// header X-Kickoff-Have says the edge has. The header X-Kickoff-Relay has one of the secrets, or the answer is 403;
/// X-Kickoff-Via has the servers that the request comes from, and the answer is 508 where this server is among them, or
/// where its own log comes from one of them. `GET /relay/v1/` gives the names of all channels, one a line; an edge,
/// which does not know them, has no such list.
///
/// An edge that reads slowly costs nobody else anything: what it has not taken is the window's memory, shared, of which
/// kMostQueued bytes wait at the connection. Once what it is to get next is no longer kept its answer is cut off, and
/// it comes again. Thread: its loop's.
class RelayStreams {
 public:
  static constexpr std::size_t kMostQueued = std::size_t{1} << 20;
  static constexpr base::Micros kBeat = base::kSecond;

  struct Options {
    OriginLock lock;          ///< open: there is no relay, and every path below /relay/ is unknown
    std::uint64_t node = 0;   ///< this server's number in paths
    std::size_t most = 1024;  ///< answers at a time; more get 503
    /// An edge: a channel that is not here may be had. The answer waits so long for it.
    base::Micros patience = 0;
  };

  RelayStreams(Options options, const base::Clock& clock, Errors& errors, Counters& counters);
  ~RelayStreams();
  RelayStreams(const RelayStreams&) = delete;
  RelayStreams& operator=(const RelayStreams&) = delete;

  enum class Asked : std::uint8_t {
    kAnswered,
    kAwaited,  ///< an edge has to get the channel from where it gets channels
  };
  /// Answers a request. `path`: what it has read of X-Kickoff-Via, for kAwaited.
  Asked start(Viewer& viewer, http::StreamId id, std::string_view channel, const http::Request& request,
              relay::Path& path);
  /// The channel's log has grown, or another one has begun.
  void update(const std::string& channel, std::shared_ptr<const relay::Reel> reel);
  /// There is no such channel, or not any more.
  void remove(const std::string& channel);
  /// Whether there is such a channel cannot be told now.
  void give_up(const std::string& channel);
  /// To be called every quarter of a second or so.
  void tick();
  void shut_down();
  /// Whether any edge gets the channel, or waits for it.
  bool in_use(const std::string& channel) const;

 private:
  class Stream;
  struct Channel {
    std::shared_ptr<const relay::Reel> reel;  ///< null: it is not here
    std::map<const Stream*, std::unique_ptr<Stream>> streams;
  };

  http::Response list() const;
  void end_all(const std::string& channel, const base::Bytes& last);
  http::Response refusal(std::string_view name, const http::Request& request, const Channel* channel,
                         relay::Path& path);
  void drop(const Stream& stream);
  void answer(Viewer& viewer, http::StreamId id, http::Response response);

  const Options options_;
  const base::Clock& clock_;
  Errors& errors_;
  Counters& counters_;
  http::Response head_;
  std::map<std::string, Channel, std::less<>> channels_;
  std::size_t open_ = 0;
};

}  // namespace serve

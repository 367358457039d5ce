#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "feed/message.h"
#include "ingest/publisher.h"
#include "ingest/pull_source.h"
#include "ingest/srt_stats.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace ingest {

/// How a pulled feed fares. What is counted only grows while its source stays the same.
struct PullStats {
  std::string channel;
  feed::Id feed = feed::Id::kPrimary;
  std::string protocol;  ///< "srt-caller", "udp", "rtp"
  std::string source;    ///< "srt://192.0.2.7:7001": PullSource::place()
  bool live = false;     ///< its media goes to the channel
  std::string problem;   ///< why it is not live; empty while it is, or where nothing has come yet

  std::uint64_t attempts = 0;           ///< to connect, or to open the port
  std::uint64_t failures = 0;           ///< of these: no address, no answer, refused, port not to be had
  std::uint64_t publishes = 0;          ///< the channel took it
  std::uint64_t refusals = 0;           ///< the channel did not
  std::uint64_t bytes = 0;              ///< handed on
  std::uint64_t bytes_discarded = 0;    ///< SRT: the server lagged by the limit of its queue
  std::uint64_t datagrams = 0;          ///< received
  std::uint64_t datagrams_lost = 0;     ///< dropped by the kernel because the server lagged, or too long
  std::uint64_t datagrams_foreign = 0;  ///< left out: from a second sender, or one that is not in `sources`
  std::uint64_t rtp_malformed = 0;      ///< left out: no RTP
  std::uint64_t rtp_lost = 0;           ///< packets missing by their sequence numbers
  std::uint64_t rtp_reordered = 0;      ///< packets put back in their place
  std::uint64_t rtp_repeated = 0;       ///< left out: came twice, or too late
};

/// One feed that the server gets by itself, again and again until it is destroyed. Thread: the loop's.
class Pull {
 public:
  virtual ~Pull() = default;
  virtual PullStats statistics() const = 0;
  /// Of an SRT connection; nullopt where there is none.
  virtual std::optional<SrtStats> srt_statistics() const { return std::nullopt; }
};

/// What pulled feeds have in common: the publisher's side towards the channel.
class PullPublication final : private Feed {
 public:
  /// `publisher` outlives this. `on_closed` is called on a turn of its own when the channel disconnects the feed; the
  /// publication has ended by then.
  PullPublication(loop::Loop& loop, Publisher& publisher, const std::string& channel, feed::Id feed,
                  const PullSource& source, std::function<void(const std::string& reason)> on_closed);
  /// Ends it.
  ~PullPublication() override;
  PullPublication(const PullPublication&) = delete;
  PullPublication& operator=(const PullPublication&) = delete;

  /// Publishes. False, with statistics().problem, where the channel refuses. REQUIRES: not live().
  bool begin(const std::string& peer, bool loopback, const std::string& encoder);
  /// REQUIRES: live().
  void hand_on(base::Micros arrived, base::Bytes bytes, std::uint64_t dropped);
  /// The source has ended. Nothing happens where it is not live.
  void end(const std::string& reason);

  bool live() const { return sink_ != nullptr; }
  /// For how long media came since the last begin() or call of this, by its times of arrival.
  base::Micros take_flowed();

  PullStats stats;  ///< the owner counts here, too

 private:
  void close(std::string_view reason) override;

  Publisher& publisher_;
  const std::function<void(const std::string&)> on_closed_;
  FeedSink* sink_ = nullptr;
  std::string close_reason_;
  loop::Timer closing_;
  base::Micros first_media_ = 0;  ///< UTC
  base::Micros last_media_ = 0;
};

}  // namespace ingest

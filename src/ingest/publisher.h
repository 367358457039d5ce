#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "feed/message.h"

/// The interface between listeners (RTMP, SRT), publishers and channels.
namespace ingest {

/// What a publisher asked for, whatever its protocol.
struct PublishRequest {
  std::string app;
  std::string channel;
  std::string key;  ///< empty where none was given; never log it (RT-44)
  /// Other readings of the key that its sender may mean (percent-decoded, …); never log them.
  std::vector<std::string> other_keys;
  std::string protocol;  ///< "rtmp", "rtmps", "srt"; for what is pulled "srt-caller", "udp" or "rtp"
  std::string peer;      ///< "192.0.2.7:4711"
  bool loopback = false;
  bool pulled = false;  ///< the server fetches it, as its configuration says: no key is needed
  feed::Format format = feed::Format::kRtmp;
  std::string encoder;  ///< what the publisher calls itself (RTMP flashVer), empty where it does not
  /// Which of the channel's feeds it says it is: "primary", "backup", or nothing; a stranger's text.
  std::string feed;
};

/// Feeds of channels, by the channel's name.
using FeedNames = std::set<std::pair<std::string, feed::Id>>;

/// One live publisher as the channel sees it. Owned by the listener; valid from Publisher::on_publish until
/// FeedSink::on_feed_end.
class Feed {
 public:
  virtual ~Feed() = default;
  /// Disconnects the publisher. FeedSink::on_feed_end follows, on a later turn of the loop.
  virtual void close(std::string_view reason) = 0;
  /// A line for the encoder's operator about a publish that is accepted. Called within Publisher::on_publish, at most
  /// once; lost where the protocol has no place for it.
  virtual void tell(std::string_view /*text*/) {}
};

/// Where a publisher's bytes go; implemented by channel/.
class FeedSink {
 public:
  virtual ~FeedSink() = default;
  /// The first message is feed::Start.
  virtual void on_message(feed::Message&& message) = 0;
  /// For how long, from `utc` on, messages need not be passed on: no viewer gets anything of them before. 0: now.
  virtual base::Micros spare(base::Micros /*utc*/) const { return 0; }
  /// Comes once; neither the sink nor the Feed is used afterwards.
  virtual void on_feed_end(std::string_view reason) = 0;
};

/// Decides who may publish; implemented by channel/.
class Publisher {
 public:
  virtual ~Publisher() = default;

  struct Refusal {
    enum class Why : std::uint8_t {
      kDenied,    ///< wrong or missing key
      kBusy,      ///< the channel has a publisher (RT-28, SR-23)
      kNotFound,  ///< no such channel is configured
      kBadName,   ///< the channel's name is not [A-Za-z0-9_-]{1,64}, or the feed's is unknown
      kOverload,  ///< too many feeds; the code that refuses logs it, listeners do not
    };
    Why why = Why::kDenied;
    std::string text;  ///< one line for the encoder's operator
  };

  /// The sink for the feed's messages, which outlives it, or why not. Called once a publisher.
  virtual std::variant<FeedSink*, Refusal> on_publish(const PublishRequest& request, Feed& feed) = 0;
};

}  // namespace ingest

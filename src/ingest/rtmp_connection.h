#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "ingest/publish_gate.h"
#include "ingest/publisher.h"
#include "loop/stream.h"
#include "loop/timer.h"
#include "rtmp/session.h"
#include "rtmp/tag.h"
#include "tls/session.h"

namespace ingest {

/// What the RTMP listener counts; all but connections, half_open and publishing only grow.
struct RtmpCounters {
  std::uint64_t connections = 0;  ///< open now
  std::uint64_t half_open = 0;    ///< of these, still shaking hands
  std::uint64_t publishing = 0;   ///< of these, with an admitted publish
  std::uint64_t accepted = 0;
  std::uint64_t limited = 0;            ///< turned away or cut for a limit of connections (RT-44)
  std::uint64_t publishes_limited = 0;  ///< publishes refused for PublishRate
  std::uint64_t timeouts = 0;           ///< handshake, publish or idle (RT-40)
  std::uint64_t protocol_errors = 0;
  std::uint64_t tls_errors = 0;
  std::uint64_t publishes = 0;   ///< admitted
  std::uint64_t refused = 0;     ///< publishes refused, for any reason
  std::uint64_t denied = 0;      ///< of these, for a wrong or missing key, or for a bad name
  std::uint64_t unplayable = 0;  ///< publishes ended, and tracks left out, for their codec (RT-36)
  std::uint64_t bytes = 0;       ///< received, after TLS
  std::uint64_t messages = 0;    ///< audio, video and data handed on
};

/// How often one connection may publish: an encoder does it once, and once more where it starts anew. The connection of
/// one that does it more often is ended.
struct PublishRate {
  int burst = 8;                            ///< publishes at once, and …
  base::Micros every = 10 * base::kSecond;  ///< … steadily one in this time

  bool operator==(const PublishRate&) const = default;
};

/// What a connection needs of its listener.
class RtmpConnectionOwner {
 public:
  virtual ~RtmpConnectionOwner() = default;
  virtual Publisher& publisher() = 0;
  /// What is asked before; null: nothing.
  virtual PublishGate* gate() = 0;
  virtual RtmpCounters& counters() = 0;
  /// A wrong or missing key came over the connection.
  virtual void on_denied(std::string_view peer, bool loopback) = 0;
  /// The connection is over; it is destroyed on a later turn of the loop.
  virtual void retire(std::uint64_t id) = 0;
};

/// One RTMP or RTMPS connection: a stream, TLS where wanted, and a session.
///
///   kOpen ──session finished──► kLeaving ──peer's end, or 2 s──► kClosed ──► retire
///     └────────── error, time limit, peer's end ───────────────────┘
///
/// While the publish's sink can spare what comes (FeedSink::spare) the socket rests: what arrives is read together, at
/// the end of the rest or when it is much. Waking for each message is most of what a copied feed costs.
///
/// Leaving sends what is queued and reads on without looking, so that the last status is not lost to a reset.
/// Thread: the loop's.
class RtmpConnection final : private loop::StreamHandler, private rtmp::SessionHandler, private Feed {
 public:
  struct Options {
    rtmp::Session::Options session;
    std::unique_ptr<tls::Session> tls;  ///< null: plain RTMP
    std::uint64_t id = 0;
    PublishRate publishes;
  };

  RtmpConnection(loop::Loop& loop, const base::Clock& clock, RtmpConnectionOwner& owner,
                 std::unique_ptr<loop::Stream> stream, Options options);
  ~RtmpConnection() override;

  void start() { stream_->start(*this); }
  /// Time limits, about four times a second.
  void tick();
  /// Ends the connection at once, and a publish with it. `why` is for the channel and the log.
  void abort(std::string_view why);
  /// Asks the encoder to go elsewhere, if it understands that (RT-38).
  void request_reconnect(std::string_view tc_url, std::string_view why);

  bool half_open() const { return half_open_; }
  bool loopback() const { return stream_->peer_is_loopback(); }
  const std::string& peer() const { return stream_->peer(); }

 private:
  enum class State : std::uint8_t { kOpen, kLeaving, kClosed };

  void on_read(base::View bytes) override;
  void on_end(const std::optional<base::Error>& why) override;

  void on_publish(const rtmp::PublishRequest& request) override;
  void on_media(rtmp::Message&& message) override;
  void on_publish_end(std::string_view reason) override;

  void close(std::string_view reason) override;
  void tell(std::string_view text) override { told_ = text; }

  base::Status decrypt(base::View bytes);
  void after_input(const base::Status& status);
  void rest();
  bool playable(const rtmp::TagSummary& summary);
  void shook_hands();
  bool may_publish();
  void send_output();
  void leave();
  void begin(const PublishRequest& asked);
  void take_answer(const PublishGate::Answer& answer);
  void refuse(const Publisher::Refusal& refusal);
  std::string_view protocol() const { return tls_ ? "rtmps" : "rtmp"; }

  loop::Loop& loop_;
  const base::Clock& clock_;
  RtmpConnectionOwner& owner_;
  const std::uint64_t id_;
  const PublishRate publish_rate_;
  base::Micros publishes_paid_ = 0;  ///< steady time by which what was published is made up for; see may_publish()
  std::unique_ptr<loop::Stream> stream_;
  std::unique_ptr<tls::Session> tls_;
  rtmp::Session session_;
  State state_ = State::kOpen;
  bool half_open_ = true;
  std::optional<PublishRequest> waiting_;  ///< for the gate's answer
  FeedSink* sink_ = nullptr;               ///< of the running publish
  std::string told_;                       ///< by the channel, for the status that accepts the publish
  std::uint64_t warned_ = 0;               ///< a bit for each track that was left out: 0 to 31 video, 32 to 63 audio
  base::Micros arrived_ = 0;               ///< UTC of the bytes being read
  base::Micros leave_by_ = 0;
  loop::Timer rest_;
  std::vector<std::uint8_t> plain_;
  std::vector<std::uint8_t> encrypted_;
  std::shared_ptr<RtmpConnection*> life_;  ///< null inside once destroyed: for tasks posted before
};

}  // namespace ingest

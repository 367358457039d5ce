#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "rtmp/amf.h"
#include "rtmp/capabilities.h"
#include "rtmp/chunk_reader.h"
#include "rtmp/chunk_writer.h"
#include "rtmp/handshake.h"
#include "rtmp/message.h"

namespace rtmp {

/// What a client wants to publish.
struct PublishRequest {
  std::string app;                      ///< without query
  std::string stream;                   ///< without query
  std::string query;                    ///< what stood after '?', without it
  std::string key;                      ///< its "key"; never log it (RT-44)
  std::vector<std::string> other_keys;  ///< as PublishAddress::other_keys; never log them
  std::string feed;                     ///< its "feed"; empty where it has none
  std::string tc_url;
  std::string encoder;  ///< flashVer
  Capabilities capabilities;
};

/// Codes of onStatus that refuse or end a publish; OBS disconnects on the first three (RT-17).
namespace status {
inline constexpr std::string_view kBadName = "NetStream.Publish.BadName";
inline constexpr std::string_view kDenied = "NetStream.Publish.Denied";
inline constexpr std::string_view kRejected = "NetStream.Publish.Rejected";
inline constexpr std::string_view kFailed = "NetStream.Publish.Failed";
}  // namespace status

/// What a Session reports to its owner.
class SessionHandler {
 public:
  virtual ~SessionHandler() = default;
  /// Answer with accept_publish() or refuse_publish(), now or later. Every request that is not refused gets one
  /// on_publish_end.
  virtual void on_publish(const PublishRequest& request) = 0;
  /// An audio, video or data message of the accepted publish. Data is AMF0 without "@setDataFrame" (type 18),
  /// whatever it was sent as; aggregates come taken apart.
  virtual void on_media(Message&& message) = 0;
  /// The publish has ended, by either side (RT-19).
  virtual void on_publish_end(std::string_view reason) = 0;
};

/// The server's side of one RTMP connection, which may publish one stream at a time. No I/O, no clock.
///
///   kHandshake ──C2──► kConnecting ──connect──► kConnected ──publish──► kPending ──accept──► kPublishing
///                                                   ▲                      │ refuse             │
///                                                   │                      ▼                    │
///                                                   │                   kClosed ◄──close, fail──┤
///                                                   └──────── FCUnpublish, closeStream, deleteStream
///
/// Memory: at most C1 while shaking hands, 64 KiB until a publish is accepted, Options::message_limit and as much again
/// while publishing; always what was received, never what was declared (RT-41).
/// Thread: one. Handler calls come from feed(), fail_publish() and close().
/// Spec: [rtmp], [ertmp2], RT-1 to RT-22, RT-37, RT-38, RT-40 to RT-43.
class Session {
 public:
  struct Options {
    base::Micros handshake_limit = 5 * base::kSecond;
    base::Micros publish_limit = 10 * base::kSecond;  ///< from handshake to accepted publish
    base::Micros idle_limit = 30 * base::kSecond;     ///< without a byte while publishing
    base::Micros ping_after = 10 * base::kSecond;     ///< of silence while publishing
    std::size_t message_limit = std::size_t{10} << 20;
    std::size_t streams = 8;            ///< createStream at a time (RT-42)
    std::uint32_t window = 2'500'000;   ///< Units: bytes between acknowledgements that we ask for, as FMS does.
    std::uint32_t chunk_size = 60'000;  ///< FFmpeg copies it for its own output (RT-11).
    std::uint64_t seed = 0;             ///< for the handshake's filler; another one for each connection
  };
  enum class State : std::uint8_t { kHandshake, kConnecting, kConnected, kPending, kPublishing, kClosed };
  struct Counters {
    std::uint64_t bytes = 0;             ///< received
    std::uint64_t messages = 0;          ///< received whole
    std::uint64_t ignored_commands = 0;  ///< unknown or not readable
    std::uint64_t ignored_messages = 0;  ///< of unknown type, or media without a publish
  };

  Session(const Options& options, SessionHandler& handler, base::Micros now);

  /// Takes what the peer sent. While a publish awaits its answer the bytes are kept (64 KiB at most); after a late
  /// answer call feed({}, now).
  /// Errors: the connection must be closed; the text says why.
  base::Status feed(base::View bytes, base::Micros now);
  /// Enforces time limits and pings idle peers; call it about once a second.
  /// Errors: kCanceled, the peer is too slow or gone: close the connection (RT-40).
  base::Status tick(base::Micros now);
  /// What to send, in order; empty if there is nothing.
  std::vector<std::uint8_t> take_output();
  /// True once the connection is to be closed after sending take_output().
  bool finished() const { return state_ == State::kClosed; }

  /// REQUIRES: state() is kPending. `description`: of the status that says so, for the encoder's log.
  void accept_publish(std::string_view description = "publishing");
  /// REQUIRES: state() is kPending. Sends an error status, and the connection is finished (RT-17).
  void refuse_publish(std::string_view code, std::string_view description);
  /// Ends a running publish with an error status, and the connection with it.
  void fail_publish(std::string_view code, std::string_view description);
  /// Warns the encoder of something that is left out of the publish: a status of level warning, for its log.
  void warn(std::string_view description);
  /// Asks a client that can to publish elsewhere; false if it said it cannot (RT-38). An empty tc_url: here again.
  bool request_reconnect(std::string_view tc_url, std::string_view description);
  /// The connection is gone or about to be: ends what runs.
  void close(std::string_view reason);

  State state() const { return state_; }
  const Counters& counters() const { return counters_; }
  /// Memory held for the peer.
  std::size_t held() const;

 private:
  /// Until a publish is accepted a connection may make us hold this much, which is one command (RT-43).
  static constexpr std::size_t kEarly = std::size_t{64} << 10;

  struct Command {
    std::string name;
    double transaction = 0;
    std::vector<amf::Value> values;  ///< name and transaction included
    std::uint32_t stream_id = 0;

    const amf::Value& argument(std::size_t i) const;
  };

  base::Status consume(base::View bytes, base::Micros now);
  base::Status on_message(Message&& message);
  void on_user_control(const Message& message);
  void on_media(Message&& message);
  void on_data(Message&& message);
  base::Status on_aggregate(const Message& message);
  base::Status on_command_message(const Message& message);
  base::Status on_command(const Command& command);
  void on_connect(const Command& command);
  void answer_connect(const Command& command);
  void on_create_stream(const Command& command);
  void on_fc_publish(const Command& command);
  void on_publish(const Command& command);
  void on_delete_stream(const Command& command);

  void end_publish(std::string_view reason);
  void send_number(Type type, std::uint32_t number);
  void send_user_control(UserEvent event, std::uint32_t number);
  void send_command(std::uint32_t stream_id, const std::vector<amf::Value>& values);
  void send_result(const Command& command, amf::Value value);
  void send_status(std::uint32_t stream_id, std::string_view level, std::string_view code,
                   std::string_view description);
  void acknowledge();

  Options options_;
  SessionHandler& handler_;
  State state_ = State::kHandshake;
  Handshake handshake_;
  ChunkReader reader_;
  ChunkWriter writer_;
  std::vector<std::uint8_t> waiting_;  ///< input kept while a publish awaits its answer

  std::string app_;
  std::string tc_url_;
  std::string encoder_;
  Capabilities capabilities_;
  std::vector<std::uint32_t> streams_;  ///< created and not deleted
  std::uint32_t publish_stream_ = 0;

  base::Micros started_;
  base::Micros phase_began_;  ///< when the time limit of the state began to run
  base::Micros now_;
  base::Micros last_heard_;
  bool pinged_ = false;
  std::uint64_t acknowledged_ = 0;
  std::uint32_t peer_window_ = 0;
  Counters counters_;
};

}  // namespace rtmp

#pragma once

// A publisher for the tests: writes what encoders send, reads what the server answers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "rtmp/amf.h"
#include "rtmp/chunk_reader.h"
#include "rtmp/chunk_writer.h"
#include "rtmp/session.h"

namespace rtmp {

using Buffer = std::vector<std::uint8_t>;

inline Buffer buffer_of(std::string_view text) { return Buffer(text.begin(), text.end()); }

/// C0, C1 and C2 of a plain client; C1's bytes count up.
inline Buffer plain_handshake() {
  base::ByteWriter out;
  out.u8(3);
  out.u32(1234);
  out.u32(0);
  for (int i = 0; i < 1528; ++i) out.u8(static_cast<std::uint8_t>(i));
  out.zeros(1536);
  return out.take();
}

/// One chunk with a header of any format; `length` as declared, `payload` as present.
struct ChunkHeader {
  int format = 0;
  std::uint32_t csid = 4;
  std::uint32_t timestamp = 0;  ///< or delta
  std::uint32_t length = 0;
  Type type = Type::kVideo;
  std::uint32_t stream_id = 1;
  std::optional<std::uint32_t> extended;  ///< also written after fmt 3
};

inline void write_chunk(base::ByteWriter& out, const ChunkHeader& header, base::View payload) {
  const auto format = static_cast<std::uint8_t>(header.format << 6);
  if (header.csid < 64) {
    out.u8(format | header.csid);
  } else if (header.csid < 320) {
    out.u8(format);
    out.u8(header.csid - 64);
  } else {
    out.u8(format | 1U);
    out.u8((header.csid - 64) & 0xFF);
    out.u8((header.csid - 64) >> 8);
  }
  if (header.format < 3) out.u24(header.extended ? 0xFFFFFF : header.timestamp);
  if (header.format < 2) {
    out.u24(header.length);
    out.u8(static_cast<std::uint8_t>(header.type));
  }
  if (header.format == 0) out.u32(__builtin_bswap32(header.stream_id));
  if (header.extended) out.u32(*header.extended);
  out.bytes(payload);
}

/// Writes whole messages as a client does.
class Client {
 public:
  void raw(base::View bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void shake_hands() { raw(plain_handshake()); }
  void message(Type type, std::uint32_t stream_id, std::uint32_t timestamp, base::View payload, std::uint8_t csid = 4) {
    chunks_.write(csid, type, stream_id, timestamp, payload);
    raw(chunks_.take_output());
  }
  void set_chunk_size(std::uint32_t size) {
    chunks_.set_chunk_size(size);
    raw(chunks_.take_output());
  }
  void number(Type type, std::uint32_t value) {
    base::ByteWriter payload;
    payload.u32(value);
    message(type, 0, 0, payload.view(), 2);
  }
  void command(const std::vector<amf::Value>& values, std::uint32_t stream_id = 0) {
    message(Type::kCommandAmf0, stream_id, 0, amf::write_values(values), 3);
  }
  void connect(std::string_view app = "live") {
    command({"connect", 1.0,
             amf::Value::Object{{"app", app},
                                {"type", "nonprivate"},
                                {"flashVer", "FMLE/3.0 (compatible; FMSc/1.0)"},
                                {"tcUrl", "rtmp://example.net/" + std::string(app)}}});
  }
  /// OBS: releaseStream, FCPublish, createStream, publish.
  void publish(std::string_view name = "match?key=secret") {
    command({"releaseStream", 2.0, amf::Value::null(), name});
    command({"FCPublish", 3.0, amf::Value::null(), name});
    command({"createStream", 4.0, amf::Value::null()});
    command({"publish", 5.0, amf::Value::null(), name, "live"}, 1);
  }

  Buffer take() { return std::exchange(out_, {}); }

 private:
  Buffer out_;
  ChunkWriter chunks_;
};

/// Records what a Session reports, one line an event, and answers publishes as configured.
class Recorder : public SessionHandler {
 public:
  enum class Answer { kAccept, kRefuse, kLater };
  Answer answer = Answer::kAccept;
  std::string description = "publishing";  ///< of what is accepted
  Session* session = nullptr;
  std::vector<std::string> trace;
  std::vector<Message> media;
  std::optional<PublishRequest> request;

  void on_publish(const PublishRequest& asked) override {
    request = asked;
    trace.push_back("publish " + asked.app + " " + asked.stream + " key=" + asked.key);
    if (answer == Answer::kAccept) session->accept_publish(description);
    if (answer == Answer::kRefuse) session->refuse_publish(status::kDenied, "wrong key");
  }
  void on_media(Message&& message) override {
    trace.push_back("media " + std::to_string(static_cast<int>(message.type)) + " @" +
                    std::to_string(message.timestamp) + " " + std::string(message.payload.text()));
    media.push_back(std::move(message));
  }
  void on_publish_end(std::string_view reason) override { trace.push_back("end " + std::string(reason)); }
};

/// A session, its recorder, and all it has sent.
struct Server {
  explicit Server(const Session::Options& options = {}) : session(options, recorder, 0) { recorder.session = &session; }

  base::Status feed(base::View bytes, base::Micros now = 0) {
    base::Status status = session.feed(bytes, now);
    collect();
    return status;
  }
  base::Status tick(base::Micros now) {
    base::Status status = session.tick(now);
    collect();
    return status;
  }
  void collect() {
    const Buffer more = session.take_output();
    output.insert(output.end(), more.begin(), more.end());
  }

  /// The messages sent so far, after the handshake.
  std::vector<Message> messages() const {
    ChunkReader reader{ChunkReader::Limits()};
    std::vector<Message> all;
    base::View rest(output);
    if (rest.size() < 3073) return all;
    rest = rest.subspan(3073);
    while (true) {
      base::Result<std::optional<Message>> message = reader.next(rest);
      if (!message.ok() || !*message) return all;
      all.push_back(std::move(**message));
    }
  }
  /// Its commands as "name transaction code-or-value @stream".
  std::vector<std::string> commands() const {
    std::vector<std::string> lines;
    for (const Message& message : messages()) {
      if (message.type != Type::kCommandAmf0) continue;
      const base::Result<std::vector<amf::Value>> values = amf::parse_values(message.payload.view());
      if (!values.ok() || values->size() < 2) continue;
      std::string line = *(*values)[0].text() + " " + std::to_string(static_cast<int>(*(*values)[1].number()));
      if (const amf::Value& last = values->back(); last.object() != nullptr) {
        line += " " + last.text_or("level", "") + " " + last.text_or("code", "");
      } else if (last.number() != nullptr) {
        line += " " + std::to_string(static_cast<int>(*last.number()));
      }
      lines.push_back(line + " @" + std::to_string(message.stream_id));
    }
    return lines;
  }

  Recorder recorder;
  Session session;
  Buffer output;
};

}  // namespace rtmp

#include "rtmp/session.h"

#include <algorithm>
#include <utility>

namespace rtmp {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kChunkStreams = 64;  // RT-42
constexpr std::string_view kSetDataFrame = {"\x02\x00\x0D@setDataFrame", 16};
constexpr std::uint8_t kControlChunks = 2;

std::uint32_t number_of(base::View payload) {
  const base::Result<std::uint32_t> number = base::ByteReader(payload).u32("number");
  return number.ok() ? *number : 0;
}

}  // namespace

Session::Session(const Options& options, SessionHandler& handler, base::Micros now)
    : options_(options),
      handler_(handler),
      handshake_(options.seed),
      reader_({kEarly, kEarly, kEarly, kChunkStreams}),
      started_(now),
      phase_began_(now),
      now_(now),
      last_heard_(now),
      peer_window_(options.window) {}

base::Status Session::feed(base::View bytes, base::Micros now) {
  now_ = now;
  if (!bytes.empty()) {
    last_heard_ = now;
    pinged_ = false;
    counters_.bytes += bytes.size();
  }
  if (!waiting_.empty() && state_ != State::kPending) {
    const std::vector<std::uint8_t> before = std::exchange(waiting_, {});
    TRY_OK(consume(before, now));
  }
  TRY_OK(consume(bytes, now));
  acknowledge();
  return base::Ok{};
}

base::Status Session::consume(base::View bytes, base::Micros now) {
  while (state_ == State::kHandshake && !bytes.empty()) {
    TRY_OK(handshake_.feed(bytes));
    if (!handshake_.done()) continue;
    state_ = State::kConnecting;
    phase_began_ = now;
  }
  // A message may be waiting inside the reader even if no bytes are left.
  while (state_ != State::kHandshake && state_ != State::kClosed) {
    if (state_ == State::kPending) {
      if (waiting_.size() + bytes.size() > kEarly) return Error{Code::kTooLarge, "input before publish was answered"};
      waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
      break;
    }
    TRY(std::optional<Message> message, reader_.next(bytes));
    if (!message) break;
    ++counters_.messages;
    TRY_OK(on_message(std::move(*message)));
  }
  return base::Ok{};
}

/// RT-10: once a feed at most, so a tiny window makes no storm.
void Session::acknowledge() {
  if (state_ == State::kHandshake || counters_.bytes - acknowledged_ < peer_window_) return;
  acknowledged_ = counters_.bytes;
  send_number(Type::kAcknowledgement, static_cast<std::uint32_t>(counters_.bytes));  // wraps at 2^32
}

base::Status Session::tick(base::Micros now) {
  now_ = now;
  switch (state_) {
    case State::kHandshake:
      if (now - phase_began_ > options_.handshake_limit) return Error{Code::kCanceled, "handshake takes too long"};
      break;
    case State::kConnecting:
    case State::kConnected:
    case State::kPending:
      if (now - phase_began_ > options_.publish_limit) return Error{Code::kCanceled, "publish takes too long"};
      break;
    case State::kPublishing:
      if (now - last_heard_ > options_.idle_limit) return Error{Code::kCanceled, "publisher is silent"};
      if (now - last_heard_ > options_.ping_after && !pinged_) {
        pinged_ = true;
        send_user_control(UserEvent::kPingRequest,
                          static_cast<std::uint32_t>((now - started_) / base::kMillisecond));  // RT-20
      }
      break;
    case State::kClosed: break;
  }
  return base::Ok{};
}

std::vector<std::uint8_t> Session::take_output() {
  std::vector<std::uint8_t> output = handshake_.take_output();
  if (output.empty()) return writer_.take_output();
  const std::vector<std::uint8_t> chunks = writer_.take_output();
  output.insert(output.end(), chunks.begin(), chunks.end());
  return output;
}

std::size_t Session::held() const { return handshake_.held() + reader_.held() + writer_.held() + waiting_.capacity(); }

base::Status Session::on_message(Message&& message) {
  switch (message.type) {
    case Type::kAudio:
    case Type::kVideo: on_media(std::move(message)); break;
    case Type::kDataAmf0:
    case Type::kDataAmf3: on_data(std::move(message)); break;
    case Type::kAggregate: return on_aggregate(message);
    case Type::kCommandAmf0:
    case Type::kCommandAmf3: return on_command_message(message);
    case Type::kUserControl: on_user_control(message); break;
    case Type::kWindowAckSize:
      if (const std::uint32_t window = number_of(message.payload.view()); window != 0) peer_window_ = window;
      break;
    case Type::kAcknowledgement:
    case Type::kSetPeerBandwidth: break;  // what we send is too little to pace
    default: ++counters_.ignored_messages; break;
  }
  return base::Ok{};
}

void Session::on_user_control(const Message& message) {
  if (message.payload.size() < 6) return;
  const base::View payload = message.payload.view();
  const auto event = static_cast<UserEvent>(payload[0] << 8 | payload[1]);
  if (event == UserEvent::kPingRequest) send_user_control(UserEvent::kPingResponse, number_of(payload.subspan(2)));
}

void Session::on_media(Message&& message) {
  // Some encoders leave the stream id out of media; another stream's is nobody's.
  const bool ours = message.stream_id == publish_stream_ || message.stream_id == 0;
  if (state_ != State::kPublishing || !ours) {
    ++counters_.ignored_messages;
    return;
  }
  handler_.on_media(std::move(message));
}

void Session::on_data(Message&& message) {
  if (message.type == Type::kDataAmf3) {
    // RT-22: a 0 byte, then AMF0.
    message.payload = message.payload.slice(1);
    message.type = Type::kDataAmf0;
  }
  if (message.payload.text().starts_with(kSetDataFrame)) message.payload = message.payload.slice(kSetDataFrame.size());
  if (!message.payload.empty()) on_media(std::move(message));
}

/// Spec: [rtmp 7.1.6]: tags as in an FLV file, times relative to the first one's.
base::Status Session::on_aggregate(const Message& message) {
  base::ByteReader reader(message.payload.view());
  std::optional<std::uint32_t> first;
  while (!reader.empty() && state_ == State::kPublishing) {
    TRY(const std::uint8_t type, reader.u8("aggregate type"));
    TRY(const std::uint32_t size, reader.u24("aggregate size"));
    TRY(const std::uint32_t low, reader.u24("aggregate timestamp"));
    TRY(const std::uint8_t high, reader.u8("aggregate timestamp"));
    TRY_OK(reader.skip(3, "aggregate stream id"));
    const std::size_t offset = reader.offset();
    TRY_OK(reader.skip(size, "aggregate payload"));
    if (!reader.empty()) TRY_OK(reader.skip(4, "aggregate back pointer"));
    const std::uint32_t timestamp = std::uint32_t{high} << 24 | low;
    if (!first) first = timestamp;
    Message part{static_cast<Type>(type), message.timestamp + (timestamp - *first), message.stream_id,
                 message.payload.slice(offset, size)};
    if (part.type == Type::kAudio || part.type == Type::kVideo) {
      on_media(std::move(part));
    } else if (part.type == Type::kDataAmf0) {
      on_data(std::move(part));
    }
  }
  return base::Ok{};
}

void Session::end_publish(std::string_view reason) {
  if (state_ != State::kPublishing && state_ != State::kPending) return;
  state_ = State::kConnected;
  phase_began_ = now_;
  reader_.set_limits({kEarly, kEarly, kEarly, kChunkStreams});
  handler_.on_publish_end(reason);
}

void Session::close(std::string_view reason) {
  end_publish(reason);
  state_ = State::kClosed;
}

void Session::send_number(Type type, std::uint32_t number) {
  base::ByteWriter payload;
  payload.u32(number);
  writer_.write(kControlChunks, type, 0, 0, payload.view());
}

void Session::send_user_control(UserEvent event, std::uint32_t number) {
  base::ByteWriter payload;
  payload.u16(static_cast<std::uint16_t>(event));
  payload.u32(number);
  writer_.write(kControlChunks, Type::kUserControl, 0, 0, payload.view());
}

}  // namespace rtmp

// What a Session does with commands, and the commands it sends.

#include <algorithm>
#include <array>
#include <utility>

#include "rtmp/publish_address.h"
#include "rtmp/session.h"

namespace rtmp {
namespace {

using amf::Value;
using base::Code;

constexpr std::uint8_t kCommandChunks = 3;
constexpr std::uint8_t kStreamChunks = 5;
constexpr std::uint8_t kDynamicLimit = 2;
// What FMS says of itself; encoders of its time look for the "FMS" in it.
constexpr const char* kServerVersion = "FMS/3,5,7,7009";
constexpr double kServerCapabilities = 31;

Value::Object status_object(std::string_view level, std::string_view code, std::string_view description) {
  return {{"level", level}, {"code", code}, {"description", description}};
}

bool ends_stream(std::string_view name) { return name == "FCUnpublish" || name == "closeStream"; }
bool plays(std::string_view name) { return name == "play" || name == "play2"; }

}  // namespace

const Value& Session::Command::argument(std::size_t i) const {
  static const Value kMissing;
  return i + 2 < values.size() ? values[i + 2] : kMissing;
}

base::Status Session::on_command_message(const Message& message) {
  base::View payload = message.payload.view();
  if (message.type == Type::kCommandAmf3 && !payload.empty()) payload = payload.subspan(1);  // RT-22
  base::Result<std::vector<Value>> values = amf::parse_values(payload);
  if (!values) {
    // RT-43 (AMF limits) closes the connection of an attacker; RT-21 (unknown markers) only ignores an encoder's
    // command.
    if (values.error().code == Code::kTooLarge) return values.error();
    ++counters_.ignored_commands;
    return base::Ok{};
  }
  Command command;
  command.values = values.take();
  command.stream_id = message.stream_id;
  if (command.values.empty() || command.values[0].text() == nullptr) {
    ++counters_.ignored_commands;
    return base::Ok{};
  }
  command.name = *command.values[0].text();
  if (command.values.size() > 1 && command.values[1].number() != nullptr) {
    command.transaction = *command.values[1].number();
  }
  return on_command(command);
}

base::Status Session::on_command(const Command& command) {
  const std::string& name = command.name;
  if (name == "connect") {
    if (state_ == State::kConnecting) on_connect(command);
    return base::Ok{};
  }
  if (state_ == State::kConnecting) {
    ++counters_.ignored_commands;  // nothing makes sense before it
  } else if (name == "createStream") {
    on_create_stream(command);
  } else if (name == "publish") {
    on_publish(command);
  } else if (name == "FCPublish") {
    on_fc_publish(command);
  } else if (name == "deleteStream") {
    on_delete_stream(command);
  } else if (ends_stream(name)) {
    end_publish(name);
  } else if (name == "releaseStream" || name == "_checkbw") {
    send_result(command, Value());  // RT-14
  } else if (name == "getStreamLength") {
    send_result(command, Value(0.0));
  } else if (plays(name)) {
    send_status(command.stream_id, "error", "NetStream.Play.Failed", "Kickoff takes RTMP in; play over HTTP");
    if (state_ != State::kPublishing) close("client wants to play");
  } else {
    ++counters_.ignored_commands;
  }
  return base::Ok{};
}

void Session::on_connect(const Command& command) {
  const Value& object = command.argument(0);
  app_ = object.text_or("app", "");
  tc_url_ = object.text_or("tcUrl", "");
  encoder_ = object.text_or("flashVer", "");
  capabilities_ = parse_capabilities(object);
  if (app_.empty()) {
    send_command(0, {"_error", command.transaction, Value::null(),
                     status_object("error", "NetConnection.Connect.Rejected", "connect names no app")});
    close("connect without app");
    return;
  }
  state_ = State::kConnected;
  answer_connect(command);
}

/// RT-11, in this order.
void Session::answer_connect(const Command& command) {
  send_number(Type::kWindowAckSize, options_.window);
  base::ByteWriter bandwidth;
  bandwidth.u32(options_.window);
  bandwidth.u8(kDynamicLimit);
  writer_.write(2, Type::kSetPeerBandwidth, 0, 0, bandwidth.view());
  writer_.set_chunk_size(options_.chunk_size);
  send_user_control(UserEvent::kStreamBegin, 0);

  Value::Object properties = {{"fmsVer", kServerVersion}, {"capabilities", kServerCapabilities}, {"mode", 1.0}};
  Value::Object information = status_object("status", "NetConnection.Connect.Success", "Connection succeeded.");
  information.push_back({"objectEncoding", command.argument(0).number_or("objectEncoding", 0)});
  // RT-37: the specification shows the properties; some clients look into the information object.
  add_supported(properties, capabilities_);
  add_supported(information, capabilities_);
  send_command(0, {"_result", command.transaction, std::move(properties), std::move(information)});
}

void Session::on_create_stream(const Command& command) {
  if (streams_.size() >= options_.streams) {
    send_command(0, {"_error", command.transaction, Value::null(),
                     status_object("error", "NetConnection.Call.Failed", "too many streams on one connection")});
    return;
  }
  std::uint32_t id = 1;
  while (std::find(streams_.begin(), streams_.end(), id) != streams_.end()) ++id;
  streams_.push_back(id);
  send_result(command, Value(static_cast<double>(id)));
}

void Session::on_fc_publish(const Command& command) {
  // FMLE waits for onFCPublish; the rest ignore it.
  const Value& name = command.argument(1);
  send_command(0, {"onFCPublish", 0.0, Value::null(),
                   status_object("status", "NetStream.Publish.Start", name.text() != nullptr ? *name.text() : "")});
  send_result(command, Value());
}

void Session::on_publish(const Command& command) {
  const Value& name = command.argument(1);
  if (name.boolean() != nullptr && !*name.boolean()) {
    end_publish("publish(false)");
    return;
  }
  if (state_ == State::kPublishing) {
    send_status(command.stream_id, "error", status::kBadName, "this connection publishes already");
    return;
  }
  publish_stream_ = command.stream_id;
  state_ = State::kPending;
  PublishAddress address = parse_publish_address(app_, name.text() != nullptr ? *name.text() : "", tc_url_);
  handler_.on_publish({std::move(address.app), std::move(address.stream), std::move(address.query),
                       std::move(address.key), std::move(address.other_keys), std::move(address.feed), tc_url_,
                       encoder_, capabilities_});
}

void Session::on_delete_stream(const Command& command) {
  const double* number = command.argument(1).number();
  if (number == nullptr) return;
  std::erase_if(streams_, [&](std::uint32_t id) { return static_cast<double>(id) == *number; });
  if (static_cast<double>(publish_stream_) == *number) end_publish(command.name);
}

void Session::accept_publish(std::string_view description) {
  if (state_ != State::kPending) return;
  state_ = State::kPublishing;
  last_heard_ = now_;
  const std::size_t limit = options_.message_limit;
  reader_.set_limits({limit, kEarly, 2 * limit, 64});
  send_user_control(UserEvent::kStreamBegin, publish_stream_);
  send_status(publish_stream_, "status", "NetStream.Publish.Start", description);  // RT-16
}

void Session::refuse_publish(std::string_view code, std::string_view description) {
  if (state_ != State::kPending) return;
  send_status(publish_stream_, "error", code, description);
  state_ = State::kClosed;
}

void Session::fail_publish(std::string_view code, std::string_view description) {
  if (state_ != State::kPublishing) return;
  send_status(publish_stream_, "error", code, description);
  close(description);
}

void Session::warn(std::string_view description) {
  if (state_ != State::kPublishing) return;
  send_status(publish_stream_, "warning", "NetStream.Publish.Warning", description);
}

bool Session::request_reconnect(std::string_view tc_url, std::string_view description) {
  if (!capabilities_.has(Capabilities::kReconnect) || finished()) return false;
  Value::Object object = status_object("status", "NetConnection.Connect.ReconnectRequest", description);
  if (!tc_url.empty()) object.push_back({"tcUrl", tc_url});
  send_command(0, {"onStatus", 0.0, Value::null(), std::move(object)});
  return true;
}

void Session::send_command(std::uint32_t stream_id, const std::vector<Value>& values) {
  const std::vector<std::uint8_t> payload = amf::write_values(values);
  writer_.write(stream_id == 0 ? kCommandChunks : kStreamChunks, Type::kCommandAmf0, stream_id, 0, payload);
}

void Session::send_result(const Command& command, Value value) {
  if (command.transaction == 0) return;  // nobody waits for it
  send_command(0, {"_result", command.transaction, Value::null(), std::move(value)});
}

void Session::send_status(std::uint32_t stream_id, std::string_view level, std::string_view code,
                          std::string_view description) {
  send_command(stream_id, {"onStatus", 0.0, Value::null(), status_object(level, code, description)});
}

}  // namespace rtmp

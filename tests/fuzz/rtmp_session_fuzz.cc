#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "rtmp/session.h"

namespace {

/// Accepts every publish and adds up what it is told.
class Handler : public rtmp::SessionHandler {
 public:
  rtmp::Session* session = nullptr;
  std::vector<std::uint64_t> trace;

  void on_publish(const rtmp::PublishRequest& request) override {
    trace.push_back(request.stream.size() + request.key.size());
    session->accept_publish();
  }
  void on_media(rtmp::Message&& message) override {
    std::uint64_t sum = std::uint64_t{message.timestamp} << 8 | static_cast<std::uint8_t>(message.type);
    for (const std::uint8_t byte : message.payload) sum = sum * 31 + byte;
    trace.push_back(sum);
  }
  void on_publish_end(std::string_view reason) override { trace.push_back(reason.size()); }
};

struct Run {
  explicit Run(base::View input, std::size_t step) : session({}, handler, 0) {
    handler.session = &session;
    static const std::vector<std::uint8_t> kHandshake = [] {
      std::vector<std::uint8_t> bytes(3073);
      bytes[0] = 3;
      return bytes;
    }();
    accepted = session.feed(kHandshake, 0).ok();
    for (std::size_t at = 0; at < input.size() && accepted; at += step) {
      accepted = session.feed(input.subspan(at, std::min(step, input.size() - at)), 0).ok();
      // RT-41: what is held follows what was received, whatever was declared.
      if (session.held() > 64 * input.size() + 65536) std::abort();
    }
  }
  Handler handler;
  rtmp::Session session;
  bool accepted = false;
};

}  // namespace

// The first byte chooses how the chunks after a handshake are cut: any cut must tell the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const base::View input(data + 1, size - 1);
  const Run whole(input, input.size() + 1);
  const Run cut(input, std::size_t{data[0]} + 1);
  if (whole.accepted != cut.accepted || whole.handler.trace != cut.handler.trace) std::abort();
  return 0;
}

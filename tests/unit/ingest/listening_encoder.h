#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <srt/srt.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ingest {

/// An encoder that is called: an SRT listener on 127.0.0.1. It does not block. Needs an SrtLibrary.
class ListeningEncoder {
 public:
  explicit ListeningEncoder(const std::string& passphrase = {}, std::uint16_t port = 0) : socket_(srt_create_socket()) {
    const bool blocking = false;
    srt_setsockflag(socket_, SRTO_RCVSYN, &blocking, sizeof blocking);
    if (!passphrase.empty()) {
      srt_setsockflag(socket_, SRTO_PASSPHRASE, passphrase.data(), static_cast<int>(passphrase.size()));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(srt_bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    srt_listen_callback(socket_, on_caller, this);
    EXPECT_EQ(srt_listen(socket_, 4), 0);
  }
  ~ListeningEncoder() {
    hang_up();
    srt_close(socket_);
  }
  ListeningEncoder(const ListeningEncoder&) = delete;
  ListeningEncoder& operator=(const ListeningEncoder&) = delete;

  std::uint16_t port() const {
    sockaddr_in address{};
    int size = sizeof address;
    srt_getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  /// Takes a caller that waits. True once there is one.
  bool answered() {
    if (caller_ == SRT_INVALID_SOCK) caller_ = srt_accept(socket_, nullptr, nullptr);
    return caller_ != SRT_INVALID_SOCK;
  }
  std::string stream_id() const {
    std::string text(512, '\0');
    int size = static_cast<int>(text.size());
    srt_getsockflag(caller_, SRTO_STREAMID, text.data(), &size);
    text.resize(static_cast<std::size_t>(size));
    return text;
  }
  void send(const std::vector<std::uint8_t>& payload) {
    srt_sendmsg(caller_, reinterpret_cast<const char*>(payload.data()), static_cast<int>(payload.size()), -1, 1);
  }
  void hang_up() {
    if (caller_ != SRT_INVALID_SOCK) srt_close(caller_);
    caller_ = SRT_INVALID_SOCK;
  }
  bool left_by_caller() const { return srt_getsockstate(caller_) != SRTS_CONNECTED; }

  int refuse_with = 0;  ///< a code of SR-5; set it before a caller comes

 private:
  static int on_caller(void* self, SRTSOCKET socket, int, const sockaddr*, const char*) {
    const int code = static_cast<ListeningEncoder*>(self)->refuse_with;
    if (code == 0) return 0;
    srt_setrejectreason(socket, code);
    return -1;
  }

  SRTSOCKET socket_;
  SRTSOCKET caller_ = SRT_INVALID_SOCK;
};

}  // namespace ingest

#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace app::testing {

/// A connected socket that blocks, ten seconds at most: when to give up, no limit of the server's.
class Socket {
 public:
  explicit Socket(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{10, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    connected = connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Socket() { close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void send(const std::string& bytes) { ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// Everything up to the peer's end.
  std::string receive_all() {
    std::string all;
    char buffer[65536];
    for (ssize_t length = 0; (length = recv(descriptor_, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(length));
    return all;
  }

  /// What comes up to these words; all there is where they do not come.
  std::string receive_until(const std::string& words) {
    std::string all;
    char byte = 0;
    while (all.find(words) == std::string::npos && recv(descriptor_, &byte, 1, 0) == 1) all += byte;
    return all;
  }

  bool connected = false;

 private:
  int descriptor_;
};

/// The whole answer, head and body; empty where nobody listens. `fields`: whole lines, further ones.
inline std::string fetch(std::uint16_t port, const std::string& path, const std::string& method = "GET",
                         const std::string& fields = "") {
  Socket client(port);
  if (!client.connected) return "";
  client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields + "\r\n");
  return client.receive_all();
}

/// "200", empty where there was no answer.
inline std::string status_of(const std::string& answer) { return answer.size() < 12 ? "" : answer.substr(9, 3); }

/// Turns until `done`, for what another thread is about to do; fails the test after a minute.
inline void wait_until(const std::function<bool()>& done) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!done()) {
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << "waited in vain";
    std::this_thread::yield();
  }
}

}  // namespace app::testing

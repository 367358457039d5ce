#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

/// Sends datagrams from a port of its own.
class UdpSender {
 public:
  explicit UdpSender(std::uint16_t port, const char* host = "127.0.0.1") : socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_port = htons(port);
    inet_pton(AF_INET, host, &address_.sin_addr);
    const in_addr loopback{htonl(INADDR_LOOPBACK)};
    setsockopt(socket_, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback);
  }
  ~UdpSender() { close(socket_); }
  UdpSender(const UdpSender&) = delete;
  UdpSender& operator=(const UdpSender&) = delete;

  bool send(const std::vector<std::uint8_t>& bytes) {
    return sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&address_),
                  sizeof address_) == static_cast<ssize_t>(bytes.size());
  }
  bool send(const std::string& text) { return send(std::vector<std::uint8_t>(text.begin(), text.end())); }

 private:
  int socket_;
  sockaddr_in address_{};
};

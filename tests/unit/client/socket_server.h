#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace client {

/// Reads requests one after another, a connection a thread, and answers with what a function gives; an empty answer
/// leaves the client waiting.
class SocketServer {
 public:
  explicit SocketServer(std::function<std::string(const std::string& request)> answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 16);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~SocketServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& one : servers_) one.join();
    for (const int socket : sockets_) close(socket);
    close(listener_);
  }

  std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return sockets_.size();
  }

 private:
  void accept_all() {
    for (int socket = 0; (socket = accept(listener_, nullptr, nullptr)) >= 0;) {
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      servers_.emplace_back([this, socket] { serve(socket); });
    }
  }
  void serve(int socket) {
    std::string text;
    char bytes[65536];
    for (ssize_t count = 0; (count = recv(socket, bytes, sizeof bytes, 0)) > 0;) {
      text.append(bytes, static_cast<std::size_t>(count));
      const std::size_t head = text.find("\r\n\r\n");
      if (head == text.npos) continue;
      const std::size_t length = text.find("Content-Length: ");
      const std::size_t body = length == text.npos ? 0 : std::stoul(text.substr(length + 16));
      if (text.size() < head + 4 + body) continue;
      const std::string answer = answer_(text);
      send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
      text.clear();
    }
  }

  const std::function<std::string(const std::string&)> answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> servers_;  ///< the acceptor's, until it has ended
  std::thread acceptor_;
};

inline std::string ok(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

}  // namespace client

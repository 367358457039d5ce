#pragma once

#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "tls/session.h"

namespace tls_test {

/// A TLS client over memory, for tests: what it says is moved to a server session by hand.
class Client {
 public:
  explicit Client(const std::string& alpn_wire = "", int version = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_, version);
    SSL_CTX_set_min_proto_version(context_, version < TLS1_2_VERSION ? version : TLS1_2_VERSION);
    if (version < TLS1_2_VERSION) SSL_CTX_set_security_level(context_, 0);
    ssl_ = SSL_new(context_);
    from_server_ = BIO_new(BIO_s_mem());
    to_server_ = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(from_server_, -1);
    SSL_set_bio(ssl_, from_server_, to_server_);
    if (!alpn_wire.empty())
      SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(alpn_wire.data()),
                          static_cast<unsigned int>(alpn_wire.size()));
    SSL_set_connect_state(ssl_);
  }
  ~Client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool handshake() { return SSL_do_handshake(ssl_) == 1; }
  void give(base::View bytes) {
    if (!bytes.empty()) BIO_write(from_server_, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::vector<std::uint8_t> take() {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BIO_pending(to_server_)));
    if (!bytes.empty()) BIO_read(to_server_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }
  void say(const std::string& text) { SSL_write(ssl_, text.data(), static_cast<int>(text.size())); }
  std::string hear() {
    std::string text;
    char buffer[20000];
    for (int length = 0; (length = SSL_read(ssl_, buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<std::size_t>(length));
    return text;
  }
  SSL* ssl() { return ssl_; }
  SSL_CTX* context() { return context_; }

 private:
  SSL_CTX* context_;
  SSL* ssl_;
  BIO* from_server_;
  BIO* to_server_;
};

/// Moves bytes both ways until neither side has any, `step` bytes at a time to the server; its plaintext goes to
/// `plain`. Returns the first failure of the server's.
inline base::Status converse(Client& client, tls::Session& server, tls::Session::Buffer& plain,
                             std::size_t step = SIZE_MAX) {
  base::Status status = base::Ok{};
  for (bool moved = true; moved && status.ok();) {
    client.handshake();
    const auto bytes = client.take();
    moved = !bytes.empty();
    for (std::size_t at = 0; at < bytes.size() && status.ok(); at += std::min(step, bytes.size() - at)) {
      tls::Session::Buffer encrypted;
      status = server.feed(base::View(bytes).subspan(at, std::min(step, bytes.size() - at)), plain, encrypted);
      client.give(encrypted);
      moved = true;
    }
  }
  return status;
}

}  // namespace tls_test

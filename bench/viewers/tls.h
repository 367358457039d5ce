#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace viewers {

/// Makes TLS sessions of a client that trusts anybody: it is for loopback only.
class TlsClient {
 public:
  enum class Resume : bool { kNo, kYes };

  TlsClient(bool h2, Resume resume);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// A session over a connected socket. Owns: the caller; free with SSL_free.
  SSL* connect(int descriptor);
  bool wants_h2() const { return h2_; }

 private:
  static int keep_session(SSL* tls, SSL_SESSION* session);

  SSL_CTX* context_;
  SSL_SESSION* session_ = nullptr;  ///< the newest ticket, where sessions are resumed
  bool h2_;
};

}  // namespace viewers

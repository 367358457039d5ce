#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "tls/context.h"

struct ssl_st;

namespace tls {

/// Why a session failed, for counters; kNone while it has not.
enum class Failure : std::uint8_t {
  kNone,
  kNotTls,     ///< plain HTTP or other bytes on a TLS port
  kVersion,    ///< the client knows nothing from 1.2 up
  kCipher,     ///< no cipher or group in common
  kAlpn,       ///< no application protocol in common
  kClient,     ///< a client certificate that the authority did not sign, or that is not valid now
  kPeerAlert,  ///< the peer gave up: an unknown certificate authority, most often
  kProtocol,   ///< any other breach
};
inline constexpr std::size_t kFailures = static_cast<std::size_t>(Failure::kProtocol) + 1;
/// Label of a failure ("not_tls", "peer_alert" …).
std::string_view to_string(Failure failure);

/// One server-side TLS connection over bytes: no socket, no buffer of its own between calls (idle connections hold
/// what OpenSSL needs and nothing else). What it produces is appended to vectors the caller owns and reuses.
/// Thread: one loop's.
class Session {
 public:
  using Buffer = std::vector<std::uint8_t>;

  /// Waits for a client hello. Errors: kSystem when out of memory.
  static base::Result<std::unique_ptr<Session>> accept(std::shared_ptr<const Context> context);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Takes what came from the socket, cut anywhere; appends decrypted bytes to `plain`, and what must go to the peer
  /// (handshake, alerts, key updates) to `encrypted`, also on failure: send it, then close.
  /// Errors: kMalformed; the session is lost and failure() says why.
  base::Status feed(base::View from_peer, Buffer& plain, Buffer& encrypted);

  /// Encrypts the slices in order into records as full as 16 KiB allows, across slice boundaries, and appends them
  /// to `encrypted`. Errors: kSystem. REQUIRES: established().
  base::Status write(std::span<const base::Bytes> slices, Buffer& encrypted);

  /// Appends close_notify: nothing may be written after it. Does nothing before the handshake is done.
  void close(Buffer& encrypted);

  bool established() const { return established_; }
  /// The peer sent close_notify: no plaintext comes any more.
  bool peer_closed() const { return peer_closed_; }
  Failure failure() const { return failure_; }

  /// The protocol agreed on ("h2"), empty without ALPN. REQUIRES: established().
  std::string_view alpn() const;
  /// The client has shown a certificate of the context's authority, now or in the session that this one resumes. False
  /// where the context names none. REQUIRES: established().
  bool peer_certified() const;
  /// The handshake resumed an earlier session by its ticket. REQUIRES: established().
  bool resumed() const;
  /// "TLSv1.3". REQUIRES: established().
  std::string_view version() const;

 private:
  friend struct SessionBio;
  explicit Session(std::shared_ptr<const Context> context) : context_(std::move(context)) {}

  base::Status fail(const char* what);
  base::Status read_records(Buffer& plain);

  std::shared_ptr<const Context> context_;
  ssl_st* ssl_ = nullptr;
  base::View input_;          ///< not yet read by OpenSSL; only within feed()
  Buffer* output_ = nullptr;  ///< where OpenSSL writes; only within a call
  bool established_ = false;
  bool peer_closed_ = false;
  Failure failure_ = Failure::kNone;
};

}  // namespace tls

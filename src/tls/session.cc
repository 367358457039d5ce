#include "tls/session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>

namespace tls {

/// What OpenSSL sees as its transport: reads what feed() was given, appends what it writes to the caller's buffer.
struct SessionBio {
  static int read(BIO* bio, char* to, int length) {
    auto* session = static_cast<Session*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (length <= 0) return 0;
    if (session->input_.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t taken = std::min(static_cast<std::size_t>(length), session->input_.size());
    std::memcpy(to, session->input_.data(), taken);
    session->input_ = session->input_.subspan(taken);
    return static_cast<int>(taken);
  }

  static int write(BIO* bio, const char* from, int length) {
    auto* session = static_cast<Session*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (length <= 0 || session->output_ == nullptr) return 0;
    session->output_->insert(session->output_->end(), from, from + length);
    return length;
  }

  static long control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
  }

  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const kMethod = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kickoff");
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      BIO_meth_set_create(made, create);
      return made;
    }();
    return kMethod;
  }
};

namespace {

constexpr std::size_t kRecord = SSL3_RT_MAX_PLAIN_LENGTH;  // 16,384

Failure failure_of(unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_PACKET_LENGTH_TOO_LONG: return Failure::kNotTls;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW: return Failure::kVersion;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SHARED_GROUPS: return Failure::kCipher;
    case SSL_R_NO_APPLICATION_PROTOCOL: return Failure::kAlpn;
    case SSL_R_CERTIFICATE_VERIFY_FAILED: return Failure::kClient;
    default: break;
  }
  // Alerts received are reported as 1000 plus the alert's number.
  return reason >= SSL_AD_REASON_OFFSET ? Failure::kPeerAlert : Failure::kProtocol;
}

/// Room for one record while it is read or gathered; the thread's, not the connection's.
std::uint8_t* record_scratch() {
  static thread_local std::vector<std::uint8_t> scratch(kRecord);
  return scratch.data();
}

}  // namespace

std::string_view to_string(Failure failure) {
  switch (failure) {
    case Failure::kNone: return "none";
    case Failure::kNotTls: return "not_tls";
    case Failure::kVersion: return "version";
    case Failure::kCipher: return "cipher";
    case Failure::kAlpn: return "alpn";
    case Failure::kClient: return "client_certificate";
    case Failure::kPeerAlert: return "peer_alert";
    case Failure::kProtocol: return "protocol";
  }
  return "unknown";
}

base::Result<std::unique_ptr<Session>> Session::accept(std::shared_ptr<const Context> context) {
  std::unique_ptr<Session> session(new Session(std::move(context)));
  session->ssl_ = SSL_new(session->context_->handle());
  BIO* bio = BIO_new(SessionBio::method());
  if (session->ssl_ == nullptr || bio == nullptr) {
    BIO_free(bio);
    ERR_clear_error();
    return base::Error{base::Code::kSystem, "TLS session: out of memory"};
  }
  BIO_set_data(bio, session.get());
  SSL_set_bio(session->ssl_, bio, bio);
  SSL_set_accept_state(session->ssl_);
  return session;
}

Session::~Session() { SSL_free(ssl_); }

base::Status Session::fail(const char* what) {
  const unsigned long code = ERR_peek_error();
  failure_ = failure_of(code);
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  std::string text = what;
  if (reason != nullptr) text += std::string(": ") + reason;
  return base::Error{base::Code::kMalformed, std::move(text)};
}

base::Status Session::feed(base::View from_peer, Buffer& plain, Buffer& encrypted) {
  if (failure_ != Failure::kNone) return base::Error{base::Code::kMalformed, "TLS session already failed"};
  input_ = from_peer;
  output_ = &encrypted;
  ERR_clear_error();
  base::Status status = base::Ok{};
  if (!established_) {
    const int outcome = SSL_do_handshake(ssl_);
    established_ = outcome == 1;
    if (outcome != 1 && SSL_get_error(ssl_, outcome) != SSL_ERROR_WANT_READ) status = fail("TLS handshake");
  }
  if (established_ && status.ok()) status = read_records(plain);
  input_ = {};
  output_ = nullptr;
  return status;
}

base::Status Session::read_records(Buffer& plain) {
  while (!peer_closed_) {
    std::uint8_t* const scratch = record_scratch();
    const int outcome = SSL_read(ssl_, scratch, static_cast<int>(kRecord));
    if (outcome > 0) {
      plain.insert(plain.end(), scratch, scratch + outcome);
      continue;
    }
    switch (SSL_get_error(ssl_, outcome)) {
      case SSL_ERROR_WANT_READ: return base::Ok{};
      case SSL_ERROR_ZERO_RETURN: peer_closed_ = true; break;
      default: return fail("TLS record");
    }
  }
  return base::Ok{};
}

base::Status Session::write(std::span<const base::Bytes> slices, Buffer& encrypted) {
  output_ = &encrypted;
  ERR_clear_error();
  std::uint8_t* const scratch = record_scratch();
  std::size_t gathered = 0;
  bool sent = true;
  const auto send = [&](const std::uint8_t* from, std::size_t length) {
    sent = sent && SSL_write(ssl_, from, static_cast<int>(length)) == static_cast<int>(length);
  };
  for (const base::Bytes& slice : slices) {
    base::View rest = slice.view();
    while (!rest.empty()) {
      // Whole records go straight from the shared bytes; only what straddles two slices is copied together.
      if (gathered == 0 && rest.size() >= kRecord) {
        const std::size_t whole = rest.size() / kRecord * kRecord;
        send(rest.data(), std::min(whole, kRecord * 64));
        rest = rest.subspan(std::min(whole, kRecord * 64));
        continue;
      }
      const std::size_t taken = std::min(rest.size(), kRecord - gathered);
      std::memcpy(scratch + gathered, rest.data(), taken);
      gathered += taken;
      rest = rest.subspan(taken);
      if (gathered == kRecord) send(scratch, std::exchange(gathered, 0));
    }
  }
  if (gathered != 0) send(scratch, gathered);
  output_ = nullptr;
  if (sent) return base::Ok{};
  base::Status status = fail("TLS write");
  return base::Error{base::Code::kSystem, status.error().what};
}

void Session::close(Buffer& encrypted) {
  if (!established_ || failure_ != Failure::kNone) return;
  output_ = &encrypted;
  SSL_shutdown(ssl_);
  ERR_clear_error();
  output_ = nullptr;
}

std::string_view Session::alpn() const {
  const unsigned char* name = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl_, &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

bool Session::peer_certified() const {
  return SSL_get0_peer_certificate(ssl_) != nullptr && SSL_get_verify_result(ssl_) == X509_V_OK;
}

bool Session::resumed() const { return SSL_session_reused(ssl_) == 1; }

std::string_view Session::version() const { return SSL_get_version(ssl_); }

}  // namespace tls

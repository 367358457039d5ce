#include "tls/context.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "tls/self_signed.h"

namespace tls {
namespace {

// AEAD with ephemeral keys only (LL-118). AES-128 first: it is the cheapest with AES-NI and as good as needed; clients
// without AES hardware that list ChaCha20 first get that (SSL_OP_PRIORITIZE_CHACHA).
constexpr const char* kCiphers12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr const char* kCiphers13 = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
constexpr const char* kGroups = "X25519:P-256:P-384";

std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return reason == nullptr ? "unknown error" : reason;
}

int select_alpn(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                unsigned int offered_length, void* context) {
  const std::string& ours = static_cast<const Context*>(context)->alpn_wire();
  unsigned char* pick = nullptr;
  const int outcome = SSL_select_next_proto(&pick, length, reinterpret_cast<const unsigned char*>(ours.data()),
                                            static_cast<unsigned int>(ours.size()), offered, offered_length);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = pick;
  return SSL_TLSEXT_ERR_OK;
}

base::Status apply_rules(SSL_CTX* handle, const TicketKeys& keys) {
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  // No renegotiation: it exists for nothing we do and lets a client spend our CPU. No compression (CRIME).
  SSL_CTX_set_options(handle, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_RENEGOTIATION |
                                  SSL_OP_NO_COMPRESSION);
  // An idle viewer gives its 34 KiB of record buffers back.
  SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  // Tickets carry the session; a cache would be a lock shared by all loops. One ticket a handshake: a viewer resumes
  // one connection, and each ticket costs a record and 10 us.
  SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(handle, 1);
  SSL_CTX_set_timeout(handle, 2 * 3600);
  auto bytes = keys.bytes();
  const bool taken = SSL_CTX_set_cipher_list(handle, kCiphers12) == 1 &&
                     SSL_CTX_set_ciphersuites(handle, kCiphers13) == 1 &&
                     SSL_CTX_set1_groups_list(handle, kGroups) == 1 &&
                     SSL_CTX_set_tlsext_ticket_keys(handle, bytes.data(), bytes.size()) == 1;
  if (!taken) return base::Error{base::Code::kSystem, "TLS settings: " + last_reason()};
  return base::Ok{};
}

}  // namespace

base::Result<std::shared_ptr<const TicketKeys>> TicketKeys::make() {
  auto keys = std::make_shared<TicketKeys>();
  if (RAND_bytes(keys->bytes_.data(), static_cast<int>(kLength)) != 1)
    return base::Error{base::Code::kSystem, "random ticket keys: " + last_reason()};
  return std::shared_ptr<const TicketKeys>(std::move(keys));
}

base::Result<Credentials> Context::read_credentials(const Options& options) {
  CertificateFiles files{options.certificate_file, options.key_file};
  if (files.certificate.empty() != files.key.empty())
    return base::Error{base::Code::kNotFound, "a certificate and its key are given together or not at all"};
  if (files.certificate.empty()) {
    TRY(files, self_signed_certificate(options.state_directory));
  }
  return Credentials::read(files.certificate, files.key, options.client_authority_file);
}

base::Result<std::shared_ptr<const Context>> Context::make(const Options& options) {
  TRY(const Credentials credentials, read_credentials(options));
  return make(options, credentials);
}

base::Result<std::shared_ptr<const Context>> Context::make(const Options& options, const Credentials& credentials) {
  std::shared_ptr<const TicketKeys> keys = options.ticket_keys;
  if (keys == nullptr) {
    TRY(keys, TicketKeys::make());
  }

  ERR_clear_error();
  SSL_CTX* handle = SSL_CTX_new(TLS_server_method());
  if (handle == nullptr) return base::Error{base::Code::kSystem, "TLS context: " + last_reason()};
  std::shared_ptr<Context> context(new Context(handle));
  TRY_OK(use_credentials(handle, credentials));
  TRY_OK(apply_rules(handle, *keys));
  if (!options.client_authority_file.empty()) TRY_OK(use_client_authority(handle, credentials));
  context->validity_ = validity_of(handle);
  for (const std::string& name : options.alpn) {
    if (name.empty() || name.size() > 255) return base::Error{base::Code::kMalformed, "ALPN name \"" + name + "\""};
    context->alpn_wire_ += static_cast<char>(name.size());
    context->alpn_wire_ += name;
  }
  if (!context->alpn_wire_.empty()) SSL_CTX_set_alpn_select_cb(handle, select_alpn, context.get());
  return std::shared_ptr<const Context>(std::move(context));
}

Context::~Context() { SSL_CTX_free(handle_); }

}  // namespace tls

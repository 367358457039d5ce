#include "tls/credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "base/regular_file.h"
#include "crypto/sha256.h"
#include "tls/owned.h"

namespace tls {
namespace {

// Ends in an error instead of OpenSSL's own question at the terminal, which would stop the thread.
int refuse_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Memory memory_of(const std::string& pem) { return Memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

base::Error refused(const std::string& file, const char* what, unsigned long code) {
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return base::Error{base::Code::kMalformed, file + what + (reason == nullptr ? "unknown error" : reason)};
}

bool is_end_of_pem(unsigned long code) {
  return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

base::Status use_chain(SSL_CTX* context, const Credentials& credentials) {
  constexpr const char* kIsNone = " is no certificate in PEM: ";
  const std::string& file = credentials.certificate_file;
  bool asked = false;
  const Memory pem = memory_of(credentials.chain_pem);
  const Certificate leaf(PEM_read_bio_X509_AUX(pem.get(), nullptr, refuse_passphrase, &asked));
  if (leaf == nullptr) return refused(file, kIsNone, ERR_get_error());
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1)
    return refused(file, " cannot be used as a certificate: ", ERR_get_error());
  SSL_CTX_clear_chain_certs(context);
  while (Certificate next{PEM_read_bio_X509(pem.get(), nullptr, refuse_passphrase, &asked)}) {
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
      return refused(file, " has a chain that cannot be used: ", ERR_get_error());
  }
  if (const unsigned long code = ERR_peek_last_error(); !is_end_of_pem(code)) return refused(file, kIsNone, code);
  ERR_clear_error();
  return base::Ok{};
}

base::Status use_key(SSL_CTX* context, const Credentials& credentials) {
  const std::string& file = credentials.key_file;
  bool asked = false;
  const Memory pem = memory_of(credentials.key_pem);
  const Key key(PEM_read_bio_PrivateKey(pem.get(), nullptr, refuse_passphrase, &asked));
  if (asked) {
    ERR_clear_error();
    return base::Error{base::Code::kUnsupported, file + " is an encrypted key, which is not supported; decrypt it: " +
                                                     "openssl pkey -in ENCRYPTED -out PLAIN"};
  }
  if (key == nullptr) return refused(file, " is no private key in PEM: ", ERR_get_error());
  // OpenSSL itself leaves the certificate out, without an error, where the key is another's.
  if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1) {
    ERR_clear_error();
    return base::Error{base::Code::kMalformed,
                       file + " is not the key of the certificate in " + credentials.certificate_file};
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return refused(file, " cannot be used as a key: ", ERR_get_error());
  return base::Ok{};
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm when{};
  return ASN1_TIME_to_tm(time, &when) == 1 ? timegm(&when) : 0;
}

}  // namespace

base::Result<Credentials> Credentials::read(const std::string& certificate_file, const std::string& key_file,
                                            const std::string& client_authority_file) {
  Credentials credentials;
  credentials.certificate_file = certificate_file;
  credentials.key_file = key_file;
  TRY(credentials.chain_pem, base::read_regular_file(certificate_file));
  TRY(credentials.key_pem, base::read_regular_file(key_file));
  credentials.client_authority_file = client_authority_file;
  if (!client_authority_file.empty()) {
    TRY(credentials.client_authority_pem, base::read_regular_file(client_authority_file));
  }
  return credentials;
}

base::Status use_credentials(SSL_CTX* context, const Credentials& credentials) {
  ERR_clear_error();
  TRY_OK(use_chain(context, credentials));
  return use_key(context, credentials);
}

base::Status use_client_authority(SSL_CTX* context, const Credentials& credentials) {
  ERR_clear_error();
  const std::string& file = credentials.client_authority_file;
  bool asked = false;
  const Memory pem = memory_of(credentials.client_authority_pem);
  int count = 0;
  while (const Certificate one{PEM_read_bio_X509(pem.get(), nullptr, refuse_passphrase, &asked)}) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get()) != 1 ||
        SSL_CTX_add_client_CA(context, one.get()) != 1)
      return refused(file, " cannot be used as an authority: ", ERR_get_error());
    ++count;
  }
  if (const unsigned long code = ERR_peek_last_error(); count == 0 || !is_end_of_pem(code))
    return refused(file, " holds no certificates in PEM: ", code);
  ERR_clear_error();
  // Tickets hold what was verified: those of another authority's time are no longer taken.
  const crypto::Sha256 name =
      crypto::sha256({reinterpret_cast<const std::uint8_t*>(credentials.client_authority_pem.data()),
                      credentials.client_authority_pem.size()});
  static_assert(sizeof name <= SSL_MAX_SID_CTX_LENGTH);
  SSL_CTX_set_session_id_context(context, name.data(), static_cast<unsigned int>(name.size()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return base::Ok{};
}

base::Status check_client_authority(const std::string& file) {
  Credentials credentials;
  credentials.client_authority_file = file;
  TRY(credentials.client_authority_pem, base::read_regular_file(file));
  const Rules rules(SSL_CTX_new(TLS_server_method()));
  return use_client_authority(rules.get(), credentials);
}

Validity validity_of(const SSL_CTX* context) {
  const X509* leaf = SSL_CTX_get0_certificate(context);
  if (leaf == nullptr) return {};
  return {seconds_of(X509_get0_notBefore(leaf)), seconds_of(X509_get0_notAfter(leaf))};
}

}  // namespace tls

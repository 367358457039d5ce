#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace tls {

/// A certificate and its key as files hold them: read once, so that every Context made of it has the same pair, even
/// while a renewal replaces the files.
struct Credentials {
  std::string certificate_file;  ///< path; for messages, and the name of the certificate in metrics
  std::string key_file;          ///< path
  std::string chain_pem;         ///< the leaf first, then its chain
  std::string key_pem;
  std::string client_authority_file;  ///< path; empty: none
  std::string client_authority_pem;

  /// Blocks on the disk. Errors: kNotFound, kUnsupported (no regular file), kTooLarge, kSystem, naming the file.
  static base::Result<Credentials> read(const std::string& certificate_file, const std::string& key_file,
                                        const std::string& client_authority_file = "");
};

/// Gives `context` the certificate, its chain and the key. Never asks anybody for a passphrase.
/// Errors: kUnsupported for an encrypted key; kMalformed, naming the file, for what is no certificate or key, or where
/// the two do not belong together.
base::Status use_credentials(ssl_ctx_st* context, const Credentials& credentials);

/// Has clients asked for a certificate of these authorities. A session that is resumed under another authority begins
/// anew. Errors: kMalformed, naming the file, for what holds no certificate.
base::Status use_client_authority(ssl_ctx_st* context, const Credentials& credentials);

/// Why no server would take that file as its clients' authority. Blocks on the disk. Errors: those of
/// Credentials::read and of use_client_authority().
base::Status check_client_authority(const std::string& file);

/// When a certificate is good. Units: seconds since 1970, UTC.
struct Validity {
  std::int64_t from = 0;
  std::int64_t until = 0;
};
/// Of the context's leaf certificate; zeros where it has none.
Validity validity_of(const ssl_ctx_st* context);

}  // namespace tls

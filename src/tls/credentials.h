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

  /// Blocks on the disk. Errors: kNotFound, kUnsupported (no regular file), kTooLarge, kSystem, naming the file.
  static base::Result<Credentials> read(const std::string& certificate_file, const std::string& key_file);
};

/// Gives `context` the certificate, its chain and the key. Never asks anybody for a passphrase.
/// Errors: kUnsupported for an encrypted key; kMalformed, naming the file, for what is no certificate or key, or where
/// the two do not belong together.
base::Status use_credentials(ssl_ctx_st* context, const Credentials& credentials);

/// When a certificate is good. Units: seconds since 1970, UTC.
struct Validity {
  std::int64_t from = 0;
  std::int64_t until = 0;
};
/// Of the context's leaf certificate; zeros where it has none.
Validity validity_of(const ssl_ctx_st* context);

}  // namespace tls

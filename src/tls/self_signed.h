#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tls {

struct CertificateFiles {
  std::string certificate;  ///< path of the PEM file
  std::string key;          ///< path of the PEM file, readable by its owner only
};

/// The self-signed certificate kept in `directory`, made when there is none or it is about to end: ECDSA P-256, valid
/// 13 months, for localhost, 127.0.0.1, ::1 and this machine's name (CF-26: TLS 1.2 and 1.3 clients take it once
/// trusted). Errors: kSystem with the path.
base::Result<CertificateFiles> self_signed_certificate(const std::string& directory);

/// The names in that certificate, as OpenSSL reads them. A `host` that is no DNS name (an underscore, say) would make
/// the extension unreadable, and is left out.
std::string alternative_names(std::string_view host);

}  // namespace tls

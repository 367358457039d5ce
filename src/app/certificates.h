#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "config/config.h"
#include "tls/context.h"

namespace app {

/// What the TLS ports serve with: one certificate, in one Context a protocol.
struct Certificates {
  std::shared_ptr<const tls::Context> https;
  std::shared_ptr<const tls::Context> rtmps;
  std::string name;  ///< the certificate's file
};

/// The certificate that a configuration names, or the self-signed one of its state directory. `keys`: those of the
/// session tickets, or null. Blocks on the disk: not for a loop's thread. Errors: those of tls::Context::make.
base::Result<Certificates> load_certificates(const config::Config& config,
                                             const std::shared_ptr<const tls::TicketKeys>& keys);

/// What an operator has to know of a certificate that clients refuse now, or in less than two weeks; empty where it is
/// good for longer. Units: `now` in seconds since 1970, UTC.
std::string certificate_warning(const tls::Validity& validity, std::int64_t now);

/// Writes that warning into the log, if there is one.
void warn_of(const Certificates& certificates, std::int64_t now);

}  // namespace app

#include "app/certificates.h"

#include "base/log.h"

namespace app {
namespace {

constexpr std::int64_t kDay = 24 * 3600;
// Renewal by ACME is due a month before the end: at two weeks it has failed for a while.
constexpr std::int64_t kWarnBefore = 14 * kDay;

std::string time_of(std::int64_t seconds) { return base::format_utc(seconds * base::kSecond); }

}  // namespace

base::Result<Certificates> load_certificates(const config::Config& config,
                                             const std::shared_ptr<const tls::TicketKeys>& keys) {
  tls::Context::Options options;
  options.certificate_file = config.http.certificate;
  options.key_file = config.http.key;
  options.state_directory = config.state_directory;
  options.ticket_keys = keys;
  options.client_authority_file = config.http.origin_lock.client_ca;
  Certificates certificates;
  TRY(const tls::Credentials credentials, tls::Context::read_credentials(options));
  certificates.name = credentials.certificate_file;
  TRY(certificates.https, tls::Context::make(options, credentials));
  options.alpn.clear();
  options.client_authority_file.clear();  // encoders have keys
  TRY(certificates.rtmps, tls::Context::make(options, credentials));
  return certificates;
}

std::string certificate_warning(const tls::Validity& validity, std::int64_t now) {
  if (now >= validity.until) return "expired at " + time_of(validity.until) + ": clients refuse it";
  if (now < validity.from) return "is not valid before " + time_of(validity.from) + ": clients refuse it";
  if (validity.until - now >= kWarnBefore) return "";
  return "expires in " + std::to_string((validity.until - now) / kDay) + " days, at " + time_of(validity.until) +
         ": renew it, then send SIGHUP";
}

void warn_of(const Certificates& certificates, std::int64_t now) {
  const std::string warning = certificate_warning(certificates.https->validity(), now);
  if (!warning.empty()) base::log_warn("app", "certificate", {{"file", certificates.name}, {"problem", warning}});
}

}  // namespace app

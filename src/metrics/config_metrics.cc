#include "metrics/config_metrics.h"

namespace metrics {

void add_config(Families& out, const Reloads& reloads, const std::vector<Certificate>& certificates) {
  out.gauge("kickoff_config_last_reload_success",
            "1 if the last reload of the configuration succeeded, 0 if it was refused: the log says why.", {},
            reloads.last_succeeded ? 1 : 0);
  out.gauge("kickoff_config_last_reload_timestamp_seconds",
            "Unix time of the last reload of the configuration, whether it succeeded or not, or of the start.", {},
            static_cast<double>(reloads.last_at));
  out.gauge("kickoff_config_last_reload_success_timestamp_seconds",
            "Unix time of the last successful reload of the configuration, or of the start.", {},
            static_cast<double>(reloads.last_success_at));
  for (const Certificate& certificate : certificates) {
    out.gauge("kickoff_tls_certificate_expiry_timestamp_seconds",
              "Unix time at which the certificate of the TLS ports expires, by its file.",
              {{"certificate", certificate.file}}, static_cast<double>(certificate.expires));
  }
}

void add_token_keys(Families& out, const TokenKeys& keys) {
  out.gauge("kickoff_token_keys", "Keys that viewers' tokens are checked with.", {}, static_cast<double>(keys.keys));
  out.counter("kickoff_token_key_fetches_total", "Requests for http.tokens.jwks_url.", {},
              static_cast<double>(keys.fetches));
  out.counter("kickoff_token_key_fetches_failed_total",
              "Those without an answer that has keys: the log says why, and the keys stay as they were.", {},
              static_cast<double>(keys.failures));
  out.gauge("kickoff_token_keys_fetched_timestamp_seconds",
            "Unix time at which http.tokens.jwks_url gave keys last, be it before the start; 0: never.", {},
            static_cast<double>(keys.fetched));
  for (const std::string_view state : TokenKeys::kKeptStates)
    out.gauge("kickoff_token_kept_keys",
              "1 for what became of the key set that was kept over the restart. used: the URL has not answered since; "
              "too_old and damaged: it was not taken.",
              {{"state", std::string(state)}}, keys.kept == state ? 1 : 0);
}

}  // namespace metrics

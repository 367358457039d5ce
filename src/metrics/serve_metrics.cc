#include "metrics/serve_metrics.h"

#include <vector>

namespace metrics {
namespace {

double count(const serve::Counter& counter) { return static_cast<double>(counter.get()); }

Labels also(Labels labels, const char* name, std::string_view value) {
  labels.emplace_back(name, std::string(value));
  return labels;
}

void add_histogram(Families& out, const char* name, const char* help, const Labels& labels,
                   const serve::Histogram& from) {
  std::vector<double> bounds;
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i < from.bounds().size(); ++i) {
    bounds.push_back(static_cast<double>(from.bounds()[i]) / 1e6);
    counts.push_back(from.count(i));
  }
  counts.push_back(from.count(from.bounds().size()));
  out.histogram(name, help, labels, bounds, counts, static_cast<double>(from.sum()) / 1e6);
}

void add_requests(Families& out, const Labels& labels, const serve::Counters& counters) {
  static constexpr std::array<const char*, 4> kClasses = {"2xx", "3xx", "4xx", "5xx"};
  for (std::size_t kind = 0; kind < serve::kObjectKinds; ++kind) {
    const Labels with_kind = also(labels, "object", serve::to_string(static_cast<serve::ObjectKind>(kind)));
    for (std::size_t status = 0; status < kClasses.size(); ++status) {
      out.counter("kickoff_http_requests_total", "Requests answered, by kind of object and status class.",
                  also(with_kind, "code", kClasses[status]), count(counters.requests[kind][status]));
    }
  }
  for (std::size_t cause = 1; cause < serve::kCauses; ++cause) {
    out.counter("kickoff_http_refusals_total", "Requests refused, by cause.",
                also(labels, "cause", serve::to_string(static_cast<serve::Cause>(cause))),
                count(counters.causes[cause]));
  }
}

void add_tokens(Families& out, const Labels& labels, const serve::Counters& counters) {
  for (std::size_t fault = 0; fault < tokens::kFaults; ++fault) {
    out.counter("kickoff_token_requests_total",
                "Requests for channels that need a token, by what came of it: accepted, or why it was refused.",
                also(labels, "result", tokens::to_string(static_cast<tokens::Fault>(fault))),
                count(counters.tokens[fault]));
  }
  out.counter("kickoff_token_cache_hits_total", "Tokens that had been checked before, and needed no more than that.",
              labels, count(counters.tokens_known));
  out.counter("kickoff_token_checks_total", "Tokens whose signature was checked.", labels,
              count(counters.tokens_checked));
}

}  // namespace

void add_serve_loop(Families& out, const std::string& loop, const serve::Counters& counters, double busy) {
  const Labels labels = {{"loop", loop}};
  add_requests(out, labels, counters);
  add_tokens(out, labels, counters);
  out.counter("kickoff_http_sent_bytes_total", "Bytes sent to viewers, TLS included.", labels,
              count(counters.bytes_sent));
  out.gauge("kickoff_http_connections", "Open connections.", labels, count(counters.connections));
  out.gauge("kickoff_http2_connections", "Open HTTP/2 connections; kickoff_http_connections includes them.", labels,
            count(counters.http2_connections));
  out.counter("kickoff_http_connections_total", "Connections accepted.", labels, count(counters.connections_total));
  out.counter("kickoff_http_connections_refused_total", "Connections refused because there were too many.", labels,
              count(counters.connections_refused));
  const char* const limited =
      "Connections closed because one address had too many, by reason: rate (they came too fast), half_open (the "
      "oldest "
      "without a whole request).";
  out.counter("kickoff_http_connections_limited_total", limited, also(labels, "reason", "rate"),
              count(counters.connections_limited[serve::Counters::kByRate]));
  out.counter("kickoff_http_connections_limited_total", limited, also(labels, "reason", "half_open"),
              count(counters.connections_limited[serve::Counters::kByHalfOpen]));
  out.gauge("kickoff_http_parked_requests", "Requests held until what they wait for exists.", labels,
            count(counters.parked));
  out.gauge("kickoff_http_journal_reads", "Answers with media of the journal that are being sent.", labels,
            count(counters.file_bodies));
  out.counter("kickoff_http_journal_bytes_total", "Bytes of media read from the journal for viewers.", labels,
              count(counters.file_bytes));
  out.counter("kickoff_http_journal_failed_total",
              "Answers cut off because the journal's file could not be read; see the log for why.", labels,
              count(counters.file_errors));
  out.gauge("kickoff_relay_edges", "Edges' requests for channels' logs that are being answered.", labels,
            count(counters.relay_streams));
  out.counter("kickoff_relay_bytes_total", "Bytes given to edges.", labels, count(counters.relay_bytes));
  out.counter("kickoff_relay_cut_total",
              "Answers to edges cut off because the edge read too slowly, or another log began: it comes again.",
              labels, count(counters.relay_cut));
  out.counter("kickoff_http_reports_lost_total", "Posted reports of players (CMCD) that name no channel that is here.",
              labels, count(counters.reports_lost));
  out.counter("kickoff_http_joins_total",
              "Viewers that joined: first multivariant playlist requests of a CMCD session or a connection.", labels,
              count(counters.joins));
  out.gauge("kickoff_http_joins_in_flight",
            "Viewers that joined in the last ten seconds and have received no media yet.", labels,
            count(counters.joining));
  out.counter("kickoff_http_joins_redirected_total", "Joins sent to the overflow pathway for want of headroom.", labels,
              count(counters.joins_redirected));
  add_histogram(out, "kickoff_http_join_seconds", "From a join to its first media on the same connection.", labels,
                counters.join_time);
  out.counter("kickoff_tls_handshakes_total", "TLS handshakes completed.", labels, count(counters.tls_handshakes));
  out.counter("kickoff_tls_resumptions_total",
              "TLS handshakes that resumed a session; kickoff_tls_handshakes_total includes them.", labels,
              count(counters.tls_resumptions));
  for (std::size_t failure = 0; failure < tls::kFailures; ++failure) {
    out.counter("kickoff_tls_failures_total", "TLS sessions that failed, by kind.",
                also(labels, "kind", tls::to_string(static_cast<tls::Failure>(failure))),
                count(counters.tls_failures[failure]));
  }
  out.counter("kickoff_http_timeouts_total", "Connections closed because of a timeout.", labels,
              count(counters.timeouts));
  const char* const reset =
      "HTTP/2 streams reset: timeout (the client read nothing of the answer), limit (too large a request).";
  out.counter("kickoff_http2_streams_reset_total", reset, also(labels, "reason", "timeout"),
              count(counters.streams_expired));
  out.counter("kickoff_http2_streams_reset_total", reset, also(labels, "reason", "limit"),
              count(counters.streams_refused));
  add_histogram(out, "kickoff_http_blocked_wait_seconds", "How long held requests were held.", labels,
                counters.blocked_wait);
  add_histogram(out, "kickoff_http_part_to_last_byte_seconds",
                "From a part's publication to its last byte handed to the kernel, for requests that waited for it.",
                labels, counters.part_to_last_byte);
  add_histogram(out, "kickoff_http_wake_pass_seconds",
                "From a part's publication to the last waiter of the pass answered.", labels, counters.wake_pass);
  out.gauge("kickoff_loop_busy_ratio", "Share of the last second in which the loop was busy.", labels, busy);
}

}  // namespace metrics

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/journal_writer.h"
#include "channel/admission.h"
#include "channel/histogram.h"
#include "channel/report.h"
#include "events/alarms.h"
#include "events/log_writer.h"
#include "harvest/jobs.h"
#include "ingest/pull.h"
#include "ingest/rtmp_connection.h"
#include "ingest/srt_listener.h"
#include "metrics/process_use.h"
#include "registry/origin_watch.h"
#include "registry/registry.h"
#include "relay/edge.h"
#include "serve/audience.h"
#include "serve/counters.h"
#include "upload/uploader.h"
#include "webhook/admission.h"
#include "webhook/report.h"

namespace metrics {

/// One serve loop. `counters` may be read while the loop writes.
struct ServeLoop {
  std::string name;
  const serve::Counters* counters = nullptr;
  double busy = 0;                              ///< share of the last second in which it did not wait
  const serve::Audiences* audiences = nullptr;  ///< null: none
};

/// How the configuration in use came to be. The start counts as the first reload. Units: seconds since 1970, UTC.
struct Reloads {
  bool last_succeeded = true;
  std::int64_t last_at = 0;
  std::int64_t last_success_at = 0;
};

/// A certificate that the instance serves with.
struct Certificate {
  std::string file;
  std::int64_t expires = 0;  ///< Units: seconds since 1970, UTC.
};

/// The keys that viewers' tokens are checked with, and the requests for them.
struct TokenKeys {
  std::size_t keys = 0;
  std::uint64_t fetches = 0;
  std::uint64_t failures = 0;  ///< of those
  std::int64_t fetched = 0;    ///< Units: seconds since 1970, UTC; 0: never.
  std::string_view kept;       ///< one of kKeptStates
  static constexpr std::array<std::string_view, 4> kKeptStates{"unused", "used", "too_old", "damaged"};
};

/// Everything that an instance exports to Prometheus, except what is read from serve loops and /proc while writing.
struct Instance {
  std::string version;
  base::Micros now = 0;  ///< steady
  double main_loop_busy = 0;
  double cpu_idle = 1;  ///< share of the CPU that nobody used in the last second
  std::uint64_t publishers_denied = 0;
  channel::LimitCounters publishes_limited{};
  std::uint64_t channels_reduced = 0;
  std::size_t workers_waiting = 0;
  std::uint64_t worker_parent_restarts = 0;
  ingest::RtmpCounters rtmp;
  ingest::RtmpCounters rtmps;
  ingest::SrtCounters srt;
  std::vector<ingest::SrtStats> srt_sockets;
  std::vector<ingest::PullStats> pulled;
  Reloads reloads;
  std::optional<TokenKeys> token_keys;  ///< nothing: none come by themselves
  std::vector<Certificate> certificates;
  std::vector<std::pair<std::string_view, std::uint64_t>> events;  ///< by type, also those that are 0
  std::vector<events::Alarms::Alarm> alarms;                       ///< that are set
  std::vector<channel::Report> channels;
  /// May be read while the journal's thread writes; null: there is no journal.
  const archive::JournalWriter::Counters* journal = nullptr;
  int journal_restored = 0;  ///< channels, at the start
  std::vector<upload::Report> uploads;
  std::optional<harvest::Jobs::Counters> jobs;  ///< nothing: there is no journal
  std::vector<webhook::Report> webhooks;
  std::optional<relay::EdgeReport> edge;               ///< nothing: it is no edge
  std::optional<events::LogWriter::Report> event_log;  ///< nothing: there are no files
  registry::Report registry;
  std::optional<webhook::Admissions::Counters> publish_hook;  ///< nothing: it was never configured
  std::optional<registry::WatchReport> watch;                 ///< nothing: it looks for no origins
};

/// What the administration port counts of its requests.
struct AdminPort {
  struct Requests {
    std::string method;
    std::string route;                           ///< as declared: "/api/v1/channels/{name}/publisher"
    std::array<std::uint64_t, 4> by_class = {};  ///< 2xx, 3xx, 4xx, 5xx
  };
  std::vector<Requests> requests;
  std::vector<std::pair<std::string, std::uint64_t>> refused;  ///< by reason
  std::size_t connections = 0;
  std::uint64_t connections_total = 0;
  channel::Histogram duration{channel::kLatencyBounds};
};

/// The page in Prometheus' text format 0.0.4 (OP-1). Labels are bounded: channel, rendition, protocol, code class,
/// loop, route. Costs about a microsecond a series, and reads /proc for each worker. Thread: any but a loop that must
/// not wait.
std::string write_exposition(const Instance& instance, const std::vector<ServeLoop>& loops, const AdminPort& admin);

}  // namespace metrics

#include "metrics/exposition.h"

#include <prometheus/text_serializer.h>
#include <unistd.h>

#include "base/log.h"
#include "metrics/admin_metrics.h"
#include "metrics/alarm_metrics.h"
#include "metrics/audience_metrics.h"
#include "metrics/channel_metrics.h"
#include "metrics/config_metrics.h"
#include "metrics/edge_metrics.h"
#include "metrics/event_log_metrics.h"
#include "metrics/families.h"
#include "metrics/job_metrics.h"
#include "metrics/journal_metrics.h"
#include "metrics/publish_hook_metrics.h"
#include "metrics/pull_metrics.h"
#include "metrics/registry_metrics.h"
#include "metrics/serve_metrics.h"
#include "metrics/upload_metrics.h"
#include "metrics/webhook_metrics.h"

namespace metrics {
namespace {

double number(std::uint64_t value) { return static_cast<double>(value); }

void add_process(Families& out, const Instance& instance) {
  const ProcessUse use = read_process_use(getpid());
  const DescriptorUse descriptors = read_descriptor_use();
  out.gauge("kickoff_build_info", "1, with the version as a label.", {{"version", instance.version}}, 1);
  out.counter("kickoff_process_cpu_seconds_total", "CPU time of the server process, workers not included.", {},
              use.cpu_seconds);
  out.gauge("kickoff_process_resident_bytes", "Resident memory of the server process.", {}, number(use.resident));
  out.gauge("kickoff_process_open_descriptors", "Open descriptors.", {}, number(descriptors.open));
  out.gauge("kickoff_process_descriptor_limit", "Descriptors the process may have.", {}, number(descriptors.limit));
  out.counter("kickoff_log_lines_lost_total", "Log lines lost because standard error was not read fast enough.", {},
              number(base::log_lines_lost()));
  out.gauge("kickoff_loop_busy_ratio", "Share of the last second in which the loop was busy.", {{"loop", "control"}},
            instance.main_loop_busy);
  out.gauge("kickoff_cpu_idle_ratio",
            "Share of the CPU that nobody used in the last second: of the cores that the server may run on, or of its "
            "control group's quota if that is less. Below 0.1 channels of a lower priority do less for others.",
            {}, instance.cpu_idle);
  out.counter("kickoff_publishes_denied_total", "Publishers refused for their key, their name or an unknown channel.",
              {}, number(instance.publishers_denied));
  const char* limited =
      "Publishers refused because of a limit in the configuration's section limits: there is a flood, or a limit is "
      "too low.";
  for (const channel::Limit limit : channel::kLimits) {
    out.counter("kickoff_publishes_limited_total", limited, {{"limit", std::string(channel::to_string(limit))}},
                number(instance.publishes_limited[static_cast<std::size_t>(limit)]));
  }
  out.counter("kickoff_publishes_limited_total", limited, {{"limit", "publishes_per_connection"}},
              number(instance.rtmp.publishes_limited + instance.rtmps.publishes_limited));
  out.counter("kickoff_channels_reduced_total",
              "Sessions of channels that began without the largest rungs of their ladders because the CPU did not "
              "suffice for all of them (limits.beyond_cpu_reserve: smaller_ladder).",
              {}, number(instance.channels_reduced));
  out.gauge("kickoff_workers_waiting",
            "Media workers that wait to be started. If this stays above 0 for seconds, the CPU is overloaded.", {},
            number(instance.workers_waiting));
  out.counter("kickoff_worker_parent_restarts_total",
              "Times the process that starts media workers died, or did not answer and was killed, and was replaced.",
              {}, number(instance.worker_parent_restarts));
}

/// The number to scale or balance load by, and the resources whose minimum it is.
void add_headroom(Families& out, const Instance& instance, const std::vector<ServeLoop>& loops) {
  std::vector<const serve::Counters*> counters;
  counters.reserve(loops.size());
  for (const ServeLoop& loop : loops) counters.push_back(loop.counters);
  const serve::Headroom headroom = serve::headroom_of(counters, instance.main_loop_busy);
  out.gauge("kickoff_headroom_ratio", "What the scarcest resource of the instance has left: 1 all, 0 nothing.", {},
            headroom.least());
  for (std::size_t i = 0; i < serve::kResources; ++i) {
    out.gauge("kickoff_headroom_resource_ratio", "What is left of each resource: 1 all, 0 nothing.",
              {{"resource", std::string(serve::to_string(static_cast<serve::Resource>(i)))}}, headroom.left[i]);
  }
}

void add_rtmp(Families& out, const char* protocol, const ingest::RtmpCounters& counters) {
  const Labels labels = {{"protocol", protocol}};
  out.gauge("kickoff_rtmp_connections", "Open RTMP connections.", labels, number(counters.connections));
  out.gauge("kickoff_rtmp_half_open", "RTMP connections whose handshake is not complete.", labels,
            number(counters.half_open));
  out.gauge("kickoff_rtmp_publishing", "RTMP connections that publish.", labels, number(counters.publishing));
  out.counter("kickoff_rtmp_accepted_total", "RTMP connections accepted.", labels, number(counters.accepted));
  out.counter("kickoff_rtmp_limited_total", "RTMP connections refused or closed because of a limit.", labels,
              number(counters.limited));
  out.counter("kickoff_rtmp_timeouts_total",
              "RTMP connections closed because the handshake, the publish command or media took too long.", labels,
              number(counters.timeouts));
  out.counter("kickoff_rtmp_protocol_errors_total", "RTMP connections closed because of a protocol error.", labels,
              number(counters.protocol_errors));
  out.counter("kickoff_rtmp_tls_errors_total", "RTMPS connections closed because TLS failed.", labels,
              number(counters.tls_errors));
  out.counter("kickoff_rtmp_publishes_total", "RTMP publishes admitted.", labels, number(counters.publishes));
  out.counter("kickoff_rtmp_refused_total", "RTMP publishes refused.", labels, number(counters.refused));
  out.counter("kickoff_rtmp_denied_total", "RTMP publishes refused for a wrong or missing key, or a bad name.", labels,
              number(counters.denied));
  out.counter("kickoff_rtmp_unplayable_total", "RTMP publishes ended and tracks left out for their codec.", labels,
              number(counters.unplayable));
  out.counter("kickoff_rtmp_received_bytes_total", "Bytes received over RTMP, after TLS.", labels,
              number(counters.bytes));
}

void add_srt(Families& out, const ingest::SrtCounters& counters) {
  out.gauge("kickoff_srt_publishing", "Live SRT publishers.", {}, number(counters.publishing));
  out.counter("kickoff_srt_accepted_total", "SRT callers that were admitted and completed the handshake.", {},
              number(counters.accepted));
  out.counter("kickoff_srt_publishes_total", "SRT publishes admitted.", {}, number(counters.publishes));
  for (const ingest::SrtReject code : ingest::kSrtRejects) {
    const auto found = counters.refused.find(code);
    out.counter("kickoff_srt_refused_total", "SRT callers refused, by the rejection code that they received.",
                {{"code", std::to_string(static_cast<int>(code))}},
                found == counters.refused.end() ? 0 : number(found->second));
  }
  out.counter("kickoff_srt_failed_handshakes_total",
              "SRT callers refused by the library: wrong or unexpected passphrase, file mode.", {},
              number(counters.failed_handshakes));
  out.counter("kickoff_srt_late_refusals_total",
              "SRT callers refused after the handshake, by their channel or by publish_hook.", {},
              number(counters.late_refusals));
  out.counter("kickoff_srt_received_bytes_total", "Payload bytes received over SRT.", {}, number(counters.bytes));
  out.counter("kickoff_srt_discarded_bytes_total", "Payload bytes dropped because the channel could not keep up.", {},
              number(counters.bytes_discarded));
}

void add_srt_socket(Families& out, const ingest::SrtStats& stats) {
  const Labels labels = {{"channel", stats.channel}, {"feed", stats.feed}};
  out.gauge("kickoff_srt_rtt_seconds", "Round trip time to the publisher.", labels, stats.rtt_ms / 1000);
  out.gauge("kickoff_srt_latency_seconds", "Receive latency negotiated with the publisher.", labels,
            stats.latency_ms / 1000.0);
  out.gauge("kickoff_srt_buffer_seconds", "Media waiting in the receive buffer.", labels, stats.buffer_ms / 1000.0);
  out.gauge("kickoff_srt_receive_bytes_per_second", "Rate received.", labels, stats.receive_mbps * 125e3);
  out.gauge("kickoff_srt_link_bytes_per_second", "Estimated bandwidth of the link.", labels,
            stats.bandwidth_mbps * 125e3);
  out.gauge("kickoff_srt_reorder_tolerance_packets",
            "Packets out of order that are waited for before a retransmission is requested.", labels,
            stats.reorder_tolerance_packets);
  out.gauge("kickoff_srt_buffer_free_bytes", "Free space of the receive buffer.", labels, stats.buffer_free_bytes);
  out.gauge("kickoff_srt_encryption_state", "Key exchange: 0 none, 1 securing, 2 secured, 3 no secret, 4 bad secret.",
            labels, static_cast<int>(stats.encryption));
  const char* packets = "Packets of the connected SRT publisher, by outcome.";
  const std::pair<const char*, std::uint64_t> outcomes[] = {
      {"received", stats.packets_received_total}, {"unique", stats.packets_received_unique_total},
      {"lost", stats.packets_lost_total},         {"retransmitted", stats.packets_retransmitted_total},
      {"dropped", stats.packets_dropped_total},   {"undecrypted", stats.packets_undecrypted_total},
      {"belated", stats.packets_belated_total},   {"nak_sent", stats.naks_sent_total}};
  for (const auto& [outcome, count] : outcomes) {
    out.counter("kickoff_srt_packets_total", packets,
                {{"channel", stats.channel}, {"feed", stats.feed}, {"outcome", outcome}}, number(count));
  }
  out.counter("kickoff_srt_socket_received_bytes_total", "Bytes received from the connected SRT publisher.", labels,
              number(stats.bytes_received_total));
}

}  // namespace

std::string write_exposition(const Instance& instance, const std::vector<ServeLoop>& loops, const AdminPort& admin) {
  Families out;
  add_process(out, instance);
  add_config(out, instance.reloads, instance.certificates);
  if (instance.token_keys) add_token_keys(out, *instance.token_keys);
  for (const auto& [type, count] : instance.events) {
    out.counter("kickoff_events_total", "Events appended to the event log (/api/v1/events), by type.",
                {{"type", std::string(type)}}, number(count));
  }
  add_alarms(out, instance.alarms);
  if (instance.event_log) add_event_log(out, *instance.event_log);
  if (instance.publish_hook) add_publish_hook(out, *instance.publish_hook);
  add_headroom(out, instance, loops);
  add_rtmp(out, "rtmp", instance.rtmp);
  add_rtmp(out, "rtmps", instance.rtmps);
  add_srt(out, instance.srt);
  for (const ingest::SrtStats& stats : instance.srt_sockets) add_srt_socket(out, stats);
  for (const ingest::PullStats& stats : instance.pulled) add_pull(out, stats);
  for (const ServeLoop& loop : loops) add_serve_loop(out, loop.name, *loop.counters, loop.busy);
  std::vector<const serve::Audiences*> audiences;
  for (const ServeLoop& loop : loops)
    if (loop.audiences != nullptr) audiences.push_back(loop.audiences);
  add_audiences(out, audiences, instance.now);
  add_admin_port(out, admin);
  if (instance.journal != nullptr) add_journal(out, *instance.journal, instance.journal_restored);
  add_uploads(out, instance.uploads);
  if (instance.jobs) add_jobs(out, *instance.jobs);
  if (instance.registry.used) add_registry(out, instance.registry);
  if (instance.watch) add_watch(out, *instance.watch);
  add_webhooks(out, instance.webhooks);
  if (instance.edge) add_edge(out, *instance.edge);
  for (const channel::Report& report : instance.channels) {
    const ProcessUse worker = report.worker.pid > 0 ? read_process_use(report.worker.pid) : ProcessUse{};
    add_channel(out, report, worker);
  }
  return prometheus::TextSerializer().Serialize(out.take());
}

}  // namespace metrics

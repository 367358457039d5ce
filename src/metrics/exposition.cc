#include "metrics/exposition.h"

#include <prometheus/text_serializer.h>
#include <unistd.h>

#include "metrics/channel_metrics.h"
#include "metrics/families.h"
#include "metrics/serve_metrics.h"

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
  out.gauge("kickoff_loop_busy_ratio", "Share of the last second in which the loop did not wait.",
            {{"loop", "control"}}, instance.main_loop_busy);
  out.counter("kickoff_publishes_denied_total", "Publishers refused for their key, their name or an unknown channel.",
              {}, number(instance.publishers_denied));
  out.counter("kickoff_worker_parent_restarts_total", "Times the workers' warmed parent had to be started again.", {},
              number(instance.worker_parent_restarts));
}

void add_rtmp(Families& out, const char* protocol, const ingest::RtmpCounters& counters) {
  const Labels labels = {{"protocol", protocol}};
  out.gauge("kickoff_rtmp_connections", "Open RTMP connections.", labels, number(counters.connections));
  out.gauge("kickoff_rtmp_half_open", "Of these, still shaking hands.", labels, number(counters.half_open));
  out.gauge("kickoff_rtmp_publishing", "Of these, publishing.", labels, number(counters.publishing));
  out.counter("kickoff_rtmp_accepted_total", "RTMP connections accepted.", labels, number(counters.accepted));
  out.counter("kickoff_rtmp_limited_total", "RTMP connections turned away or cut for a limit.", labels,
              number(counters.limited));
  out.counter("kickoff_rtmp_timeouts_total", "RTMP connections ended for a handshake, publish or idle limit.", labels,
              number(counters.timeouts));
  out.counter("kickoff_rtmp_protocol_errors_total", "RTMP connections ended for a breach of protocol.", labels,
              number(counters.protocol_errors));
  out.counter("kickoff_rtmp_tls_errors_total", "RTMPS connections ended for a failure of TLS.", labels,
              number(counters.tls_errors));
  out.counter("kickoff_rtmp_publishes_total", "RTMP publishes admitted.", labels, number(counters.publishes));
  out.counter("kickoff_rtmp_refused_total", "RTMP publishes refused.", labels, number(counters.refused));
  out.counter("kickoff_rtmp_denied_total", "RTMP publishes refused for a wrong or missing key.", labels,
              number(counters.denied));
  out.counter("kickoff_rtmp_unplayable_total", "RTMP publishes ended and tracks left out for their codec.", labels,
              number(counters.unplayable));
  out.counter("kickoff_rtmp_received_bytes_total", "Bytes received over RTMP, after TLS.", labels,
              number(counters.bytes));
}

}  // namespace

std::string write_exposition(const Instance& instance, const std::vector<ServeLoop>& loops) {
  Families out;
  add_process(out, instance);
  add_rtmp(out, "rtmp", instance.rtmp);
  add_rtmp(out, "rtmps", instance.rtmps);
  for (const ServeLoop& loop : loops) add_serve_loop(out, loop.name, *loop.counters, loop.busy);
  for (const channel::Report& report : instance.channels) {
    const ProcessUse worker = report.worker.pid > 0 ? read_process_use(report.worker.pid) : ProcessUse{};
    add_channel(out, report, worker);
  }
  return prometheus::TextSerializer().Serialize(out.take());
}

}  // namespace metrics

#include "metrics/audience_metrics.h"

#include <map>
#include <string>

namespace metrics {
namespace {

// One histogram of all loops.
struct Together {
  std::vector<double> bounds;
  std::vector<std::uint64_t> counts;
  double sum = 0;

  /// `unit`: what is one of the metric's units.
  void add(const serve::Histogram& from, double unit = 1e6) {
    if (bounds.empty()) {
      for (const std::int64_t bound : from.bounds()) bounds.push_back(static_cast<double>(bound) / unit);
      counts.resize(bounds.size() + 1);
    }
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += from.count(i);
    sum += static_cast<double>(from.sum()) / unit;
  }
};

struct Sum {
  std::uint64_t reports = 0;
  std::uint64_t malformed = 0;
  std::uint64_t events = 0;
  std::uint64_t stalls = 0;
  std::uint64_t stalled_ms = 0;
  Together buffer;
  Together latency;
  Together start_delay;
  Together bitrate;
  base::DistinctCount sessions;

  void add(const serve::Audience& audience, base::Micros now) {
    reports += audience.reports.get();
    malformed += audience.malformed.get();
    events += audience.events.get();
    stalls += audience.stalls.get();
    stalled_ms += audience.stalled_ms.get();
    buffer.add(audience.buffer);
    latency.add(audience.latency);
    start_delay.add(audience.start_delay);
    bitrate.add(audience.bitrate, 1);
    audience.add_sessions(sessions, now);
  }
};

void add_sum(Families& out, const std::string& channel, const Sum& sum) {
  const Labels labels{{"channel", channel}};
  out.gauge("kickoff_viewer_sessions",
            "Sessions of players that told of themselves (CMCD) in the last 30 to 60 s, to within 2 or 3 %.", labels,
            sum.sessions.estimate());
  out.counter("kickoff_viewer_reports_total",
              "Reports of players about themselves (CMCD): with a request, or of an event.", labels,
              static_cast<double>(sum.reports));
  out.counter("kickoff_viewer_event_reports_total",
              "The same that were posted for an event; kickoff_viewer_reports_total includes them.", labels,
              static_cast<double>(sum.events));
  out.counter("kickoff_viewer_reports_malformed_total", "Reports whose data could not be read.", labels,
              static_cast<double>(sum.malformed));
  out.counter("kickoff_viewer_stalls_total",
              "Reports that playback stood still for lack of media (CMCD bs of a request, sta=r of an event).", labels,
              static_cast<double>(sum.stalls));
  out.counter("kickoff_viewer_stalled_seconds_total", "How long it did, of players that say so (CMCD 2, bsd).", labels,
              static_cast<double>(sum.stalled_ms) / 1e3);
  // Few players tell of all of these.
  const auto histogram = [&](const char* name, const char* help, const Together& of) {
    if (of.sum > 0) out.histogram(name, help, labels, of.bounds, of.counts, of.sum);
  };
  histogram("kickoff_viewer_buffer_seconds",
            "Media that players had buffered when they requested more video while playing (CMCD bl).", sum.buffer);
  histogram("kickoff_viewer_latency_seconds", "How far behind live players were, as they say (CMCD 2, ltc).",
            sum.latency);
  histogram("kickoff_viewer_start_seconds",
            "From the viewer's wish to the first picture, as players say (CMCD 2, msd).", sum.start_delay);
  histogram("kickoff_viewer_bitrate_bits_per_second", "Bitrate of the video that players load (CMCD br).", sum.bitrate);
}

}  // namespace

void add_audiences(Families& out, const std::vector<const serve::Audiences*>& loops, base::Micros now) {
  std::map<std::string, Sum> channels;
  for (const serve::Audiences* const loop : loops)
    for (const auto& [channel, audience] : loop->all()) channels[channel].add(*audience, now);
  for (const auto& [channel, sum] : channels) add_sum(out, channel, sum);
}

}  // namespace metrics

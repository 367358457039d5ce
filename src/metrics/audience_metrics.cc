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

  void add(const serve::Histogram& from) {
    if (bounds.empty()) {
      for (const base::Micros bound : from.bounds()) bounds.push_back(static_cast<double>(bound) / 1e6);
      counts.resize(bounds.size() + 1);
    }
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += from.count(i);
    sum += static_cast<double>(from.sum()) / 1e6;
  }
};

struct Sum {
  std::uint64_t reports = 0;
  std::uint64_t malformed = 0;
  std::uint64_t stalls = 0;
  Together buffer;
  Together latency;
  Together start_delay;
  base::DistinctCount sessions;

  void add(const serve::Audience& audience, base::Micros now) {
    reports += audience.reports.get();
    malformed += audience.malformed.get();
    stalls += audience.stalls.get();
    buffer.add(audience.buffer);
    latency.add(audience.latency);
    start_delay.add(audience.start_delay);
    audience.add_sessions(sessions, now);
  }
};

void add_sum(Families& out, const std::string& channel, const Sum& sum) {
  const Labels labels{{"channel", channel}};
  out.gauge("kickoff_viewer_sessions",
            "Sessions of players that told of themselves (CMCD) in the last 30 to 60 s, to within 2 or 3 %.", labels,
            sum.sessions.estimate());
  out.counter("kickoff_viewer_reports_total", "Requests in which players told of themselves (CMCD).", labels,
              static_cast<double>(sum.reports));
  out.counter("kickoff_viewer_reports_malformed_total", "The same whose data could not be read.", labels,
              static_cast<double>(sum.malformed));
  out.counter("kickoff_viewer_stalls_total",
              "Reports that playback stood still for lack of media since the one before (CMCD bs).", labels,
              static_cast<double>(sum.stalls));
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
}

}  // namespace

void add_audiences(Families& out, const std::vector<const serve::Audiences*>& loops, base::Micros now) {
  std::map<std::string, Sum> channels;
  for (const serve::Audiences* const loop : loops)
    for (const auto& [channel, audience] : loop->all()) channels[channel].add(*audience, now);
  for (const auto& [channel, sum] : channels) add_sum(out, channel, sum);
}

}  // namespace metrics

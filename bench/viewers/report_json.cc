#include <algorithm>
#include <cstdio>

#include "viewers/report.h"

namespace viewers {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}
std::string to_millis(Micros micros) { return decimal(static_cast<double>(micros) / 1000); }
std::string to_seconds(Micros micros) { return decimal(static_cast<double>(micros) / base::kSecond); }

/// Members of one JSON object, written one after the other.
class Object {
 public:
  Object& add(std::string_view name, const std::string& json) {
    if (out_.size() > 1) out_ += ',';
    out_ += quoted(name);
    out_ += ':';
    out_ += json;
    return *this;
  }
  Object& add(std::string_view name, std::uint64_t value) { return add(name, std::to_string(value)); }
  std::string take() { return out_ + "}"; }

 private:
  std::string out_ = "{";
};

std::string times(const Histogram& h) {
  return Object()
      .add("p50", to_millis(h.quantile(0.5)))
      .add("p90", to_millis(h.quantile(0.9)))
      .add("p99", to_millis(h.quantile(0.99)))
      .add("max", to_millis(h.max()))
      .add("samples", h.count())
      .take();
}

std::string faults(const Tally& total) {
  Object kinds;
  for (const auto& [kind, fault] : total.faults) {
    std::string examples;
    for (const std::string& example : fault.examples) {
      if (!examples.empty()) examples += ',';
      examples += quoted(example);
    }
    kinds.add(kind, Object().add("count", fault.count).add("examples", "[" + examples + "]").take());
  }
  return kinds.take();
}

void add_counts(Object& out, const Tally& t) {
  static constexpr std::pair<const char*, Count> kNames[] = {
      {"responses", Count::kResponses},
      {"bytes", Count::kBytes},
      {"playlists", Count::kPlaylists},
      {"deltas", Count::kDeltas},
      {"parts", Count::kParts},
      {"segments", Count::kSegments},
      {"woken", Count::kWoken},
      {"switches", Count::kSwitches},
      {"left", Count::kLeft},
      {"joins", Count::kJoins},
      {"turned_away", Count::kTurnedAway},
      {"retried", Count::kRetried},
      {"stalls", Count::kStalls},
      {"stalled_viewers", Count::kStalled},
      {"never_played", Count::kUnjoined},
      {"ended", Count::kEnded},
      {"handshakes", Count::kHandshakes},
      {"resumed", Count::kResumed},
      {"hints_dropped", Count::kHintsDropped},
      {"slow_bytes", Count::kSlowBytes},
      {"slow_responses", Count::kSlowResponses},
      {"slow_closed", Count::kSlowClosed},
  };
  for (const auto& [name, count] : kNames) out.add(name, t.count(count));
}

std::string cpu(const Report& report, Micros used) {
  const auto each = [&](Count count) {
    const std::uint64_t n = report.total.count(count);
    return decimal(n == 0 ? 0 : static_cast<double>(used) / static_cast<double>(n));
  };
  return Object()
      .add("seconds", to_seconds(used))
      .add("share_of_core",
           decimal(static_cast<double>(used) / static_cast<double>(std::max<Micros>(report.measured, 1))))
      .add("micros_a_response", each(Count::kResponses))
      .add("micros_a_woken_viewer", each(Count::kWoken))
      .take();
}

/// The figures that most look for, under short names.
void add_summary(Object& out, const Options& options, const Report& report) {
  const Tally& t = report.total;
  const Delivery& d = report.delivery;
  // What the mode waits for: playlists in a crowd that reloads, parts in the others.
  const std::size_t first = options.mode == Mode::kReload ? 0 : 2;
  out.add("first_byte_ms", times(d.delays[first])).add("last_byte_ms", times(d.delays[first + 1]));
  const bool crowd = !d.spreads.empty();
  out.add("spread_last_ms", Object()
                                .add("median", to_millis(crowd ? d.spreads[d.spreads.size() / 2] : 0))
                                .add("worst", to_millis(crowd ? d.spreads.back() : 0))
                                .take());
  out.add("server_cpu_s", to_seconds(report.server_cpu)).add("generator_cpu_s", to_seconds(t.cpu));
  const auto responses = static_cast<double>(std::max<std::uint64_t>(t.count(Count::kResponses), 1));
  out.add("us_per_response_server", decimal(static_cast<double>(report.server_cpu) / responses));
  const double span = static_cast<double>(std::max<Micros>(report.measured, 1)) / base::kSecond;
  out.add("joins_per_s", decimal(static_cast<double>(t.count(Count::kJoins)) / span));
  Object kinds;
  for (const auto& [kind, fault] : t.faults) kinds.add(kind, fault.count);
  out.add("errors", kinds.take()).add("error_count", report.errors);
}

}  // namespace

std::string json(const Options& options, const Report& report) {
  const Tally& t = report.total;
  const Delivery& d = report.delivery;
  Object out;
  out.add("mode", quoted(name_of(options.mode))).add("viewers", options.viewers).add("processes", options.processes);
  out.add("http", quoted(options.h2 ? "2" : "1.1")).add("tls", options.url.tls ? "true" : "false");
  out.add("measured_seconds", to_seconds(report.measured));
  add_counts(out, t);
  out.add("publication_to_ms", Object()
                                   .add("playlist_first_byte", times(d.delays[0]))
                                   .add("playlist_last_byte", times(d.delays[1]))
                                   .add("part_first_byte", times(d.delays[2]))
                                   .add("part_last_byte", times(d.delays[3]))
                                   .take());
  out.add("utc_to_ms", Object()
                           .add("playlist_first_byte", times(t.span(Span::kPlaylistLate)))
                           .add("part_last_byte", times(t.span(Span::kPartLate)))
                           .take());
  out.add("startup_ms", times(t.span(Span::kStartup))).add("stall_ms", times(t.span(Span::kStall)));
  out.add("join_ms", times(t.span(Span::kJoin))).add("handshake_ms", times(t.span(Span::kHandshake)));
  Object spread;
  spread.add("rounds", d.spreads.size());
  if (!d.spreads.empty()) {
    spread.add("median", to_millis(d.spreads[d.spreads.size() / 2])).add("worst", to_millis(d.spreads.back()));
  }
  out.add("rounds", d.rounds).add("last_after_first_ms", spread.take());
  out.add("generator_cpu", cpu(report, t.cpu));
  if (!options.server_pids.empty()) out.add("server_cpu", cpu(report, report.server_cpu));
  out.add("generator_saturated", report.saturated() ? "true" : "false");
  add_summary(out, options, report);
  out.add("errors_by_kind", faults(t));
  return out.take() + "\n";
}

}  // namespace viewers

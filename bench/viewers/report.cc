#include "viewers/report.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace viewers {
namespace {

std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));
std::string format(const char* pattern, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(line, sizeof line, pattern, arguments);
  va_end(arguments);
  return line;
}

double millis(Micros micros) { return static_cast<double>(micros) / 1000; }
double seconds(Micros micros) { return static_cast<double>(micros) / base::kSecond; }
unsigned long long number(std::uint64_t value) { return value; }

std::string times(const char* name, const Histogram& h) {
  if (h.count() == 0) return "";
  return format("  %-34s %9.1f %9.1f %9.1f %9.1f  %llu\n", name, millis(h.quantile(0.5)), millis(h.quantile(0.9)),
                millis(h.quantile(0.99)), millis(h.max()), number(h.count()));
}

std::string counts(const Options& options, const Report& report) {
  const Tally& t = report.total;
  const double span = std::max(seconds(report.measured), 1e-6);
  std::string out = format("%s  %.1f s measured\n", std::string(name_of(options.mode)).c_str(), span);
  out += format("  responses %llu (%.0f a second), %.2f MB, playlists %llu (%llu delta), parts %llu, segments %llu\n",
                number(t.count(Count::kResponses)), static_cast<double>(t.count(Count::kResponses)) / span,
                static_cast<double>(t.count(Count::kBytes)) / 1e6, number(t.count(Count::kPlaylists)),
                number(t.count(Count::kDeltas)), number(t.count(Count::kParts)), number(t.count(Count::kSegments)));
  out += format(
      "  joins %llu (%.1f a second), turned away %llu, left %llu, switches %llu, never played %llu, ended %llu\n",
      number(t.count(Count::kJoins)), static_cast<double>(t.count(Count::kJoins)) / span,
      number(t.count(Count::kTurnedAway)), number(t.count(Count::kLeft)), number(t.count(Count::kSwitches)),
      number(t.count(Count::kUnjoined)), number(t.count(Count::kEnded)));
  if (options.mode == Mode::kWatch) {
    out += format("  stalls %llu of %llu viewers, hinted parts that never came %llu\n", number(t.count(Count::kStalls)),
                  number(t.count(Count::kStalled)), number(t.count(Count::kHintsDropped)));
  }
  if (t.count(Count::kHandshakes) > 0) {
    out += format("  TLS handshakes %llu, of them resumed %llu\n", number(t.count(Count::kHandshakes)),
                  number(t.count(Count::kResumed)));
  }
  if (options.slow > 0) {
    out += format("  slow readers %zu: %.2f MB, %llu responses, hung up on %llu times\n", options.slow,
                  static_cast<double>(t.count(Count::kSlowBytes)) / 1e6, number(t.count(Count::kSlowResponses)),
                  number(t.count(Count::kSlowClosed)));
  }
  return out;
}

std::string delays(const Report& report) {
  const Tally& t = report.total;
  const auto& d = report.delivery.delays;
  std::string out = format("  %-34s %9s %9s %9s %9s  %s\n", "ms", "p50", "p90", "p99", "max", "samples");
  out += times("publication to playlist, first byte", d[0]) + times("publication to playlist, last byte", d[1]);
  out += times("publication to part, first byte", d[2]) + times("publication to part, last byte", d[3]);
  out += times("part's end in UTC to playlist", t.span(Span::kPlaylistLate));
  out += times("part's end in UTC to part", t.span(Span::kPartLate));
  out += times("startup", t.span(Span::kStartup)) + times("stalled", t.span(Span::kStall));
  out +=
      times("join to second part", t.span(Span::kJoin)) + times("connect and TLS handshake", t.span(Span::kHandshake));
  const auto& spreads = report.delivery.spreads;
  if (!spreads.empty()) {
    out += format("  last response after the first: median %.1f ms, worst %.1f ms of %zu rounds\n",
                  millis(spreads[spreads.size() / 2]), millis(spreads.back()), spreads.size());
  }
  return out;
}

double per(Micros cpu, std::uint64_t count) {
  return count == 0 ? 0 : static_cast<double>(cpu) / static_cast<double>(count);
}

std::string use(const Options& options, const Report& report) {
  const Tally& t = report.total;
  const auto line = [&](const char* who, Micros cpu) {
    return format("  CPU of the %-9s %8.3f s, %5.1f %% of a core, %7.1f us a response, %7.1f us a woken viewer\n", who,
                  seconds(cpu), 100 * seconds(cpu) / std::max(seconds(report.measured), 1e-6),
                  per(cpu, t.count(Count::kResponses)), per(cpu, t.count(Count::kWoken)));
  };
  std::string out = line("generator", t.cpu);
  if (!options.server_pids.empty()) out += line("server", report.server_cpu);
  if (report.saturated()) {
    out += format("  WARNING: the generator was busy for %.0f %% of a core: times are its own, not the server's\n",
                  100 * report.generator_share);
  }
  return out;
}

std::string faults(const Report& report) {
  if (report.total.faults.empty()) return "  no errors\n";
  std::string out;
  for (const auto& [kind, fault] : report.total.faults) {
    out += format("  ERROR %s: %llu\n", kind.c_str(), number(fault.count));
    for (const std::string& example : fault.examples) out += "    " + example + "\n";
  }
  return out;
}

}  // namespace

Report make_report(const Options& options, Run& run) {
  Report report;
  std::vector<Rounds> rounds;
  for (Tally& tally : run.tallies) {
    report.total.merge(tally);
    report.generator_share =
        std::max(report.generator_share, seconds(tally.cpu) / std::max(seconds(run.measured), 1e-6));
    rounds.push_back(std::move(tally.rounds));
  }
  const bool crowd = options.mode == Mode::kReload || options.mode == Mode::kPart;
  report.delivery = deliver(rounds, run.measured_from, crowd ? options.viewers : 0,
                            options.mode == Mode::kPart ? Moment::kPartLast : Moment::kPlaylistLast);
  report.server_cpu = run.server_cpu;
  report.measured = run.measured;
  if (!run.failure.empty()) report.total.fault("generator", run.failure);
  for (const auto& [kind, fault] : report.total.faults) report.errors += fault.count;
  return report;
}

std::string table(const Options& options, const Report& report) {
  return counts(options, report) + delays(report) + use(options, report) + faults(report);
}

}  // namespace viewers

#include "metrics/publish_hook_metrics.h"

#include <array>

namespace metrics {

void add_publish_hook(Families& out, const webhook::Admissions::Counters& counters) {
  const auto add = [&](const char* from, const std::array<std::uint64_t, 2>& publishers) {
    for (const bool allow : {true, false}) {
      out.counter("kickoff_publish_hook_publishers_total",
                  "Publishers that publish_hook decided on, by decision and where it is from: the answer, an answer "
                  "that still held (cache), or none (on_timeout).",
                  {{"decision", allow ? "allowed" : "refused"}, {"from", from}},
                  static_cast<double>(publishers[allow ? 1 : 0]));
    }
  };
  add("answer", counters.answered);
  add("cache", counters.cached);
  add("none", counters.unanswered);
  out.counter("kickoff_publish_hook_failed_total",
              "Requests to publish_hook without a usable answer: too late, no connection, or not 2xx, 401 or 403.", {},
              static_cast<double>(counters.failures));
  out.counter("kickoff_publish_hook_overflow_total",
              "Publishers that were decided without asking because too many waited for publish_hook.", {},
              static_cast<double>(counters.overflows));
  out.gauge("kickoff_publish_hook_open", "Requests to publish_hook that wait for their answer.", {},
            static_cast<double>(counters.open));
}

}  // namespace metrics

#include "serve/event_reports.h"

#include <algorithm>

#include "cmcd/event_report.h"
#include "serve/replies.h"

namespace serve {
namespace {

constexpr const char* kAllowed = "POST, OPTIONS";
constexpr std::string_view kMethodText = "Only POST, of players' reports (CMCD version 2, event mode)\n";
constexpr std::string_view kTypeText =
    "Content-Type has to be application/cmcd, a report on each line, without Content-Encoding\n";
constexpr std::string_view kRateText = "Too many reports: send them again\n";
constexpr std::string_view kChannelText =
    "No such channel here: /cmcd/CHANNEL, or cid of each report, has to name one\n";
constexpr std::string_view kEmptyText = "The body has no report: one a line, as in e=t,sid=\"…\",sta=p,ts=…,v=2\n";
constexpr std::string_view kNoReportText =
    "No line of the body is a report of an event: each needs e, and keys as in CTA-5004\n";

Verdict refused(int status, std::string_view text, Cause cause, http::HeaderBlock::Fields more = {}) {
  return {make_posted(status, text, std::move(more)), cause};
}

}  // namespace

EventReports::EventReports(Counters& counters)
    : counters_(counters),
      taken_(make_posted(204, "")),
      preflight_(make_posted(204, "",
                             {{"access-control-allow-methods", kAllowed},
                              {"access-control-allow-headers", "Authorization, Content-Type"},
                              {"access-control-max-age", "86400"},
                              {"allow", kAllowed}})) {}

Verdict EventReports::take(const http::Request& request, std::string_view channel, const Find& find, base::Micros now) {
  if (request.method == http::Method::kOptions) return {preflight_};
  if (request.verb != "POST") return refused(405, kMethodText, Cause::kMethod, {{"allow", kAllowed}});
  if (!admit(now)) return refused(429, kRateText, Cause::kReportRate, {{"retry-after", "5"}});
  if (!cmcd::is_event_type(request.find("content-type")) || !request.find("content-encoding").empty())
    return refused(415, kTypeText, Cause::kMalformed);
  return count(request.body, channel, find, now);
}

Verdict EventReports::count(std::string_view body, std::string_view channel, const Find& find, base::Micros now) {
  Audience* const of_path = channel.empty() ? nullptr : find(channel);
  if (!channel.empty() && of_path == nullptr) return refused(404, kChannelText, Cause::kUnknownChannel);
  bool any = false;
  bool readable = false;
  bool taken = false;
  for (cmcd::EventReport event = cmcd::take_event(body); event.found != cmcd::Found::kNone;
       event = cmcd::take_event(body)) {
    any = true;
    const bool good = event.found == cmcd::Found::kReport;
    readable = readable || good;
    Audience* const audience = of_path != nullptr ? of_path : good ? find(event.content) : nullptr;
    if (audience == nullptr) {
      counters_.reports_lost.add();
      continue;
    }
    audience->note_event(event.found, event.report, now);
    taken = taken || good;
  }
  if (taken) return {taken_};
  if (readable) return refused(400, kChannelText, Cause::kUnknownChannel);
  return refused(400, any ? kNoReportText : kEmptyText, Cause::kMalformed);
}

bool EventReports::admit(base::Micros now) {
  constexpr std::int64_t kFull = std::int64_t{kRate} * base::kSecond;
  // A second fills it: a longer time is not multiplied.
  const base::Micros since = std::clamp<base::Micros>(now - refilled_, 0, base::kSecond);
  tokens_ = std::min(kFull, tokens_ + since * kRate);
  refilled_ = now;
  if (tokens_ < base::kSecond) return false;
  tokens_ -= base::kSecond;
  return true;
}

}  // namespace serve

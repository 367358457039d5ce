#include "desk/desk.h"

#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/printable.h"
#include "desk/views.h"

namespace desk {
namespace {

using nlohmann::json;

constexpr int kFault = 1;
constexpr base::Micros kTimeout = 15 * base::kSecond;

/// Why the server did not do it, in its own words. Spec: [RFC 9457]
std::string reason_of(const client::Answer& answer) {
  if (answer.status == 0) return answer.error;
  const json problem = json::parse(answer.body, nullptr, false);
  std::string detail;
  if (problem.is_object()) {
    if (const auto found = problem.find("detail"); found != problem.end() && found->is_string()) detail = *found;
  }
  if (answer.status == 401) detail += " (a token is read from KICKOFF_ADMIN_TOKEN or --token-file)";
  return "the server answered " + std::to_string(answer.status) + (detail.empty() ? "" : ": " + detail);
}

base::Result<std::string> lay_out(const Order& order, const json& answer) {
  switch (order.view) {
    case View::kChannels: return show_channels(answer);
    case View::kChannel: return show_channel(answer, order.channel);
    case View::kInstance: return show_instance(answer);
    case View::kWebhooks: return show_webhooks(answer);
    case View::kAlarms: return show_alarms(answer);
    case View::kJobs: return show_jobs(answer);
    case View::kJob: return show_job(answer);
    case View::kCheck: return show_check(answer);
    case View::kDeclarations: return show_declarations(answer);
    case View::kDeclaration: return show_declaration(answer);
    case View::kChange: return show_change(answer);
    case View::kEvents:
    case View::kNothing: break;
  }
  return std::string();
}

/// The channel alone of all that the answer has; null: it is not among them.
json channel_in(const json& answer, const std::string& name) {
  const auto channels = answer.is_object() ? answer.find("channels") : answer.end();
  if (channels == answer.end() || !channels->is_array()) return nullptr;
  for (const json& channel : *channels) {
    if (channel.is_object() && channel.value("name", json()) == name) return channel;
  }
  return nullptr;
}

/// The check of this id among those of a channel; null: it is not among them.
json check_in(const json& answer, const json& id) {
  const auto checks = answer.is_object() ? answer.find("checks") : answer.end();
  if (checks == answer.end() || !checks->is_array()) return nullptr;
  for (const json& check : *checks) {
    if (check.is_object() && check.value("id", json()) == id) return check;
  }
  return nullptr;
}

std::string text_of(const json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace) + "\n";
}

/// A page of the event log.
struct Page {
  std::vector<json> events;
  std::string next;  ///< ask for what is after this
  bool missed = false;
};

std::optional<Page> read_page(const std::string& body) {
  json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("events") || !answer["events"].is_array() ||
      !answer["next"].is_number_unsigned())
    return std::nullopt;
  Page page;
  page.events = answer["events"].get<std::vector<json>>();
  page.next = answer["next"].dump();
  page.missed = answer.value("missed", json()) == true;
  return page;
}

}  // namespace

client::Answer Desk::ask(const Order& order, const std::string& path) {
  client::Request request{.method = order.method, .url = base_url_ + path, .timeout = kTimeout, .direct = true};
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  if (!order.if_match.empty()) request.headers.emplace_back("If-Match", order.if_match);
  if (!order.body.empty()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = base::Bytes::copy_of(order.body);
  }
  return world_.transport.perform({request}).front();
}

int Desk::fail(const client::Answer& answer) {
  world_.complain("kickoff: " + base::printable(base_url_ + ": " + reason_of(answer), 1000));
  return kFault;
}

bool Desk::for_people(const Order& order) const {
  return order.format == Format::kTable || (order.format == Format::kAuto && world_.terminal);
}

int Desk::carry_out(const Order& order) {
  if (order.view == View::kEvents) return list_events(order);
  if (order.view == View::kCheck) return check_feed(order);
  const client::Answer answer = ask(order, order.path);
  if (!answer.ok()) return fail(answer);
  if (order.view != View::kNothing && answer.status != 204) return show(order, answer.body);
  if (for_people(order)) world_.out((answer.status == 202 ? order.accepted : order.done) + "\n");
  return 0;
}

int Desk::show(const Order& order, const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  if (answer.is_discarded()) return fail({.error = "the answer is no JSON"});
  const auto text = lay_out(order, answer);
  if (!text) {
    world_.complain("kickoff: " + text.error().what);
    return kFault;
  }
  if (for_people(order)) {
    world_.out(*text);
  } else {
    world_.out(order.view == View::kChannel ? text_of(channel_in(answer, order.channel), 2) : text_of(answer, 2));
  }
  return 0;
}

/// Orders the check, and asks for it until it is done.
int Desk::check_feed(const Order& order) {
  client::Answer answer = ask(order, order.path);
  if (!answer.ok()) return fail(answer);
  const json ordered = json::parse(answer.body, nullptr, false);
  if (!ordered.is_object()) return fail({.error = "the answer is no check"});
  const json id = ordered.value("id", json());
  if (for_people(order)) {
    world_.complain(
        base::printable("kickoff: channel " + order.channel + " is being checked, which takes " +
                        ordered.value("seconds", json()).dump(-1, ' ', false, json::error_handler_t::replace) + " s"));
  }
  const Order again{.path = order.path};
  while (world_.wait()) {
    answer = ask(again, again.path);
    if (!answer.ok()) return fail(answer);
    const json check = check_in(json::parse(answer.body, nullptr, false), id);
    if (check.is_null()) return fail({.error = "the server knows the check no more"});
    if (check.value("state", json()) != "done") continue;
    const int shown = show(order, check.dump(-1, ' ', false, json::error_handler_t::replace));
    return shown != 0 || check.value("verdict", json()) == "fail" ? kFault : 0;
  }
  return kFault;
}

/// The log page by page. The newest are what is left of all.
int Desk::list_events(const Order& order) {
  const auto limit = static_cast<std::size_t>(order.limit);
  const bool newest = order.after < 0;
  std::string after = std::to_string(newest ? 0 : order.after);
  std::deque<json> kept;
  for (bool begun = false;;) {
    const client::Answer answer = ask(order, order.path + "&after=" + after);
    // A follower outlives a restart of the server.
    if (!answer.ok() && (!begun || (answer.status != 0 && answer.status < 500))) return fail(answer);
    std::optional<Page> page = answer.ok() ? read_page(answer.body) : Page{.next = after};
    if (!page) return fail({.error = "the answer is no page of the event log"});
    if (page->missed && begun) world_.complain("kickoff: events are missing here: the log had dropped them");
    for (json& event : page->events) {
      if (begun || newest || kept.size() < limit) kept.push_back(std::move(event));
      if (!begun && newest && kept.size() > limit) kept.pop_front();
    }
    const bool more = answer.ok() && page->next != after && (newest || begun || kept.size() < limit);
    after = page->next;
    if (more && !begun) continue;
    for (const json& event : kept) print_event(order, event);
    kept.clear();
    begun = true;
    if (!order.follow || !world_.wait()) return 0;
  }
}

void Desk::print_event(const Order& order, const json& event) {
  world_.out(for_people(order) ? show_event(event) : text_of(event, -1));
}

}  // namespace desk

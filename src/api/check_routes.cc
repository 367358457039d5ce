#include "api/check_routes.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/json_body.h"

namespace api {
namespace {

using nlohmann::ordered_json;

constexpr const char* kCheckType = "application/json";
constexpr const char* kCheckBody =
    R"(the body has to be empty or an object; it may have "feed", "primary" or "backup", and "seconds", a whole )"
    R"(number from 5 to 600)";

/// Nothing where the body is not what kCheckBody says.
std::optional<facility::Order> parse_check(std::string_view body) {
  facility::Order order;
  order.lasts = facility::kUsual;
  if (body.empty()) return order;
  const auto given = parse_json(body);
  if (!given.is_object()) return std::nullopt;
  for (const auto& [name, value] : given.items()) {
    if (name == "feed" && value.is_string()) {
      const auto feed = feed::id_from(value.get_ref<const std::string&>());
      if (!feed) return std::nullopt;
      order.feed = *feed;
    } else if (name == "seconds" && value.is_number_integer()) {
      const auto seconds = value.get<std::int64_t>();
      if (seconds < facility::kShortest / base::kSecond || seconds > facility::kLongest / base::kSecond)
        return std::nullopt;
      order.lasts = seconds * base::kSecond;
    } else {
      return std::nullopt;
    }
  }
  return order;
}

ordered_json json_of_check(const facility::Report& report) {
  ordered_json out = {{"id", std::to_string(report.id)},
                      {"state", report.done ? "done" : "running"},
                      {"channel", report.order.channel},
                      {"feed", feed::to_string(report.order.feed)},
                      {"seconds", report.order.lasts / base::kSecond},
                      {"began", base::format_utc(report.began)}};
  if (!report.done) return out;
  ordered_json lines = ordered_json::array();
  for (const facility::Line& line : report.lines) {
    lines.push_back({{"property", line.property},
                     {"verdict", facility::to_string(line.verdict)},
                     {"measured", line.measured},
                     {"wanted", line.wanted},
                     {"advice", line.advice}});
  }
  out["ended"] = base::format_utc(report.ended);
  out["verdict"] = facility::to_string(facility::overall(report.lines));
  out["lines"] = std::move(lines);
  return out;
}

std::string check_text(const ordered_json& out) {
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Answer check_ordered(const std::string& channel, feed::Id id, const Backend::Check& outcome) {
  using Refusal = facility::Checks::Refusal;
  if (!outcome) return problem(409, "this server is an edge: check the feed where it comes in");
  if (const auto* report = std::get_if<facility::Report>(&*outcome))
    return {
        202, kCheckType, check_text(json_of_check(*report)), {{"location", "/api/v1/channels/" + channel + "/check"}}};
  const std::string feed(feed::to_string(id));
  switch (std::get<Refusal>(*outcome)) {
    case Refusal::kNoChannel: return problem(404, "there is no channel " + channel + ": nobody has published it");
    case Refusal::kNoPublisher:
      return problem(409,
                     "the " + feed + " feed of channel " + channel + " has no publisher: there is nothing to check");
    case Refusal::kRunning:
      return problem(409,
                     "the " + feed + " feed of channel " + channel + " is being checked: GET has it when it is done");
    case Refusal::kTooMany:
      return problem(429, std::to_string(facility::Checks::kMostRunning) + " feeds are being checked: wait for one");
  }
  return problem(500, "no such outcome");
}

void order_check(Backend& backend, const Request& request, Respond respond) {
  auto order = parse_check(request.body);
  if (!order) return respond(problem(400, kCheckBody));
  order->channel = request.parameter("name");
  const std::string channel = order->channel;
  const feed::Id feed = order->feed;
  backend.start_check(*std::move(order), [channel, feed, respond = std::move(respond)](const Backend::Check& outcome) {
    respond(check_ordered(channel, feed, outcome));
  });
}

void give_checks(Backend& backend, const Request& request, Respond respond) {
  backend.ask_checks(request.parameter("name"),
                     [respond = std::move(respond)](const std::vector<facility::Report>& reports) {
                       ordered_json checks = ordered_json::array();
                       for (const facility::Report& report : reports) checks.push_back(json_of_check(report));
                       respond({200, kCheckType, check_text({{"checks", std::move(checks)}}), {}});
                     });
}

}  // namespace

void add_check_routes(Dispatcher& dispatcher, Backend& backend) {
  dispatcher.add(
      {"POST", "/api/v1/channels/{name}/check", Role::kOperate,
       [&backend](const Request& request, Respond respond) { order_check(backend, request, std::move(respond)); }});
  dispatcher.add(
      {"GET", "/api/v1/channels/{name}/check", Role::kNobody,
       [&backend](const Request& request, Respond respond) { give_checks(backend, request, std::move(respond)); }});
}

}  // namespace api

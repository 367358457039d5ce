#include "api/declaration_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace api {
namespace {

using nlohmann::ordered_json;
using Kind = DeclarationOutcome::Kind;

constexpr const char* kJsonBody = "application/json";

std::string written(const ordered_json& value) {
  return value.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : "; ") + line;
  return out;
}

/// A problem with each fault by itself, too: a body may have several.
Answer problems(int status, const std::vector<std::string>& lines) {
  const ordered_json body = {{"type", "about:blank"},
                             {"title", http::reason_of(status)},
                             {"status", status},
                             {"detail", joined_lines(lines)},
                             {"problems", lines}};
  return {status, "application/problem+json", written(body), {}};
}

void tag(Answer& answer, const std::string& etag) {
  if (!etag.empty()) answer.fields.emplace_back("etag", etag);
}

std::string_view action_of(Kind kind) {
  switch (kind) {
    case Kind::kCreated: return "created";
    case Kind::kChanged: return "changed";
    case Kind::kRemoved: return "removed";
    default: return "unchanged";
  }
}

Answer done(const DeclarationOrder& order, const DeclarationOutcome& outcome) {
  if (outcome.kind == Kind::kRemoved && !order.dry_run) return {204, {}, {}, {}};
  ordered_json changes = ordered_json::array();
  for (const DeclaredChange& change : outcome.changes) changes.push_back({{"key", change.key}, {"when", change.when}});
  ordered_json body = {{"channel", order.channel},
                       {"action", action_of(outcome.kind)},
                       {"dry_run", order.dry_run},
                       {"changes", std::move(changes)}};
  if (!outcome.etag.empty()) body["etag"] = outcome.etag;
  const bool made = outcome.kind == Kind::kCreated && !order.dry_run;
  Answer answer{made ? 201 : 200, kJsonBody, written(body), {}};
  tag(answer, outcome.etag);
  return answer;
}

Answer no_match(const std::string& channel, const DeclarationOutcome& outcome) {
  Answer answer =
      problem(412, outcome.etag.empty()
                       ? "channel " + channel + " is not declared: it cannot be changed, only made, without If-Match"
                       : "channel " + channel + " is declared, and not as the request expects: GET its settings, " +
                             "apply the change to those, and send it with their ETag in If-Match");
  tag(answer, outcome.etag);
  return answer;
}

Answer needs_condition(const std::string& channel, const DeclarationOutcome& outcome) {
  Answer answer = problem(428, "channel " + channel +
                                   " is declared already, and otherwise: send the ETag of its settings in If-Match, so "
                                   "that no change of another is lost, or If-Match: * to replace whatever there is");
  tag(answer, outcome.etag);
  return answer;
}

Answer not_here(const std::string& channel, const Declared& declared) {
  if (std::find(declared.in_file.begin(), declared.in_file.end(), channel) != declared.in_file.end())
    return problem(404, "channel " + channel + " is declared in " + declared.file + ": read it there");
  return problem(404, "channel " + channel + " is not declared by the API");
}

ordered_json json_of(const Declaration& declaration) {
  return {{"channel", declaration.channel}, {"in_force", declaration.in_force}, {"problems", declaration.problems}};
}

Answer settings(const Declaration& declaration) {
  ordered_json body = json_of(declaration);
  body["etag"] = declaration.etag;
  ordered_json settings = ordered_json::parse(declaration.text, nullptr, false);
  if (settings.is_object()) body["settings"] = std::move(settings);
  Answer answer{200, kJsonBody, written(body), {}};
  tag(answer, declaration.etag);
  return answer;
}

void give_settings(Backend& backend, const Request& request, Respond respond) {
  const std::string& channel = request.parameter("name");
  backend.ask_declared(channel, [channel, respond = std::move(respond)](const Declared& declared) {
    for (const Declaration& declaration : declared.channels) {
      if (declaration.channel == channel) return respond(settings(declaration));
    }
    respond(not_here(channel, declared));
  });
}

/// Nothing where dry_run is neither true nor false.
std::optional<DeclarationOrder> order_of(const Request& request) {
  DeclarationOrder order{.channel = request.parameter("name"),
                         .text = {},
                         .if_match = request.if_match,
                         .if_none_match = request.if_none_match,
                         .dry_run = false,
                         .by = request.caller};
  const std::string asked = request.query_of("dry_run").value_or("false");
  if (asked != "true" && asked != "false") return std::nullopt;
  order.dry_run = asked == "true";
  return order;
}

void change(Backend& backend, const Request& request, std::optional<std::string> text, Respond respond) {
  std::optional<DeclarationOrder> order = order_of(request);
  if (!order) return respond(problem(400, "dry_run has to be true or false"));
  order->text = std::move(text);
  backend.declare(*order, [order = *order, respond = std::move(respond)](const DeclarationOutcome& outcome) {
    respond(declaration_answer(order, outcome));
  });
}

}  // namespace

std::string declarations_json(const Declared& declared) {
  ordered_json channels = ordered_json::array();
  for (const Declaration& declaration : declared.channels) channels.push_back(json_of(declaration));
  return written({{"file", declared.file}, {"in_file", declared.in_file}, {"declarations", std::move(channels)}});
}

Answer declaration_answer(const DeclarationOrder& order, const DeclarationOutcome& outcome) {
  const std::string& channel = order.channel;
  switch (outcome.kind) {
    case Kind::kCreated:
    case Kind::kChanged:
    case Kind::kUnchanged:
    case Kind::kRemoved: return done(order, outcome);
    case Kind::kInvalid: return problems(400, outcome.problems);
    case Kind::kInFile:
      return problem(409, "channel " + channel + " is declared in " + outcome.file +
                              ", which the API does not change: change the file and reload (SIGHUP), or take the entry "
                              "out of it, reload, and declare the channel here");
    case Kind::kNotDeclared: return problem(404, "channel " + channel + " is not declared by the API");
    case Kind::kNoMatch: return no_match(channel, outcome);
    case Kind::kNeedsCondition: return needs_condition(channel, outcome);
    case Kind::kTooMany:
      return problem(409, "there are " + std::to_string(kMostDeclared) + " declared channels already: DELETE one");
    case Kind::kBusy: {
      Answer answer = problem(503, "too many changes wait for the disk: try again");
      answer.fields.emplace_back("retry-after", "1");
      return answer;
    }
    case Kind::kDisk: return problems(507, outcome.problems);
  }
  return problem(500, "no such outcome");
}

void add_declarations(Dispatcher& dispatcher, Backend& backend) {
  dispatcher.add({"GET", "/api/v1/declarations", Role::kRead, [&backend](const Request&, Respond respond) {
                    backend.ask_declared("", [respond = std::move(respond)](const Declared& declared) {
                      respond({200, kJsonBody, declarations_json(declared), {}});
                    });
                  }});
  // They may hold keys and passphrases.
  dispatcher.add(
      {"GET", "/api/v1/channels/{name}/settings", Role::kAdmin,
       [&backend](const Request& request, Respond respond) { give_settings(backend, request, std::move(respond)); }});
  dispatcher.add(
      {"PUT", "/api/v1/channels/{name}/settings", Role::kAdmin, [&backend](const Request& request, Respond respond) {
         change(backend, request, request.body, std::move(respond));
       }});
  dispatcher.add(
      {"DELETE", "/api/v1/channels/{name}/settings", Role::kAdmin, [&backend](const Request& request, Respond respond) {
         change(backend, request, std::nullopt, std::move(respond));
       }});
}

}  // namespace api

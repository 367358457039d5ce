#include "app/admin_config.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "api/host_rule.h"
#include "app/text_file.h"
#include "base/regular_file.h"

namespace app {
namespace {

using base::kSecond;

// "2027-01-31T12:00:00Z", or "2027-01-31" for its first instant. UTC.
std::optional<base::Micros> parse_instant(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool date_only = text.size() == 10;
  const std::string whole = date_only ? text + "T00:00:00Z" : text;
  int used = 0;
  const int read =
      std::sscanf(whole.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ%n", &year, &month, &day, &hour, &minute, &second, &used);
  if (read != 6 || used != 20 || whole.size() != 20) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  const bool in_range =
      year >= 1970 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!date.ok() || !in_range) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * kSecond;
}

// The hash of a token, from the file itself or of the token in a secrets file.
void read_token_hash(Section& in, const YAML::Node& node, api::Token& token) {
  const auto hash = in.take("sha256");
  const auto file = in.take("file");
  if (hash.has_value() == file.has_value()) return in.problem(node, "a token needs one of sha256 and file");
  if (hash) {
    const auto parsed = crypto::parse_sha256(hash->IsScalar() ? hash->Scalar() : "");
    if (!parsed) return in.problem(*hash, "sha256 has to be 64 hexadecimal digits: printf %s TOKEN | sha256sum");
    token.hash = *parsed;
    return;
  }
  const auto whole = base::read_regular_file(file->IsScalar() ? file->Scalar() : "");
  if (!whole.ok()) return in.problem(*file, "file: " + whole.error().what);
  if (line_of_no_text(*whole)) return in.problem(*file, "file: " + file->Scalar() + " is no text");
  std::string text = whole->substr(0, whole->find('\n'));
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  if (text.empty()) return in.problem(*file, "file: its first line has to be the token");
  token.hash = api::make_token({}, text, token.role).hash;
}

void read_token(const YAML::Node& node, Report& report, api::Token& token) {
  Section in(node, "admin.tokens", report);
  in.text("name", token.name);
  if (!valid_name(token.name, 64))
    report.add(node.Mark(), "a token needs a name of letters, digits, - and _, at most 64: it is what the log says");
  token.role = api::Role::kNobody;
  in.choice("role", {{"read", [&] { token.role = api::Role::kRead; }},
                     {"operate", [&] { token.role = api::Role::kOperate; }},
                     {"admin", [&] { token.role = api::Role::kAdmin; }}});
  if (token.role == api::Role::kNobody) report.add(node.Mark(), "a token needs a role: read, operate or admin");
  if (const auto expires = in.take("expires")) {
    const auto instant = parse_instant(expires->IsScalar() ? expires->Scalar() : "");
    if (!instant) in.problem(*expires, "expires has to be a UTC time such as 2027-01-31T12:00:00Z, or a date");
    token.expires = instant.value_or(0);
  }
  read_token_hash(in, node, token);
  in.finish();
}

}  // namespace

void read_admin(Section& in, Config::Admin& admin) {
  in.address("listen", admin.listen);
  in.port("port", admin.port);
  if (const auto node = in.take("hosts")) {
    if (!node->IsSequence()) return in.problem(*node, "hosts has to be a list of names");
    for (const YAML::Node& item : *node) {
      if (!item.IsScalar() || !api::valid_host_name(item.Scalar())) {
        in.problem(item, "a host has to be a name without a port, such as kickoff.example.com or *.example.com");
      } else {
        admin.hosts.push_back(item.Scalar());
      }
    }
  }
  const auto node = in.take("tokens");
  if (!node) return;
  if (!node->IsSequence()) return in.problem(*node, "tokens has to be a list");
  for (const YAML::Node& item : *node) {
    api::Token token;
    read_token(item, in.report(), token);
    const bool taken = std::any_of(admin.tokens.begin(), admin.tokens.end(),
                                   [&](const api::Token& other) { return other.name == token.name; });
    if (taken) in.problem(item, "two tokens are named \"" + token.name + "\"; give one of them another name");
    admin.tokens.push_back(std::move(token));
  }
}

std::optional<api::Token> take_environment_token() {
  constexpr const char* kVariable = "KICKOFF_ADMIN_TOKEN";
  char* value = std::getenv(kVariable);
  if (value == nullptr) return std::nullopt;
  const std::string text = value;
  std::fill_n(value, text.size(), '\0');  // what /proc/PID/environ shows
  unsetenv(kVariable);
  if (text.empty()) return std::nullopt;
  return api::make_token(kVariable, text, api::Role::kAdmin);
}

}  // namespace app

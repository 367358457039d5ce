#include "config/admin_config.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "api/host_rule.h"
#include "base/regular_file.h"
#include "config/text_file.h"

namespace config {
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

Complaint read_hash(const std::string& text, api::Token& token) {
  const auto parsed = crypto::parse_sha256(text);
  if (!parsed) return " has to be 64 hexadecimal digits: printf %s TOKEN | sha256sum";
  token.hash = *parsed;
  return "";
}

Complaint read_token_file(const std::string& path, api::Token& token) {
  const auto whole = base::read_regular_file(path);
  if (!whole.ok()) return ": " + whole.error().what;
  if (line_of_no_text(*whole)) return ": " + path + " is no text";
  std::string text = whole->substr(0, whole->find('\n'));
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  if (text.empty()) return ": its first line has to be the token";
  token.hash = api::make_token({}, text, token.role).hash;
  return "";
}

/// What a file says of one token, beside the token itself.
struct GivenToken {
  api::Token token;
  int hashes = 0;  ///< places that it comes from
};

Value counted(const std::string& wanted, GivenToken& given, Complaint (*read)(const std::string&, api::Token&)) {
  return Value::action(wanted, [&given, read](const std::string& text) {
    ++given.hashes;
    return read(text, given.token);
  });
}

Value expiry(api::Token& token) {
  const std::string wanted = "a UTC time such as 2027-01-31T12:00:00Z, or a date";
  return Value::action(wanted, [&token, wanted](const std::string& text) -> Complaint {
    const auto instant = parse_instant(text);
    if (!instant) return not_wanted(wanted, text);
    token.expires = *instant;
    return "";
  });
}

std::vector<std::string> token_faults(const GivenToken& given) {
  std::vector<std::string> found;
  if (!valid_name(given.token.name, 64))
    found.emplace_back("a token needs a name of letters, digits, - and _, at most 64: it is what the log says");
  if (given.token.role == api::Role::kNobody) found.emplace_back("a token needs a role: read, operate or admin");
  if (given.hashes != 1) found.emplace_back("a token needs one of sha256 and file");
  return found;
}

void declare_token(Keys& keys, GivenToken& given) {
  constexpr Reload kRule = Reload::kAtOnce;
  api::Token& token = given.token;
  keys.key({"name", kRule, "what the log says: letters, digits, - and _"}, Value::text(token.name));
  keys.key(
      {"role", kRule, "operate disconnects publishers; each includes those before it"},
      Value::choice<api::Role>(
          token.role, {{"read", api::Role::kRead}, {"operate", api::Role::kOperate}, {"admin", api::Role::kAdmin}}));
  keys.key({"sha256", kRule, "printf %s TOKEN | sha256sum",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
           counted("64 hexadecimal digits", given, read_hash));
  Value file = counted("a path", given, read_token_file);
  file.is_path = true;
  keys.key({"file", kRule, "in place of sha256: a file with the token itself in its first line",
            "/run/secrets/kickoff-admin"},
           file);
  keys.key({"expires", kRule, "UTC, or a date; default: never", "2027-01-31T12:00:00Z"}, expiry(token));
  keys.check([&] { return token_faults(given); });
}

void declare_tokens(Keys& keys, std::vector<api::Token>& tokens) {
  Items items;
  items.item = [&tokens](Keys& in) {
    GivenToken given;
    given.token.role = api::Role::kNobody;
    declare_token(in, given);
    in.check([&]() -> std::vector<std::string> {
      const std::string& name = given.token.name;
      const bool taken =
          std::any_of(tokens.begin(), tokens.end(), [&](const api::Token& other) { return other.name == name; });
      if (!taken) return {};
      return {"two tokens are named \"" + name + "\"; give one of them another name"};
    });
    tokens.push_back(std::move(given.token));
  };
  items.sample = [](Keys& in) {
    GivenToken given;
    given.token.name = "operations";
    given.token.role = api::Role::kOperate;
    declare_token(in, given);
  };
  keys.items(
      {"tokens", Reload::kAtOnce,
       "Reading needs no token. Everything that changes something needs \"Authorization: Bearer TOKEN\" with the "
       "role that the API's description (/api/v1/openapi.json) names. The environment variable "
       "KICKOFF_ADMIN_TOKEN is one more token, with the role admin."},
      items);
}

Complaint host_fault(const std::string& name) {
  if (api::valid_host_name(name)) return "";
  return not_wanted("a name without a port, such as kickoff.example.com or *.example.com", name);
}

}  // namespace

void declare_admin_address(Keys& keys, Config::Admin& admin) {
  keys.key({"listen", Reload::kRestart, "an IP address"}, Value::address(admin.listen));
  keys.key({"port", Reload::kRestart, "0: any that is free"}, Value::port(admin.port));
}

void declare_admin(Keys& keys, Config::Admin& admin) {
  declare_admin_address(keys, admin);
  keys.texts({"hosts", Reload::kAtOnce,
              "A request has to name an IP address, localhost, or one of these as its Host; any other name is answered "
              "421 (DNS rebinding). Put the name here by which Prometheus or a proxy reaches this port. "
              "\"*.media.svc\": every name below it."},
             admin.hosts, host_fault);
  declare_tokens(keys, admin.tokens);
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

}  // namespace config

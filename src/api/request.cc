#include "api/request.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"

namespace api {
namespace {

std::optional<std::string> form_decoded(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  return percent_decoded(blanks);
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kNobody: return "nobody";
    case Role::kRead: return "read";
    case Role::kOperate: return "operate";
    case Role::kAdmin: return "admin";
  }
  return "?";
}

const std::string& Request::parameter(std::string_view name) const {
  static const std::string kNone;
  const auto found = parameters.find(name);
  return found == parameters.end() ? kNone : found->second;
}

std::optional<std::string> Request::query_of(std::string_view name) const {
  const auto found = query.find(name);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

Answer problem(int status, std::string_view detail) {
  const nlohmann::ordered_json body = {
      {"type", "about:blank"}, {"title", http::reason_of(status)}, {"status", status}, {"detail", detail}};
  return {status,
          "application/problem+json",
          body.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n",
          {}};
}

Answer error_for(std::string_view path, int status, std::string_view detail) {
  if (path.starts_with("/api/")) return problem(status, detail);
  return {status, "text/plain; charset=utf-8", std::string(detail) + "\n", {}};
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = base::hex_digit(text[i + 1]);
    const int low = base::hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return decoded;
}

std::optional<Texts> parse_query(std::string_view query) {
  Texts texts;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = form_decoded(pair.substr(0, equals));
    const auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return std::nullopt;
    texts.emplace(*name, *value);
  }
  return texts;
}

}  // namespace api

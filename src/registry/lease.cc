#include "registry/lease.h"

#include <nlohmann/json.hpp>

#include "registry/json_fields.h"

namespace registry {

using nlohmann::json;

std::string grant_request(std::int64_t seconds) { return json{{"TTL", std::to_string(seconds)}}.dump(); }

base::Result<std::int64_t> parse_grant(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  TRY(const std::int64_t lease, number_field(parsed, "ID"));
  if (lease == 0) return not_understood("no lease");
  return lease;
}

std::string renew_request(std::int64_t lease) { return json{{"ID", std::to_string(lease)}}.dump(); }

base::Result<bool> parse_renewal(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  const json* result = field(parsed, "result");
  if (result == nullptr || !result->is_object()) return not_understood("no result");
  TRY(const std::int64_t left, number_field(*result, "TTL"));
  return left > 0;
}

std::string revoke_request(std::int64_t lease) { return renew_request(lease); }

std::string put_request(std::string_view key, std::string_view value, std::int64_t lease) {
  return json{{"key", in_base64(key)}, {"value", in_base64(value)}, {"lease", std::to_string(lease)}}.dump();
}

}  // namespace registry

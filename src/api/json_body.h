#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace api {

/// Values are copied, compared and written by recursion.
inline constexpr int kDeepestJson = 32;

/// What a stranger says in JSON; discarded (is_discarded()) where that is none, or nested more than kDeepestJson deep.
nlohmann::json parse_json(std::string_view text);

}  // namespace api

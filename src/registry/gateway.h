#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

/// What several servers have to agree on, kept in etcd.
namespace registry {

// The requests and answers of etcd's JSON gateway (v3) that are used here: POST, with keys and values in base64 and
// 64-bit numbers as texts. Pure. An answer is a stranger's: parsing one asserts nothing about it, and fields that are
// not known are passed over. Errors: kMalformed.

struct KeyValue {
  std::string value;
  std::int64_t revision = 0;  ///< of its last change
};

inline constexpr std::string_view kLoginPath = "/v3/auth/authenticate";
std::string login_request(std::string_view user, std::string_view password);
/// The token that later requests show. Only visible ASCII: it goes into a header.
base::Result<std::string> parse_login(std::string_view answer);

inline constexpr std::string_view kRangePath = "/v3/kv/range";
/// Of one key.
std::string range_request(std::string_view key);
/// Nothing where there is no such key.
base::Result<std::optional<KeyValue>> parse_range(std::string_view answer);

inline constexpr std::string_view kTransactionPath = "/v3/kv/txn";
/// Compare and set: writes the value if the key was last changed at `revision` (0: if there is no such key); otherwise
/// the answer has what is there.
std::string swap_request(std::string_view key, std::string_view value, std::int64_t revision);
struct Swap {
  bool written = false;
  std::optional<KeyValue> found;  ///< not written: what is there; nothing where there is nothing any more
};
base::Result<Swap> parse_swap(std::string_view answer);

/// What an answer that is an error says, printable; empty where it says nothing.
std::string parse_fault(std::string_view answer);

}  // namespace registry

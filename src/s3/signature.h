#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace s3 {

/// What signs requests.
struct Keys {
  std::string id;
  std::string secret;
  std::string token;         ///< of temporary ones; empty otherwise
  base::Micros expires = 0;  ///< UTC; 0: never
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A request as it is signed. Nothing in it is encoded yet.
struct Unsigned {
  std::string method = "GET";
  std::string path = "/";    ///< begins with '/'
  Pairs query = {};          ///< in any order
  Pairs headers = {};        ///< all are signed; in any order, names in any case. Has the host and x-amz-date.
  std::string payload_hash;  ///< SHA-256 of the body in hexadecimal
};

/// For which requests a signature is good.
struct Scope {
  std::string region;
  std::string service = "s3";
};

/// Percent-encoded but for A-Z a-z 0-9 - . _ ~, and '/' of a path. Spec: AWS, "Create a canonical request".
std::string encode_path(std::string_view path);
std::string encode_value(std::string_view text);
/// Encoded, sorted, without '?': as it is signed and as it is sent.
std::string encode_query(const Pairs& query);

/// "20130524T000000Z"
std::string amz_date(base::Micros utc);

std::string canonical_request(const Unsigned& request);
/// Value of the header Authorization. Thread: any.
/// Spec: AWS Signature Version 4, "Authenticating Requests: Using the Authorization Header".
std::string authorization(const Unsigned& request, const Keys& keys, const Scope& scope, base::Micros utc);

}  // namespace s3

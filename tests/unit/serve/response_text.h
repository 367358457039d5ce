#pragma once

#include <string>

#include "http/response.h"

namespace serve_test {

/// The value of a header field of a response; empty: it has none.
inline std::string field(const http::Response& response, const std::string& name) {
  for (const auto& [key, value] : response->block().fields())
    if (key == name) return value;
  return "";
}

inline std::string body(const http::Response& response) {
  std::string all;
  for (const auto& slice : response->body()) all += slice.text();
  return all;
}

}  // namespace serve_test

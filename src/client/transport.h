#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

/// Requests of ours to other servers.
namespace client {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string url;  ///< http or https; sent as it stands
  Headers headers = {};
  base::Bytes body = {};
  base::Micros timeout = 60 * base::kSecond;  ///< for all of it
  bool direct = false;                        ///< past any proxy of the environment
};

struct Answer {
  int status = 0;        ///< 0: there is no answer, `error` says why
  Headers headers = {};  ///< names in lower case
  std::string body = {};
  std::string error = {};

  bool ok() const { return status >= 200 && status < 300; }
  /// Value of the first header of that name; empty where there is none. `name`: in lower case.
  std::string_view header(std::string_view name) const;
};

/// Performs requests: over the network, or in a test's memory.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Performs all of them, several at a time, and waits. Returns an answer for each, in the same order.
  virtual std::vector<Answer> perform(const std::vector<Request>& requests) = 0;
};

}  // namespace client

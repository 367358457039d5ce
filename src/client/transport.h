#pragma once

#include <cstddef>
#include <cstdint>
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

/// Requests that begin and end at any time, independently of each other: over the network, or in a test's memory.
class Exchange {
 public:
  struct Arrival {
    std::uint64_t id = 0;
    Answer answer;
  };

  virtual ~Exchange() = default;
  /// Begins a request. `id`: of the caller's; its answer has it. REQUIRES: no request in progress has it.
  virtual void begin(std::uint64_t id, Request request) = 0;
  /// The answers that have come. Waits until something has moved, at most `span`, or until wake().
  virtual std::vector<Arrival> take_answers(base::Micros span) = 0;
  /// take_answers() returns at once, the next one where none waits. Thread: any.
  virtual void wake() = 0;
};

}  // namespace client

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "http/session.h"

namespace http {

/// The head of an HTTP/2 request while it comes in: its fields' text end to end, and where each name and value ends.
/// The text of a kept body stands behind it.
struct Http2Head {
  StreamId id = 0;  ///< 0: none is coming in
  int refused = 0;  ///< the status that says why, where it is no request that could be served; 0 otherwise
  std::string text;
  std::vector<std::uint32_t> ends;

  /// Units: bytes that it holds.
  std::size_t size() const { return text.size() + ends.size() * sizeof(std::uint32_t); }
  /// Adds a field, or refuses the request for what it has beyond `limits` (414, 431), and takes no more of it then.
  void add(std::string_view name, std::string_view value, const Limits& limits);
  /// Makes the request of it, of views into it. Returns false if its path is none.
  bool fill(Request& request) const;
};

}  // namespace http

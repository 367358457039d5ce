#pragma once

#include <nghttp2/nghttp2.h>

#include <string>
#include <vector>

#include "http/response.h"

namespace http {

struct HeaderBlock::Http2 {
  std::string status;
  /// Points into the block, which outlives every frame made of it: nghttp2 copies nothing.
  std::vector<nghttp2_nv> fields;
};

inline nghttp2_nv make_field(std::string_view name, std::string_view value, int flags) {
  return {const_cast<std::uint8_t*>(base::view_of(name).data()), const_cast<std::uint8_t*>(base::view_of(value).data()),
          name.size(), value.size(), static_cast<std::uint8_t>(flags)};
}

}  // namespace http

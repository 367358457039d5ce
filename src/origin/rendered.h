#pragma once

#include <string>

#include "base/bytes.h"

namespace origin {

/// A playlist's bytes in both codings, with their validators. Immutable; shared by all responses.
struct Rendered {
  base::Bytes identity;
  base::Bytes gzip;
  std::string etag_identity;  ///< with its quotes, strong
  std::string etag_gzip;
};

/// Compresses and names a text. Same text, same bytes.
Rendered make_rendered(std::string&& text);

}  // namespace origin

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "hls/directives.h"
#include "serve/replies.h"
#include "serve/routes.h"

namespace serve {

/// A request for something of a channel, with all that deciding on it takes, so that it can be held.
struct Ask {
  Route::Kind kind = Route::Kind::kNone;
  bool gzip = false;
  std::uint32_t part = 0;
  std::int64_t msn = 0;
  hls::Directives directives;
  std::string rendition;
  std::string_view file;                   ///< kInit only, which is never held: gone after on_request
  std::unique_ptr<Conditions> conditions;  ///< null where there are none
};

}  // namespace serve

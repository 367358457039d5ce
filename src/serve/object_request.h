#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "hls/directives.h"
#include "hls/time_shift.h"
#include "serve/replies.h"
#include "serve/routes.h"

namespace serve {

/// A request for a playlist, segment, part or init section of a channel: all that the decision on it needs, so that the
/// request can be held and decided again later.
struct ObjectRequest {
  Route::Kind kind = Route::Kind::kNone;
  bool gzip = false;
  std::uint32_t part = 0;
  hls::Container container = hls::Container::kFmp4;  ///< kSegment, kPart
  std::int64_t msn = 0;
  hls::Directives directives;
  std::unique_ptr<hls::TimeShift> shift;  ///< null: the live edge
  std::string rendition;
  std::string view;                        ///< kMultivariant, kPlaylist; empty: none
  std::string_view file;                   ///< kInit only, which is never held: valid during on_request
  std::unique_ptr<Conditions> conditions;  ///< null if there are none
};

}  // namespace serve

#pragma once

#include <cstdint>
#include <string_view>

#include "hls/uri.h"
#include "serve/counters.h"

namespace serve {

/// What a path stands for. The views are into the path.
struct Route {
  enum class Kind : std::uint8_t {
    kNone,
    kListing,       ///< /
    kPlay,          ///< /play/CHANNEL
    kStatic,        ///< /web/NAME
    kMultivariant,  ///< /live/CHANNEL/index.m3u8
    kPlaylist,      ///< /live/CHANNEL/RENDITION/index.m3u8
    kIframes,       ///< /live/CHANNEL/RENDITION/iframes.m3u8
    kImages,        ///< /live/CHANNEL/images/index.m3u8
    kImage,         ///< /live/CHANNEL/images/MSN.jpg
    kThumbnail,     ///< /live/CHANNEL/thumb.jpg
    kRelay,         ///< /relay/v1/CHANNEL, or /relay/v1/
    kReports,       ///< /cmcd/CHANNEL, or /cmcd
    kSegment,
    kPart,
    kInit,
  };
  Kind kind = Kind::kNone;
  std::string_view channel;
  std::string_view rendition;
  std::string_view file;  ///< the last element; for kStatic the path below /web/
  std::int64_t msn = 0;
  std::uint32_t part = 0;
  hls::Container container = hls::Container::kFmp4;
};

/// Whether it is one of the playlists of a channel.
bool is_playlist(Route::Kind kind);
/// What a route counts as.
ObjectKind object_of(Route::Kind kind);

/// Takes a raw path apart. Nothing is decoded and case counts, so that an object has one URL (CF-8).
Route parse_route(std::string_view path);

}  // namespace serve

#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "hls/media_playlist.h"

namespace origin {

/// A playlist's bytes in both codings, with their validators. Immutable; shared by all responses.
struct Rendered {
  base::Bytes identity;
  base::Bytes gzip;
  // What follows those, of a text in several pieces.
  std::vector<base::Bytes> identity_rest;
  std::vector<base::Bytes> gzip_rest;
  std::string etag_identity;  ///< with its quotes, strong
  std::string etag_gzip;
};

/// Compresses and names a text. Same text, same bytes.
Rendered make_rendered(std::string&& text);
/// The same of a playlist: its blocks are shared and not compressed again.
/// REQUIRES: its blocks were made with deflate_block().
Rendered make_rendered(hls::PlaylistText&& playlist);

/// See hls::Deflate. Thread: any.
hls::Deflated deflate_block(base::View text, const hls::Deflated& before);

}  // namespace origin

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

/// Names of what a rendition consists of: pure functions of rendition, MSN and part, with nothing of a viewer in them.
namespace hls {

inline constexpr std::string_view kPlaylistFile = "index.m3u8";
/// The I-frame playlist of a video rendition, beside its media playlist.
inline constexpr std::string_view kKeyFramesFile = "iframes.m3u8";

/// The directory of a channel's images, and the file beside the multivariant playlist that is the newest of them.
inline constexpr std::string_view kImages = "images";
inline constexpr std::string_view kThumbnailFile = "thumb.jpg";

/// What the segments of a rendition are files of.
enum class Container : std::uint8_t {
  kFmp4,    ///< ".m4s"
  kWebVtt,  ///< ".vtt", without an init section
};

/// "880000000.m4s"
void write_segment_uri(std::string& out, std::int64_t msn, Container container = Container::kFmp4);
/// "880000000.3.m4s"
void write_part_uri(std::string& out, std::int64_t msn, std::uint32_t part, Container container = Container::kFmp4);
/// "880000000.jpg"
void write_image_uri(std::string& out, std::int64_t msn);
/// The MSN of an image, by its file's name in the only spelling; nothing where it is none.
std::optional<std::int64_t> parse_image(std::string_view name);
/// "init-1a2b3c4d.mp4": the low half of XXH3-64 of the bytes, so that a changed init is a new URI (CM-6).
std::string init_uri(base::View init);

struct File {
  enum class Kind : std::uint8_t { kPlaylist, kKeyFrames, kSegment, kPart, kInit };
  Kind kind = Kind::kPlaylist;
  std::int64_t msn = 0;                    ///< segment and part
  std::uint32_t part = 0;                  ///< part
  Container container = Container::kFmp4;  ///< segment and part
};
/// What a file name in a rendition's directory stands for; nothing where it is none of ours. Only the spelling that
/// the playlists use is known (no leading zeros), so that an object has one URL (LL-68).
std::optional<File> parse_file(std::string_view name);

}  // namespace hls

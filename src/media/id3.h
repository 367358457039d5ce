#pragma once

#include <string_view>

#include "base/bytes.h"

/// ID3v2 tags, the form in which timed metadata travels. Spec: [ID3v2.4.0]
namespace media {

/// No tag is longer. Units: bytes.
inline constexpr std::size_t kLongestId3 = 8192;

/// A tag with one text of the sender's own (TXXX, UTF-8), which players look up by its description.
/// REQUIRES: neither text has a zero byte; both together are shorter than 2^28 bytes.
base::Bytes write_id3_text(std::string_view description, std::string_view value);

/// Whether the bytes begin with a whole ID3v2 tag.
bool is_id3(base::View bytes);

}  // namespace media

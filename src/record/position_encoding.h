#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "record/position.h"

/// A Position as bytes: for the worker that continues with a log. Not kept anywhere: writer and reader are one build.
///
///     8    segment from which a discontinuity is owed, INT64_MIN: none
///     4    number of renditions
///          for each: msn 8, next part 4, segment start 8, end 8, timescale 8, flags 1 (1 former format, 2 started),
///          size of the key part 4, its bytes
///          the presentation's record, as encoding.h has it
namespace record {

/// Key parts that would make the bytes more than `most_media` are left out: it all has to fit into one feed message.
base::Bytes encode_position(const Position& position, std::size_t most_media = std::size_t{8} << 20);
/// Errors: kMalformed, kTruncated, for bytes that encode_position has not written.
base::Result<Position> parse_position(base::View bytes);

}  // namespace record

#pragma once

#include <cstdint>

#include "base/byte_writer.h"
#include "base/result.h"
#include "record/record.h"

/// The fields of each record type, without header and body (encoding.h).
namespace record {

/// Number of a part whose body lies elsewhere (encoding.h), which is a part in another form.
inline constexpr std::uint8_t kDistantPart = 9;

enum class Type : std::uint8_t {
  kPresentation = 1,
  kPart = 2,
  kGap = 3,
  kSegmentEnd = 4,
  kDiscontinuity = 5,
  kMarker = 6,
  kEnd = 7,
  kClosing = 8,
  kMovedCut = 10,  ///< 9 is a part, in another form: encoding.h
  kThumbnail = 11,
};

Type type_of(const Record& record);

/// Whether `type` is one of the above; records of another type are skipped.
bool known_type(std::uint8_t type);

void write_fields(base::ByteWriter& out, const Record& record);
/// What a part in place has behind them, for readers that pass over its body.
void write_body_fields(base::ByteWriter& out, std::uint64_t hash, std::uint32_t key_size);

/// Errors: kMalformed for a value out of range, kTruncated. Bytes behind the last known field are skipped.
/// `stored.hash` and `stored.key_size` are 0 where a writer did not say them.
base::Result<Part> parse_part_fields(base::View fields);
/// Any type but a part. Errors: as above.
base::Result<Record> parse_fields(Type type, base::View fields);

}  // namespace record

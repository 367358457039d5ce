#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

/// CMAF chunks: the bytes of one part (CM-9). A segment's bytes are those of its parts one after another (CM-20).
namespace cmaf {

/// One access unit or audio frame, as Packet::data has it.
struct Sample {
  std::int64_t dts = 0;  ///< Units: ticks of the track's timescale, as pts and duration.
  std::int64_t pts = 0;  ///< may lie before dts: composition offsets are signed (CM-16)
  std::int64_t duration = 0;
  bool sync = false;
  base::Bytes data;
};

/// Why write_part would refuse the samples (CM-12, CM-26): there are none; a duration is not in 1 … 2^31-1; a sample
/// does not start where the one before it ends; the first starts before 0; pts and dts are more than 2^31-1 apart; the
/// part is longer than 2^31-1 bytes. All kMalformed but the last, kTooLarge.
base::Status check_samples(std::span<const Sample> samples);

/// moof and mdat of the samples; before them styp where the part is the first with media in its segment (CM-19), and
/// `events`, emsg boxes (CM-9).
/// The decode time of the chunk is that of its first sample. `sequence` goes to mfhd as it is: the caller makes it from
/// what is packaged (CM-14).
/// Owns: the result is one block of its exact size; the samples are copied once.
/// REQUIRES: check_samples(samples) is ok; otherwise the result is empty.
/// Spec: [ISO 23000-19 7.3.3, 7.5], CM-9 to CM-20.
base::Bytes write_part(std::uint32_t sequence, std::span<const Sample> samples, bool first_in_segment,
                       base::View events = {});

/// The bytes of the first sample of a part that write_part made; a slice of them, not copied.
/// Errors: kNotFound, kTruncated, kMalformed, for other bytes.
base::Result<base::Bytes> first_sample(const base::Bytes& part);

/// Bytes of a part up to the end of its first sample; 0 for other bytes.
std::size_t first_sample_end(const base::Bytes& part);

/// As first_sample(): the first of its samples that needs no other. kNotFound where there is none.
base::Result<base::Bytes> sync_sample(const base::Bytes& part);

}  // namespace cmaf

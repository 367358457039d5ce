#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace cmaf {

/// The parts of one track with `ticks` taken from every decode time (tfdt), and from the times of event messages of the
/// same timescale: for a file that begins near 0, where those of a live event count from 1970. A time that is less
/// stays as it is.
/// Errors: kTruncated, kMalformed.
base::Result<base::Bytes> rebase_parts(base::View parts, std::int64_t ticks);

}  // namespace cmaf

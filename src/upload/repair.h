#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "s3/bucket.h"
#include "upload/comparison.h"

namespace upload {

/// What a repair has done.
struct Repair {
  std::uint64_t objects = 0;          ///< put
  std::uint64_t bytes = 0;            ///< of these
  std::vector<std::string> failures;  ///< "NAME: why", of what could not be put
};

/// Attempts at an object, with a pause between them that doubles.
inline constexpr int kRepairAttempts = 4;
inline constexpr base::Micros kRepairPause = 500 * base::kMillisecond;

/// Puts what a comparison found missing or wrong: media from the journal, then playlists from the state file as it is
/// by then, the multivariant one last. A server may upload meanwhile: a segment has the same bytes from both, and a
/// playlist that was put from a state which is a segment old is replaced with the server's next one.
/// Memory: a batch of Uploader::kBatchBytes and one segment. Thread: one, which waits; `pause` sleeps.
Repair repair(const Reconciled& of, const Comparison& found, s3::Store& store,
              const std::function<void(base::Micros)>& pause);

}  // namespace upload

#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "archive/vod_export.h"
#include "base/clock.h"
#include "base/result.h"
#include "harvest/job.h"
#include "s3/bucket.h"

namespace harvest {

/// Of a request to a bucket that does not answer or asks to wait: a minute and a half of pauses.
inline constexpr int kMostAttempts = 8;

/// Asked before so many bytes are written, on the thread that writes; it may wait. An error ends the job.
using Permit = std::function<base::Status(std::size_t bytes)>;

/// Where a job notes its progress. Functions are called on the thread that writes, and may wait for a disk.
struct Notes {
  Progress before = {};  ///< of earlier starts
  /// The place is free: called before anything is written, once for all starts.
  std::function<void()> claim;
  /// All is there but for the last step, which makes it a presentation.
  std::function<void(const archive::VodExport::Totals&)> complete;
};

/// Directory of a harvest, below that of all of them; key of one, below a bucket's prefix.
std::string directory_of(const std::string& root, const Order& order);
std::string key_of(const Order& order);

/// Makes a harvest of a channel's journal in a directory, which appears when all of it is there: what ends with an
/// error leaves nothing. A start after one that was killed begins anew, or finds that all is there. Waits for the disk.
/// Errors: kNotFound where the journal has no media of that time; kBusy where the directory is there, and is not this
/// job's; those of `permit`; kSystem.
base::Result<archive::VodExport::Totals> run_to_disk(const Order& order, const std::string& journal,
                                                     const std::string& directory, const Permit& permit,
                                                     const Notes& notes);

/// Likewise in a bucket, where the multivariant playlist is put last, when all that it names is there. What was put
/// before an error stays there; another start of the job puts it again. What the bucket does not take is tried again
/// kMostAttempts times in all, after 1 s, then twice as long each time up to 30 s; what it denies, once.
/// `pause` waits between attempts. Errors: as above; kDenied.
base::Result<archive::VodExport::Totals> run_to_bucket(const Order& order, const std::string& journal,
                                                       s3::Bucket& bucket, const Permit& permit, const Notes& notes,
                                                       const std::function<void(base::Micros)>& pause);

}  // namespace harvest

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

/// Asked before so many bytes are written, on the thread that writes; it may wait. An error ends the job.
using Permit = std::function<base::Status(std::size_t bytes)>;

/// Directory of a harvest, below that of all of them; key of one, below a bucket's prefix.
std::string directory_of(const std::string& root, const Order& order);
std::string key_of(const Order& order);

/// Makes a harvest of a channel's journal in a directory, which appears when all of it is there: what ends with an
/// error leaves nothing. Waits for the disk. Errors: kNotFound where the journal has no media of that time; kBusy where
/// the directory is there; those of `permit`; kSystem.
base::Result<archive::VodExport::Totals> run_to_disk(const Order& order, const std::string& journal,
                                                     const std::string& directory, const Permit& permit);

/// Likewise in a bucket, where the multivariant playlist is put last. What was put before an error stays there.
/// `pause` waits between attempts. Errors: as above; kDenied.
base::Result<archive::VodExport::Totals> run_to_bucket(const Order& order, const std::string& journal,
                                                       s3::Bucket& bucket, const Permit& permit,
                                                       const std::function<void(base::Micros)>& pause);

}  // namespace harvest

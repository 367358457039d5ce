#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "base/result.h"
#include "harvest/job.h"

namespace harvest {

/// The list of jobs as a text for a file, so that another run of the server goes on with it: JSON, its first key is the
/// format. Holes and renditions of totals beyond the first kMostListed are left out.
inline constexpr std::size_t kMostListed = 1000;
std::string write_jobs(const std::deque<Report>& jobs);

/// Reads it. Jobs that lack something that every job has are passed over.
/// Errors: kMalformed, kUnsupported (another format).
base::Result<std::deque<Report>> parse_jobs(std::string_view text);

}  // namespace harvest

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "packager/packager.h"

namespace packager {

/// Where a log stands, as bytes for the worker that goes on with it.
base::Bytes encode_resume(const Resume& resume);
/// Errors: kMalformed, kTruncated, for bytes that encode_resume has not written.
base::Result<Resume> parse_resume(base::View bytes);

}  // namespace packager

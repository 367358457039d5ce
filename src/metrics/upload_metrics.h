#pragma once

#include <span>

#include "metrics/families.h"
#include "upload/uploader.h"

namespace metrics {

/// Adds the series of the uploads to S3.
void add_uploads(Families& out, std::span<const upload::Report> reports);

}  // namespace metrics

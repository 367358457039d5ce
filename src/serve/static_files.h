#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/response.h"

namespace serve {

/// The player page and what it needs, read into memory once, with both codings made. Immutable.
/// Thread: any; one set serves all loops.
class StaticFiles {
 public:
  /// Reads a directory and those below it, hidden files left out.
  /// Errors: kNotFound, kSystem with the path; kTooLarge past 32 MiB together.
  static base::Result<std::shared_ptr<const StaticFiles>> load(const std::string& directory);

  /// The answer for a path below the directory ("play.html", "vendor/hls.min.js"), null if there is none.
  http::Response find(std::string_view name, bool gzip) const;

 private:
  std::map<std::string, std::array<http::Response, 2>, std::less<>> files_;  ///< plain, gzip
};

}  // namespace serve

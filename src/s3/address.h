#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace s3 {

/// Where objects go: a bucket of S3 or of a server that speaks its protocol.
struct Address {
  std::string bucket;
  std::string prefix;  ///< of every key, without '/' at its ends; may be empty
  std::string region;
  std::string scheme = "https";
  std::string host;         ///< with its port, where that is not the scheme's; as it is signed
  bool path_style = false;  ///< the bucket stands in the path, not in the host's name

  /// Path of a key within this, or of the bucket where it is empty; not encoded.
  std::string path_of(std::string_view key) const;
  /// "prefix/name", or "name".
  std::string key_of(std::string_view name) const;
  /// "s3://bucket/prefix"
  std::string url() const;
};

/// Of "s3://BUCKET/PREFIX". `endpoint`: a URL without a path of a server that is not Amazon's, which is asked with the
/// bucket in the path; empty: Amazon's of the region, with the bucket in the host's name unless that has a dot.
/// Errors: kMalformed, saying of which what is wrong.
base::Result<Address> parse_address(const std::string& url, const std::string& endpoint, const std::string& region);

}  // namespace s3

#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace base {

/// Where bytes lie in a file. The file may be deleted at any time; it is not changed.
struct FilePlace {
  std::shared_ptr<const std::string> path;  ///< shared by the places of a file; null: nowhere
  std::uint64_t offset = 0;
  std::uint32_t size = 0;

  friend bool operator==(const FilePlace&, const FilePlace&) = default;
};

}  // namespace base

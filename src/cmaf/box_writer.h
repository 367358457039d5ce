#pragma once

#include <cstdint>
#include <string_view>

#include "base/byte_writer.h"

namespace cmaf {

/// One ISO BMFF box being written: its size is filled in when it goes out of scope, so boxes nest as C++ blocks do.
/// Spec: [ISO 14496-12 4.2].
class Box {
 public:
  /// REQUIRES: type has four characters.
  Box(base::ByteWriter& writer, std::string_view type) : writer_(writer), start_(writer.size()) {
    writer_.u32(0);
    writer_.text(type);
  }
  /// A full box.
  Box(base::ByteWriter& writer, std::string_view type, std::uint8_t version, std::uint32_t flags) : Box(writer, type) {
    writer_.u8(version);
    writer_.u24(flags);
  }
  ~Box() { writer_.patch_u32(start_, static_cast<std::uint32_t>(writer_.size() - start_)); }
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

 private:
  base::ByteWriter& writer_;
  std::size_t start_;
};

}  // namespace cmaf

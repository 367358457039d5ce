#pragma once

#include <cstddef>
#include <cstdint>

/// CEA-608 and CEA-708 captions as they travel in pictures (ATSC A/53 cc_data): where they stand, which services carry
/// text, and how they pass from pictures to others. Pure: no clock, no I/O.
namespace captions {

/// One construct of cc_data: two bytes of one of its four sequences.
struct Triplet {
  enum class Kind : std::uint8_t {
    kField1 = 0,      ///< CEA-608, line 21 of field 1: CC1 and CC2
    kField2 = 1,      ///< CEA-608, line 21 of field 2: CC3, CC4 and XDS
    kPacketData = 2,  ///< CEA-708, a caption channel packet goes on
    kPacketStart = 3,
  };
  bool valid = false;  ///< otherwise padding
  Kind kind = Kind::kPacketData;
  std::uint8_t first = 0;
  std::uint8_t second = 0;

  friend bool operator==(const Triplet&, const Triplet&) = default;
};

/// Most that one cc_data holds: cc_count has five bits.
inline constexpr std::size_t kMostTriplets = 31;

}  // namespace captions

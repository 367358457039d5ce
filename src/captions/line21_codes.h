#pragma once

#include <bit>
#include <cstdint>

/// Bytes of line 21 (CEA-608) that this folder's readers look at; without their parity bit but for kParity.
namespace captions::line21 {

inline constexpr std::uint8_t kParity = 0x80;
inline constexpr std::uint8_t kXdsEnd = 0x0f;  ///< the last byte that begins extended data services, in field 2
inline constexpr std::uint8_t kFirstControl = 0x10;
inline constexpr std::uint8_t kLastControl = 0x1f;
inline constexpr std::uint8_t kSecondChannel = 0x08;  ///< in a control code: of CC2 or CC4, not of CC1 or CC3

inline bool odd(std::uint8_t byte) { return std::popcount(byte) % 2 == 1; }

}  // namespace captions::line21

#pragma once

#include <cstdint>

/// Which optional fields tfhd [ISO 14496-12 8.8.7] and trun [8.8.8] have.
namespace cmaf {

inline constexpr std::uint32_t kTfhdDuration = 0x000008;
inline constexpr std::uint32_t kTfhdSize = 0x000010;
inline constexpr std::uint32_t kTfhdFlags = 0x000020;
inline constexpr std::uint32_t kTfhdBaseIsMoof = 0x020000;
inline constexpr std::uint32_t kTrunDataOffset = 0x000001;
inline constexpr std::uint32_t kTrunFirstFlags = 0x000004;
inline constexpr std::uint32_t kTrunDuration = 0x000100;
inline constexpr std::uint32_t kTrunSize = 0x000200;
inline constexpr std::uint32_t kTrunFlags = 0x000400;
inline constexpr std::uint32_t kTrunComposition = 0x000800;

}  // namespace cmaf

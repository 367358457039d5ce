#pragma once

#include <cstdint>

namespace scte35 {

/// What a segmentation descriptor does to the programme.
enum class Role : std::uint8_t {
  kOther,  ///< tells of it: its start, its end, a chapter, an identification
  kOut,    ///< a break may begin
  kIn,     ///< the break of the type one below ends
};

/// By segmentation_type_id: those of breaks, advertisements, placement opportunities, promos and advertisement blocks
/// come in pairs, the start even and the end odd. Spec: [SCTE 35 10.3.3.1 table 23]
constexpr Role role_of(std::uint8_t segmentation_type) {
  const bool paired = segmentation_type == 0x22 || segmentation_type == 0x23 ||
                      (segmentation_type >= 0x30 && segmentation_type <= 0x3f) ||
                      (segmentation_type >= 0x44 && segmentation_type <= 0x47);
  if (!paired) return Role::kOther;
  return segmentation_type % 2 == 0 ? Role::kOut : Role::kIn;
}

}  // namespace scte35

#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "ts/counters.h"

namespace ts {

/// CRC32 of MPEG-2 sections; 0 over a section that includes its own CRC. Spec: [ISO/IEC 13818-1 Annex A]
std::uint32_t crc32_mpeg(base::View bytes);

/// Assembles the sections of one PID over its packets, several in a packet and one over many (TS-2).
/// Sections of the short form (no CRC), too long ones and those with a wrong CRC32 are dropped and counted.
/// Owns: at most 4,096 bytes.
class SectionAssembler {
 public:
  /// Takes a whole section from table_id to CRC32, valid during the call only.
  using OnSection = std::function<void(base::View)>;

  /// One packet's payload.
  void feed(base::View payload, bool unit_start, Counters& counters, const OnSection& on_section);
  /// Packets were lost: forgets the section under way.
  void reset();

 private:
  base::View append(base::View bytes, Counters& counters, const OnSection& on_section);
  void finish(Counters& counters, const OnSection& on_section);

  bool active_ = false;
  std::vector<std::uint8_t> section_;
};

}  // namespace ts

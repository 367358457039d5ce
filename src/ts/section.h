#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/crc32.h"
#include "ts/counters.h"

namespace ts {

using base::crc32_mpeg;

/// Assembles the sections of one PID over its packets, several in a packet and one over many (TS-2).
/// Sections of another form, too long ones and those with a wrong CRC32 are dropped and counted.
/// Owns: at most 4,096 bytes.
class SectionAssembler {
 public:
  enum class Form : std::uint8_t {
    kLong,    ///< of tables: a header of eight bytes, and a CRC32
    kSplice,  ///< splice_info_section: a header of three bytes, and still a CRC32
  };
  explicit SectionAssembler(Form form = Form::kLong) : form_(form) {}

  /// Takes a whole section from table_id to CRC32, valid during the call only.
  using OnSection = std::function<void(base::View)>;

  /// One packet's payload.
  void feed(base::View payload, bool unit_start, Counters& counters, const OnSection& on_section);
  /// Packets were lost: forgets the section under way.
  void reset();

 private:
  base::View append(base::View bytes, Counters& counters, const OnSection& on_section);
  void finish(Counters& counters, const OnSection& on_section);

  Form form_;
  bool active_ = false;
  std::vector<std::uint8_t> section_;
};

}  // namespace ts

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

/// Splice information as broadcasters signal it: where a programme may be left for an advertisement, where it begins
/// and ends. Bytes to values and back; no clock, no media. Spec: [ANSI/SCTE 35 2023]
namespace scte35 {

/// Splice times are stamps of 33 bits on the programme's clock. Units: 90 kHz.
inline constexpr std::uint64_t kWrap = std::uint64_t{1} << 33;
inline constexpr std::int64_t kTimescale = 90'000;
/// The longest section that there is.
inline constexpr std::size_t kMostBytes = 4096;

/// A splice of one elementary stream, in the component mode that hardly anybody uses.
struct Component {
  std::uint8_t tag = 0;
  /// Of a splice_insert, when; of a segmentation descriptor, how much after the splice time. Units: 90 kHz.
  std::optional<std::uint64_t> time;

  friend bool operator==(const Component&, const Component&) = default;
};

struct BreakDuration {
  bool auto_return = false;    ///< the break ends by itself after `duration`; otherwise with a splice back
  std::uint64_t duration = 0;  ///< Units: 90 kHz.

  friend bool operator==(const BreakDuration&, const BreakDuration&) = default;
};

/// Sent so that the stream is seen to work; says nothing.
struct SpliceNull {
  friend bool operator==(const SpliceNull&, const SpliceNull&) = default;
};

struct SpliceInsert {
  std::uint32_t event_id = 0;
  bool cancel = false;                ///< what was announced under this id does not happen; nothing below is said then
  bool out_of_network = false;        ///< the programme is left here; false: it is come back to
  bool immediate = false;             ///< as soon as possible: there is no time
  bool event_id_compliance = true;    ///< as read: the flag that says the id is unique
  std::optional<std::uint64_t> time;  ///< of the whole programme, before pts_adjustment
  bool program = true;                ///< false: `components` have the times
  std::vector<Component> components;
  std::optional<BreakDuration> duration;
  std::uint16_t unique_program_id = 0;
  std::uint8_t avail_num = 0;
  std::uint8_t avails_expected = 0;

  friend bool operator==(const SpliceInsert&, const SpliceInsert&) = default;
};

/// A time that the segmentation descriptors of the section are about.
struct TimeSignal {
  std::optional<std::uint64_t> time;  ///< before pts_adjustment; empty: at once

  friend bool operator==(const TimeSignal&, const TimeSignal&) = default;
};

/// A command that is kept as it is: splice_schedule, bandwidth_reservation, private_command.
struct OtherCommand {
  std::uint8_t type = 0;
  base::Bytes body;

  friend bool operator==(const OtherCommand&, const OtherCommand&) = default;
};
inline constexpr std::uint8_t kSplicePrivate = 0xff;  ///< OtherCommand::type

using Command = std::variant<SpliceNull, SpliceInsert, TimeSignal, OtherCommand>;

/// A segmentation descriptor: what begins or ends at the time of its time signal.
struct Segmentation {
  /// Where it may be shown. A descriptor without it restricts nothing.
  struct Restrictions {
    bool web_allowed = true;
    bool no_regional_blackout = true;
    bool archive_allowed = true;
    std::uint8_t device = 3;  ///< 3: no devices are excluded

    friend bool operator==(const Restrictions&, const Restrictions&) = default;
  };
  struct SubSegment {
    std::uint8_t number = 0;
    std::uint8_t expected = 0;

    friend bool operator==(const SubSegment&, const SubSegment&) = default;
  };
  std::uint32_t event_id = 0;
  bool cancel = false;              ///< what was announced under this id does not happen; nothing below is said then
  bool event_id_compliance = true;  ///< as SpliceInsert has it
  bool program = true;              ///< false: of `components` alone
  std::optional<Restrictions> restrictions;
  std::vector<Component> components;
  std::optional<std::uint64_t> duration;  ///< Units: 90 kHz, 40 bits.
  std::uint8_t upid_type = 0;
  base::Bytes upid;  ///< in the form of its type, not looked into
  std::uint8_t type = 0;
  std::uint8_t number = 0;
  std::uint8_t expected = 0;
  std::optional<SubSegment> sub_segment;

  friend bool operator==(const Segmentation&, const Segmentation&) = default;
};

/// Any other descriptor, kept as it is: avail, DTMF, time, audio, private ones.
struct OtherDescriptor {
  std::uint8_t tag = 0;
  base::Bytes body;  ///< its identifier included

  friend bool operator==(const OtherDescriptor&, const OtherDescriptor&) = default;
};

using Descriptor = std::variant<Segmentation, OtherDescriptor>;

/// A splice_info_section.
struct Section {
  std::uint8_t sap_type = 3;         ///< 3: not specified
  std::uint64_t pts_adjustment = 0;  ///< to be added to every time in it, with the wrap. Units: 90 kHz.
  std::uint8_t cw_index = 0;
  std::uint16_t tier = 0xfff;
  Command command;
  std::vector<Descriptor> descriptors;

  friend bool operator==(const Section&, const Section&) = default;
};

/// A whole section, from table_id to its CRC-32; what follows that is ignored.
/// Errors: kTruncated and kMalformed by what does not fit; kUnsupported where it is encrypted, or of another version.
base::Result<Section> parse_section(base::View bytes);

/// The bytes of a section. REQUIRES: what it holds fits kMostBytes.
std::vector<std::uint8_t> write_section(const Section& section);

/// When the section's command takes place, pts_adjustment added; in component mode the first component's time. Empty:
/// at once, or it has no time. Units: 90 kHz, 33 bits.
std::optional<std::uint64_t> splice_time(const Section& section);

/// The instant that a stamp of 33 bits means, on a clock without the wrap: the one that is nearest to `now`.
constexpr std::int64_t nearest(std::uint64_t stamp, std::int64_t now) {
  constexpr auto kSpan = static_cast<std::int64_t>(kWrap);
  std::int64_t ahead = (static_cast<std::int64_t>(stamp) - now) & (kSpan - 1);
  if (ahead >= kSpan / 2) ahead -= kSpan;
  return now + ahead;
}

}  // namespace scte35

#pragma once

#include <cstdint>
#include <string_view>

#include "base/byte_writer.h"
#include "base/bytes.h"

namespace cmaf {

/// Splice information; the message is a splice_info_section. Spec: [SCTE 214-3]
inline constexpr std::string_view kScte35Scheme = "urn:scte:scte35:2013:bin";
/// The message is an ID3v2 tag. Spec: [AOM id3-emsg], CM-23
inline constexpr std::string_view kId3Scheme = "https://aomedia.org/emsg/ID3";

/// An event as it stands in front of a chunk: an emsg box of version 1, whose time is on the track's own timeline.
struct EventMessage {
  static constexpr std::uint32_t kUnknownDuration = 0xffffffff;

  std::string_view scheme;  ///< scheme_id_uri
  std::uint32_t timescale = 1;
  std::uint64_t time = 0;  ///< Units: `timescale`, as the duration.
  std::uint32_t duration = kUnknownDuration;
  std::uint32_t id = 0;  ///< the same where the event is repeated (CM-24)
  base::View data;       ///< lives as long as this is used
};

/// Appends the box. Spec: [ISO 23009-1 5.10.3.3], CM-23.
void write_event_message(base::ByteWriter& out, const EventMessage& message);
/// The size of what that appends. Units: bytes.
std::size_t size_of(const EventMessage& message);

}  // namespace cmaf

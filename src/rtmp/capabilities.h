#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtmp/amf.h"

namespace rtmp {

/// What a client said of itself in `connect` by Enhanced RTMP; a legacy client said nothing. Spec: [ertmp2], RT-37.
struct Capabilities {
  /// Bits of capsEx.
  enum Ex : std::uint32_t { kReconnect = 1, kMultitrack = 2, kModEx = 4, kTimestampNanoOffset = 8 };

  bool enhanced = false;             ///< it named at least one of the properties below
  std::vector<std::string> fourccs;  ///< codecs named in fourCcList and the two maps; "*" stands for all
  std::uint32_t caps_ex = 0;

  bool has(Ex bit) const { return (caps_ex & bit) != 0; }
};

/// Reads the command object of `connect`.
Capabilities parse_capabilities(const amf::Value& connect);

/// Appends what of it we support to an object of the answer; nothing for a legacy client.
void add_supported(amf::Value::Object& answer, const Capabilities& client);

}  // namespace rtmp

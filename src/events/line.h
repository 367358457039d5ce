#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "events/conditions.h"
#include "events/event.h"

namespace events {

/// What a file of the log begins with, and each run that appends to it.
struct Header {
  /// Numbers below it that no line has were given to no event, or were in another file.
  std::uint64_t next = 0;
  Conditions raised = Conditions();  ///< before the line that follows
};

/// No line is longer: what is, is no line of ours. Units: bytes.
inline constexpr std::size_t kLongestLine = std::size_t{4} << 20;

/// A line of a file of the log, with its end: the event as to_cloud_event() writes it, and, if there is one,
/// Fact::which as the extension attribute "which".
std::string to_line(const Event& event, std::string_view source);
std::string to_line(const Header& header);

/// Reads a line, without its end. Values that a Fact cannot hold are left out; text is made printable.
/// Errors: kMalformed, kUnsupported (a type that this version does not know), kTooLarge.
base::Result<std::variant<Header, std::shared_ptr<const Event>>> parse_line(std::string_view line);

}  // namespace events

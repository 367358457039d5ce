#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

/// Text of a stranger's as it may stand in a log, on a page or on a terminal: UTF-8 on one line, at most about `most`
/// bytes. Blanks stand for line ends and tabs; U+FFFD for each byte that is not UTF-8 and for each character that a
/// terminal acts on, or that hides or reorders the characters around it (controls, zero-width and bidirectional marks).
/// What is cut off ends with its length: "… (40000 bytes)".
std::string printable(std::string_view text, std::size_t most = 400);

}  // namespace base

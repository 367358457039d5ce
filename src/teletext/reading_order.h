#pragma once

#include <string>
#include <string_view>

namespace teletext {

/// A row in the order in which it is read, as texts are kept. Teletext has the characters of a row as they are seen,
/// from the left. A row without letters of Hebrew or Arabic stays as it is; one with them is read from the right, but
/// for words of other letters and for numbers, and players show it as it is seen: where it begins with another letter a
/// mark (U+200F) says that it is read from the right, and marks (U+2066, U+2069) hold a number and the words behind it
/// together. Spec: [EN 300 706 15.1; Unicode UAX 9].
std::u32string in_reading_order(std::u32string_view seen);

}  // namespace teletext

#pragma once

#include <string_view>

namespace teletext {

/// The letters that libzvbi does not name: of the Arabic sets it has characters of its own, from 0xE600 and from
/// 0xE700 on those of the G0 and the G2 set, because teletext has a character for each shape of a letter. The letter
/// without its shape, which who displays it chooses by what stands beside it; two letters for the ligature of lam and
/// alef. Empty for another character. Spec: [EN 300 706 tables 44, 45].
std::u32string_view arabic_letters(unsigned character);

}  // namespace teletext

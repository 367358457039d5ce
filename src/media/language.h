#pragma once

#include <string>
#include <string_view>

namespace media {

/// The tag that RFC 5646 has for a language: the two-letter code where there is one ("en" of "eng"), else what is
/// given; "und" for an empty text.
std::string_view language_tag(std::string_view language);

/// The code of ISO 639-2/T, which `mdhd` and transport streams have: "deu" of "de", "ger" or "de-CH". Empty where there
/// is none.
std::string_view language_code(std::string_view language);

/// The language's name in English: "German" of "deu", "de" or "de-CH", "Original" of qaa, which DVB keeps for the
/// original language. Empty where it is not known.
std::string_view language_name(std::string_view language);

}  // namespace media

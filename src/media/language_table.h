#pragma once

#include <span>
#include <string_view>

namespace media {

/// One code of ISO 639-2.
struct Language {
  std::string_view code;            ///< T or B
  std::string_view terminological;  ///< the T code of the two
  std::string_view tag;             ///< RFC 5646
  std::string_view name;            ///< in English, for people
};

/// All of them, by code: make_languages.py writes the function at build time, from Debian's package iso-codes.
std::span<const Language> languages();

}  // namespace media

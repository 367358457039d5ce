#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace text {

/// The family that a font file in memory names itself by: what libass looks it up by. Of a collection, the first
/// font's. Thread: any. Errors: kMalformed for what FreeType cannot read as a font that can be scaled.
base::Result<std::string> family_of(base::View font);

/// The characters of `text` that the font has no glyph for, each once, in the order of the text. What has no shape of
/// its own (spaces, line ends, joiners, marks of direction) is not missing. Thread: any. Errors: as family_of().
base::Result<std::u32string> missing_characters(base::View font, std::string_view text);

}  // namespace text

#!/usr/bin/env python3
"""Writes the function of media/language_table.h: make_languages.py ISO_639-2.JSON OUTPUT.

The input is of Debian's package iso-codes. A line a code: code, terminological code, tag, name; sorted by code. The
two codes that a few languages have (deu, ger) are two lines."""
import json
import sys


def for_people(name: str) -> str:
    name = name.split(";")[0].split(" (")[0]
    if ", " not in name:
        return name
    first, second = name.split(", ", 1)
    return first if second == "Modern" else f"{second} {first}"


with open(sys.argv[1], encoding="utf-8") as source:
    languages = json.load(source)["639-2"]
rows = {}
for language in languages:
    tag = language.get("alpha_2", language["alpha_3"])
    for code in (language["alpha_3"], language.get("bibliographic")):
        if code and len(code) == 3:  # not the range of codes for private use
            rows[code] = (language["alpha_3"], tag, for_people(language["name"]))
table = "\n".join(f'    {{"{code}", "{terminological}", "{tag}", "{name}"}},' for code, (terminological, tag, name) in sorted(rows.items()))
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write(f"""#include "media/language_table.h"

namespace media {{

std::span<const Language> languages() {{
  static constexpr Language kLanguages[] = {{
{table}
  }};
  return kLanguages;
}}

}}  // namespace media
""")

#!/usr/bin/python3
"""Writes a C++ source with a file's text as what a function gives: embed.py FILE FUNCTION HEADER OUTPUT."""
import json
import sys

file, function, header, output = sys.argv[1:]
text = open(file, encoding="utf-8").read()
json.loads(text)
namespace, name = function.split("::")
delimiter = "embedded"
assert f"){delimiter}\"" not in text
# A compiler need not take a literal of more than 65,536 characters: line by line they are joined by it.
lines = "\n".join(f'    R"{delimiter}({line}\n){delimiter}"' for line in text.splitlines())
open(output, "w", encoding="utf-8").write(
    f'#include "{header}"\n\nnamespace {namespace} {{\n\nstd::string_view {name}() {{\n  return\n{lines};\n}}\n\n'
    f"}}  // namespace {namespace}\n")

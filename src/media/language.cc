#include "media/language.h"

#include <algorithm>

#include "media/language_table.h"

namespace media {
namespace {

/// By a three-letter code, or by a tag, whatever region it has. Null: there is none.
const Language* find(std::string_view language) {
  const std::string_view primary = language.substr(0, language.find('-'));
  const auto is = [&](const Language& at) { return at.code == primary || at.tag == primary; };
  const auto found = std::find_if(languages().begin(), languages().end(), is);
  return found == languages().end() ? nullptr : &*found;
}

}  // namespace

std::string_view language_tag(std::string_view language) {
  if (language.empty()) return "und";
  const auto found =
      std::find_if(languages().begin(), languages().end(), [&](const Language& at) { return at.code == language; });
  return found == languages().end() ? language : found->tag;
}

std::string_view language_code(std::string_view language) {
  const Language* found = find(language);
  return found == nullptr ? std::string_view{} : found->terminological;
}

std::string_view language_name(std::string_view language) {
  if (language == "qaa") return "Original";
  const Language* found = find(language);
  return found == nullptr ? std::string_view{} : found->name;
}

}  // namespace media

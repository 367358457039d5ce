#include "job/slate_text.h"

#include "base/utf8.h"

namespace job {

bool is_slate_text(std::string_view text) {
  if (text.empty() || text.size() > kLongestSlateText) return false;
  while (!text.empty()) {
    const base::Utf8Character character = base::first_character(text);
    const bool control = character.value < 0x20 || (character.value >= 0x7F && character.value < 0xA0);
    if (character.length == 0 || (control && character.value != '\n')) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

}  // namespace job

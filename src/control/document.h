#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/declaration.h"
#include "config/channel_entry.h"

namespace control {

/// An entry of `channels` as JSON.
struct Document {
  std::string text;  ///< as it is kept: indented, the keys in the order they came in
  std::string etag;  ///< of what it says: the order of its keys is none of that
};

/// Reads a stranger's JSON. `name`: of the text, in messages. Returns the document, or what is wrong with it, with its
/// place: "body:3:5: …". That its keys are those of a channel is config::parse_channel()'s to check.
std::variant<Document, std::string> parse_document(const std::string& text, const std::string& name);

/// The tag of a text that is no document.
std::string etag_of_text(std::string_view text);

/// Whether a tag is among those of an If-Match field, or "*" is and there is a tag. Spec: [RFC 9110 13.1.1]: compared
/// strongly, so that a weak one ("W/…") never is.
bool matches(std::string_view field, std::string_view etag);

/// The text in the form that YAML's reader takes: characters beyond U+FFFF, which JSON escapes in halves
/// ("\ud83c\udfc1"), stand for themselves. Lines stay as they are.
std::string as_yaml(std::string_view json);

/// The keys that differ between two documents' texts, in the order of their names. An empty text is an entry without
/// keys. Lists are one key.
std::vector<api::DeclaredChange> changes_between(const std::string& before, const std::string& after,
                                                 const std::vector<config::KeyRule>& rules);

}  // namespace control

#include "rtmp/text_event.h"

#include <algorithm>
#include <string_view>

#include "base/utf8.h"
#include "media/text_cue.h"
#include "rtmp/amf.h"

namespace rtmp {
namespace {

constexpr std::size_t kLongestLanguage = 35;  // RFC 5646 4.4.1
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::string language_of(std::string_view said) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (said.size() > kLongestLanguage || said == "und" || !std::all_of(said.begin(), said.end(), allowed)) return "";
  return std::string(said);
}

/// U+FFFD stands for each byte that is no UTF-8.
std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = base::first_character(text).length;
    out += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

/// What the message is called; empty where it begins otherwise.
std::string name_in(amf::Reader& reader) {
  const auto name = reader.next();
  return name.ok() && name.value().text() != nullptr ? *name.value().text() : "";
}

}  // namespace

base::Result<TextEvent> parse_text_event(base::View payload) {
  amf::Reader reader(payload);
  std::string name = name_in(reader);
  if (name == "@setDataFrame") name = name_in(reader);
  if (name != "onTextData" && name != "onCaption") return base::Error{base::Code::kNotFound, "onTextData"};
  TRY(const amf::Value said, reader.next());
  const amf::Value* const text = said.text() != nullptr ? &said : said.find("text");
  if (text == nullptr || text->text() == nullptr) return base::Error{base::Code::kMalformed, "onTextData without text"};
  TextEvent event{*text->text(), language_of(said.text_or("language", "")), false};
  if (!base::is_utf8(event.text)) {
    event.text = repaired(event.text);
    event.repaired = true;
  }
  if (event.text.size() > media::kLongestCueText) return base::Error{base::Code::kTooLarge, "onTextData"};
  return event;
}

}  // namespace rtmp

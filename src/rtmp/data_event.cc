#include "rtmp/data_event.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "media/id3.h"
#include "rtmp/amf.h"

namespace rtmp {
namespace {

// Sent by encoders (a frame's wall clock) and servers about the stream itself. Captions are the pictures' or a text
// rendition's.
constexpr std::array<std::string_view, 7> kOfTheStream{"onMetaData", "onFI",     "onStatus",     "onPlayStatus",
                                                       "onClock",    "onBWDone", "onCaptionInfo"};

void write_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escaped.data();
    } else {
      out += c;
    }
  }
  out += '"';
}

void write_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.15g", number);
  out += text.data();
}

/// As deep as amf::Limits allows. Stops to grow beyond what a tag may have.
void write_json(std::string& out, const amf::Value& value) {
  if (out.size() > media::kLongestId3) return;
  if (value.text() != nullptr) {
    write_text(out, *value.text());
  } else if (value.number() != nullptr) {
    write_number(out, *value.number());
  } else if (value.boolean() != nullptr) {
    out += *value.boolean() ? "true" : "false";
  } else if (value.object() != nullptr) {
    char before = '{';
    for (const amf::Property& property : *value.object()) {
      out += std::exchange(before, ',');
      write_text(out, property.name);
      out += ':';
      write_json(out, property.value);
    }
    out += before == '{' ? "{}" : "}";
  } else if (value.array() != nullptr) {
    char before = '[';
    for (const amf::Value& element : *value.array()) {
      out += std::exchange(before, ',');
      write_json(out, element);
    }
    out += before == '[' ? "[]" : "]";
  } else {
    out += "null";
  }
}

bool is_event(std::string_view name) {
  return name.starts_with("on") && name.size() > 2 && name.size() <= 128 &&
         std::find(kOfTheStream.begin(), kOfTheStream.end(), name) == kOfTheStream.end() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

base::Result<base::Bytes> parse_data_event(base::View payload) {
  TRY(const std::vector<amf::Value> values, amf::parse_values(payload));
  if (values.size() < 2 || values.front().text() == nullptr || !is_event(*values.front().text()))
    return base::Error{base::Code::kNotFound, "data event"};
  std::string said;
  if (values.size() == 2 && values[1].text() != nullptr) {
    said = *values[1].text();
  } else if (values.size() == 2) {
    write_json(said, values[1]);
  } else {
    write_json(said, amf::Value(amf::Value::Array(values.begin() + 1, values.end())));
  }
  std::erase(said, '\0');
  base::Bytes tag = media::write_id3_text(*values.front().text(), said);
  if (tag.size() > media::kLongestId3) return base::Error{base::Code::kTooLarge, "data event"};
  if (!base::is_utf8(said)) return base::Error{base::Code::kMalformed, "text of a data event"};
  return tag;
}

}  // namespace rtmp

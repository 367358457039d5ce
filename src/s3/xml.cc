#include "s3/xml.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace s3 {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 5> kNames{
    {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
// "&#x10FFFF;" without its ends.
constexpr std::size_t kLongestEntity = 8;

void append_utf8(std::string& out, std::uint32_t code) {
  const auto continued = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    continued(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    continued(6);
    continued(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    continued(12);
    continued(6);
    continued(0);
  }
}

/// False where it is none that is known.
bool append_entity(std::string& out, std::string_view entity) {
  for (const auto& [name, character] : kNames) {
    if (entity != name) continue;
    out += character;
    return true;
  }
  if (!entity.starts_with('#')) return false;
  entity.remove_prefix(1);
  const bool hexadecimal = entity.starts_with('x');
  if (hexadecimal) entity.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(entity.begin(), entity.end(), code, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != entity.end() || code == 0 || code > 0x10FFFF) return false;
  append_utf8(out, code);
  return true;
}

/// The content of the next element of that name; `xml` is what follows it.
std::optional<std::string_view> next_element(std::string_view& xml, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const std::size_t at = xml.find(open);
  if (at == xml.npos) return std::nullopt;
  const std::string_view rest = xml.substr(at + open.size());
  const std::string close = "</" + std::string(name) + ">";
  const std::size_t end = rest.find(close);
  if (end == rest.npos) return std::nullopt;
  xml = rest.substr(end + close.size());
  return rest.substr(0, end);
}

}  // namespace

std::optional<std::string_view> find_element(std::string_view xml, std::string_view name) {
  return next_element(xml, name);
}

std::vector<std::string_view> find_elements(std::string_view xml, std::string_view name) {
  std::vector<std::string_view> found;
  while (const auto element = next_element(xml, name)) found.push_back(*element);
  return found;
}

std::string text_of_element(std::string_view xml, std::string_view name) {
  return without_entities(find_element(xml, name).value_or(""));
}

std::string without_entities(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.front() == '&' ? text.substr(0, kLongestEntity + 2).find(';') : text.npos;
    if (end != text.npos && append_entity(out, text.substr(1, end - 1))) {
      text.remove_prefix(end + 1);
      continue;
    }
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

std::string with_entities(std::string_view text) {
  std::string out;
  for (const char c : text) {
    std::string_view name;
    for (const auto& [known, character] : kNames) {
      if (c == character) name = known;
    }
    if (name.empty())
      out += c;
    else
      out += "&" + std::string(name) + ";";
  }
  return out;
}

}  // namespace s3

#include "outline.h"

#include <cstdio>
#include <map>

namespace cmaf {
namespace {

/// Boxes with children, and how many bytes stand before the first of them.
const std::map<std::string, std::size_t>& containers() {
  static const std::map<std::string, std::size_t> kContainers{
      {"moov", 0},  {"trak", 0},  {"mdia", 0},  {"minf", 0},  {"dinf", 0},  {"stbl", 0},  {"mvex", 0},
      {"moof", 0},  {"traf", 0},  {"stsd", 8},  {"dref", 8},  {"avc1", 78}, {"hvc1", 78}, {"av01", 78},
      {"vp09", 78}, {"mp4a", 28}, {"Opus", 28}, {"ac-3", 28}, {"ec-3", 28}, {"fLaC", 28}};
  return kContainers;
}

std::string hex_of(base::View bytes) {
  std::string text;
  char digits[3];
  for (const std::uint8_t byte : bytes) {
    std::snprintf(digits, sizeof digits, "%02x", byte);
    text += digits;
  }
  return text;
}

void add(std::string& text, base::View bytes, std::size_t depth) {
  while (!bytes.empty()) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4 && i < bytes.size(); ++i) size = size * 256 + bytes[i];
    if (bytes.size() < 8 || size < 8 || size > bytes.size()) {
      text += "(broken)\n";
      return;
    }
    const std::string type{base::text_of(bytes.subspan(4, 4))};
    const base::View payload = bytes.subspan(8, size - 8);
    const auto container = containers().find(type);
    const std::size_t own = container == containers().end() ? payload.size() : container->second;
    text.append(depth * 2, ' ');
    text += type;
    if (own > 0) text += ' ' + hex_of(payload.first(own));
    text += '\n';
    if (container != containers().end()) add(text, payload.subspan(own), depth + 1);
    bytes = bytes.subspan(size);
  }
}

}  // namespace

std::string outline(base::View bytes) {
  std::string text;
  add(text, bytes, 0);
  return text;
}

}  // namespace cmaf

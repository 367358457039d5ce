#include "rtmp/cue_point.h"

#include <string>
#include <vector>

#include "base/base64.h"
#include "base/crc32.h"
#include "rtmp/amf.h"

namespace rtmp {
namespace {

constexpr std::uint8_t kTableId = 0xfc;
constexpr std::size_t kLeastSection = 20;  // a splice_null

std::optional<base::Bytes> section_of(const amf::Value& value) {
  if (value.text() == nullptr) return std::nullopt;
  auto bytes = base::base64_decoded(*value.text());
  if (!bytes || bytes->size() < kLeastSection || bytes->front() != kTableId || base::crc32_mpeg(*bytes) != 0)
    return std::nullopt;
  return base::Bytes::adopt(std::move(*bytes));
}

std::optional<base::Bytes> find_section(const amf::Value& object, int depth) {
  if (object.object() == nullptr) return std::nullopt;
  for (const amf::Property& property : *object.object()) {
    std::optional<base::Bytes> found = section_of(property.value);
    if (!found && depth > 0) found = find_section(property.value, depth - 1);
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace

base::Result<CuePoint> parse_cue_point(base::View payload) {
  TRY(const std::vector<amf::Value> values, amf::parse_values(payload));
  for (const amf::Value& value : values) {
    if (auto section = find_section(value, 1)) {
      CuePoint found{std::move(*section), std::nullopt};
      if (const amf::Value* time = value.find("time"); time != nullptr && time->number() != nullptr)
        found.seconds = *time->number();
      return found;
    }
  }
  return base::Error{base::Code::kNotFound, "splice_info_section"};
}

}  // namespace rtmp

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "cmaf/box_reader.h"

/// Events read back out of the emsg boxes of a part.
namespace events {

struct Box {
  std::string scheme;
  std::uint32_t timescale = 0;
  std::uint64_t time = 0;
  std::uint32_t duration = 0;
  std::uint32_t id = 0;
  std::string data;
};

inline std::vector<Box> boxes_of(base::View bytes) {
  std::vector<Box> found;
  const auto boxes = cmaf::split_boxes(bytes);
  for (const cmaf::BoxView& box : boxes.value()) {
    if (box.type != "emsg") continue;
    base::ByteReader in(box.payload);
    Box one;
    if (in.u32("version").value() != 0x01000000) continue;
    one.timescale = in.u32("timescale").value();
    one.time = in.u64("presentation_time").value();
    one.duration = in.u32("event_duration").value();
    one.id = in.u32("id").value();
    const std::string rest(reinterpret_cast<const char*>(box.payload.data()) + 24, box.payload.size() - 24);
    const std::size_t scheme = rest.find('\0');
    one.scheme = rest.substr(0, scheme);
    one.data = rest.substr(rest.find('\0', scheme + 1) + 1);
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace events

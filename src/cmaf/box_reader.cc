#include "cmaf/box_reader.h"

#include <algorithm>
#include <string>

#include "base/byte_reader.h"

namespace cmaf {

using base::Code;
using base::Error;
using base::View;

base::Result<std::vector<BoxView>> split_boxes(View bytes) {
  std::vector<BoxView> boxes;
  base::ByteReader reader{bytes};
  while (!reader.empty()) {
    const std::size_t start = reader.offset();
    TRY(const std::uint32_t short_size, reader.u32("box size"));
    TRY(const View type, reader.bytes(4, "box type"));
    std::uint64_t size = short_size;
    if (short_size == 1) {
      TRY(size, reader.u64("large box size"));
    } else if (short_size == 0) {
      size = bytes.size() - start;
    }
    const std::size_t head = reader.offset() - start;
    if (size < head) return Error{Code::kMalformed, "box size", start};
    if (size > bytes.size() - start) return Error{Code::kTruncated, "box", start};
    TRY(const View payload, reader.bytes(static_cast<std::size_t>(size) - head, "box"));
    boxes.push_back({base::text_of(type), payload, bytes.subspan(start, static_cast<std::size_t>(size))});
  }
  return boxes;
}

base::Result<View> find_box(View bytes, std::initializer_list<std::string_view> path) {
  for (const std::string_view step : path) {
    TRY(const std::vector<BoxView> boxes, split_boxes(bytes));
    const auto found =
        std::find_if(boxes.begin(), boxes.end(), [step](const BoxView& box) { return box.type == step; });
    if (found == boxes.end()) return Error{Code::kNotFound, "box " + std::string{step}};
    bytes = found->payload;
  }
  return bytes;
}

}  // namespace cmaf

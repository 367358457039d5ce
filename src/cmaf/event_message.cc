#include "cmaf/event_message.h"

#include "cmaf/box_writer.h"

namespace cmaf {
namespace {

// Box and full box head, timescale, presentation_time, event_duration, id, and the ends of two texts.
constexpr std::size_t kFixedSize = 12 + 4 + 8 + 4 + 4 + 2;

}  // namespace

void write_event_message(base::ByteWriter& out, const EventMessage& message) {
  const Box box(out, "emsg", 1, 0);
  out.u32(message.timescale);
  out.u64(message.time);
  out.u32(message.duration);
  out.u32(message.id);
  out.text(message.scheme);
  out.u8(0);
  out.u8(0);  // value: empty
  out.bytes(message.data);
}

std::size_t size_of(const EventMessage& message) { return kFixedSize + message.scheme.size() + message.data.size(); }

}  // namespace cmaf

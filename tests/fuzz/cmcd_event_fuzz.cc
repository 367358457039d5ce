#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cmcd/event_report.h"

/// The bytes as a body of reports: each call takes at least a byte of it, and views stay inside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  cmcd::is_event_type(whole);
  std::string_view body = whole;
  for (;;) {
    const std::size_t left = body.size();
    const cmcd::EventReport event = cmcd::take_event(body);
    if (event.found == cmcd::Found::kNone) break;
    if (body.size() >= left) std::abort();
    const char* const content = event.content.data();
    if (!event.content.empty() && (content < whole.data() || content + event.content.size() > whole.data() + size))
      std::abort();
  }
  if (!body.empty()) std::abort();
  return 0;
}

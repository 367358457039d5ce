#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "events/line.h"

/// A line of the event log: what is read and written again is read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto line = events::parse_line({reinterpret_cast<const char*>(data), size});
  if (!line.ok()) return 0;
  std::string text;
  if (const auto* header = std::get_if<events::Header>(&*line)) {
    text = events::to_line(*header);
  } else {
    text = events::to_line(*std::get<1>(*line), "/kickoff/fuzz");
  }
  if (!text.ends_with("}\n") || text.find('\n') != text.size() - 1) std::abort();
  const auto again = events::parse_line(std::string_view(text).substr(0, text.size() - 1));
  if (!again.ok() || again->index() != line->index()) std::abort();
  if (line->index() == 0) {
    if (std::get<0>(*again).raised.all().size() > std::get<0>(*line).raised.all().size()) std::abort();
    return 0;
  }
  const events::Event& before = *std::get<1>(*line);
  const events::Event& after = *std::get<1>(*again);
  const bool same = before.sequence == after.sequence && before.id == after.id && before.fact.type == after.fact.type &&
                    before.fact.state == after.fact.state;
  if (!same || after.fact.data.size() > before.fact.data.size()) std::abort();
  return 0;
}

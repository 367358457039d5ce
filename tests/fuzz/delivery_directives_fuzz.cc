#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "hls/blocking.h"
#include "hls/directives.h"
#include "hls/uri.h"

// Any query is understood or refused, any decision stays within the table, and a file name that is understood is the
// one that would have been written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::text_of({data, size});
  const hls::Directives directives = hls::parse_directives(text);
  if (directives.part && !directives.msn && !directives.malformed) std::abort();  // LL-94
  hls::Edge edge;
  edge.ready = true;
  edge.open = 100;
  edge.open_parts = static_cast<std::uint32_t>(size % 5);
  edge.last_parts = 4;
  const hls::Decision decision = hls::decide(directives, edge);
  if (decision.verdict == hls::Verdict::kAbsent) std::abort();
  if (directives.malformed && decision.verdict != hls::Verdict::kBadRequest) std::abort();
  if (decision.verdict == hls::Verdict::kWait) {
    if (decision.msn < edge.open || decision.msn > edge.open + 1 || decision.part > 255) std::abort();
  }
  edge.ended = true;
  if (hls::decide(directives, edge).verdict != hls::Verdict::kAnswer) std::abort();  // LL-45

  if (const auto file = hls::parse_file(text)) {
    std::string again;
    if (file->kind == hls::File::Kind::kSegment) hls::write_segment_uri(again, file->msn, file->container);
    if (file->kind == hls::File::Kind::kPart) hls::write_part_uri(again, file->msn, file->part, file->container);
    if (!again.empty() && again != text) std::abort();  // LL-68
  }
  return 0;
}

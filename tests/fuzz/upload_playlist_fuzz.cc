#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "upload/listing.h"
#include "upload/objects.h"

// What a bucket has as a playlist, and lines of a state file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::text_of({data, size});
  const upload::References found = upload::references_of(text);
  for (const std::string& name : found.names) {
    if (name.empty() || name.front() == '/' || name.find("..") != name.npos) std::abort();
  }
  if (found.playlist && !text.starts_with("#EXTM3U")) std::abort();
  static_cast<void>(upload::parse_entry(text));
  static_cast<void>(upload::parse_ranges(text));
  return 0;
}

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "ingest/stream_id.h"

// What parses names a resource, and its parts are no longer than the text; the two forms of the same address agree.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::text_of({data, size});
  const auto id = ingest::parse_stream_id(text);
  if (!id) return 0;
  if (id->channel.empty() || id->channel.find('/') != std::string::npos) std::abort();
  if (id->app.size() + id->channel.size() + id->key.size() > text.size()) std::abort();
  if (text.starts_with("#!::") || text.find(',') != std::string_view::npos) return 0;
  const auto keyed = ingest::parse_stream_id("#!::m=publish,r=" + std::string(text));
  if (text.size() + 16 > 512) return 0;
  if (!keyed || keyed->app != id->app || keyed->channel != id->channel || keyed->key != id->key) std::abort();
  return 0;
}

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "cmaf/init.h"

/// Whatever init section reads as a track that can be written must read the same once written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto track = cmaf::read_init(base::View{data, size});
  if (!track || !cmaf::check_track(*track)) return 0;
  const base::Bytes init = cmaf::write_init(*track);
  const auto again = cmaf::read_init(init.view());
  if (!again || again->codec_string != track->codec_string) std::abort();
  return 0;
}

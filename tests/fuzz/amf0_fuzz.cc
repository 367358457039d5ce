#include <cstdlib>

#include "rtmp/amf.h"

// What parses is written again, and must then parse to the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::Result<std::vector<rtmp::amf::Value>> values = rtmp::amf::parse_values(base::View(data, size));
  if (!values.ok()) return 0;
  const std::vector<std::uint8_t> written = rtmp::amf::write_values(*values);
  if (written.size() > 65536) return 0;  // AMF3 is denser than AMF0
  const base::Result<std::vector<rtmp::amf::Value>> again = rtmp::amf::parse_values(written);
  if (!again.ok() || rtmp::amf::write_values(*again) != written) std::abort();
  return 0;
}

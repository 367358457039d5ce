#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/crc32.h"
#include "scte35/section.h"

namespace {

/// What can be read can be written, and is the same when it is read again.
void check(base::View bytes) {
  const auto read = scte35::parse_section(bytes);
  if (!read.ok()) return;
  const std::vector<std::uint8_t> written = scte35::write_section(read.value());
  if (written.size() > scte35::kMostBytes) std::abort();
  const auto again = scte35::parse_section(written);
  if (!again.ok() || !(again.value() == read.value())) std::abort();
}

}  // namespace

// As it is, and with the CRC that it should have: few inputs have a right one by chance.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({data, size});
  if (size < 4) return 0;
  std::vector<std::uint8_t> sealed(data, data + size - 4);
  const std::uint32_t crc = base::crc32_mpeg(sealed);
  for (int shift = 24; shift >= 0; shift -= 8) sealed.push_back(static_cast<std::uint8_t>(crc >> shift));
  check(sealed);
  return 0;
}

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "ts/latm.h"

// Each byte string led by its length is one AudioMuxElement; units never hold more bytes than their element.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ts::LatmReader reader;
  base::View rest{data, size};
  while (!rest.empty()) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    const base::View element = rest.subspan(1, length);
    rest = rest.subspan(1 + length);
    auto units = reader.read(element);
    if (!units) continue;
    std::size_t bytes = 0;
    for (const base::Bytes& unit : *units) bytes += unit.size();
    if (bytes > element.size()) std::abort();
  }
  return 0;
}

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "record/encoding.h"

namespace {

std::vector<record::Record> decode(base::View bytes, std::size_t step) {
  record::Decoder decoder(
      [](std::uint64_t, std::size_t) -> base::Result<base::Bytes> { return base::Bytes::of_static("media"); });
  std::vector<record::Record> records;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const bool ok = decoder.feed(bytes.subspan(at, std::min(step, bytes.size() - at))).ok();
    for (record::Record record; decoder.next(record);) records.push_back(record);
    if (!ok) break;
  }
  return records;
}

std::vector<std::uint8_t> flat(const record::Record& record) {
  const record::Encoded encoded = record::encode(record);
  std::vector<std::uint8_t> bytes = encoded.head;
  bytes.insert(bytes.end(), encoded.body.begin(), encoded.body.end());
  return bytes;
}

}  // namespace

// However the input is cut the records are the same, and what was decoded encodes and decodes again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::View bytes{data, size};
  const std::vector<record::Record> whole = decode(bytes, size + 1);
  const std::vector<record::Record> bits = decode(bytes, 1);
  if (whole.size() != bits.size()) std::abort();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const std::vector<std::uint8_t> again = flat(whole[i]);
    if (again != flat(bits[i])) std::abort();
    if (decode(again, again.size()).size() != 1) std::abort();
  }
  return 0;
}

#include "http_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http_fuzz::run("http/1.1", data, size);
  return 0;
}

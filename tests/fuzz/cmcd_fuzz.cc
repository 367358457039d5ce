#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cmcd/report.h"

/// The bytes as a query, and as a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  http::Request request;
  request.query = text;
  cmcd::Report report;
  cmcd::read_report(request, report);
  request.query = {};
  request.fields.push_back({"cmcd-request", text});
  cmcd::read_report(request, report);
  return 0;
}

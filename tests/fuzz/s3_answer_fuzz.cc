#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "s3/bucket.h"
#include "s3/credentials.h"
#include "s3/xml.h"

// What a server answers: errors, lists, keys; and a credentials file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::text_of({data, size});
  std::size_t found = 0;
  for (const std::string_view entry : s3::find_elements(text, "Contents")) {
    found += entry.size();
    static_cast<void>(s3::text_of_element(entry, "Key"));
  }
  if (found > text.size()) std::abort();
  static_cast<void>(s3::text_of_element(text, "Code"));
  if (s3::without_entities(s3::with_entities(text)) != text) std::abort();
  static_cast<void>(s3::without_entities(text));
  static_cast<void>(s3::parse_credentials_file(text, "default"));
  static_cast<void>(s3::parse_http_date(text));
  return 0;
}

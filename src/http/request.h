#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace http {

/// Names a request within its session: the HTTP/2 stream, or a running number on HTTP/1.1.
using StreamId = std::int32_t;

enum class Method : std::uint8_t { kGet, kHead, kOptions, kOther };

struct Field {
  std::string_view name;   ///< as sent on HTTP/1.1, lower case on HTTP/2
  std::string_view value;  ///< without surrounding blanks
};

/// True where both are equal but for the case of ASCII letters.
bool same_name(std::string_view a, std::string_view b);

/// One request, whole.
/// Every view lives during Handler::on_request only.
struct Request {
  Method method = Method::kGet;
  std::string_view verb;   ///< the method as sent: "GET", "DELETE"
  int version = 11;        ///< 10, 11 or 20
  std::string_view path;   ///< raw: begins with '/', nothing decoded (CF-8); "*" for OPTIONS *
  std::string_view query;  ///< what follows the first '?', raw
  std::string_view host;   ///< Host or :authority, with its port; of an absolute target the target's (RFC 9112 3.2.2)
  std::string_view body;   ///< decoded; empty unless Limits::keeps_body()
  std::vector<Field> fields;

  /// Value of the first field of that name, empty if there is none.
  std::string_view find(std::string_view name) const {
    for (const Field& field : fields)
      if (same_name(field.name, name)) return field.value;
    return {};
  }
};

}  // namespace http

#include "serve/replies.h"

#include <algorithm>
#include <utility>

#include "http/date.h"
#include "http/negotiation.h"

namespace serve {
namespace {

using Fields = http::HeaderBlock::Fields;

// CF-23. hls.js reads Age for its tune-in, which a browser shows only if it is named here; pages want to know when to
// come back.
constexpr const char* kExposed =
    "Age, Date, Content-Length, Content-Range, ETag, CMSD-Static, CMSD-Dynamic, Retry-After";

// Where a token can be, beside the path. A cache that heeds it keeps an answer for those alone who show the same one.
constexpr const char* kTokenFields = "Authorization, Cookie";

/// What every answer carries, errors too (CF-9, CF-23).
Fields common(const std::string& cache_control) {
  return {{"cache-control", cache_control},
          {"access-control-allow-origin", "*"},
          {"access-control-expose-headers", kExposed}};
}

Fields describe(const Description& description, std::size_t length) {
  Fields fields{{"content-type", description.content_type}, {"content-length", std::to_string(length)}};
  const Fields rest = common(description.cache_control);
  fields.insert(fields.end(), rest.begin(), rest.end());
  fields.emplace_back("etag", description.etag);
  if (description.modified > 0) fields.emplace_back("last-modified", http::http_date(description.modified));
  return fields;
}

const std::string* find(const Fields& fields, std::string_view name) {
  for (const auto& field : fields)
    if (field.first == name) return &field.second;
  return nullptr;
}

Fields without(const Fields& fields, std::initializer_list<std::string_view> names) {
  Fields kept;
  for (const auto& field : fields)
    if (std::find(names.begin(), names.end(), field.first) == names.end()) kept.push_back(field);
  return kept;
}

/// The bytes [first, first + length) of slices, shared.
std::vector<base::Bytes> cut(const std::vector<base::Bytes>& slices, std::uint64_t first, std::uint64_t length) {
  std::vector<base::Bytes> out;
  for (const base::Bytes& slice : slices) {
    if (first >= slice.size()) {
      first -= slice.size();
      continue;
    }
    base::Bytes piece = slice.slice(static_cast<std::size_t>(first), static_cast<std::size_t>(length));
    first = 0;
    length -= piece.size();
    if (!piece.empty()) out.push_back(std::move(piece));
    if (length == 0) break;
  }
  return out;
}

/// The same of what lies in files.
std::vector<base::FilePlace> cut(const std::vector<base::FilePlace>& files, std::uint64_t first, std::uint64_t length) {
  std::vector<base::FilePlace> out;
  for (const base::FilePlace& file : files) {
    if (first >= file.size) {
      first -= file.size;
      continue;
    }
    const std::uint64_t size = std::min(file.size - first, length);
    if (size > 0) out.push_back({file.path, file.offset + first, static_cast<std::uint32_t>(size)});
    first = 0;
    length -= size;
    if (length == 0) break;
  }
  return out;
}

http::Response not_modified(const http::Reply& whole) {
  // Same Cache-Control and validators, no body (CF-16). Without Content-Length: it would be that of nothing.
  return std::make_shared<const http::Reply>(
      304, without(whole.block().fields(), {"content-type", "content-length", "content-encoding", "priority"}),
      std::vector<base::Bytes>{}, whole.block().urgency());
}

http::Response ranged(const http::Response& whole, const http::Range& range) {
  const std::string size = std::to_string(whole->body_size());
  Fields fields = without(whole->block().fields(), {"content-length", "priority"});
  if (range.kind == http::Range::Kind::kUnsatisfiable) {
    fields = common(CacheControl::seconds(1));
    fields.emplace_back("content-range", "bytes */" + size);
    fields.emplace_back("content-length", "0");
    return std::make_shared<const http::Reply>(416, std::move(fields));
  }
  fields.emplace_back("content-length", std::to_string(range.length));
  fields.emplace_back("content-range", "bytes " + std::to_string(range.first) + "-" +
                                           std::to_string(range.first + range.length - 1) + "/" + size);
  if (!whole->files().empty())
    return std::make_shared<const http::Reply>(206, std::move(fields), cut(whole->files(), range.first, range.length),
                                               whole->block().urgency());
  return std::make_shared<const http::Reply>(206, std::move(fields), cut(whole->body(), range.first, range.length),
                                             whole->block().urgency());
}

std::string_view text_of_status(int status) {
  switch (status) {
    case 400: return "Bad request\n";
    case 403: return "Only through the CDN\n";
    case 404: return "Not found\n";
    case 405: return "Only GET, HEAD and OPTIONS\n";
    case 413: return "Body too large\n";
    case 414: return "URL too long\n";
    case 417: return "Expectation failed\n";
    case 431: return "Header too large\n";
    case 503: return "Try again\n";
    case 508: return "This server gets its channels from the one that asks\n";
    case 505: return "HTTP version not supported\n";
    default: return "Error\n";
  }
}

}  // namespace

http::Response make_text(const origin::Rendered& text, bool gzip, Description description) {
  std::vector<base::Bytes> body{gzip ? text.gzip : text.identity};
  const std::vector<base::Bytes>& rest = gzip ? text.gzip_rest : text.identity_rest;
  body.insert(body.end(), rest.begin(), rest.end());
  std::size_t length = 0;
  for (const base::Bytes& piece : body) length += piece.size();
  description.etag = gzip ? text.etag_gzip : text.etag_identity;
  Fields fields = describe(description, length);
  fields.emplace_back("vary",
                      description.guarded ? std::string("Accept-Encoding, ") + kTokenFields : "Accept-Encoding");
  if (gzip) fields.emplace_back("content-encoding", "gzip");
  return std::make_shared<const http::Reply>(200, std::move(fields), std::move(body), description.urgency);
}

http::Response make_media(std::vector<base::Bytes> pieces, const Description& description) {
  std::size_t length = 0;
  for (const base::Bytes& piece : pieces) length += piece.size();
  Fields fields = describe(description, length);
  fields.emplace_back("accept-ranges", "bytes");
  if (description.guarded) fields.emplace_back("vary", kTokenFields);
  return std::make_shared<const http::Reply>(200, std::move(fields), std::move(pieces), description.urgency);
}

http::Response make_filed_media(std::vector<base::FilePlace> files, const Description& description) {
  std::size_t length = 0;
  for (const base::FilePlace& file : files) length += file.size;
  Fields fields = describe(description, length);
  fields.emplace_back("accept-ranges", "bytes");
  if (description.guarded) fields.emplace_back("vary", kTokenFields);
  return std::make_shared<const http::Reply>(200, std::move(fields), std::move(files), description.urgency);
}

http::Response make_preflight() {
  Fields fields = common(CacheControl::seconds(600));
  fields.emplace_back("access-control-allow-methods", "GET, HEAD, OPTIONS");
  fields.emplace_back(
      "access-control-allow-headers",
      "Authorization, Range, If-None-Match, If-Range, CMCD-Request, CMCD-Object, CMCD-Session, CMCD-Status");
  fields.emplace_back("access-control-max-age", "86400");
  fields.emplace_back("allow", "GET, HEAD, OPTIONS");
  return std::make_shared<const http::Reply>(204, std::move(fields));
}

http::Response make_posted(int status, std::string_view text, Fields more) {
  Fields fields = common(CacheControl::kNoStore);
  if (status != 204) {
    fields.emplace_back("content-type", "text/plain; charset=utf-8");
    fields.emplace_back("content-length", std::to_string(text.size()));
  }
  for (auto& field : more) fields.push_back(std::move(field));
  std::vector<base::Bytes> body;
  if (!text.empty()) body.push_back(base::Bytes::of_static(text));
  return std::make_shared<const http::Reply>(status, std::move(fields), std::move(body));
}

http::Response conditional(const http::Response& whole, const Conditions& conditions) {
  const Fields& fields = whole->block().fields();
  const std::string* etag = find(fields, "etag");
  if (!conditions.if_none_match.empty() && etag != nullptr && http::etag_matches(conditions.if_none_match, *etag))
    return not_modified(*whole);
  if (conditions.range.empty() || find(fields, "accept-ranges") == nullptr) return whole;
  // If-Range needs the strong validator; a date or anything else gives the whole (RFC 9110 13.1.5).
  if (!conditions.if_range.empty() && (etag == nullptr || conditions.if_range != *etag)) return whole;
  const http::Range range = http::parse_range(conditions.range, whole->body_size());
  return range.kind == http::Range::Kind::kWhole ? whole : ranged(whole, range);
}

http::Response Errors::make(int status, std::string_view text, const std::string& cache_control,
                            int retry_after) const {
  Fields fields = common(cache_control);
  fields.emplace_back("content-type", "text/plain; charset=utf-8");
  fields.emplace_back("content-length", std::to_string(text.size()));
  if (status == 401) fields.emplace_back("www-authenticate", "Bearer realm=\"kickoff\"");
  if (status == 405) fields.emplace_back("allow", "GET, HEAD, OPTIONS");
  if (status == 503) fields.emplace_back("retry-after", std::to_string(retry_after));
  return std::make_shared<const http::Reply>(status, std::move(fields),
                                             std::vector<base::Bytes>{base::Bytes::of_static(text)}, 1);
}

http::Response Errors::get(int status, int max_age) { return get(status, text_of_status(status), max_age); }

http::Response Errors::get(int status, std::string_view text, int max_age) {
  http::Response& made = made_[{status, text.data(), max_age}];
  const bool kept = status < 500 && status != 401 && status != 403;
  if (made == nullptr) made = make(status, text, kept ? CacheControl::seconds(max_age) : CacheControl::kNoStore, 1);
  return made;
}

http::Response Errors::get_busy() {
  constexpr int kLeastWait = 2;
  const std::size_t turn = next_busy_++ % busy_.size();
  if (busy_[turn] == nullptr)
    busy_[turn] = make(503, text_of_status(503), CacheControl::kNoStore, kLeastWait + static_cast<int>(turn));
  return busy_[turn];
}

}  // namespace serve

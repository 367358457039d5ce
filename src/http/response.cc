#include "http/response.h"

#include "http/http2_fields.h"

namespace http {

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

namespace {

/// "cache-control" as people know it: "Cache-Control".
std::string capitalised(std::string_view name) {
  std::string text(name);
  bool first = true;
  for (char& letter : text) {
    if (first && letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    first = letter == '-';
  }
  return text;
}

}  // namespace

HeaderBlock::HeaderBlock(int status, Fields fields, int urgency)
    : status_(status), urgency_(urgency), fields_(std::move(fields)), http2_(std::make_unique<Http2>()) {
  if (urgency_ >= 0) fields_.emplace_back("priority", "u=" + std::to_string(urgency_));
  http2_->status = std::to_string(status);
  http1_ = "HTTP/1.1 " + http2_->status + " ";
  http1_ += reason_of(status);
  http1_ += "\r\n";
  constexpr int kNoCopy = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;
  http2_->fields.reserve(fields_.size() + 1);
  http2_->fields.push_back(make_field(":status", http2_->status, kNoCopy));
  for (const auto& [name, value] : fields_) {
    http1_ += capitalised(name) + ": " + value + "\r\n";
    // What changes with every part would push out of the peer's table what stays the same.
    const int keep = name == "last-modified" ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
    http2_->fields.push_back(make_field(name, value, kNoCopy | keep));
  }
}

HeaderBlock::~HeaderBlock() = default;

Reply::Reply(int status, HeaderBlock::Fields fields, std::vector<base::Bytes> body, int urgency)
    : block_(status, std::move(fields), urgency), body_(std::move(body)) {
  for (const base::Bytes& slice : body_) body_size_ += slice.size();
}

Reply::Reply(int status, HeaderBlock::Fields fields, std::vector<base::FilePlace> files, int urgency)
    : block_(status, std::move(fields), urgency), files_(std::move(files)) {
  for (const base::FilePlace& place : files_) body_size_ += place.size;
}

}  // namespace http

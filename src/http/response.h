#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/file_place.h"

namespace http {

/// The reason phrase: "Not Found" for 404, "Status" for a code that this server never sends.
std::string_view reason_of(int status);

/// The status line and header fields of an answer, made once for HTTP/1.1 and HTTP/2 and shared by all connections that
/// send it. Date, Connection and, for a growing body, Transfer-Encoding are added when it is sent; a
/// Content-Length is among the fields. Thread: any; immutable.
class HeaderBlock {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  /// `fields` have lower-case names and go out in this order. `urgency` is RFC 9218's, 0 (first) to 7, -1 for none:
  /// it orders what shares a connection, and is sent as "priority: u=N" (LL-113).
  HeaderBlock(int status, Fields fields, int urgency = -1);
  ~HeaderBlock();
  HeaderBlock(const HeaderBlock&) = delete;
  HeaderBlock& operator=(const HeaderBlock&) = delete;

  int status() const { return status_; }
  int urgency() const { return urgency_; }
  const Fields& fields() const { return fields_; }
  /// "HTTP/1.1 200 OK\r\n" and every field's line; the Date line and the empty line are still to follow.
  base::View http1() const { return base::view_of(http1_); }

  struct Http2;  ///< the fields as nghttp2 takes them, ":status" first; defined in http2_fields.h
  const Http2& http2() const { return *http2_; }

 private:
  int status_;
  int urgency_;
  Fields fields_;
  std::string http1_;
  std::unique_ptr<Http2> http2_;
};

/// A whole answer: made once an object and encoding, sent to any number of viewers without copying or formatting.
/// Owns: shares of the body's bytes. Thread: any; immutable.
class Reply {
 public:
  Reply(int status, HeaderBlock::Fields fields, std::vector<base::Bytes> body = {}, int urgency = -1);
  /// One whose body lies in files. No session reads them: it is given to one as the head of a growing body.
  Reply(int status, HeaderBlock::Fields fields, std::vector<base::FilePlace> files, int urgency);

  int status() const { return block_.status(); }
  const HeaderBlock& block() const { return block_; }
  const std::vector<base::Bytes>& body() const { return body_; }
  std::size_t body_size() const { return body_size_; }  ///< that of files included
  const std::vector<base::FilePlace>& files() const { return files_; }

 private:
  HeaderBlock block_;
  std::vector<base::Bytes> body_;
  std::vector<base::FilePlace> files_;
  std::size_t body_size_ = 0;
};
using Response = std::shared_ptr<const Reply>;

}  // namespace http

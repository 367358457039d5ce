#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "client/transport.h"

namespace client {

/// What a transfer may take.
struct TransferLimits {
  base::Micros connect_timeout = 5 * base::kSecond;
  base::Micros stall_timeout = 15 * base::kSecond;  ///< without a byte in either direction
  std::size_t most_body = std::size_t{8} << 20;     ///< of an answer
  bool cut_body = false;                            ///< a longer one is cut there, and is no error
  std::string certificates = {};                    ///< PEM file of authorities; empty: those of the system
};

/// One request and what came of it. Its address is curl's, and the request outlives it.
class CurlTransfer {
 public:
  CurlTransfer(const Request& request, const TransferLimits& limits);
  ~CurlTransfer() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
  }
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* handle() const { return handle_; }
  /// Puts the outcome into `answer`.
  void end(CURLcode code);

  Answer answer;
  bool done = false;

 private:
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  void set_method(const Request& request);
  void add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }

  const std::size_t most_body_;
  const bool cut_body_;
  CURL* const handle_ = curl_easy_init();
  curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> problem_{};
};

/// curl's set of transfers that go on at a time. Thread: one, but wake() any.
class CurlMulti {
 public:
  CurlMulti();
  ~CurlMulti() { curl_multi_cleanup(handle_); }
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  CURLM* handle() const { return handle_; }
  void add(const CurlTransfer& transfer) { curl_multi_add_handle(handle_, transfer.handle()); }
  void remove(const CurlTransfer& transfer) { curl_multi_remove_handle(handle_, transfer.handle()); }
  /// Moves bytes without waiting. Returns the transfers that have ended, which are no longer in the set.
  std::vector<CurlTransfer*> advance();
  /// Until something can be moved, or wake(). At most `span`.
  void wait(base::Micros span);
  void wake() { curl_multi_wakeup(handle_); }

 private:
  CURLM* const handle_;
};

}  // namespace client

#include "client/curl_transfer.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace client {
namespace {

void initialise() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(once);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

CurlTransfer::CurlTransfer(const Request& request, const TransferLimits& limits)
    : most_body_(limits.most_body), cut_body_(limits.cut_body) {
  const auto milliseconds = [](base::Micros span) { return static_cast<long>(span / base::kMillisecond); };
  curl_easy_setopt(handle_, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
#if CURL_AT_LEAST_VERSION(7, 87, 0)
  curl_easy_setopt(handle_, CURLOPT_QUICK_EXIT, 1L);  // a name that is being looked up holds up no other transfer
#endif
  curl_easy_setopt(handle_, CURLOPT_PATH_AS_IS, 1L);  // what was signed is what is sent
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connect_timeout));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, milliseconds(request.timeout));
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stall_timeout / base::kSecond));
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, problem_.data());
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &CurlTransfer::take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &CurlTransfer::take_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  if (!limits.certificates.empty()) curl_easy_setopt(handle_, CURLOPT_CAINFO, limits.certificates.c_str());
  if (request.direct) curl_easy_setopt(handle_, CURLOPT_NOPROXY, "*");
  set_method(request);
  for (const auto& [name, value] : request.headers) add_header(value.empty() ? name + ";" : name + ": " + value);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
}

void CurlTransfer::set_method(const Request& request) {
  if (request.method == "HEAD") {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.body.empty() && request.method != "PUT" && request.method != "POST") {
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    return;
  }
  // The body is not copied: the request outlives the transfer.
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.text().data());
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  add_header("Expect:");        // a wait for "100 Continue" costs a round trip
  add_header("Content-Type:");  // unless the request has one, there is none
}

std::size_t CurlTransfer::take_body(char* data, std::size_t size, std::size_t count, void* self) {
  CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t room = transfer.most_body_ - transfer.answer.body.size();
  if (size * count > room && !transfer.cut_body_) return 0;
  transfer.answer.body.append(data, std::min(size * count, room));
  return size * count;
}

std::size_t CurlTransfer::take_header(char* data, std::size_t size, std::size_t count, void* self) {
  CurlTransfer& transfer = *static_cast<CurlTransfer*>(self);
  const std::string_view line(data, size * count);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) transfer.answer.headers.clear();  // those of an interim answer
  if (colon != line.npos)
    transfer.answer.headers.emplace_back(lower(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
  return size * count;
}

void CurlTransfer::end(CURLcode code) {
  done = true;
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK) {
    answer.status = static_cast<int>(status);
    return;
  }
  answer = {};
  answer.error = problem_[0] != 0 ? problem_.data() : curl_easy_strerror(code);
}

CurlMulti::CurlMulti() : handle_((initialise(), curl_multi_init())) {}

std::vector<CurlTransfer*> CurlMulti::advance() {
  std::vector<CurlTransfer*> ended;
  int running = 0;
  curl_multi_perform(handle_, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(handle_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    const CURLcode code = message->data.result;
    curl_multi_remove_handle(handle_, message->easy_handle);
    ended.push_back(reinterpret_cast<CurlTransfer*>(self));
    ended.back()->end(code);
  }
  return ended;
}

void CurlMulti::wait(base::Micros span) {
  const base::Micros milliseconds = (span + base::kMillisecond - 1) / base::kMillisecond;
  curl_multi_poll(handle_, nullptr, 0, static_cast<int>(std::min<base::Micros>(milliseconds, 60'000)), nullptr);
}

}  // namespace client

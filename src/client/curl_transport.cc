#include "client/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace client {
namespace {

// How long a poll lasts at the most; interrupt() ends it at once.
constexpr int kPollMilliseconds = 1000;

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

struct CurlTransport::Multi {
  Multi() { initialise(); }
  ~Multi() { curl_multi_cleanup(handle); }
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  CURLM* const handle = (initialise(), curl_multi_init());
};

/// One request and what came of it. Its address is curl's.
class CurlTransport::Transfer {
 public:
  Transfer(const Request& request, const Options& options);
  ~Transfer() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return handle_; }
  void end(CURLcode code);

  Answer answer;
  bool done = false;

 private:
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  void set_method(const Request& request);
  void add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }

  const std::size_t most_body_;
  CURL* const handle_ = curl_easy_init();
  curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> problem_{};
};

CurlTransport::Transfer::Transfer(const Request& request, const Options& options) : most_body_(options.most_body) {
  const auto milliseconds = [](base::Micros span) { return static_cast<long>(span / base::kMillisecond); };
  curl_easy_setopt(handle_, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle_, CURLOPT_PATH_AS_IS, 1L);  // what was signed is what is sent
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_timeout));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, milliseconds(request.timeout));
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout / base::kSecond));
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, problem_.data());
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::take_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  if (!options.certificates.empty()) curl_easy_setopt(handle_, CURLOPT_CAINFO, options.certificates.c_str());
  if (request.direct) curl_easy_setopt(handle_, CURLOPT_NOPROXY, "*");
  set_method(request);
  for (const auto& [name, value] : request.headers) add_header(value.empty() ? name + ";" : name + ": " + value);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
}

void CurlTransport::Transfer::set_method(const Request& request) {
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

std::size_t CurlTransport::Transfer::take_body(char* data, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  if (transfer.answer.body.size() + size * count > transfer.most_body_) return 0;
  transfer.answer.body.append(data, size * count);
  return size * count;
}

std::size_t CurlTransport::Transfer::take_header(char* data, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  const std::string_view line(data, size * count);
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) transfer.answer.headers.clear();  // those of an interim answer
  if (colon != line.npos)
    transfer.answer.headers.emplace_back(lower(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
  return size * count;
}

void CurlTransport::Transfer::end(CURLcode code) {
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

CurlTransport::CurlTransport(Options options) : options_(std::move(options)), multi_(std::make_unique<Multi>()) {
  curl_multi_setopt(multi_->handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(options_.parallel));
  curl_multi_setopt(multi_->handle, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.parallel));
}

CurlTransport::~CurlTransport() = default;

void CurlTransport::interrupt() {
  interrupted_ = true;
  curl_multi_wakeup(multi_->handle);
}

std::vector<Answer> CurlTransport::perform(const std::vector<Request>& requests) {
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (const Request& request : requests) transfers.push_back(std::make_unique<Transfer>(request, options_));
  std::size_t next = 0;
  int running = 0;
  std::size_t open = 0;
  while (!interrupted_ && (next < transfers.size() || open > 0)) {
    // Few at a time: a transfer's time runs from here on, also while it waits for a connection.
    for (; next < transfers.size() && open < static_cast<std::size_t>(options_.parallel); ++next, ++open)
      curl_multi_add_handle(multi_->handle, transfers[next]->handle());
    curl_multi_perform(multi_->handle, &running);
    int left = 0;
    bool ended = false;
    while (const CURLMsg* message = curl_multi_info_read(multi_->handle, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      char* self = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
      const CURLcode code = message->data.result;
      curl_multi_remove_handle(multi_->handle, message->easy_handle);
      reinterpret_cast<Transfer*>(self)->end(code);
      --open;
      ended = true;
    }
    if (!ended && open > 0) curl_multi_poll(multi_->handle, nullptr, 0, kPollMilliseconds, nullptr);
  }
  for (std::size_t i = 0; i < next; ++i) {
    if (!transfers[i]->done) curl_multi_remove_handle(multi_->handle, transfers[i]->handle());
  }
  std::vector<Answer> answers;
  for (const auto& transfer : transfers) {
    if (!transfer->done) transfer->answer = {.error = "interrupted"};
    answers.push_back(std::move(transfer->answer));
  }
  return answers;
}

}  // namespace client

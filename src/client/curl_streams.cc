#include "client/curl_streams.h"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace client {
namespace {

constexpr int kLongestPoll = 1000;        // Units: ms.
constexpr long kReadBuffer = 256 * 1024;  // A part of a few Mbit/s in one or two calls.

void initialise_streams() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(once);
}

}  // namespace

/// The thread, and what it works with.
class CurlStreams::Worker {
 public:
  Worker(Options options, Post post, StreamHandler& handler)
      : options_(std::move(options)), post_(std::move(post)), caller_(std::make_shared<Caller>(handler)) {
    initialise_streams();
    multi_ = curl_multi_init();
    thread_ = std::thread([this] { run(); });
  }
  ~Worker() {
    caller_->handler = nullptr;
    over_ = true;
    curl_multi_wakeup(multi_);
    thread_.join();
    streams_.clear();
    curl_multi_cleanup(multi_);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs `order` on the thread.
  void order(std::function<void()> order) {
    {
      const std::lock_guard lock(mutex_);
      orders_.push_back(std::move(order));
    }
    curl_multi_wakeup(multi_);
  }
  void begin(StreamId id, const Request& request);
  void end(StreamId id) { streams_.erase(id); }
  void take(StreamId id, std::size_t bytes);

 private:
  struct Stream;
  /// What is said of the caller: shared with what was posted.
  struct Caller {
    explicit Caller(StreamHandler& given) : handler(&given) {}
    StreamHandler* handler;  ///< null once the transport is gone. Thread: the caller's.
  };

  void run();
  void run_orders();
  void finish_some();
  template <typename Call>
  void tell(Call call) {
    post_([caller = caller_, call = std::move(call)] {
      if (caller->handler != nullptr) call(*caller->handler);
    });
  }

  const Options options_;
  const Post post_;
  const std::shared_ptr<Caller> caller_;
  std::mutex mutex_;  ///< for orders_ alone, which are swapped out
  std::vector<std::function<void()>> orders_;
  std::atomic<bool> over_ = false;
  CURLM* multi_ = nullptr;
  std::map<StreamId, std::unique_ptr<Stream>> streams_;  ///< thread: its own
  std::thread thread_;
};

/// One request. Its address is curl's. Thread: the worker's.
struct CurlStreams::Worker::Stream {
  Stream(Worker& worker, StreamId id, const Request& request);
  ~Stream() {
    curl_multi_remove_handle(owner.multi_, handle);
    curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  void say_head();

  Worker& owner;
  const StreamId name;
  CURL* const handle = curl_easy_init();
  curl_slist* headers = nullptr;
  std::size_t untaken = 0;
  bool paused = false;
  bool head_said = false;
  std::array<char, CURL_ERROR_SIZE> problem{};
};

CurlStreams::Worker::Stream::Stream(Worker& worker, StreamId id, const Request& request) : owner(worker), name(id) {
  const Options& options = worker.options_;
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, kReadBuffer);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout / base::kMillisecond));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout / base::kSecond));
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, problem.data());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Stream::take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  if (!options.certificates.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.certificates.c_str());
  if (request.direct) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  for (const auto& [field, value] : request.headers)
    headers = curl_slist_append(headers, (field + ": " + value).c_str());
  if (request.method == "POST") {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, request.body.empty() ? "" : request.body.text().data());
  }
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_multi_add_handle(worker.multi_, handle);
}

void CurlStreams::Worker::Stream::say_head() {
  if (std::exchange(head_said, true)) return;
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (status == 0) return;
  owner.tell([id = name, status](StreamHandler& handler) { handler.on_head(id, static_cast<int>(status)); });
}

std::size_t CurlStreams::Worker::Stream::take_body(char* data, std::size_t size, std::size_t count, void* self) {
  Stream& stream = *static_cast<Stream*>(self);
  if (stream.untaken >= kMostUntaken) {
    stream.paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  stream.say_head();
  stream.untaken += size * count;
  const base::Bytes bytes = base::Bytes::copy_of(std::string_view(data, size * count));
  stream.owner.tell([id = stream.name, bytes](StreamHandler& handler) { handler.on_body(id, bytes); });
  return size * count;
}

void CurlStreams::Worker::begin(StreamId id, const Request& request) {
  streams_[id] = std::make_unique<Stream>(*this, id, request);
}

void CurlStreams::Worker::take(StreamId id, std::size_t bytes) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  Stream& stream = *found->second;
  stream.untaken -= std::min(bytes, stream.untaken);
  if (stream.untaken < kMostUntaken && std::exchange(stream.paused, false))
    curl_easy_pause(stream.handle, CURLPAUSE_CONT);
}

void CurlStreams::Worker::run() {
  pthread_setname_np(pthread_self(), options_.thread);
  while (!over_) {
    run_orders();
    int running = 0;
    curl_multi_perform(multi_, &running);
    finish_some();
    curl_multi_poll(multi_, nullptr, 0, kLongestPoll, nullptr);
  }
}

void CurlStreams::Worker::run_orders() {
  std::vector<std::function<void()>> orders;
  {
    const std::lock_guard lock(mutex_);
    orders.swap(orders_);
  }
  for (const auto& order : orders) order();
}

void CurlStreams::Worker::finish_some() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    Stream& stream = *reinterpret_cast<Stream*>(self);
    stream.say_head();
    const char* const why = stream.problem[0] != 0 ? stream.problem.data() : curl_easy_strerror(code);
    const std::string error = code == CURLE_OK ? "" : why;
    tell([id = stream.name, error](StreamHandler& handler) { handler.on_end(id, error); });
    streams_.erase(stream.name);
  }
}

CurlStreams::CurlStreams(Options options, Post post, StreamHandler& handler)
    : worker_(std::make_unique<Worker>(std::move(options), std::move(post), handler)) {}

CurlStreams::~CurlStreams() = default;

void CurlStreams::start(StreamId id, Request request) {
  worker_->order([worker = worker_.get(), id, request = std::move(request)] { worker->begin(id, request); });
}

void CurlStreams::stop(StreamId id) {
  worker_->order([worker = worker_.get(), id] { worker->end(id); });
}

void CurlStreams::taken(StreamId id, std::size_t bytes) {
  worker_->order([worker = worker_.get(), id, bytes] { worker->take(id, bytes); });
}

}  // namespace client

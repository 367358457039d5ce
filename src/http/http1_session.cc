#include "http/http1_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace http {
namespace {

// RFC 9110 5.6.2. llhttp as Debian builds it takes a blank in a name, which is how "Content-Length : 5" smuggles.
bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_plain_target(std::string_view target) {
  return !target.empty() && std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Method method_of(std::uint8_t method) {
  switch (method) {
    case HTTP_GET: return Method::kGet;
    case HTTP_HEAD: return Method::kHead;
    case HTTP_OPTIONS: return Method::kOptions;
    default: return Method::kOther;
  }
}

}  // namespace

/// llhttp's callbacks. A head is always given in one piece, so every span comes whole and points into it.
struct Http1Session::Callbacks {
  static Http1Session& self(llhttp_t* parser) { return *static_cast<Http1Session*>(parser->data); }

  static int on_url(llhttp_t* parser, const char* at, std::size_t length) {
    self(parser).shared_.request.path = {at, length};
    return 0;
  }
  static int on_field(llhttp_t* parser, const char* at, std::size_t length) {
    // In the body phase these are trailers, which nobody reads.
    if (self(parser).state_ == State::kHead) self(parser).shared_.request.fields.push_back({{at, length}, {}});
    return 0;
  }
  static int on_value(llhttp_t* parser, const char* at, std::size_t length) {
    auto& fields = self(parser).shared_.request.fields;
    if (self(parser).state_ == State::kHead && !fields.empty()) fields.back().value = trim_end({at, length});
    return 0;
  }
  static int on_body(llhttp_t* parser, const char* at, std::size_t length) {
    Http1Session& session = self(parser);
    session.body_size_ += length;
    if (session.keeps_body_ && session.body_size_ <= session.shared_.limits.body) session.head_.append(at, length);
    return 0;
  }
  static int on_headers_complete(llhttp_t* parser) {
    // No upgrade is ever taken up; CONNECT stays one and is refused by its method.
    if (parser->method != HTTP_CONNECT) parser->upgrade = 0;
    return 0;
  }
  static int on_message_complete(llhttp_t* parser) {
    self(parser).message_complete_ = true;
    return HPE_PAUSED;
  }
  static const llhttp_settings_t* settings() {
    static const llhttp_settings_t kSettings = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_url = on_url;
      made.on_header_field = on_field;
      made.on_header_value = on_value;
      made.on_body = on_body;
      made.on_headers_complete = on_headers_complete;
      made.on_message_complete = on_message_complete;
      return made;
    }();
    return &kSettings;
  }
};

void Http1Session::feed(base::View bytes) {
  if (state_ == State::kClosing) {
    peer_done_ = false;  // it sends another request although it had announced the end
    return;
  }
  // With an answer still to be taken the next request waits: one that pipelines without reading gets no further.
  const bool free = state_ != State::kAnswering && state_ != State::kGrowing && output_.empty();
  if (free && pending_.empty()) {
    bytes = bytes.subspan(consume(bytes));
    if (state_ != State::kClosing) {
      pending_.assign(base::text_of(bytes));
    } else if (!bytes.empty()) {
      peer_done_ = false;
    }
    return;
  }
  // Bounded: wants_input() turns false at Limits::pipelined, and what was read before that is one read at most.
  pending_.append(base::text_of(bytes));
  if (free) pending_.erase(0, consume(base::view_of(pending_)));
}

/// Takes in at most one request; returns how many bytes it used up.
std::size_t Http1Session::consume(base::View bytes) {
  std::size_t used = 0;
  if (state_ == State::kHead) used = consume_head(bytes);
  if (state_ == State::kBody) used += consume_body(bytes.subspan(used));
  return used;
}

std::size_t Http1Session::consume_head(base::View bytes) {
  // RFC 9112 2.2: empty lines before a request line are skipped. Only as whole pairs, CR LF.
  std::size_t skipped = 0;
  while (bytes.size() >= skipped + 2 && bytes[skipped] == '\r' && bytes[skipped + 1] == '\n') skipped += 2;
  bytes = bytes.subspan(skipped);
  if (bytes.empty() || (bytes.size() == 1 && bytes[0] == '\r')) return skipped;

  const HeadScanner::Outcome scanned = scanner_.scan(bytes, shared_.limits);
  if (scanned.refused != 0) {
    refuse(scanned.refused);
    return skipped;
  }
  if (scanned.length == 0) return skipped;
  scanner_.reset();

  Request& request = shared_.request;
  request.fields.clear();
  request.path = {};
  message_complete_ = false;
  llhttp_init(&parser_, HTTP_REQUEST, Callbacks::settings());
  parser_.data = this;
  const base::View head = bytes.subspan(0, scanned.length);
  const auto outcome = llhttp_execute(&parser_, base::text_of(head).data(), head.size());
  const bool taken = outcome == HPE_OK || (outcome == HPE_PAUSED && message_complete_) || outcome == HPE_PAUSED_UPGRADE;
  keeps_body_ = taken && wants_body();
  refused_ = taken ? check_request() : 400;
  keep_alive_ = llhttp_should_keep_alive(&parser_) != 0 && parser_.http_minor == 1;
  head_only_ = parser_.method == HTTP_HEAD;
  if (refused_ != 0) {
    refuse(refused_);
  } else if (message_complete_ || parser_.method == HTTP_CONNECT) {
    dispatch({});
  } else {
    await_body(head);
  }
  return skipped + scanned.length;
}

/// The body comes in later reads: the head is kept, for its views, and the body behind it.
void Http1Session::await_body(base::View head) {
  const Limits& limits = shared_.limits;
  // One that says how long it is is refused before it is sent.
  if (keeps_body_ && (parser_.flags & F_CONTENT_LENGTH) != 0 && parser_.content_length > limits.body)
    return refuse(413);
  head_.assign(base::text_of(head));
  body_taken_ = 0;
  body_size_ = 0;
  state_ = State::kBody;
  const bool expects = !shared_.request.find("expect").empty();
  if (expects && parser_.http_minor == 1) output_.push_back(base::Bytes::of_static("HTTP/1.1 100 Continue\r\n\r\n"));
}

/// Whether the body of the request whose target is in its path yet is to be kept.
bool Http1Session::wants_body() const {
  std::string_view path = shared_.request.path;
  if (const std::size_t scheme = path.find("://"); scheme < path.find('/')) {  // see parse_target()
    const std::size_t slash = path.find('/', scheme + 3);
    path = slash == std::string_view::npos ? std::string_view("/") : path.substr(slash);
  }
  return shared_.limits.keeps_body(path);
}

int Http1Session::check_request() const {
  if (parser_.http_major != 1) return parser_.http_major == 0 ? 400 : 505;  // HTTP/0.9 has no version at all
  if (parser_.http_minor > 1) return 505;
  const Request& request = shared_.request;
  if (!is_plain_target(request.path)) return 400;
  if (request.path.size() > shared_.limits.target) return 414;
  int hosts = 0;
  bool expects = false;
  for (const Field& field : request.fields) {
    if (!is_token(field.name)) return 400;
    if (same_name(field.name, "host")) ++hosts;
    if (same_name(field.name, "expect") && !(keeps_body_ && same_name(field.value, "100-continue"))) expects = true;
  }
  if (hosts > 1 || (hosts == 0 && parser_.http_minor == 1)) return 400;
  return expects ? 417 : 0;
}

std::size_t Http1Session::consume_body(base::View bytes) {
  if (bytes.empty()) return 0;
  const auto outcome = llhttp_execute(&parser_, base::text_of(bytes).data(), bytes.size());
  if (outcome != HPE_OK && !message_complete_) {
    refuse(400);
    return bytes.size();
  }
  const std::size_t used = message_complete_
                               ? static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - base::text_of(bytes).data())
                               : bytes.size();
  body_taken_ += used;
  // A body in chunks of one byte has five times its size in framing, and extensions add to it.
  if (body_size_ > shared_.limits.body || body_taken_ - body_size_ > shared_.limits.body) {
    refuse(413);
  } else if (message_complete_) {
    // Parse the kept head once more for its views; it was found good before.
    const std::string kept = std::exchange(head_, {});
    const std::size_t head_size = kept.size() - (keeps_body_ ? body_size_ : 0);
    state_ = State::kHead;
    const bool keep_alive = llhttp_should_keep_alive(&parser_) != 0 && parser_.http_minor == 1;
    shared_.request.fields.clear();
    llhttp_init(&parser_, HTTP_REQUEST, Callbacks::settings());
    parser_.data = this;
    llhttp_execute(&parser_, kept.data(), head_size);
    keep_alive_ = keep_alive;
    dispatch(std::string_view(kept).substr(head_size));
  }
  return used;
}

bool Http1Session::parse_target(std::string_view target) {
  Request& request = shared_.request;
  if (target == "*" && request.method == Method::kOptions) {
    request.path = target;
    request.query = {};
    return true;
  }
  if (target.front() != '/') {
    // The absolute form, which RFC 9112 3.2.2 asks servers to take.
    const std::size_t scheme = target.find("://");
    if (scheme > 5) return false;  // there is none, or none that we know
    target.remove_prefix(scheme + 3);
    const std::size_t slash = target.find_first_of("/?");
    request.host = target.substr(0, slash);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  if (target.find('#') != std::string_view::npos) return false;
  const std::size_t question = target.find('?');
  request.path = question == 0 ? std::string_view("/") : target.substr(0, question);
  request.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  return true;
}

void Http1Session::dispatch(std::string_view body) {
  Request& request = shared_.request;
  request.method = method_of(parser_.method);
  request.verb = llhttp_method_name(static_cast<llhttp_method_t>(parser_.method));
  request.version = 10 + parser_.http_minor;
  request.host = request.find("host");
  // After CONNECT the client may already speak to whom it wanted.
  peer_done_ = parser_.method != HTTP_CONNECT && llhttp_should_keep_alive(&parser_) == 0;
  if (parser_.method == HTTP_CONNECT) keep_alive_ = false;
  if (parser_.method != HTTP_CONNECT && !parse_target(request.path)) return refuse(400);
  if (shutting_down_) keep_alive_ = false;
  state_ = State::kAnswering;
  id_ = id_ == INT32_MAX ? 1 : id_ + 1;
  request.body = body;
  handler_.on_request(id_, request);
}

void Http1Session::refuse(int status) {
  // After a breach nobody knows where the next request would begin: the connection is never used again.
  keep_alive_ = false;
  peer_done_ = false;
  state_ = State::kAnswering;
  pending_.clear();
  head_ = std::string();
  send(handler_.refuse(status));
}

void Http1Session::respond(StreamId id, Response response) {
  if (state_ == State::kAnswering && id == id_) send(response);
}

void Http1Session::send(const Response& response) {
  const Dates::Line& date = shared_.dates.now();
  if (shutting_down_) keep_alive_ = false;
  const base::Bytes& ending = keep_alive_ ? date.keep : date.close;
  const bool head_only = std::exchange(head_only_, false);
  base::Bytes whole = head_only ? base::Bytes() : shared_.repeated.find(response, ending);
  if (!whole.empty()) {
    output_.push_back(std::move(whole));
  } else {
    output_.reserve(2 + response->body().size());
    output_.push_back(base::Bytes::of_owner(response, response->block().http1()));
    output_.push_back(ending);
    if (!head_only) output_.insert(output_.end(), response->body().begin(), response->body().end());
  }
  state_ = keep_alive_ ? State::kHead : State::kClosing;
}

bool Http1Session::respond(StreamId id, Response head, std::shared_ptr<GrowingBody> body) {
  if (state_ != State::kAnswering || id != id_) return false;
  if (shutting_down_) keep_alive_ = false;
  const Dates::Line& date = shared_.dates.now();
  output_.push_back(base::Bytes::of_owner(head, head->block().http1()));
  // HTTP/1.0 knows no chunks: its body ends with the connection, which keep_alive_ is false for.
  chunked_ = parser_.http_minor == 1 && head->files().empty();
  if (chunked_) output_.push_back(base::Bytes::of_static("Transfer-Encoding: chunked\r\n"));
  output_.push_back(keep_alive_ ? date.keep : date.close);
  body->attach(*this);
  body_ = std::move(body);
  state_ = State::kGrowing;
  return true;
}

void Http1Session::take_chunk(std::size_t most, std::vector<base::Bytes>& out) {
  using Body = GrowingBody::State;
  if (std::exchange(head_only_, false)) {
    drop_body();
    state_ = keep_alive_ ? State::kHead : State::kClosing;
    return;
  }
  const std::size_t size = std::min(body_->queued(), most);
  if (size != 0) {
    std::array<char, 20> head;
    const auto end = std::to_chars(head.data(), head.data() + head.size() - 2, size, 16).ptr;
    end[0] = '\r';
    end[1] = '\n';
    if (chunked_) out.push_back(base::Bytes::copy_of({head.data(), static_cast<std::size_t>(end + 2 - head.data())}));
    body_->take(size, out);
    if (chunked_) out.push_back(base::Bytes::of_static("\r\n"));
  }
  if (body_->queued() == 0 && body_->state() == Body::kFinished) {
    if (chunked_) out.push_back(base::Bytes::of_static("0\r\n\r\n"));
    state_ = keep_alive_ && !shutting_down_ ? State::kHead : State::kClosing;
  } else if (body_->state() == Body::kAborted) {
    state_ = State::kClosing;
    peer_done_ = false;
    pending_.clear();
  }
  const std::shared_ptr<GrowingBody> body = body_;
  if (state_ != State::kGrowing) drop_body();
  body->notify_writable();
}

void Http1Session::drop_body() {
  if (body_ != nullptr) std::exchange(body_, nullptr)->leave();
}

void Http1Session::take_output(std::size_t most, std::vector<base::Bytes>& out) {
  const bool consuming = state_ == State::kHead || state_ == State::kBody;
  if (output_.empty() && consuming && !pending_.empty()) pending_.erase(0, consume(base::view_of(pending_)));
  std::size_t taken = 0;
  std::size_t whole = 0;
  while (whole < output_.size() && taken < most) {
    base::Bytes& slice = output_[whole];
    if (slice.size() > most - taken) {
      out.push_back(slice.slice(0, most - taken));
      slice = slice.slice(most - taken);
      break;
    }
    taken += slice.size();
    if (!slice.empty()) out.push_back(std::move(slice));
    ++whole;
  }
  output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(whole));
  // A parked viewer keeps room for one answer in one piece, no more: 10,000 of them would keep megabytes.
  if (output_.empty() && output_.capacity() > 1) output_.shrink_to_fit();
  if (pending_.empty()) pending_.shrink_to_fit();
  if (state_ == State::kGrowing && output_.empty() && taken < most) take_chunk(most - taken, out);
}

bool Http1Session::wants_input() const {
  if (state_ == State::kClosing) return false;
  return pending_.size() < shared_.limits.pipelined;
}

Phase Http1Session::phase() const {
  if (state_ == State::kAnswering || !output_.empty()) return Phase::kAnswering;
  if (state_ == State::kGrowing) return body_->has_output() ? Phase::kAnswering : Phase::kGrowing;
  return state_ == State::kBody || !pending_.empty() ? Phase::kReading : Phase::kIdle;
}

void Http1Session::shut_down() {
  shutting_down_ = true;
  if (state_ == State::kHead && pending_.empty() && output_.empty()) state_ = State::kClosing;
}

void Http1Session::abort() {
  const bool waiting = state_ == State::kAnswering;
  state_ = State::kClosing;
  output_.clear();
  drop_body();
  if (waiting) handler_.on_stream_closed(id_);
}

}  // namespace http

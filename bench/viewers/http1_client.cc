#include "viewers/http1_client.h"

#include <strings.h>

#include <charconv>
#include <cstring>
#include <utility>

#include "viewers/attributes.h"
#include "viewers/engine.h"

namespace viewers {
namespace {

constexpr std::size_t kLongestHead = 16u << 10;

bool is_name(std::string_view text, std::string_view name) {
  return text.size() == name.size() && strncasecmp(text.data(), name.data(), name.size()) == 0;
}

void take_field(std::string_view name, std::string_view value, Head& head) {
  if (is_name(name, "content-length")) {
    head.length = integer_of(value);
  } else if (is_name(name, "retry-after")) {
    head.retry_after = integer_of(value);
  } else if (is_name(name, "transfer-encoding")) {
    head.chunked = is_name(value, "chunked");
  } else if (is_name(name, "connection")) {
    head.close = is_name(value, "close");
  }
}

}  // namespace

base::Result<Head> parse_head(std::string_view text) {
  Head head;
  if (text.size() < 12 || text.substr(0, 7) != "HTTP/1.") {
    return base::Error{base::Code::kMalformed, "the response is not HTTP/1.x", 0};
  }
  head.status = static_cast<int>(integer_of(text.substr(9, 3)));
  std::size_t at = text.find('\n');
  while (at != std::string_view::npos && ++at < text.size()) {
    const std::size_t end = text.find('\n', at);
    std::string_view line = text.substr(at, end == std::string_view::npos ? end : end - at);
    at = end;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    take_field(line.substr(0, colon), value, head);
  }
  return head;
}

std::string_view ChunkedBody::feed(std::string_view bytes, Exchange& exchange) {
  while (!bytes.empty() && !done() && !broken()) {
    if (state_ == State::kData) {
      const std::string_view data = bytes.substr(0, left_);
      exchange.take_body(base::view_of(data), false);
      bytes.remove_prefix(data.size());
      left_ -= data.size();
      if (left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    const std::size_t end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    if (line_.size() > kLongestHead) state_ = State::kBroken;
    if (end == std::string_view::npos) return {};
    bytes.remove_prefix(end + 1);
    take_line();
  }
  return bytes;
}

void ChunkedBody::take_line() {
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  if (state_ == State::kTrailer) {
    if (line_.empty()) state_ = State::kDone;
  } else if (state_ == State::kDataEnd) {
    state_ = line_.empty() ? State::kSize : State::kBroken;
  } else {
    const auto [end, error] = std::from_chars(line_.data(), line_.data() + line_.size(), left_, 16);
    state_ = error != std::errc() ? State::kBroken : left_ == 0 ? State::kTrailer : State::kData;
  }
  line_.clear();
}

Http1Client::Http1Client(Engine& engine, Transport::Pace pace) : engine_(engine), transport_(engine, *this, pace) {}

Http1Client::~Http1Client() {
  if (exchange_ != nullptr) exchange_->forget();
}

void Http1Client::ask(Exchange& exchange) {
  exchange_ = &exchange;
  exchange.begin(*this, steady_now());
  if (transport_.connected()) send_request();
}

void Http1Client::send_request() {
  thread_local std::string request;
  request.assign("GET ");
  request += exchange_->path;
  request += engine_.head_rest;
  transport_.send(request);
}

void Http1Client::cancel(Exchange& exchange) {
  if (exchange_ != &exchange) return;
  exchange_ = nullptr;
  closing_ = true;  // its response cannot be distinguished from the next one
}

void Http1Client::on_connected(Micros) {
  if (exchange_ != nullptr) send_request();
}

void Http1Client::on_bytes(base::View view, Micros now) {
  std::string_view bytes = base::text_of(view);
  while (!bytes.empty() && !closing_) {
    if (exchange_ == nullptr) {
      closing_ = true;
      return engine_.tally.fault(kProtocolFault, "bytes that nobody asked for");
    }
    bytes = in_body_ ? read_body(bytes, now) : read_head(bytes, now);
  }
}

std::string_view Http1Client::read_head(std::string_view bytes, Micros now) {
  std::string_view text = bytes;
  const std::size_t before = head_text_.size();
  if (before > 0) text = head_text_ += bytes;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (before == 0) head_text_ = bytes;
    if (head_text_.size() > kLongestHead) fail("the head of the response has no end");
    return {};
  }
  auto head = parse_head(text.substr(0, end));
  head_text_.clear();
  bytes.remove_prefix(end + 4 - before);
  if (!head.ok()) {
    fail(head.error().what);
    return {};
  }
  head_ = head.take();
  if (!head_.chunked && head_.length < 0) {
    fail("a response with neither Content-Length nor chunks");
    return {};
  }
  in_body_ = true;
  left_ = head_.chunked ? 0 : static_cast<std::uint64_t>(head_.length);
  chunked_ = {};
  exchange_->take_head(head_, now);
  return left_ == 0 && !head_.chunked ? read_body(bytes, now) : bytes;
}

std::string_view Http1Client::read_body(std::string_view bytes, Micros now) {
  bool done = false;
  if (head_.chunked) {
    bytes = chunked_.feed(bytes, *exchange_);
    done = chunked_.done();
    if (chunked_.broken()) {
      fail("broken chunks");
      return {};
    }
  } else {
    const std::string_view part = bytes.substr(0, left_);
    exchange_->take_body(base::view_of(part), part.size() == left_);
    bytes.remove_prefix(part.size());
    left_ -= part.size();
    done = left_ == 0;
  }
  if (!done) return bytes;
  in_body_ = false;
  used_ = true;
  closing_ = closing_ || head_.close;
  std::exchange(exchange_, nullptr)->complete(now);
  return bytes;
}

void Http1Client::fail(std::string_view what) {
  closing_ = true;
  if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->fail(Failure::kProtocol, what);
}

void Http1Client::on_lost(Failure failure, std::string_view what) {
  if (exchange_ == nullptr) return;
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  // A connection that idled may be closed just when a request goes out: a client sends it once more (RFC 9110 9.2.2).
  const bool again = used_ && !in_body_ && head_text_.empty() && failure == Failure::kClosed && !exchange.retried;
  exchange.retried = again;
  exchange.fail(failure, what);
}

}  // namespace viewers

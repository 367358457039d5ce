#include "http/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "http/http2_fields.h"

namespace http {
namespace {

// Resets: a burst of 200, 20 a second in the long run. A player that switches renditions makes a handful; a client that
// sends more gets GOAWAY (CVE-2023-44487).
constexpr std::uint64_t kResetBurst = 200;
constexpr std::uint64_t kResetRate = 20;
// A header block of 32 KiB fits three frames of 16 KiB (CVE-2024-28182).
constexpr std::size_t kMaxContinuations = 4;
// Answers to PING and SETTINGS that a peer may leave unread.
constexpr std::size_t kMaxUnsentAcks = 128;
// Requests have no bodies worth a window; a small one bounds what a peer can have in flight to us.
constexpr std::uint32_t kUploadWindow = 16 * 1024;
// Frames that wait until the peer reads: one that sends and does not read is read no further. Answers' heads, at most
// one a stream, and PING and SETTINGS have limits of their own; this one is for the resets of what is refused.
constexpr std::size_t kMostUnsentFrames = 512;
// Streams refused for what they take. A client that continues gets GOAWAY.
constexpr std::uint32_t kMostRefused = 16;

// For the fields of our answers that stay the same (600 bytes of them); a full table of 4 KiB is 7 KB in nghttp2.
constexpr std::size_t kFieldTable = 1024;

struct FreeOption {
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

const nghttp2_option* options() {
  static const std::unique_ptr<nghttp2_option, FreeOption> kOption = [] {
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_stream_reset_rate_limit(option, kResetBurst, kResetRate);
    nghttp2_option_set_max_continuations(option, kMaxContinuations);
    nghttp2_option_set_max_outbound_ack(option, kMaxUnsentAcks);
    nghttp2_option_set_max_settings(option, 32);
    nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_PRIORITY_UPDATE);
    // Closed streams are of use to RFC 7540 priorities only, which we do not follow.
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_max_deflate_dynamic_table_size(option, kFieldTable);
    return std::unique_ptr<nghttp2_option, FreeOption>(option);
  }();
  return kOption.get();
}

Workspace::Client& of(void* user) { return *static_cast<Workspace::Client*>(user); }

// nghttp2 copies the table. Of count and size it multiplies its own constants.
nghttp2_mem memory_of(Workspace::Client& client) {
  return {&client, [](std::size_t size, void* user) { return of(user).allocate(size); },
          [](void* block, void* user) { of(user).release(block); },
          [](std::size_t count, std::size_t size, void* user) { return of(user).allocate(count * size); },
          [](void* block, std::size_t size, void* user) { return of(user).resize(block, size); }};
}

Method method_of(std::string_view name) {
  if (name == "GET") return Method::kGet;
  if (name == "HEAD") return Method::kHead;
  if (name == "OPTIONS") return Method::kOptions;
  return Method::kOther;
}

std::string_view view(const std::uint8_t* bytes, std::size_t length) {
  return {reinterpret_cast<const char*>(bytes), length};
}

}  // namespace

struct Http2Session::Stream {
  StreamId id = 0;
  bool asked = false;  ///< its request was given to the handler
  bool head_only = false;
  Response response;                     ///< null until it is answered
  std::size_t slice = 0;                 ///< of the body: the one being sent
  std::size_t offset = 0;                ///< in that slice
  std::size_t left = 0;                  ///< bytes of the body not yet sent
  std::shared_ptr<GrowingBody> growing;  ///< the body, if it grows
  bool deferred = false;                 ///< nghttp2 waits for more of it
  bool silent = true;                    ///< all of it was handed out when last looked at
  bool reset = false;                    ///< RST_STREAM is on its way out
  std::size_t received = 0;              ///< bytes of the request's body
  base::Micros since = 0;                ///< of its first byte, of its answer, then of the last kLeastTaken handed out
  std::size_t taken = 0;                 ///< bytes of its answer handed out since then
  std::unique_ptr<Block> block;          ///< the request's head, while its body is still coming

  void start_time(const base::Clock& clock) {
    since = clock.steady();
    taken = 0;
  }
  /// When it has had its time.
  base::Micros expiry(const StreamTimes& times) const {
    if (reset) return kNever;
    // A head that is still being read lets nothing else be read: the connection's time counts.
    if (!asked) return block == nullptr ? kNever : since + times.head;
    const bool waits_for_us = response == nullptr || (growing != nullptr && !growing->has_output());
    return waits_for_us ? kNever : since + times.stuck;
  }
  Stream* previous = nullptr;
  Stream* next = nullptr;
};

struct Http2Session::Callbacks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
      self(user).begin_block(frame->hd.stream_id);
    return 0;
  }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_length,
                       const std::uint8_t* value, std::size_t value_length, std::uint8_t, void* user) {
    // Trailers come with no block open and are dropped.
    if (self(user).block_.id == frame->hd.stream_id)
      self(user).add_field(view(name, name_length), view(value, value_length));
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2Session& session = self(user);
    session.started_ = true;
    const bool whole = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS && session.block_.id == frame->hd.stream_id) {
      session.end_block(whole);
    } else if ((frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS) && whole) {
      Stream* stream = session.find(frame->hd.stream_id);
      if (stream == nullptr || stream->block == nullptr) return 0;
      const std::unique_ptr<Block> block = session.take_block(*stream);
      session.dispatch(*stream, *block);
    }
    return 0;
  }
  static int on_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    const bool answers = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (!answers || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    if (nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) != 0) return 0;
    if (Stream* stream = self(user).find(frame->hd.stream_id)) self(user).reset(*stream, NGHTTP2_NO_ERROR);
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t length,
                     void* user) {
    self(user).body_bytes(id, {bytes, length});
    return 0;
  }
  static int on_stream_close(nghttp2_session* session, std::int32_t id, std::uint32_t, void* user) {
    if (self(user).block_.id == id) self(user).block_ = {};
    auto* stream = static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
    if (stream != nullptr) self(user).close_stream(stream);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t length, std::uint32_t* flags,
                           nghttp2_data_source* source, void*) {
    auto* stream = static_cast<Stream*>(source->ptr);
    if (stream->growing != nullptr) return read_growing(*stream, length, *flags);
    const std::size_t taken = std::min(length, stream->left);
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (taken == stream->left) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(taken);
  }
  static ssize_t read_growing(Stream& stream, std::size_t length, std::uint32_t& flags) {
    const GrowingBody& body = *stream.growing;
    if (body.state() == GrowingBody::State::kAborted) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    stream.deferred = !body.has_output();
    if (stream.deferred) return NGHTTP2_ERR_DEFERRED;
    const std::size_t taken = std::min(length, body.queued());
    flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (taken == body.queued() && body.state() != GrowingBody::State::kGrowing) flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(taken);
  }
  static int send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* head, std::size_t length,
                       nghttp2_data_source* source, void* user) {
    Http2Session& session = self(user);
    if (session.budget_ == 0) return NGHTTP2_ERR_WOULDBLOCK;
    // Aborted between read_body and now: what the frame was to carry is gone, so the stream is reset in its place.
    const GrowingBody* const growing = static_cast<const Stream*>(source->ptr)->growing.get();
    if (growing != nullptr && growing->queued() < length) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    constexpr std::size_t kFrameHead = 9;
    session.append_frame_bytes({head, kFrameHead}, *session.out_);
    auto* stream = static_cast<Stream*>(source->ptr);
    stream->taken += length;
    if (stream->taken >= kLeastTaken) stream->start_time(session.shared_.clock);
    session.budget_ -= std::min(session.budget_, length + kFrameHead);
    if (stream->growing != nullptr) {
      stream->growing->take(length, *session.out_);
      return 0;
    }
    stream->left -= length;
    while (length > 0) {
      const base::Bytes& slice = stream->response->body()[stream->slice];
      const std::size_t taken = std::min(length, slice.size() - stream->offset);
      if (taken > 0) session.out_->push_back(slice.slice(stream->offset, taken));
      length -= taken;
      stream->offset += taken;
      if (stream->offset < slice.size()) break;
      stream->offset = 0;
      ++stream->slice;
    }
    return 0;
  }

  static const nghttp2_session_callbacks* table() {
    static const nghttp2_session_callbacks* const kTable = [] {
      nghttp2_session_callbacks* made = nullptr;
      nghttp2_session_callbacks_new(&made);
      nghttp2_session_callbacks_set_on_begin_headers_callback(made, on_begin_headers);
      nghttp2_session_callbacks_set_on_header_callback(made, on_header);
      nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame);
      nghttp2_session_callbacks_set_on_frame_send_callback(made, on_sent);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data);
      nghttp2_session_callbacks_set_on_stream_close_callback(made, on_stream_close);
      nghttp2_session_callbacks_set_send_data_callback(made, send_data);
      return made;
    }();
    return kTable;
  }
};

Http2Session::Http2Session(Shared& shared, Handler& handler)
    : shared_(shared), handler_(handler), memory_(shared.workspace) {
  const Workspace::Access access(memory_);
  nghttp2_mem memory = memory_of(memory_);
  nghttp2_session_server_new3(&session_, Callbacks::table(), this, options(), &memory);
  memory_.settle();
  const std::array<nghttp2_settings_entry, 4> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, shared.limits.streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kUploadWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(shared.limits.head)},
      // RFC 9218 in place of RFC 7540's tree (LL-113).
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  }};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
}

Http2Session::~Http2Session() {
  const Workspace::Access access(memory_);
  nghttp2_session_del(session_);
  while (streams_ != nullptr) {
    const std::shared_ptr<GrowingBody> growing = streams_->growing;
    forget(streams_);
    if (growing != nullptr) growing->leave();
  }
}

Http2Session::Stream* Http2Session::find(StreamId id) const {
  return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session_, id));
}

void Http2Session::feed(base::View bytes) {
  if (failed_) return;
  const Workspace::Access access(memory_);
  const ssize_t taken = nghttp2_session_mem_recv(session_, bytes.data(), bytes.size());
  // Most breaches nghttp2 answers with GOAWAY by itself. After an error it returns (a wrong preface, a flood of PING)
  // nothing may be asked of it any more.
  if (taken < 0) failed_ = true;
}

void Http2Session::begin_block(StreamId id) {
  auto* stream = new Stream;
  stream->id = id;
  stream->since = shared_.clock.steady();
  stream->next = streams_;
  if (streams_ != nullptr) streams_->previous = stream;
  streams_ = stream;
  ++open_;
  nghttp2_session_set_stream_user_data(session_, id, stream);
  block_.id = id;
  block_.refused = 0;
  block_.ends.clear();
  block_.text = std::move(shared_.spare_text);
  block_.text.clear();
}

void Http2Session::add_field(std::string_view name, std::string_view value) {
  const Limits& limits = shared_.limits;
  if (name == ":path" && value.size() > limits.target) block_.refused = 414;
  const bool fits = block_.text.size() + name.size() + value.size() + 32 * block_.ends.size() / 2 <= limits.head &&
                    block_.ends.size() / 2 < limits.fields + 4;  // four pseudo fields stand for the request line
  if (!fits && block_.refused == 0) block_.refused = 431;
  if (block_.refused != 0) return;
  block_.text += name;
  block_.ends.push_back(static_cast<std::uint32_t>(block_.text.size()));
  block_.text += value;
  block_.ends.push_back(static_cast<std::uint32_t>(block_.text.size()));
}

void Http2Session::end_block(bool whole) {
  Block block = std::exchange(block_, {});
  Stream* stream = find(block.id);
  if (stream == nullptr) return;
  if (!whole && waits_for_body(block)) {
    keep(*stream, block);
  } else {
    dispatch(*stream, block);
  }
  shared_.spare_text = std::move(block.text);
  block.ends.clear();
  block_.ends = std::move(block.ends);
}

bool Http2Session::waits_for_body(const Block& block) {
  if (!shared_.limits.keep_bodies || block.refused != 0) return false;
  fill_request(block);
  const Method method = shared_.request.method;
  return method != Method::kGet && method != Method::kHead;
}

void Http2Session::keep(Stream& stream, const Block& block) {
  if (kept_ + block.size() > shared_.limits.kept) return refuse_stream(stream, NGHTTP2_REFUSED_STREAM);
  // A copy: the text that blocks are taken in with has room for the largest.
  stream.block = std::make_unique<Block>(block);
  kept_ += block.size();
}

std::unique_ptr<Http2Session::Block> Http2Session::take_block(Stream& stream) {
  if (stream.block != nullptr) kept_ -= stream.block->size();
  return std::move(stream.block);
}

bool Http2Session::fill_request(const Block& block) {
  Request& request = shared_.request;
  request = Request{.method = Method::kOther, .version = 20, .fields = std::move(request.fields)};
  request.fields.clear();
  const std::string_view text = block.text;
  std::size_t at = 0;
  for (std::size_t i = 0; i + 1 < block.ends.size(); i += 2) {
    const std::string_view name = text.substr(at, block.ends[i] - at);
    const std::string_view value = text.substr(block.ends[i], block.ends[i + 1] - block.ends[i]);
    at = block.ends[i + 1];
    if (name == ":method") {
      request.method = method_of(value);
      request.verb = value;
    } else if (name == ":path") {
      const std::size_t question = value.find('?');
      request.path = value.substr(0, question);
      request.query = question == std::string_view::npos ? std::string_view() : value.substr(question + 1);
    } else if (name == ":authority") {
      request.host = value;
    } else if (name.empty() || name[0] != ':') {
      request.fields.push_back({name, value});
    }
  }
  if (request.host.empty()) request.host = request.find("host");
  request.body = text.substr(at);
  const bool connect = request.path.empty();
  if (connect) request.path = "/";
  return std::all_of(request.path.begin(), request.path.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

void Http2Session::dispatch(Stream& stream, const Block& block) {
  const bool good = fill_request(block);
  stream.head_only = shared_.request.method == Method::kHead;
  stream.asked = true;
  if (block.refused != 0) return respond(stream.id, handler_.refuse(block.refused));
  if (!good) return respond(stream.id, handler_.refuse(400));
  handler_.on_request(stream.id, shared_.request);
}

void Http2Session::body_bytes(StreamId id, base::View bytes) {
  Stream* stream = find(id);
  if (stream == nullptr || stream->reset || stream->received > shared_.limits.body) return;
  stream->received += bytes.size();
  const bool too_large = stream->received > shared_.limits.body;
  // With its answer on the way the rest is dropped: a reset would overtake the answer, and follows it (on_sent).
  if (too_large && stream->asked && stream->response == nullptr)
    return refuse_stream(*stream, NGHTTP2_ENHANCE_YOUR_CALM);
  if (stream->block == nullptr) return;
  if (too_large) {
    take_block(*stream);
    stream->asked = true;
    return respond(id, handler_.refuse(413));
  }
  if (kept_ + bytes.size() > shared_.limits.kept) return refuse_stream(*stream, NGHTTP2_REFUSED_STREAM);
  kept_ += bytes.size();
  stream->block->text += base::text_of(bytes);
}

void Http2Session::reset(Stream& stream, std::uint32_t error) {
  if (std::exchange(stream.reset, true)) return;
  take_block(stream);
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, error);
}

void Http2Session::refuse_stream(Stream& stream, std::uint32_t error) {
  reset(stream, error);
  handler_.on_stream_refused();
  if (++refused_ == kMostRefused) nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
}

base::Micros Http2Session::next_expiry(const StreamTimes& times) const {
  base::Micros first = kNever;
  for (const Stream* stream = streams_; stream != nullptr; stream = stream->next)
    first = std::min(first, stream->expiry(times));
  return first;
}

std::size_t Http2Session::expire(base::Micros now, const StreamTimes& times) {
  if (failed_) return 0;
  const Workspace::Access access(memory_);
  std::size_t count = 0;
  for (Stream* stream = streams_; stream != nullptr; stream = stream->next) {
    if (stream->expiry(times) > now) continue;
    reset(*stream, NGHTTP2_CANCEL);
    ++count;
  }
  return count;
}

void Http2Session::respond(StreamId id, Response response) {
  const Workspace::Access access(memory_);
  Stream* stream = find(id);
  if (stream == nullptr || stream->response != nullptr || !stream->asked || stream->reset) return;
  stream->response = std::move(response);
  stream->left = stream->head_only ? 0 : stream->response->body_size();
  submit(*stream);
}

bool Http2Session::respond(StreamId id, Response head, std::shared_ptr<GrowingBody> body) {
  const Workspace::Access access(memory_);
  Stream* stream = failed_ ? nullptr : find(id);
  if (stream == nullptr || stream->response != nullptr || !stream->asked || stream->reset) return false;
  stream->response = std::move(head);
  stream->growing = std::move(body);
  stream->growing->attach(*this);
  ++growing_;
  submit(*stream);
  return true;
}

void Http2Session::submit(Stream& stream) {
  stream.start_time(shared_.clock);
  const HeaderBlock& block = stream.response->block();
  constexpr std::size_t kMostFields = 40;
  std::array<nghttp2_nv, kMostFields + 1> fields;
  const auto& ready = block.http2().fields;
  const std::size_t count = std::min(ready.size(), kMostFields);
  std::copy_n(ready.begin(), count, fields.begin());
  fields[count] =
      make_field("date", shared_.dates.now().value, NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_INDEX);

  if (block.urgency() >= 0) {
    const nghttp2_extpri priority{static_cast<std::uint32_t>(block.urgency()), 0};
    nghttp2_session_change_extpri_stream_priority(session_, stream.id, &priority, 1);
  }
  nghttp2_data_provider body{};
  body.source.ptr = &stream;
  body.read_callback = Callbacks::read_body;
  const bool empty = stream.left == 0 && (stream.growing == nullptr || stream.head_only);
  nghttp2_submit_response(session_, stream.id, fields.data(), count + 1, empty ? nullptr : &body);
}

void Http2Session::resume_grown() {
  for (Stream* stream = streams_; growing_ != 0 && stream != nullptr; stream = stream->next) {
    if (stream->growing == nullptr || stream->head_only) continue;
    if (stream->growing->has_output() && std::exchange(stream->silent, false)) stream->start_time(shared_.clock);
    if (stream->growing->state() == GrowingBody::State::kAborted) {
      reset(*stream, NGHTTP2_INTERNAL_ERROR);
    } else if (stream->deferred && stream->growing->has_output()) {
      stream->deferred = false;
      nghttp2_session_resume_data(session_, stream->id);
    }
  }
}

void Http2Session::notify_writable() {
  // A source may push, finish and abort inside this; none of it closes a stream before the next take_output.
  for (Stream* stream = streams_; growing_ != 0 && stream != nullptr; stream = stream->next) {
    if (stream->growing == nullptr) continue;
    stream->silent = !stream->growing->has_output();
    stream->growing->notify_writable();
  }
}

void Http2Session::append_frame_bytes(base::View bytes, std::vector<base::Bytes>& out) {
  auto& pieces = shared_.frame_pieces;
  // An empty slice stands for a piece of frames_, which may still move: replaced when all is written.
  const bool continues = !out.empty() && out.back().empty() && !pieces.empty();
  if (!continues) {
    pieces.emplace_back(out.size(), frames_.size());
    out.emplace_back();
  }
  frames_ += base::text_of(bytes);
}

void Http2Session::take_output(std::size_t most, std::vector<base::Bytes>& out) {
  if (failed_) return;
  const Workspace::Access access(memory_);
  budget_ = most;
  out_ = &out;
  auto& pieces = shared_.frame_pieces;
  pieces.clear();
  resume_grown();
  while (budget_ > 0) {
    const std::uint8_t* data = nullptr;
    const ssize_t length = nghttp2_session_mem_send(session_, &data);
    if (length < 0) failed_ = true;
    if (length <= 0) break;
    append_frame_bytes({data, static_cast<std::size_t>(length)}, out);
    budget_ -= std::min(budget_, static_cast<std::size_t>(length));
  }
  out_ = nullptr;
  notify_writable();
  if (pieces.empty()) return;
  const base::Bytes frames = base::Bytes::adopt(std::exchange(frames_, {}));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::size_t end = i + 1 < pieces.size() ? pieces[i + 1].second : frames.size();
    out[pieces[i].first] = frames.slice(pieces[i].second, end - pieces[i].second);
  }
}

bool Http2Session::wants_input() const {
  if (failed_) return false;
  const Workspace::Access access(memory_);
  return nghttp2_session_get_outbound_queue_size(session_) < kMostUnsentFrames;
}

bool Http2Session::done() const {
  if (failed_) return true;
  const Workspace::Access access(memory_);
  return nghttp2_session_want_write(session_) == 0 && nghttp2_session_want_read(session_) == 0;
}

Phase Http2Session::phase() const {
  if (!started_ || block_.id != 0) return Phase::kReading;
  if (open_ == 0) return Phase::kIdle;
  bool growing = false;
  for (const Stream* stream = streams_; stream != nullptr; stream = stream->next) {
    if (!stream->asked) continue;
    if (stream->growing == nullptr || stream->growing->has_output()) return Phase::kAnswering;
    growing = true;
  }
  return growing ? Phase::kGrowing : Phase::kReading;
}

void Http2Session::shut_down() {
  const Workspace::Access access(memory_);
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                        NGHTTP2_NO_ERROR, nullptr, 0);
}

void Http2Session::close_stream(Stream* stream) {
  const StreamId id = stream->id;
  const bool waiting = stream->asked && stream->response == nullptr;
  const std::shared_ptr<GrowingBody> growing = stream->growing;
  nghttp2_session_set_stream_user_data(session_, id, nullptr);
  forget(stream);
  if (growing != nullptr) growing->leave();
  if (waiting) handler_.on_stream_closed(id);
}

void Http2Session::forget(Stream* stream) {
  if (stream->previous != nullptr) stream->previous->next = stream->next;
  if (stream->next != nullptr) stream->next->previous = stream->previous;
  if (streams_ == stream) streams_ = stream->next;
  if (stream->growing != nullptr) --growing_;
  take_block(*stream);
  --open_;
  delete stream;
}

void Http2Session::abort() {
  failed_ = true;
  const Workspace::Access access(memory_);
  while (streams_ != nullptr) close_stream(streams_);
}

}  // namespace http

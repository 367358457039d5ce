#include "http/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "http/http2_fields.h"
#include "http/http2_head.h"
#include "http/http2_stream.h"

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

std::string_view view(const std::uint8_t* bytes, std::size_t length) {
  return {reinterpret_cast<const char*>(bytes), length};
}

}  // namespace

struct Http2Session::Callbacks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
      self(user).begin_head(frame->hd.stream_id);
    return 0;
  }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_length,
                       const std::uint8_t* value, std::size_t value_length, std::uint8_t, void* user) {
    // Trailers come with no head open and are dropped.
    if (self(user).head_.id == frame->hd.stream_id)
      self(user).head_.add(view(name, name_length), view(value, value_length), self(user).shared_.limits);
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2Session& session = self(user);
    session.started_ = true;
    const bool whole = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS && session.head_.id == frame->hd.stream_id) {
      session.end_head(whole);
    } else if ((frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS) && whole) {
      Stream* stream = session.find(frame->hd.stream_id);
      if (stream == nullptr || stream->head == nullptr) return 0;
      const std::unique_ptr<Http2Head> head = session.take_head(*stream);
      session.dispatch(*stream, *head);
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
    if (self(user).head_.id == id) self(user).head_ = {};
    auto* stream = static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
    if (stream != nullptr) self(user).close_stream(stream);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t length, std::uint32_t* flags,
                           nghttp2_data_source* source, void*) {
    const Stream::Offer offer = static_cast<Stream*>(source->ptr)->offer(length);
    if (offer.more == Stream::More::kAborted) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (offer.more == Stream::More::kNotYet) return NGHTTP2_ERR_DEFERRED;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (offer.more == Stream::More::kLast) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(offer.bytes);
  }
  static int send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* head, std::size_t length,
                       nghttp2_data_source* source, void* user) {
    Http2Session& session = self(user);
    auto* stream = static_cast<Stream*>(source->ptr);
    if (session.budget_ == 0) return NGHTTP2_ERR_WOULDBLOCK;
    // Aborted between read_body and now: the stream is reset in place of the frame.
    if (!stream->has(length)) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    constexpr std::size_t kFrameHead = 9;
    session.append_frame_bytes({head, kFrameHead}, *session.out_);
    session.budget_ -= std::min(session.budget_, length + kFrameHead);
    stream->take(length, session.shared_.clock, *session.out_);
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

void Http2Session::begin_head(StreamId id) {
  auto* stream = new Stream;
  stream->id = id;
  stream->since = shared_.clock.steady();
  stream->next = streams_;
  if (streams_ != nullptr) streams_->previous = stream;
  streams_ = stream;
  ++open_;
  nghttp2_session_set_stream_user_data(session_, id, stream);
  head_.id = id;
  head_.refused = 0;
  head_.ends.clear();
  head_.text = std::move(shared_.spare_text);
  head_.text.clear();
}

void Http2Session::end_head(bool whole) {
  // Nothing is coming in any more while the handler is called: see phase().
  Http2Head head = std::exchange(head_, {});
  Stream* stream = find(head.id);
  if (stream == nullptr) return;
  if (!whole && waits_for_body(head)) {
    keep(*stream, head);
  } else {
    dispatch(*stream, head);
  }
  shared_.spare_text = std::move(head.text);
  head.ends.clear();
  head_.ends = std::move(head.ends);
}

bool Http2Session::waits_for_body(const Http2Head& head) {
  if (!shared_.limits.keep_bodies || head.refused != 0) return false;
  head.fill(shared_.request);  // for the method; dispatch() fills it anew, and sees to what is wrong
  const Method method = shared_.request.method;
  return method != Method::kGet && method != Method::kHead && shared_.limits.keeps_body(shared_.request.path);
}

void Http2Session::keep(Stream& stream, const Http2Head& head) {
  if (kept_ + head.size() > shared_.limits.kept) return refuse_stream(stream, NGHTTP2_REFUSED_STREAM);
  // A copy: the text that heads are taken in with has room for the largest.
  stream.head = std::make_unique<Http2Head>(head);
  kept_ += head.size();
}

std::unique_ptr<Http2Head> Http2Session::take_head(Stream& stream) {
  if (stream.head != nullptr) kept_ -= stream.head->size();
  return std::move(stream.head);
}

void Http2Session::dispatch(Stream& stream, const Http2Head& head) {
  const bool good = head.fill(shared_.request);
  stream.head_only = shared_.request.method == Method::kHead;
  stream.asked = true;
  if (head.refused != 0) return respond(stream.id, handler_.refuse(head.refused));
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
  if (stream->head == nullptr) return;
  if (too_large) {
    take_head(*stream);
    stream->asked = true;
    return respond(id, handler_.refuse(413));
  }
  if (kept_ + bytes.size() > shared_.limits.kept) return refuse_stream(*stream, NGHTTP2_REFUSED_STREAM);
  kept_ += bytes.size();
  stream->head->text += base::text_of(bytes);
}

/// The stream stays linked until RST_STREAM goes out, in a later call of nghttp2: callers may be walking streams_.
void Http2Session::reset(Stream& stream, std::uint32_t error) {
  if (std::exchange(stream.reset, true)) return;
  take_head(stream);
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
  Stream* stream = failed_ ? nullptr : find(id);
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
  constexpr std::size_t kMostFields = 40;  // our answers have fewer; an array, so that an answer allocates nothing
  std::array<nghttp2_nv, kMostFields + 1> fields;
  const auto& ready = block.http2().fields;
  const std::size_t count = std::min(ready.size(), kMostFields);
  std::copy_n(ready.begin(), count, fields.begin());
  fields[count] =
      make_field("date", shared_.dates.now().value, NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_INDEX);

  if (block.urgency() >= 0) {
    const nghttp2_extpri priority{static_cast<std::uint32_t>(block.urgency()), 0};
    constexpr int kIgnoreClient = 1;  // PRIORITY_UPDATE of this stream has no effect any more
    nghttp2_session_change_extpri_stream_priority(session_, stream.id, &priority, kIgnoreClient);
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
  if (!started_ || head_.id != 0) return Phase::kReading;
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
  if (failed_) return;
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
  take_head(*stream);
  --open_;
  delete stream;
}

void Http2Session::abort() {
  failed_ = true;
  const Workspace::Access access(memory_);
  while (streams_ != nullptr) close_stream(streams_);
}

}  // namespace http

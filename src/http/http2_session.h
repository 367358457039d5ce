#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/http2_head.h"
#include "http/http2_stream.h"
#include "http/session.h"
#include "http/workspace.h"

struct nghttp2_session;
struct nghttp2_session_callbacks;

namespace http {

/// HTTP/2 over nghttp2, server side. Bodies go out without being copied: DATA frame headers of ours, then slices of
/// the shared bytes. Rapid resets, endless CONTINUATION and floods of PING or SETTINGS end the connection (nghttp2's
/// limits, set here). No push, ever (LL-114); PING is answered. What nghttp2 takes at its start lies in the loop's
/// workspace: a session that waits holds 2 KB of those 26.
///
/// A request is given to the handler at END_HEADERS, and a body that follows is dropped: nothing of a head is kept.
/// Only where Limits::keeps_body() do other methods than GET and HEAD wait for END_STREAM, within Limits::kept. An
/// answer that is whole before its request is followed by RST_STREAM with NO_ERROR (RFC 9113 8.1).
class Http2Session final : public Session, private GrowingBody::Reader {
 public:
  /// Queues our SETTINGS. `shared` and `handler` outlive the session.
  Http2Session(Shared& shared, Handler& handler);
  ~Http2Session() override;
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  void feed(base::View bytes) override;
  void respond(StreamId id, Response response) override;
  bool respond(StreamId id, Response head, std::shared_ptr<GrowingBody> body) override;
  void take_output(std::size_t most, std::vector<base::Bytes>& out) override;
  bool wants_input() const override;
  bool done() const override;
  Phase phase() const override;
  base::Micros next_expiry(const StreamTimes& times) const override;
  std::size_t expire(base::Micros now, const StreamTimes& times) override;
  void shut_down() override;
  void abort() override;
  std::string_view protocol() const override { return "h2"; }

 private:
  using Stream = Http2Stream;
  struct Callbacks;

  Stream* find(StreamId id) const;
  void begin_head(StreamId id);
  void end_head(bool whole);
  void dispatch(Stream& stream, const Http2Head& head);
  bool waits_for_body(const Http2Head& head);
  void keep(Stream& stream, const Http2Head& head);
  std::unique_ptr<Http2Head> take_head(Stream& stream);
  void reset(Stream& stream, std::uint32_t error);
  void refuse_stream(Stream& stream, std::uint32_t error);
  void body_bytes(StreamId id, base::View bytes);
  void submit(Stream& stream);
  void on_grown() override { handler_.on_output(); }
  void resume_grown();
  void notify_writable();
  void close_stream(Stream* stream);
  void forget(Stream* stream);
  void append_frame_bytes(base::View bytes, std::vector<base::Bytes>& out);

  Shared& shared_;
  Handler& handler_;
  mutable Workspace::Client memory_;  ///< the session's; every call of nghttp2 is within an Access
  nghttp2_session* session_ = nullptr;
  Stream* streams_ = nullptr;  ///< all open ones, linked
  std::uint32_t open_ = 0;
  std::uint32_t growing_ = 0;  ///< of those, with a growing body
  std::uint32_t refused_ = 0;  ///< streams, ever
  std::size_t kept_ = 0;       ///< bytes of the streams' heads
  bool failed_ = false;
  bool started_ = false;    ///< the client's preface has come whole
  Http2Head head_;          ///< that is coming in
  std::size_t budget_ = 0;  ///< of the take_output that runs
  std::string frames_;      ///< frame headers and control frames of the take_output that runs
  std::vector<base::Bytes>* out_ = nullptr;
};

}  // namespace http

#pragma once

#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "http/date.h"
#include "http/growing_body.h"
#include "http/repeated_answers.h"
#include "http/request.h"
#include "http/response.h"
#include "http/workspace.h"

namespace http {

/// What a session asks of its owner. All of it is called inside feed(), take_output() or abort().
class Handler {
 public:
  virtual ~Handler() = default;
  /// A whole request is there. Answer it with Session::respond, inside this call or any time later.
  virtual void on_request(StreamId id, const Request& request) = 0;
  /// A request not yet answered is gone (reset by the peer, or the connection ended): drop what waits for it.
  virtual void on_stream_closed(StreamId id) = 0;
  /// The answer to what could not be made a Request: 400, 413, 414, 417, 431 or 505.
  virtual Response refuse(int status) = 0;
  /// A growing body has more, or its end: call take_output on a later turn. The one call that also comes outside of
  /// feed(), take_output() and abort(): inside the source's. Only for owners that answer with growing bodies.
  virtual void on_output() {}
  /// A request was reset, not answered, since it or all of its connection's together took more than Limits allow.
  virtual void on_stream_refused() {}
};

struct Limits {
  /// Units: bytes of request line and fields together, over HTTP/2 with 32 more a field (RFC 9113 6.5.2); beyond: 431.
  std::size_t head = 32 * 1024;
  std::size_t fields = 100;        ///< beyond: 431
  std::size_t target = 16 * 1024;  ///< Units: bytes of the URL, above CloudFront's 8,192 (CF-20); beyond: 414
  std::size_t body = 16 * 1024;    ///< Units: bytes of a request body; also of its chunks' framing; beyond: 413
  bool keep_bodies = false;        ///< true: given with the request, Expect: 100-continue answered; false: dropped
  /// With keep_bodies: only those of requests whose path begins so; others are dropped. REQUIRES: a literal.
  std::string_view bodies_below = {};
  std::size_t pipelined = 64 * 1024;  ///< Units: bytes kept while a request is being answered
  std::uint32_t streams = 128;        ///< HTTP/2 requests in flight on one connection
  /// Units: bytes, fields as HPACK expands them. What the requests of an HTTP/2 connection that wait for the rest of
  /// their bodies may hold together; beyond: REFUSED_STREAM. At least one whole request.
  std::size_t kept = 128 * 1024;

  /// `path`: without what may stand before it in an absolute target.
  bool keeps_body(std::string_view path) const { return keep_bodies && path.starts_with(bodies_below); }
};

/// How long one request may wait for its peer.
struct StreamTimes {
  base::Micros head = 0;   ///< from its first byte to its last
  base::Micros stuck = 0;  ///< while less than kLeastTaken of its answer is taken, though there is more
};
/// A client that reads less of a stream's answer in this time counts as reading nothing: else windows of one byte keep
/// a stream for years. Units: bytes.
inline constexpr std::size_t kLeastTaken = 4096;

/// What all sessions of a loop share. Thread: one loop's.
struct Shared {
  explicit Shared(const base::Clock& given_clock, Limits given = {})
      : clock(given_clock), limits(given), dates(given_clock) {}

  const base::Clock& clock;
  Limits limits;
  Dates dates;
  RepeatedAnswers repeated;
  Request request;         ///< reused for every request, so that asking allocates nothing
  std::string spare_text;  ///< a header block's text while it is taken in (HTTP/2)
  std::vector<std::pair<std::size_t, std::size_t>> frame_pieces;
  Workspace workspace;  ///< of the HTTP/2 sessions
};

enum class Phase : std::uint8_t {
  kIdle,       ///< nothing asked: the keep-alive time counts
  kReading,    ///< in the middle of a request: the slow-header time counts
  kAnswering,  ///< at least one request is not answered or not yet handed out
  kGrowing,    ///< all that there is has been handed out; a growing body may have more some time
};

/// The server's side of one HTTP connection: bytes in, requests and bytes out. It does no I/O and reads no clock but
/// for Date. A slow reader holds references to shared bodies and its own window, nothing else.
/// Thread: one loop's. Destroying it calls nobody but the sources of growing bodies.
class Session {
 public:
  virtual ~Session() = default;

  /// Takes bytes as they came, cut anywhere. What breaks the protocol is answered, then done() becomes true.
  virtual void feed(base::View bytes) = 0;
  /// Answers a request. Does nothing where that request is gone. HEAD is seen to here: pass the whole Reply.
  virtual void respond(StreamId id, Response response) = 0;
  /// Answers with `head`, which has no body, and with a body that grows. `head` has a Content-Length only where it
  /// has files(), and then the body has that length. HEAD gets the head
  /// alone. Returns false if the request is gone: nothing is taken from `body`. What ends the request before the body
  /// ended (the peer, abort()) is reported to its source.
  [[nodiscard]] virtual bool respond(StreamId id, Response head, std::shared_ptr<GrowingBody> body) = 0;
  /// Appends what is to be sent next, at least 1 and about `most` bytes, as slices for one gathered write;
  /// nothing if nothing is to be sent. May continue with the next pipelined request.
  virtual void take_output(std::size_t most, std::vector<base::Bytes>& out) = 0;
  /// False while more input would only pile up: stop reading until take_output has emptied it.
  virtual bool wants_input() const = 0;
  /// Nothing more is coming or going: close once everything taken is sent.
  virtual bool done() const = 0;
  /// The peer has said that it sends nothing more, and nothing more came: done() may be followed by closing at once,
  /// where otherwise input that nobody reads would reset the connection and take the answer with it.
  virtual bool peer_done() const { return false; }
  virtual Phase phase() const = 0;
  static constexpr base::Micros kNever = std::numeric_limits<base::Micros>::max();
  /// When the first of the requests that share the connection has had its time, whatever the others do (steady). kNever
  /// on HTTP/1.1, where the one request has the connection's time. Requests that wait for us have no limit here.
  virtual base::Micros next_expiry(const StreamTimes&) const { return kNever; }
  /// Resets the requests that have had their time; returns how many. The resets go out with take_output.
  virtual std::size_t expire(base::Micros, const StreamTimes&) { return 0; }
  /// Finishes what is asked, takes nothing new: Connection: close, or GOAWAY.
  virtual void shut_down() = 0;
  /// The connection is gone: on_stream_closed for every request not answered.
  virtual void abort() = 0;
  /// The session to continue with in place of this one, once the first bytes have shown which protocol it is; null:
  /// this one. Not to be called inside any call to it.
  virtual std::unique_ptr<Session> take_detected() { return nullptr; }
  /// "h1" or "h2", for counters.
  virtual std::string_view protocol() const = 0;
};

/// A session for the protocol that ALPN chose ("h2", "http/1.1"); with "" the first bytes tell: HTTP/2's preface
/// (prior knowledge), or HTTP/1.1. `shared` and `handler` outlive it.
std::unique_ptr<Session> make_session(std::string_view alpn, Shared& shared, Handler& handler);

}  // namespace http

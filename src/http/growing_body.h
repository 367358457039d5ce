#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace http {

class GrowingBody;

/// The source's end of a response body that grows while it is sent (an event stream, a log, a segment whose parts still
/// come): chunks in HTTP/1.1, DATA frames in HTTP/2, everything up to the end of the connection in HTTP/1.0.
///
/// The queue between source and connection is bounded. A connection takes from it only when the kernel has taken all
/// that it was given before, so that a slow reader fills the queue: push() then says kFull, and the source chooses to
/// drop, to wait for on_writable(), or to abort. A reader that takes nothing of what waits for it is ended by the
/// connection's own timer; one that merely has nothing to read is not.
/// Thread: the loop's of the session that sends it.
class BodyWriter {
 public:
  /// What the source learns. Never called inside a call to the writer. Inside them it may call its writer, and destroy
  /// it, but must not shut down the viewer.
  class Source {
   public:
    virtual ~Source() = default;
    /// All that was queued has been taken, and a push() was refused before.
    virtual void on_writable() {}
    /// The viewer has left, the connection has ended, or the request was HEAD: nothing more is taken. Comes once, and
    /// never after finish() or abort().
    virtual void on_gone() = 0;
  };
  enum class Pushed : std::uint8_t { kQueued, kFull, kGone };
  static constexpr std::size_t kMostQueued = 256 * 1024;

  /// `source` outlives the writer. `most_queued` in bytes.
  explicit BodyWriter(Source& source, std::size_t most_queued = kMostQueued);
  /// Aborts what was not finished.
  ~BodyWriter();
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;

  /// What to answer with: see Session::respond. For one answer only.
  const std::shared_ptr<GrowingBody>& body() const { return body_; }

  /// Adds bytes to the end; they go out on a later turn. kFull: not taken, since the queue would pass its limit (an
  /// empty queue takes a slice of any size). kGone: nobody reads it any more, or finish() or abort() was called.
  Pushed push(base::Bytes slice);
  /// Bytes pushed and not yet taken by the connection.
  std::size_t queued() const;
  /// The body is complete: what is queued goes out, then the end.
  void finish();
  /// The body ends here and is known to be incomplete: HTTP/2 resets the stream, HTTP/1.1 closes the connection
  /// without the last chunk. What is queued is dropped.
  void abort();

 private:
  std::shared_ptr<GrowingBody> body_;
};

/// What source and session share of a growing body; the session's end. Either may go first, which is why it is shared.
class GrowingBody {
 public:
  GrowingBody(BodyWriter::Source& source, std::size_t most_queued) : source_(&source), most_queued_(most_queued) {}
  GrowingBody(const GrowingBody&) = delete;
  GrowingBody& operator=(const GrowingBody&) = delete;

  enum class State : std::uint8_t { kGrowing, kFinished, kAborted, kGone };
  State state() const { return state_; }
  std::size_t queued() const { return queued_; }
  /// True if there is something for the session to do: bytes, or the end.
  bool has_output() const { return queued_ != 0 || state_ != State::kGrowing; }

  /// The session that sends it.
  class Reader {
   public:
    virtual ~Reader() = default;
    /// has_output() became true. Inside the source's call: only to be noted.
    virtual void on_grown() = 0;
  };
  void attach(Reader& reader) { reader_ = &reader; }
  /// Moves at most `most` bytes to the end of `out`; returns how many.
  std::size_t take(std::size_t most, std::vector<base::Bytes>& out);
  /// Calls the source's on_writable() if a push was refused and the queue is empty now. Outside any call of a protocol
  /// library: the source may push at once.
  void notify_writable();
  /// The session takes no more; a source that has not ended the body is notified.
  void leave();

 private:
  friend class BodyWriter;
  void end(State state);

  BodyWriter::Source* source_;  ///< null once the writer is gone
  Reader* reader_ = nullptr;    ///< null: not attached, or left
  const std::size_t most_queued_;
  std::deque<base::Bytes> slices_;
  std::size_t queued_ = 0;
  State state_ = State::kGrowing;
  bool refused_ = false;  ///< a push since the queue was last empty
};

}  // namespace http

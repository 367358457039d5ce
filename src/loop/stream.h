#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "loop/loop.h"

namespace loop {

/// What a Stream reports to its owner. Never called inside a call to the Stream, nor after Stream::close().
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  /// `bytes` are valid during the call only.
  virtual void on_read(base::View bytes) = 0;
  /// The peer ended or the connection broke (`why` says how; empty for an orderly end). Comes once; after it nothing
  /// is read. After an orderly end of TCP writes still go out, and on_drained() comes for them.
  virtual void on_end(const std::optional<base::Error>& why) = 0;
  /// Everything written has reached the kernel, after a write that had to be queued.
  virtual void on_drained() {}
};

/// A byte stream over a socket or pipe of the kernel's: TCP, or a pipe or socket descriptor.
/// Owns: the descriptor. Destroying it closes it; callbacks stop at once.
class Stream {
 public:
  /// What comes after a write. kEnd: shut_down() or close(), as soon as queued() is 0, so that the end travels in the
  /// last packet.
  enum class Follows : std::uint8_t { kAnything, kEnd };
  struct State;
  explicit Stream(State* state) : state_(state) {}
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Takes over a connected socket, a pipe end or a socketpair end (made non-blocking here).
  static base::Result<std::unique_ptr<Stream>> of_descriptor(Loop& loop, int descriptor);

  /// Starts reading. `handler` must outlive the stream or its close().
  void start(StreamHandler& handler);
  /// Stops and continues reading: back-pressure for the sender.
  void pause();
  void resume();
  bool paused() const;
  /// From now on a socket is read when so many bytes are there, or its end; 1, as at the start: with any. What is there
  /// already counts. Below what the kernel buffers, whose limit counts, too. For TCP; of a pipe nothing.
  void set_low_water(std::size_t bytes);

  /// Sends the slices in order: first straight to the kernel in one gathered call, the rest is queued (the slices are
  /// kept, not copied). Write errors come as on_end. Not bounded here: the caller looks at queued() and drops or
  /// pauses.
  void write(std::span<const base::Bytes> slices, Follows follows = Follows::kAnything);
  void write(const base::Bytes& slice, Follows follows = Follows::kAnything) { write(std::span(&slice, 1), follows); }
  /// Bytes accepted and not yet taken by the kernel.
  std::size_t queued() const;
  /// Has what write() looks at fetched from memory; it is about to be called.
  void prefetch() const { __builtin_prefetch(state_); }

  /// Closes the writing side once all is sent; reading continues.
  void shut_down();
  /// Closes both sides at once, dropping what is queued. No callback comes after. The object stays usable for calls
  /// that do nothing.
  void close();

  /// "192.0.2.7:4711", or empty for pipes. The kernel is asked the first time: a peer that has gone by then has no
  /// name.
  const std::string& peer() const;
  /// True for 127.0.0.0/8 and ::1.
  bool peer_is_loopback() const;

 private:
  State* state_;
};

/// Accepts TCP connections.
class TcpListener {
 public:
  struct Options {
    std::string host = "0.0.0.0";
    std::uint16_t port = 0;   ///< 0: any free one, see port()
    bool reuse_port = false;  ///< several loops listen on the same port and the kernel spreads connections
    int backlog = 4096;
  };
  using OnAccept = std::function<void(std::unique_ptr<Stream>)>;

  /// Errors: kSystem, naming host, port and reason.
  static base::Result<std::unique_ptr<TcpListener>> make(Loop& loop, const Options& options, OnAccept on_accept);
  ~TcpListener();
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  std::uint16_t port() const;

  struct State;

 private:
  explicit TcpListener(State* state) : state_(state) {}
  State* state_;
};

}  // namespace loop

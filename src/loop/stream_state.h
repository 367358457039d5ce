#pragma once

// Inside loop/ only.

#include <uv.h>

#include <memory>
#include <string>
#include <vector>

#include "loop/stream.h"

namespace loop {

// Lives until libuv has closed the handle, which is after the Stream is gone.
struct Stream::State {
  // What a write looks at lies in one cache line, before libuv's handle.
  StreamHandler* handler = nullptr;
  std::size_t queued = 0;  ///< bytes accepted and not yet taken by the kernel
  int descriptor = -1;     ///< of a TCP socket, for sending without libuv
  int pending_error = 0;
  bool paused = false;
  bool ended = false;            ///< the owner has been called with the end
  bool broken = false;           ///< nothing can be written any more
  bool shutdown_wanted = false;  ///< once nothing is queued
  bool loopback = false;
  std::vector<base::Bytes> waiting;  ///< of what is queued, what comes behind the write that libuv has
  Loop* loop = nullptr;
  union Handles {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } uv{};
  std::shared_ptr<State*> life;  ///< null inside once closed: for tasks posted before
  std::string peer;              ///< empty until asked for
};

/// Completes the state of a connected uv_tcp_t.
Stream::State* adopt_tcp(Loop& loop, Stream::State* state);
/// Closes the handle and frees the state afterwards.
void close_state(Stream::State* state);

}  // namespace loop

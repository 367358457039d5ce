#pragma once

#include <cstddef>
#include <map>
#include <memory>

#include "http/response.h"
#include "loop/mailbox.h"
#include "loop/read_pool.h"
#include "serve/counters.h"
#include "serve/replies.h"
#include "serve/viewer.h"

namespace serve {

/// Sends the answers whose bodies lie in files (media that memory has let go), piece by piece as viewers take them. The
/// loop waits for no disk: a pool reads. sendfile(2) would save a copy, but waits where the kernel has not read ahead.
/// A file that cannot be read cuts its answer off: HTTP/1.1 closes, HTTP/2 resets the stream, and players try again.
/// Bound: an answer has two pieces in memory at most, one that the viewer is to take and one that is ready or being
/// read; beyond Options::most answers has_room() is false.
/// Thread: its loop's.
class FileBodies {
 public:
  static constexpr std::size_t kPiece = 64 * 1024;
  static constexpr std::size_t kMost = 1024;

  struct Options {
    std::size_t most = kMost;
    std::shared_ptr<loop::ReadPool> reads;
    loop::Mailbox::Post post;  ///< to its loop
  };

  FileBodies(Options options, Errors& errors, Counters& counters);
  ~FileBodies();
  FileBodies(const FileBodies&) = delete;
  FileBodies& operator=(const FileBodies&) = delete;

  bool has_room() const { return bodies_.size() < options_.most; }
  http::Response busy() { return errors_.get_busy(); }
  /// Answers with `response`, which has files. REQUIRES: has_room().
  void start(Viewer& viewer, http::StreamId id, http::Response response);

 private:
  class Body;
  void drop(Body& body);

  const Options options_;
  Errors& errors_;
  Counters& counters_;
  std::map<const Body*, std::shared_ptr<Body>> bodies_;
};

}  // namespace serve

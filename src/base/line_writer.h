#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"

namespace base {

/// Writes lines to a descriptor on a thread of its own, so that a pipe that nobody reads, a terminal that stands still
/// or a slow disk keep nobody waiting but that thread. Owns neither the descriptor nor its mode: others may write to
/// it. Policy: at most `most` lines wait; beyond that the oldest are dropped and counted, and a line says so where they
/// would have stood. What the descriptor refuses is dropped and counted, too. Thread: any.
class LineWriter {
 public:
  /// The line that says how many are missing; called on the writer's thread.
  using Lost = std::function<std::string(std::uint64_t count)>;

  LineWriter(int descriptor, std::size_t most, Lost lost);
  /// As stop() that waits for nothing.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// `line` without its end.
  void add(std::string line);
  /// Lines that were dropped so far.
  std::uint64_t lost() const;
  /// Ends the thread when all is written, or after `wait`: it then is left to itself, stuck in its write, and keeps
  /// what it needs. Nothing is taken any more. Returns whether all was written.
  bool stop(Micros wait);

 private:
  struct State;

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace base

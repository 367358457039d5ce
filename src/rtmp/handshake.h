#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace rtmp {

/// The server's side of the RTMP handshake, plain and "complex" (with digests, as Flash and librtmp's clients make it).
///
///   kC0 ──version 3──► kC1 ──1536 bytes: S0 S1 S2 go out──► kC2 ──1536 bytes──► kDone
///
/// Holds at most C1 (1536 bytes), and that only while it arrives (RT-41). Spec: [rtmp 5.2], RT-1, RT-2.
class Handshake {
 public:
  /// `seed` makes the random bytes of S1: any number, another one for each connection.
  explicit Handshake(std::uint64_t seed) : random_(seed) {}

  /// Takes what belongs to the handshake off the front of `bytes`; the rest is chunks (RT-2).
  /// Errors: kMalformed where C0 is not version 3, kUnsupported for the encrypted RTMPE (6).
  base::Status feed(base::View& bytes);
  bool done() const { return state_ == State::kDone; }
  /// S0, S1 and S2 once C1 is whole; empty at other times.
  std::vector<std::uint8_t> take_output() { return std::exchange(output_, {}); }
  /// True if C1 carried a valid digest, so that S1 and S2 carry theirs. For tests and logs.
  bool digested() const { return digested_; }
  /// Memory held.
  std::size_t held() const { return c1_.capacity() + output_.capacity(); }

 private:
  enum class State : std::uint8_t { kC0, kC1, kC2, kDone };

  void answer();
  std::uint8_t next_random();

  State state_ = State::kC0;
  bool digested_ = false;
  std::uint64_t random_;
  std::size_t c2_left_ = 1536;
  std::vector<std::uint8_t> c1_;
  std::vector<std::uint8_t> output_;
};

}  // namespace rtmp

#pragma once

// Inside loop/ only.

#include <cstddef>
#include <span>

#include "base/bytes.h"

namespace loop {

struct Sent {
  std::size_t bytes = 0;
  int error = 0;  ///< errno, but never EAGAIN: that is no error, the kernel just took no more
};

/// Gives a connected, non-blocking TCP socket as much of the slices as it takes now: small ones gathered in one call,
/// large ones that lie in a file from that file, without copying them. With `more` the last packet may wait for what
/// follows at once.
Sent send_now(int socket, std::span<const base::Bytes> slices, bool more);

}  // namespace loop

#include "loop/send_now.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

#include "base/media_file.h"

namespace loop {
namespace {

// Less than this in one go is cheaper copied: system calls, single pages and the receiver's wake-ups cost more. A part
// of 83 KB took 35 us from its file and 19 copied, a segment of 519 KB 75 and 93 (bench/delivery/run h1).
constexpr std::size_t kLeastFromFile = 256 * 1024;

bool is_much(std::span<const base::Bytes> slices) {
  std::size_t total = 0;
  for (const base::Bytes& slice : slices) total += slice.size();
  return total >= kLeastFromFile;
}

bool lies_in_file(const base::Bytes& slice) {
  return slice.backing() != nullptr && slice.size() >= base::MediaFile::kLeast;
}

ssize_t send_file(int socket, const base::Bytes& slice) {
  const base::FileBacking& backing = *slice.backing();
  off_t offset = backing.offset + (slice.data() - backing.begin);
  return sendfile(socket, backing.descriptor, &offset, slice.size());
}

/// `more`: what follows at once shares the packet.
ssize_t send_gathered(int socket, std::span<const base::Bytes> slices, bool more) {
  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0);
  if (slices.size() == 1) return send(socket, slices[0].data(), slices[0].size(), flags);
  std::array<iovec, 64> vector;
  for (std::size_t i = 0; i < slices.size(); ++i)
    vector[i] = {const_cast<std::uint8_t*>(slices[i].data()), slices[i].size()};
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = slices.size();
  return sendmsg(socket, &message, flags);
}

}  // namespace

Sent send_now(int socket, std::span<const base::Bytes> slices, bool more) {
  constexpr std::size_t kMostGathered = 64;
  const bool from_files = is_much(slices);
  Sent sent;
  while (!slices.empty()) {
    std::size_t count = 0;
    std::size_t offered = 0;
    while (count < slices.size() && count < kMostGathered && !(from_files && lies_in_file(slices[count])))
      offered += slices[count++].size();
    ssize_t taken = 0;
    if (count > 0) {
      taken = send_gathered(socket, slices.first(count), more || count < slices.size());
    } else {
      count = 1;
      offered = slices[0].size();
      taken = send_file(socket, slices[0]);
    }
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) sent.error = errno;
      return sent;
    }
    sent.bytes += static_cast<std::size_t>(taken);
    if (static_cast<std::size_t>(taken) < offered) return sent;
    slices = slices.subspan(count);
  }
  return sent;
}

}  // namespace loop

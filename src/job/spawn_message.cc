#include "job/spawn_message.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace job {
namespace {

// A ladder of thirty rungs is under 8 KiB of JSON; the socket's own limit is above 200 KiB.
constexpr std::size_t kMaxPacket = 128 * 1024;
constexpr std::size_t kDescriptors = 4;      // that every request has
constexpr std::size_t kMostDescriptors = 5;  // with a slate

base::Error system_error(const char* what) { return {base::Code::kSystem, std::string(what) + ": " + strerror(errno)}; }

/// Descriptors that came with a message that is dropped.
void close_received(const cmsghdr* header) {
  if (header == nullptr || header->cmsg_len < CMSG_LEN(0)) return;
  const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < count; ++i) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
    close(descriptor);
  }
}

union ControlBuffer {
  char bytes[CMSG_SPACE(kMostDescriptors * sizeof(int))];
  cmsghdr align;
};

}  // namespace

base::Status send_request(int socket, const SpawnRequest& request, const SpawnDescriptors& descriptors) {
  iovec parts[2] = {{const_cast<std::uint64_t*>(&request.id), sizeof request.id},
                    {const_cast<char*>(request.options.data()), request.options.size()}};
  ControlBuffer control{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  message.msg_control = control.bytes;
  const std::size_t size = (descriptors.slate >= 0 ? kMostDescriptors : kDescriptors) * sizeof(int);
  message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  const int numbers[kMostDescriptors] = {descriptors.feed, descriptors.records, descriptors.stats, descriptors.media,
                                         descriptors.slate};
  std::memcpy(CMSG_DATA(header), numbers, size);
  if (sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return system_error("worker request");
  return base::Ok{};
}

base::Status send_ping(int socket) {
  const std::uint64_t id = SpawnRequest::kPing;
  if (send(socket, &id, sizeof id, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return system_error("ping of the workers' parent");
  return base::Ok{};
}

base::Result<SpawnRequest> receive_request(int socket, SpawnDescriptors& descriptors) {
  SpawnRequest request;
  std::vector<char> text(kMaxPacket);
  iovec parts[2] = {{&request.id, sizeof request.id}, {text.data(), text.size()}};
  ControlBuffer control{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  const ssize_t size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (size < 0) return system_error("worker request");
  if (size == 0) return base::Error{base::Code::kCanceled, "the server went away"};
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  descriptors = {};
  if (size == sizeof request.id && request.id == SpawnRequest::kPing && header == nullptr) return request;
  const bool whole =
      static_cast<std::size_t>(size) >= sizeof request.id && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
  const bool with_slate = header != nullptr && header->cmsg_len == CMSG_LEN(kMostDescriptors * sizeof(int));
  if (!whole || header == nullptr || (!with_slate && header->cmsg_len != CMSG_LEN(kDescriptors * sizeof(int)))) {
    close_received(header);
    return base::Error{base::Code::kMalformed, "worker request"};
  }
  int numbers[kMostDescriptors] = {-1, -1, -1, -1, -1};
  std::memcpy(numbers, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
  descriptors = {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
  request.options.assign(text.data(), static_cast<std::size_t>(size) - sizeof request.id);
  return request;
}

base::Status send_report(int socket, const SpawnReport& report) {
  if (send(socket, &report, sizeof report, MSG_NOSIGNAL) < 0) return system_error("worker report");
  return base::Ok{};
}

base::Result<SpawnReport> parse_report(base::View packet) {
  SpawnReport report;
  if (packet.size() != sizeof report) return base::Error{base::Code::kMalformed, "worker report"};
  std::memcpy(&report, packet.data(), sizeof report);
  return report;
}

}  // namespace job

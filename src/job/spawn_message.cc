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
constexpr std::size_t kMostDescriptors = 6;  // with a slate and a font

/// What a request begins with. A ping is the id alone.
struct Head {
  std::uint64_t id = 0;
  std::uint32_t slate = 0;  ///< 1: its descriptor is there, after the four
  std::uint32_t font = 0;   ///< 1: likewise, last
  std::uint64_t memory = 0;
};

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
  Head head{request.id, descriptors.slate >= 0 ? 1U : 0U, descriptors.font >= 0 ? 1U : 0U, request.memory};
  iovec parts[2] = {{&head, sizeof head}, {const_cast<char*>(request.options.data()), request.options.size()}};
  ControlBuffer control{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  message.msg_control = control.bytes;
  int numbers[kMostDescriptors] = {descriptors.feed, descriptors.records, descriptors.stats, descriptors.media};
  std::size_t count = kDescriptors;
  for (const int optional : {descriptors.slate, descriptors.font}) {
    if (optional >= 0) numbers[count++] = optional;
  }
  const std::size_t size = count * sizeof(int);
  message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
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
  Head head;
  iovec parts[2] = {{&head, sizeof head}, {text.data(), text.size()}};
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
  request.id = head.id;
  if (size == sizeof request.id && request.id == SpawnRequest::kPing && header == nullptr) return request;
  const bool whole =
      static_cast<std::size_t>(size) >= sizeof head && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
  const std::size_t count = kDescriptors + (head.slate == 1 ? 1 : 0) + (head.font == 1 ? 1 : 0);
  if (!whole || header == nullptr || header->cmsg_len != CMSG_LEN(count * sizeof(int))) {
    close_received(header);
    return base::Error{base::Code::kMalformed, "worker request"};
  }
  int numbers[kMostDescriptors] = {};
  std::memcpy(numbers, CMSG_DATA(header), count * sizeof(int));
  descriptors = {numbers[0], numbers[1], numbers[2], numbers[3]};
  if (head.slate == 1) descriptors.slate = numbers[kDescriptors];
  if (head.font == 1) descriptors.font = numbers[count - 1];
  request.memory = head.memory;
  request.options.assign(text.data(), static_cast<std::size_t>(size) - sizeof head);
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

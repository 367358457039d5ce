#include "loop/udp_receiver.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "loop/handle.h"

namespace loop {
namespace {

constexpr std::size_t kBatch = 32;
// Of a wake-up, so that a flood on one port leaves the loop time for everything else.
constexpr int kMostBatches = 8;
constexpr std::size_t kControl = CMSG_SPACE(sizeof(std::uint32_t));

/// A socket address of a text; its family is AF_UNSPEC where it is none.
sockaddr_storage address_of(const std::string& host, std::uint16_t port) {
  sockaddr_storage address{};
  if (uv_ip4_addr(host.c_str(), port, reinterpret_cast<sockaddr_in*>(&address)) == 0) return address;
  address = {};
  if (uv_ip6_addr(host.c_str(), port, reinterpret_cast<sockaddr_in6*>(&address)) == 0) return address;
  return {};
}

socklen_t size_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

bool same_host(const sockaddr_storage& a, const sockaddr* b) {
  if (b == nullptr || a.ss_family != b->sa_family) return false;
  if (a.ss_family == AF_INET) {
    return reinterpret_cast<const sockaddr_in&>(a).sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in*>(b)->sin_addr.s_addr;
  }
  return std::memcmp(&reinterpret_cast<const sockaddr_in6&>(a).sin6_addr,
                     &reinterpret_cast<const sockaddr_in6*>(b)->sin6_addr, sizeof(in6_addr)) == 0;
}

/// Its index, 0 where there is no such interface. REQUIRES: a text that is not empty.
unsigned interface_index(const std::string& name) {
  const sockaddr_storage wanted = address_of(name, 0);
  if (wanted.ss_family == AF_UNSPEC) return if_nametoindex(name.c_str());
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return 0;
  unsigned index = 0;
  for (const ifaddrs* at = all; at != nullptr && index == 0; at = at->ifa_next) {
    if (same_host(wanted, at->ifa_addr)) index = if_nametoindex(at->ifa_name);
  }
  freeifaddrs(all);
  return index;
}

int level_of(const sockaddr_storage& group) {
  return group.ss_family == AF_INET6 ? static_cast<int>(IPPROTO_IPV6) : static_cast<int>(IPPROTO_IP);
}

base::Error system_error(const std::string& what) {
  return base::Error{base::Code::kSystem, what + ": " + std::strerror(errno)};
}

base::Status join(int descriptor, const sockaddr_storage& group, const UdpReceiver::Options& options) {
  const unsigned index = options.interface.empty() ? 0 : interface_index(options.interface);
  if (!options.interface.empty() && index == 0) {
    return base::Error{base::Code::kSystem, "no interface is named, or has the address, " + options.interface};
  }
  // What others on this machine have joined on other interfaces is not ours.
  const int off = 0;
  if (group.ss_family == AF_INET) setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
  if (options.sources.empty()) {
    group_req request{};
    request.gr_interface = index;
    request.gr_group = group;
    if (setsockopt(descriptor, level_of(group), MCAST_JOIN_GROUP, &request, sizeof request) == 0) return base::Ok{};
    return system_error("join " + options.host);
  }
  for (const std::string& source : options.sources) {
    group_source_req request{};
    request.gsr_interface = index;
    request.gsr_group = group;
    request.gsr_source = address_of(source, 0);
    if (setsockopt(descriptor, level_of(group), MCAST_JOIN_SOURCE_GROUP, &request, sizeof request) != 0) {
      return system_error("join " + options.host + " of " + source);
    }
  }
  return base::Ok{};
}

/// Binds and joins. A group's socket is bound to the group, or it would get what is sent to other groups, too, and may
/// share its port with other programs.
base::Status configure(int descriptor, const sockaddr_storage& address, const UdpReceiver::Options& options) {
  const int on = 1;
  const bool group = host_kind(options.host) == HostKind::kMulticast;
  setsockopt(descriptor, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  // Beyond net.core.rmem_max only with CAP_NET_ADMIN.
  if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &options.buffer_bytes, sizeof options.buffer_bytes) != 0) {
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &options.buffer_bytes, sizeof options.buffer_bytes);
  }
  if (group) setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size_of(address)) != 0) {
    return system_error("bind");
  }
  return group ? join(descriptor, address, options) : base::Status(base::Ok{});
}

/// The counter of the kernel in a message, that of datagrams dropped since the socket was made.
void read_drops(msghdr& header, std::uint32_t& drops) {
  for (cmsghdr* at = CMSG_FIRSTHDR(&header); at != nullptr; at = CMSG_NXTHDR(&header, at)) {
    if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SO_RXQ_OVFL) std::memcpy(&drops, CMSG_DATA(at), sizeof drops);
  }
}

}  // namespace

/// Lives until libuv has closed both handles.
struct UdpReceiver::State {
  /// What one call of the kernel fills.
  struct Scratch {
    std::array<std::array<std::uint8_t, UdpReceiver::kLongest>, kBatch> bytes;
    std::array<sockaddr_storage, kBatch> from;
    std::array<std::array<char, kControl>, kBatch> control;
    std::array<iovec, kBatch> vectors;
    std::array<mmsghdr, kBatch> messages;

    void prepare() {
      for (std::size_t i = 0; i < kBatch; ++i) {
        vectors[i] = {bytes[i].data(), bytes[i].size()};
        messages[i] = {};
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &from[i];
        messages[i].msg_hdr.msg_namelen = sizeof from[i];
        messages[i].msg_hdr.msg_control = control[i].data();
        messages[i].msg_hdr.msg_controllen = control[i].size();
      }
    }
  };

  uv_poll_t poll{};
  uv_timer_t timer{};
  int descriptor = -1;
  int open_handles = 2;
  UdpHandler* handler = nullptr;  ///< null once the receiver is gone
  std::uint32_t drops = 0;        ///< as the kernel counts them
  std::uint64_t lost = 0;         ///< not reported yet
  Scratch scratch;
  std::array<Datagram, kBatch> datagrams;

  void watch();
  void on_wake();
  bool fetch_all();
  int fetch();
};

/// How many messages the kernel had, up to kBatch.
int UdpReceiver::State::fetch() {
  scratch.prepare();
  const int count = recvmmsg(descriptor, scratch.messages.data(), kBatch, MSG_DONTWAIT, nullptr);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i) {
    msghdr& header = scratch.messages[i].msg_hdr;
    const std::uint32_t before = drops;
    read_drops(header, drops);
    lost += drops - before;  // modulo 2^32, as the kernel counts
    if ((header.msg_flags & MSG_TRUNC) != 0) {
      ++lost;
      continue;
    }
    datagrams[taken++] = {base::View(scratch.bytes[i].data(), scratch.messages[i].msg_len),
                          reinterpret_cast<const sockaddr*>(&scratch.from[i])};
  }
  if (taken != 0) handler->on_datagrams({datagrams.data(), taken}, std::exchange(lost, 0));
  return count;
}

/// True if anything came.
bool UdpReceiver::State::fetch_all() {
  bool any = false;
  for (int i = 0; i < kMostBatches; ++i) {
    const int count = fetch();
    any = any || count > 0;
    if (count < static_cast<int>(kBatch)) break;
  }
  return any;
}

void UdpReceiver::State::watch() {
  uv_poll_start(&poll, UV_READABLE, [](uv_poll_t* handle, int, int) { static_cast<State*>(handle->data)->on_wake(); });
}

/// By the poll while nothing comes, by the timer while something does.
void UdpReceiver::State::on_wake() {
  if (!fetch_all()) return watch();
  uv_poll_stop(&poll);
  uv_timer_start(
      &timer, [](uv_timer_t* handle) { static_cast<State*>(handle->data)->on_wake(); },
      static_cast<std::uint64_t>(kGather / base::kMillisecond), 0);
}

base::Result<std::unique_ptr<UdpReceiver>> UdpReceiver::make(Loop& loop, const Options& options, UdpHandler& handler) {
  const std::string where = "UDP " + options.host + ":" + std::to_string(options.port);
  const sockaddr_storage address = address_of(options.host, options.port);
  if (address.ss_family == AF_UNSPEC) {
    return base::Error{base::Code::kMalformed, where + ": not an IPv4 or IPv6 address"};
  }
  const int descriptor = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return system_error(where);
  if (const base::Status status = configure(descriptor, address, options); !status.ok()) {
    close(descriptor);
    return base::Error{status.error().code, where + ": " + status.error().what};
  }
  auto* state = new State;
  state->descriptor = descriptor;
  state->handler = &handler;
  state->poll.data = state->timer.data = state;
  uv_timer_init(uv_of(loop), &state->timer);
  if (const int code = uv_poll_init(uv_of(loop), &state->poll, descriptor); code < 0) {
    close(descriptor);
    uv_close(reinterpret_cast<uv_handle_t*>(&state->timer),
             [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
    return uv_error(code, where);
  }
  state->watch();
  return std::unique_ptr<UdpReceiver>(new UdpReceiver(state));
}

UdpReceiver::~UdpReceiver() {
  const uv_close_cb on_closed = [](uv_handle_t* handle) {
    auto* state = static_cast<State*>(handle->data);
    if (--state->open_handles == 0) delete state;
  };
  uv_poll_stop(&state_->poll);
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->poll), on_closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->timer), on_closed);
  close(state_->descriptor);  // libuv has taken it out of its poll
}

std::uint16_t UdpReceiver::port() const {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(state_->descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

int UdpReceiver::buffer_bytes() const {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  getsockopt(state_->descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, &size);
  return bytes;
}

HostKind host_kind(const std::string& host) {
  const sockaddr_storage address = address_of(host, 0);
  if (address.ss_family == AF_INET) {
    const std::uint32_t bits = ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr);
    return IN_MULTICAST(bits) ? HostKind::kMulticast : HostKind::kUnicast;
  }
  if (address.ss_family == AF_INET6) {
    return IN6_IS_ADDR_MULTICAST(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr) != 0 ? HostKind::kMulticast
                                                                                                 : HostKind::kUnicast;
  }
  return HostKind::kName;
}

}  // namespace loop

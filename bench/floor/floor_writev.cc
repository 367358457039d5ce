// The floor of handing out bytes: one head and one body, prebuilt, written with writev() to connected loopback TCP
// sockets in a bare loop; a child process drains them. Prints CPU time of the writing process alone, which on loopback
// includes what the kernel does to receive. With --encrypt 1 each answer is sealed first, as TLS 1.3 seals it.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arguments.h"

namespace floor_bench {
namespace {

constexpr const char* kUsage =
    "usage: floor_writev [--head BYTES (400)] [--body BYTES (102400)] [--sockets N (64)] [--count WRITES (20000)] "
    "[--encrypt 0|1 (0)]";

struct Pair {
  int near;
  int far;
};

/// Connected TCP pairs over loopback; fewer than asked for where one cannot be made.
std::vector<Pair> connect_pairs(std::size_t count) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  std::vector<Pair> pairs;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener, 16) != 0) return pairs;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  while (pairs.size() < count) {
    const int far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (far < 0 || connect(far, reinterpret_cast<sockaddr*>(&address), length) != 0) break;
    const int near = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (near < 0) break;
    const int on = 1;
    setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(far, F_SETFL, O_NONBLOCK);
    pairs.push_back({near, far});
  }
  close(listener);
  return pairs;
}

int watch_all(const std::vector<int>& sockets, std::uint32_t what) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    epoll_event event{};
    event.events = what;
    event.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[i], &event);
  }
  return epoll;
}

/// Reads until every socket has ended, as a client does: with a copy, 64 KiB at a time.
[[noreturn]] void drain(const std::vector<int>& sockets) {
  const int epoll = watch_all(sockets, EPOLLIN);
  std::vector<char> buffer(65536);
  std::array<epoll_event, 64> events;
  for (std::size_t open = sockets.size(); open > 0;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = sockets[events[static_cast<std::size_t>(i)].data.u64];
      const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
      if (got > 0 || (got < 0 && errno == EAGAIN)) continue;
      epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr);
      --open;
    }
  }
  _exit(0);
}

/// TLS 1.3's record protection with a key of its own: what encrypting costs at the least.
class Cipher {
 public:
  Cipher() : context_(EVP_CIPHER_CTX_new()) {
    const std::array<unsigned char, 16> key{};
    EVP_EncryptInit_ex(context_, EVP_aes_128_gcm(), nullptr, key.data(), nullptr);
  }
  ~Cipher() { EVP_CIPHER_CTX_free(context_); }
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  static std::size_t sealed_size(std::size_t clear) {
    return clear + (clear + kRecord - 1) / kRecord * (kHead + kTail);
  }

  /// Writes `text` to `out` in records. REQUIRES: sealed_size() bytes there.
  void seal(std::string_view text, char* out) {
    auto* record = reinterpret_cast<unsigned char*>(out);
    while (!text.empty()) {
      const std::size_t size = std::min(kRecord, text.size());
      const std::array<unsigned char, 12> nonce{};
      int length = 0;
      EVP_EncryptInit_ex(context_, nullptr, nullptr, nullptr, nonce.data());
      EVP_EncryptUpdate(context_, nullptr, &length, record, static_cast<int>(kHead));
      EVP_EncryptUpdate(context_, record + kHead, &length, reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(size));
      EVP_EncryptFinal_ex(context_, record + kHead + size, &length);
      EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, 16, record + kHead + size + 1);
      record += kHead + size + kTail;
      text.remove_prefix(size);
    }
  }

 private:
  static constexpr std::size_t kRecord = 16384;
  static constexpr std::size_t kHead = 5;
  static constexpr std::size_t kTail = 1 + 16;  // content type, tag

  EVP_CIPHER_CTX* context_;
};

/// Writes one head and body to each socket in turn, over and over.
class Writer {
 public:
  /// `encrypt`: each answer is sealed anew before it is written, head and body together.
  Writer(std::vector<int> sockets, std::string head, std::string body, bool encrypt)
      : sockets_(std::move(sockets)),
        head_(std::move(head)),
        body_(std::move(body)),
        sent_(sockets_.size(), 0),
        sealed_(sockets_.size(), false) {
    if (!encrypt) return;
    clear_ = head_ + body_;
    head_.clear();
    body_.assign(Cipher::sealed_size(clear_.size()), 0);
  }

  /// Until `count` are written. False where a socket fails.
  bool write(std::int64_t count) {
    std::vector<std::int64_t> left(sockets_.size(), count / static_cast<std::int64_t>(sockets_.size()));
    left[0] += count % static_cast<std::int64_t>(sockets_.size());
    const int epoll = watch_all(sockets_, EPOLLOUT | EPOLLET);
    std::vector<epoll_event> events(sockets_.size());
    std::vector<std::size_t> open(sockets_.size());
    std::iota(open.begin(), open.end(), std::size_t{0});
    for (;;) {
      std::size_t kept = 0;
      for (const std::size_t at : open) {
        if (left[at] == 0) continue;
        const ssize_t taken = step(at);
        if (taken < 0 && errno != EAGAIN) return false;
        if (taken < 0 || sent_[at] != 0) continue;  // full
        --count;
        if (--left[at] > 0) open[kept++] = at;
      }
      open.resize(kept);
      if (count == 0) break;
      // The full ones come back when the kernel says that they take more.
      const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), open.empty() ? -1 : 0);
      for (int i = 0; i < ready; ++i) {
        const std::size_t at = events[static_cast<std::size_t>(i)].data.u64;
        if (std::find(open.begin(), open.end(), at) == open.end()) open.push_back(at);
      }
    }
    close(epoll);
    return true;
  }

 private:
  /// One writev() of what is left of the answer; sent_ is 0 again where that was all of it.
  ssize_t step(std::size_t at) {
    if (!clear_.empty() && !sealed_[at]) cipher_.seal(clear_, body_.data());
    sealed_[at] = true;
    const std::size_t of_head = std::min(sent_[at], head_.size());
    const std::size_t of_body = sent_[at] - of_head;
    const std::array<iovec, 2> slices{
        {{head_.data() + of_head, head_.size() - of_head}, {body_.data() + of_body, body_.size() - of_body}}};
    const ssize_t taken = writev(sockets_[at], slices.data(), 2);
    if (taken > 0) sent_[at] += static_cast<std::size_t>(taken);
    if (sent_[at] < head_.size() + body_.size()) return taken;
    sent_[at] = 0;
    sealed_[at] = false;
    return taken;
  }

  std::vector<int> sockets_;
  std::string head_;
  std::string body_;
  std::string clear_;              ///< what is sealed into body_; empty: nothing is encrypted
  std::vector<std::size_t> sent_;  ///< of the answer that each socket is taking
  std::vector<bool> sealed_;       ///< that answer's records were made, all of one and the same bytes
  Cipher cipher_;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int measure(const std::string& head, const std::string& body, std::size_t sockets, std::int64_t count, bool encrypt) {
  const std::vector<Pair> pairs = connect_pairs(sockets);
  if (pairs.size() < sockets) {
    std::perror("floor_writev: cannot connect");
    return 1;
  }
  std::vector<int> near;
  std::vector<int> far;
  for (const Pair& pair : pairs) {
    near.push_back(pair.near);
    far.push_back(pair.far);
  }
  const pid_t drainer = fork();
  if (drainer < 0) return 1;
  if (drainer == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int fd : near) close(fd);
    drain(far);
  }
  for (const int fd : far) close(fd);
  const auto began = std::chrono::steady_clock::now();
  const double before = cpu_seconds();
  const bool good = Writer(near, head, body, encrypt).write(count);
  const double cpu = cpu_seconds() - before;
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  for (const int fd : near) close(fd);
  waitpid(drainer, nullptr, 0);
  if (!good) return 1;
  const double writes = static_cast<double>(count);
  std::printf(
      "{\"encrypt\": %s, \"head\": %zu, \"body\": %zu, \"sockets\": %zu, \"writes\": %lld, \"us\": %.3f, \"s_per_gb\": "
      "%.4f, "
      "\"wall_s\": %.3f}\n",
      encrypt ? "true" : "false", head.size(), body.size(), sockets, static_cast<long long>(count), cpu * 1e6 / writes,
      cpu * 1e9 / (writes * static_cast<double>(body.size())), wall);
  return 0;
}

}  // namespace
}  // namespace floor_bench

int main(int argc, char** argv) {
  std::int64_t head = 400;
  std::int64_t body = 102'400;
  std::int64_t sockets = 64;
  std::int64_t count = 20'000;
  std::int64_t encrypt = 0;
  floor_bench::read_arguments(argc, argv, floor_bench::kUsage,
                              {{"--head", &head, 1, 1 << 16},
                               {"--body", &body, 1, 1 << 26},
                               {"--sockets", &sockets, 1, 9000},
                               {"--count", &count, 1, 1'000'000'000},
                               {"--encrypt", &encrypt, 0, 1}});
  return floor_bench::measure(std::string(static_cast<std::size_t>(head), 'h'),
                              std::string(static_cast<std::size_t>(body), 'b'), static_cast<std::size_t>(sockets),
                              count, encrypt != 0);
}

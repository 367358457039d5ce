#include "loop/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "loop/mailbox.h"

namespace loop {
namespace {

std::atomic<int> waiting{0};

bool is_address(const std::string& host) {
  in6_addr parsed{};
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 || inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

}  // namespace

/// What one look-up's thread and the resolver share. The mutex is held for one post at a time.
struct Resolver::Link {
  Link(Loop& loop, Done then) : mailbox(std::in_place, loop), done(std::move(then)) {}

  std::mutex mutex;
  std::optional<Mailbox> mailbox;  ///< empty once the answer is not wanted any more
  const Done done;

  void cut() {
    const std::lock_guard lock(mutex);
    mailbox.reset();
  }
  /// Thread: any.
  static void answer(const std::shared_ptr<Link>& link, base::Result<Addresses> result) {
    const std::lock_guard lock(link->mutex);
    if (!link->mailbox) return;
    link->mailbox->post([link, result = std::move(result)] {
      link->cut();
      link->done(result);
    });
  }
};

base::Result<Addresses> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found); code != 0) {
    return base::Error{base::Code::kNotFound, host + ": " + gai_strerror(code)};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* at = all.get(); at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  if (addresses.empty()) return base::Error{base::Code::kNotFound, host + ": no address"};
  return addresses;
}

Resolver::Resolver(Loop& loop, LookUp look_up) : loop_(loop), look_up_(std::move(look_up)) {}

Resolver::~Resolver() {
  if (link_) link_->cut();
}

void Resolver::start(const std::string& host, Done done) {
  if (link_) link_->cut();
  link_ = std::make_shared<Link>(loop_, std::move(done));
  if (is_address(host)) return Link::answer(link_, Addresses{host});
  if (waiting.fetch_add(1) >= kMost) {
    --waiting;
    return Link::answer(link_, base::Error{base::Code::kBusy, host + ": too many names are being looked up"});
  }
  try {
    std::thread([link = link_, host, find = look_up_] {
      pthread_setname_np(pthread_self(), "k-resolve");
      Link::answer(link, find(host));
      --waiting;
    }).detach();
  } catch (const std::system_error& problem) {
    --waiting;
    Link::answer(link_, base::Error{base::Code::kSystem, std::string("no thread for a look-up: ") + problem.what()});
  }
}

}  // namespace loop

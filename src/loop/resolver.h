#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "loop/loop.h"

namespace loop {

/// The addresses of a host, in figures. Blocks, for as long as the name servers do.
using Addresses = std::vector<std::string>;
base::Result<Addresses> look_up(const std::string& host);

/// Looks host names up on threads of its own, since nothing can end a look-up that waits for a name server, and neither
/// a loop nor the end of the process may wait for one. At most kMost look-ups wait at a time, over all resolvers.
/// Thread: the loop's.
class Resolver {
 public:
  using LookUp = std::function<base::Result<Addresses>(const std::string& host)>;
  using Done = std::function<void(base::Result<Addresses>)>;
  static constexpr int kMost = 16;

  /// `look_up` runs on the other thread, and may outlive the resolver.
  explicit Resolver(Loop& loop, LookUp look_up = loop::look_up);
  /// Does not wait: an answer that comes later is thrown away.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// `done` is called once, on a later turn of the loop. A call before the answer replaces it: only the last one's
  /// `done` is called. An address in figures is its own answer. Errors: kNotFound; kBusy, too many look-ups wait.
  void start(const std::string& host, Done done);

 private:
  struct Link;

  Loop& loop_;
  const LookUp look_up_;
  std::shared_ptr<Link> link_;  ///< of the last call
};

}  // namespace loop

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "origin/channel_snapshot.h"
#include "serve/server.h"
#include "serve/static_files.h"
#include "tls/context.h"

namespace app {

/// How many serve loops, and what each is like.
struct ServePlan {
  int loops = 1;
  serve::Server::Options each;  ///< a port of 0: any free one, the same for all loops
};
/// What a configuration asks for on a machine of so many cores, in a process of so many descriptors.
ServePlan plan_of(const config::Config::Http& config, unsigned cores, std::uint64_t descriptors);

/// The serve loops: a thread each, with a Server of its own on the same ports (SO_REUSEPORT).
/// Thread: the one that made it, except where said.
class ServeThreads {
 public:
  /// Starts them all; when it returns every one listens. Errors: kSystem, from the first that could not.
  static base::Result<std::unique_ptr<ServeThreads>> start(ServePlan plan, const base::Clock& clock,
                                                           std::shared_ptr<const tls::Context> context,
                                                           std::shared_ptr<const serve::StaticFiles> files);
  /// Stops what stop() has not.
  ~ServeThreads();

  void publish(const std::shared_ptr<const origin::ChannelSnapshot>& snapshot);
  void remove(const std::string& channel);
  /// See serve::Server::give_up.
  void give_up(const std::string& channel);
  /// What edges can get of a channel.
  void relay(const std::string& channel, const std::shared_ptr<const relay::Reel>& reel);
  /// Limits of admission, and the origin lock; the other settings change only with a restart.
  void configure(const config::Config::Http& config);
  /// See serve::Server::set_tokens.
  void set_tokens(const std::shared_ptr<const serve::TokenPolicy>& policy);
  /// See serve::Server::set_shared_headroom.
  void set_shared_headroom(double memory, double egress);
  /// Bytes sent since the start. Thread: any, until stop().
  std::uint64_t bytes_sent() const;
  /// True if every loop has run since the last call that returned true. Then asks each loop to run again.
  bool answered();
  void use_tls(const std::shared_ptr<const tls::Context>& context);
  /// Lets open requests finish, at most `limit`, then ends the threads. Blocks: for the end of the process only.
  void stop(base::Micros limit);

  struct LoopReport {
    std::string name;  ///< "0", "1" …
    const serve::Counters* counters = nullptr;
    double busy = 0;
    const serve::Audiences* audiences = nullptr;
  };
  /// Thread: any, until stop().
  std::vector<LoopReport> reports() const;
  std::uint16_t plain_port() const;
  std::uint16_t tls_port() const;

 private:
  struct Worker;
  ServeThreads() = default;

  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace app

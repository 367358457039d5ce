#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/tokens.h"
#include "app/service_notifier.h"
#include "base/result.h"
#include "config/config.h"

namespace app {

/// The whole server on a control loop of its own. Thread: the one that calls run(), except where said.
class Instance {
 public:
  /// SIGHUP reads `path` again. `worker` is the program of the media process; `environment_token` is good beside the
  /// configuration's. `service` is notified of the start, reloads and the stop.
  Instance(config::Config config, std::string path, std::string worker,
           std::optional<api::Token> environment_token = {}, ServiceNotifier::Options service = {});
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// Builds everything and listens. Signals that come from here on are answered in run(). After an error only the
  /// destructor may be called. Errors: kSystem, kNotFound, kMalformed, naming what is not to be had.
  base::Status start();
  /// Serves until stop() or SIGTERM or SIGINT, then lets the answers that are on their way finish.
  void run();
  /// Asked once: the server is not ready any more, and answers everything for as long as `drain` says. Then publishers
  /// are sent away, nobody new is let in, and run() returns, where the configuration says so after every channel has
  /// ended. Asked twice: run() returns at once. Thread: any.
  void stop();
  /// Reads the file again and takes up what is in it, all or nothing. Nothing of the server waits for it; see Reloader.
  /// Thread: any.
  void reload();
  /// After run(): a thread still reads, and does so beyond the destructor.
  bool reads() const;
  /// After start().
  std::uint16_t admin_port() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

/// Runs the whole server until SIGTERM or SIGINT; SIGHUP reads `path` again. Returns the exit status: 0, or 1 where
/// something it needs (a port, the certificate, the media worker, the state directory) is not to be had, after saying
/// so. Where a disk does not answer at the stop it says so and does not return: the process ends, with 1.
/// `environment_token` is good beside the configuration's; see take_environment_token. `service`: see Instance.
int run_server(config::Config config, const std::string& path, std::optional<api::Token> environment_token = {},
               ServiceNotifier::Options service = {});

}  // namespace app

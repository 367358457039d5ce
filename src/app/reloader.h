#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "app/certificates.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "control/declaration.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/timer.h"

namespace app {

/// Everything that a reload needs from the disk, read and checked.
struct Prepared {
  config::Config config;
  Certificates certificates;
  base::Result<control::Declarations> declared = control::Declarations();  ///< beside those of the configuration
};
using Preparation = std::variant<Prepared, std::vector<config::Problem>>;

/// The configuration of a file, and the certificates that it names. Blocks on the disk: not for a loop's thread.
Preparation prepare(const std::string& path, const std::shared_ptr<const tls::TicketKeys>& keys);

/// Reads a configuration on a thread of its own, one at a time, so that no disk, mount or pipe that hangs holds up a
/// loop. A read that takes longer than the limit is given up: its outcome is an error, and what it brings later is
/// thrown away. Its thread cannot be ended, so until it comes back no other one starts.
/// Thread: that of the loop.
class Reloader {
 public:
  /// Runs on the other thread. It may outlive the Reloader, and so owns whatever it uses.
  using Read = std::function<Preparation()>;
  /// Called with every outcome, on the loop, never inside start().
  using Done = std::function<void(Preparation)>;

  static constexpr base::Micros kLimit = 10 * base::kSecond;

  /// The loop outlives this.
  Reloader(loop::Loop& loop, Read read, Done done, base::Micros limit = kLimit);
  /// Does not wait for a thread that reads: see busy().
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  /// Asked while it reads, it reads once more afterwards, since the file may have changed meanwhile. Asked while a
  /// read that was given up still hangs, it reports an error.
  void start();
  /// A thread reads, or hangs. It holds nothing of this object's, but a process that ends had better not run its
  /// destructors under it.
  bool busy() const { return state_ != State::kIdle; }

 private:
  enum class State {
    kIdle,
    kReading,
    kReadingThenAgain,  ///< asked for another time meanwhile
    kGivenUp,           ///< past the limit; the thread hangs
  };
  struct Link;

  void begin();
  void take(Preparation outcome);
  void give_up();
  void report(std::string problem);

  const Read read_;
  const Done done_;
  const base::Micros limit_;
  loop::Mailbox mailbox_;
  const std::shared_ptr<Link> link_;
  loop::Timer deadline_;
  State state_ = State::kIdle;
};

}  // namespace app

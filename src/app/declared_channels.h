#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "api/declaration.h"
#include "config/config.h"
#include "control/declaration.h"
#include "control/folder.h"
#include "control/order_thread.h"
#include "control/store.h"
#include "events/event.h"
#include "loop/mailbox.h"

namespace app {

/// What an order has changed, for the event log: never a value, which may be a key.
events::Fact declaration_fact(const api::DeclarationOrder& order, const api::DeclarationOutcome& outcome);

/// The channels that the API has declared, beside those of the configuration file. Thread: the control loop's.
class DeclaredChannels {
 public:
  /// Puts a configuration into force, after a change that is on disk.
  using Apply = std::function<void(const api::DeclarationOrder&, const api::DeclarationOutcome&, config::Config)>;
  using Take = std::function<void(const api::DeclarationOutcome&)>;

  /// `directory`: of the declarations. `path`: of the configuration file. `control`, whose thread this is of, outlives
  /// it.
  DeclaredChannels(loop::Mailbox& control, const std::string& directory, std::string path, Apply apply);

  /// What is on disk now. Thread: any that may wait for a disk; it may outlive this.
  std::function<base::Result<control::Declarations>()> reader() const;

  /// Before a reload reads the disk: what changes after that counts more than what it has read.
  void begin_reading() { changed_.clear(); }
  /// A configuration file that was read, and the declarations of that time: the configuration of both. Nothing is in
  /// force before use().
  config::Config merge(const config::Config& file, const base::Result<control::Declarations>& read);
  /// Makes that merge() the one in force, and logs which declarations are not.
  void use();

  /// `channel`: that one alone, with its text; empty: all, without.
  api::Declared report(const std::string& channel) const;
  /// Carries out an order on another thread, applies what it changed, and answers. Thread: the loop's; later.
  void carry_out(api::DeclarationOrder order, Take take);
  /// The other thread waits for the disk.
  bool busy() const { return thread_.busy(); }

 private:
  struct Disk;
  struct View {
    std::shared_ptr<const config::Config> file = std::make_shared<const config::Config>();
    control::Declarations declarations;
    std::map<std::string, std::vector<std::string>> left_out;
  };

  void take(const api::DeclarationOrder& order, const control::Change& change, const Take& take);
  void log_left_out() const;

  loop::Mailbox& control_;
  const std::string path_;
  const Apply apply_;
  const std::shared_ptr<Disk> disk_;
  View now_;
  View next_;                      ///< of a merge() that is not in use
  std::set<std::string> changed_;  ///< since a reload has begun to read
  std::string unread_;             ///< why the disk could not be read; empty: it could
  const std::shared_ptr<DeclaredChannels*> self_ = std::make_shared<DeclaredChannels*>(this);
  control::OrderThread thread_;
};

}  // namespace app

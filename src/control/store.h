#pragma once

#include <memory>
#include <string>
#include <utility>

#include "api/declaration.h"
#include "base/result.h"
#include "config/config.h"
#include "control/declaration.h"
#include "control/folder.h"

namespace control {

/// What has become of an order, and what there is now.
struct Change {
  api::DeclarationOutcome outcome;
  bool made = false;                               ///< something is otherwise now
  std::shared_ptr<const Declaration> declaration;  ///< null: removed; only where `made`
};

/// Changes declarations on disk. What the files say holds: an order is compared with them, not with a memory of them,
/// so of two orders that began from the same declaration the second is refused. Every call waits for the disk.
/// Thread: orders on one, read() on any.
class Store {
 public:
  /// `config_file`: see config::EntrySource. `files` outlive this.
  Store(Files& files, std::string config_file, config::Environment environment)
      : files_(files), config_file_(std::move(config_file)), environment_(std::move(environment)) {}

  /// All there are. Errors: kSystem, where the directory cannot be read.
  base::Result<Declarations> read() const;

  /// `file`: what the configuration file has. `others`: what is declared, for checks between channels.
  Change carry_out(const api::DeclarationOrder& order, const config::Config& file, const Declarations& others);

 private:
  Change put(const api::DeclarationOrder& order, const std::shared_ptr<const Declaration>& before,
             const config::Config& file, const Declarations& others);
  Change remove(const api::DeclarationOrder& order, const std::shared_ptr<const Declaration>& before,
                const config::Config& file);
  base::Result<std::shared_ptr<const Declaration>> find(const std::string& name) const;
  bool full() const;

  Files& files_;
  const std::string config_file_;
  const config::Environment environment_;
};

}  // namespace control

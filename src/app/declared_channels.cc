#include "app/declared_channels.h"

#include <utility>

#include "base/log.h"
#include "control/merge.h"

namespace app {

events::Fact declaration_fact(const api::DeclarationOrder& order, const api::DeclarationOutcome& outcome) {
  using Kind = api::DeclarationOutcome::Kind;
  const char* const action = outcome.kind == Kind::kCreated   ? "created"
                             : outcome.kind == Kind::kRemoved ? "removed"
                                                              : "changed";
  std::string keys;
  std::string restart;
  for (const api::DeclaredChange& change : outcome.changes) {
    keys += (keys.empty() ? "" : ", ") + change.key;
    if (change.when == "restart") restart += (restart.empty() ? "" : ", ") + change.key;
  }
  return {events::Type::kChannelSettings,
          order.channel,
          events::State::kMoment,
          {},
          {{"action", action}, {"keys", keys}, {"needs_restart", restart}, {"by", order.by}}};
}

/// What other threads use, for as long as one of them does.
struct DeclaredChannels::Disk {
  Disk(const std::string& directory, const std::string& path)
      : files(directory), store(files, path, config::environment_of_this_process()) {}

  control::Folder files;
  control::Store store;
};

DeclaredChannels::DeclaredChannels(loop::Mailbox& control, const std::string& directory, std::string path, Apply apply)
    : control_(control),
      path_(std::move(path)),
      apply_(std::move(apply)),
      disk_(std::make_shared<Disk>(directory, path_)) {}

std::function<base::Result<control::Declarations>()> DeclaredChannels::reader() const {
  return [disk = disk_] { return disk->store.read(); };
}

config::Config DeclaredChannels::merge(const config::Config& file, const base::Result<control::Declarations>& read) {
  next_ = {std::make_shared<const config::Config>(file), read.ok() ? *read : now_.declarations, {}};
  unread_ = read.ok() ? "" : read.error().what;
  for (const std::string& name : changed_) {
    next_.declarations.erase(name);
    const auto newer = now_.declarations.find(name);
    if (newer != now_.declarations.end()) next_.declarations.insert(*newer);
  }
  control::Merged merged = control::merge(*next_.file, next_.declarations, path_);
  next_.left_out = std::move(merged.left_out);
  return std::move(merged.config);
}

void DeclaredChannels::use() {
  now_ = std::move(next_);
  next_ = {};
  changed_.clear();
  log_left_out();
}

void DeclaredChannels::log_left_out() const {
  if (!unread_.empty())
    base::log_error("app", "declared channels cannot be read: those that were known stay", {{"why", unread_}});
  for (const auto& [name, why] : now_.left_out) {
    for (const std::string& problem : why)
      base::log_error("app", "a declared channel is not in force", {{"channel", name}, {"problem", problem}});
  }
}

api::Declared DeclaredChannels::report(const std::string& channel) const {
  api::Declared declared{{}, path_, {}};
  for (const auto& [name, entry] : now_.file->channels) declared.in_file.push_back(name);
  for (const auto& [name, declaration] : now_.declarations) {
    if (!channel.empty() && name != channel) continue;
    const auto left_out = now_.left_out.find(name);
    const bool in_force = left_out == now_.left_out.end();
    declared.channels.push_back({name, channel.empty() ? "" : declaration->text, declaration->etag, in_force,
                                 in_force ? std::vector<std::string>{} : left_out->second});
  }
  return declared;
}

void DeclaredChannels::carry_out(api::DeclarationOrder order, Take take) {
  // The answer finds the loop, or nobody: the thread may be left behind by a server that ends.
  auto answer = [self = std::weak_ptr(self_), post = control_.poster(), order, take](control::Change change) {
    post([self, order, take, change = std::move(change)] {
      if (const auto there = self.lock()) (*there)->take(order, change, take);
    });
  };
  const bool posted =
      thread_.post([disk = disk_, order = std::move(order), file = now_.file, others = now_.declarations, answer] {
        answer(disk->store.carry_out(order, *file, others));
      });
  if (!posted) take({.kind = api::DeclarationOutcome::Kind::kBusy});
}

void DeclaredChannels::take(const api::DeclarationOrder& order, const control::Change& change, const Take& take) {
  if (change.made) {
    now_.declarations.erase(order.channel);
    if (change.declaration) now_.declarations.emplace(order.channel, change.declaration);
    changed_.insert(order.channel);
    control::Merged merged = control::merge(*now_.file, now_.declarations, path_);
    now_.left_out = std::move(merged.left_out);
    apply_(order, change.outcome, std::move(merged.config));
  }
  take(change.outcome);
}

}  // namespace app

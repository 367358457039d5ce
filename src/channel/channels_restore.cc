// How channels are taken up from their journals at the start.
#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "archive/journal_file.h"
#include "archive/journal_reader.h"
#include "base/log.h"
#include "channel/channels.h"

namespace channel {
namespace {

// Disks answer several at a time, and a slow answer for one channel holds up no other.
constexpr std::size_t kReaders = 8;

}  // namespace

/// A channel whose journal is worth reading.
struct Channels::Restorable {
  std::string name;
  Options options;
  std::string directory;
  base::Micros since = 0;
  std::optional<base::Result<archive::JournalReader>> journal;  ///< once it has been opened

  /// Of long windows, which are served from files, the bodies are not read.
  void open() {
    const auto bodies = memory_of(options) > 0 ? archive::Bodies::kSkip : archive::Bodies::kRead;
    journal.emplace(archive::JournalReader::open(directory, since, bodies));
  }
};

std::vector<Channels::Restorable> Channels::restorable(const std::string& directory) const {
  std::vector<Restorable> found;
  const base::Micros now = environment_.clock.utc();
  for (const std::string& name : archive::list_channels(directory)) {
    const auto options = options_of(name);
    const auto path = archive::channel_directory(directory, name);
    if (!options || !path || channels_.contains(name)) continue;
    const base::Micros retention = retention_of(*options);
    const auto files = archive::list_files(*path);
    if (files.empty() || files.back().written < now - std::max(retention, Channel::most_absent(*options))) continue;
    // By when the last file was begun, and not written: copies and backups change that.
    found.push_back({name, *options, *path, files.back().began - retention, std::nullopt});
  }
  return found;
}

int Channels::restore(const std::string& directory) {
  const base::Micros start = environment_.clock.steady();
  std::vector<Restorable> found = restorable(directory);
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> readers;
  while (readers.size() < std::min(kReaders, found.size())) {
    readers.emplace_back([&found, &next] {
      for (std::size_t i = next++; i < found.size(); i = next++) found[i].open();
    });
  }
  for (std::thread& reader : readers) reader.join();
  const base::Micros opened = environment_.clock.steady();
  int restored = 0;
  for (Restorable& at : found) {
    if (restore(at)) ++restored;
  }
  environment_.on_publishers();
  if (found.empty()) return restored;
  const auto seconds = [](base::Micros span) { return static_cast<double>(span) / base::kSecond; };
  base::log_info("channel", "the journals have been read",
                 {{"channels", restored},
                  {"checked_s", seconds(opened - start)},
                  {"restored_s", seconds(environment_.clock.steady() - opened)}});
  return restored;
}

bool Channels::restore(Restorable& at) {
  if (!at.journal->ok()) {
    base::log_warn("channel", "a journal cannot be read", {{"channel", at.name}, {"why", at.journal->error().what}});
    return false;
  }
  archive::JournalReader& journal = **at.journal;
  if (!journal.damage().empty())
    base::log_warn("channel", "a journal was damaged, and ends before that",
                   {{"channel", at.name}, {"where", journal.damage()}});
  auto channel = std::make_unique<Channel>(environment_, at.name, at.options);
  if (!channel->restore(journal, retention_of(at.options))) return false;
  channels_[at.name] = std::move(channel);
  return true;
}

}  // namespace channel

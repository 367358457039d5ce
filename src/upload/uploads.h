#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/disk_thread.h"
#include "hls/media_playlist.h"
#include "origin/log.h"
#include "s3/address.h"
#include "s3/credentials.h"
#include "upload/uploader.h"

namespace upload {

/// Where and how a channel is uploaded.
struct Target {
  s3::Address address;
  s3::Credentials::Options credentials;
  hls::PlaylistType type = hls::PlaylistType::kSliding;
  origin::Log::Options log;  ///< as the channel's

  /// See Uploader::Options::place.
  std::string place() const { return address.scheme + "://" + address.host + " " + address.url(); }
};

/// Path of a channel's state file in the directory of them.
std::string state_path(const std::string& directory, const std::string& channel);

/// The uploads of all channels: a thread each, which reads the channel's journal, and one that looks once a second
/// which channels have one. Nothing else waits for them, and they are told of nothing. Thread: any.
class Uploads {
 public:
  struct Options {
    /// By channel, "*": all others; nothing: it is not uploaded.
    std::map<std::string, std::optional<Target>> targets;
    std::string journal;  ///< directory of all channels
    std::string state;    ///< directory of the state files; is made where it is missing
    /// The upload of a channel fails for a reason, or does no longer (empty). Called by its thread, never beyond the
    /// destructor; it does not wait.
    std::function<void(const std::string& channel, const std::string& why)> on_change;
  };

  explicit Uploads(Options options);
  /// Ends what is on its way: what was not put is put after the next start. Waits for the threads, which is short;
  /// those that wait for a disk which does not answer are left behind.
  ~Uploads();
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  /// `utc`: now.
  std::vector<Report> reports(base::Micros utc) const;
  /// See archive::JournalWriter::Options::read_from. May be called beyond the destructor.
  std::function<base::Micros(const std::string& channel)> read_from() const;

 private:
  struct Shared;
  class Line;
  struct Running;

  // Shared with the threads, which may have to be left behind.
  const std::shared_ptr<Shared> shared_;
  base::DiskThread look_;
};

}  // namespace upload

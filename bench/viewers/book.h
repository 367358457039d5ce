#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "viewers/playlist.h"

namespace viewers {

/// What one media playlist's bodies said, each read once however many viewers were sent it.
class Rendition {
 public:
  using List = std::shared_ptr<const MediaPlaylist>;

  /// What a body says. `list` is null where it cannot be read.
  struct Reading {
    List list;
    std::string_view fault;  ///< kind of error, empty where all is right
    std::string what;
    bool delta = false;
  };

  explicit Rendition(std::string path);

  /// Path of the playlist, without directives.
  const std::string& path() const { return path_; }
  std::uint64_t id() const { return id_; }

  /// Reads a body, known by its hash. `previous`: what the viewer knew, for delta updates; may be null. The reading
  /// is valid until the next call. Each closed segment and each part has to be what earlier bodies said (LL-23, LL-93).
  const Reading& read(std::uint64_t hash, std::string_view body, const List& previous);

 private:
  struct Entry {
    std::uint64_t hash = 0;
    List previous;  ///< only of delta updates
    bool used = false;
    Reading reading;
  };

  Reading interpret(std::string_view body, const List& previous);
  void anchor(MediaPlaylist& list);
  void compare(const MediaPlaylist& list, Reading& reading);
  bool same(Position at, std::string facts);

  std::string path_;
  std::uint64_t id_;
  std::array<Entry, 32> entries_;  ///< the newest readings, in a ring
  std::size_t next_ = 0;
  std::map<Position, std::string> facts_;  ///< of parts, and of segments as part kWhole
  std::map<std::int64_t, base::Micros> starts_;
};

/// All renditions of the channel, by the path of their playlist.
class Book {
 public:
  Rendition& at(const std::string& path) {
    auto& entry = renditions_[path];
    if (entry == nullptr) entry = std::make_unique<Rendition>(path);
    return *entry;
  }
  /// The multivariant playlist that this body is; null where it cannot be read.
  std::shared_ptr<const MultivariantPlaylist> multivariant(std::uint64_t hash, std::string_view body);

 private:
  std::uint64_t multivariant_hash_ = 0;
  std::shared_ptr<const MultivariantPlaylist> multivariant_;
  std::map<std::string, std::unique_ptr<Rendition>> renditions_;
};

}  // namespace viewers

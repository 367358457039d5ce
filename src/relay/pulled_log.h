#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "origin/log.h"
#include "relay/recorder.h"
#include "relay/wire.h"

namespace relay {

/// An edge's side of one channel: from the bytes that an origin sends to the same window, and to what further edges can
/// get. What it has outlasts connections. Where an origin does not continue the log at its place:
///
///   - if the media of both logs are the same (the origin was restarted and has its journal, or is a twin), the window
///   is
///     made anew from what it sends, and nobody notices;
///   - if they differ, its media go on behind the newest segment that players may have seen, with a discontinuity; what
///     is listed stays until it slides out. Where its renditions or its N differ, or it has nothing of the segment that
///     would be next, playlists begin anew there, and what they listed can still be fetched;
///   - if its numbers are far behind, the window is replaced outright, and players have to load anew.
///
/// Thread: the control loop's.
class PulledLog {
 public:
  /// All of it outlives the log.
  struct Context {
    const base::Clock& clock;
    std::uint64_t node = 0;           ///< this server
    base::Micros longest_window = 0;  ///< an edge has no disk: longer ones are cut to this
    std::function<void(std::shared_ptr<const origin::ChannelSnapshot>)> on_snapshot;
    std::function<void(std::shared_ptr<const Reel>)> on_reel;
  };

  PulledLog(std::string channel, Context context);
  ~PulledLog();

  /// A connection begins: what comes next begins with a hello.
  void begin();
  /// Takes what came; publishes. Errors: the connection is of no use: Reader's; kDenied: a loop, or too many servers
  /// one behind the other; kMalformed: an item where there can be none; kNotFound: see forget().
  base::Status feed(base::View bytes);

  /// What to ask for; nothing before the first record.
  std::optional<Place> place() const;
  /// What of another log need not be sent, because it is here: kept until the connection has caught up. Nothing where
  /// there is no whole segment, and after forget().
  std::optional<Have> have();
  /// A body was not sent that is not here (feed() said kNotFound): the next connection has to bring all.
  void forget() { whole_ = true; }
  /// There is something to show.
  bool ready() const { return live_ != nullptr; }
  /// This connection has said how it goes on.
  bool greeted() const { return greeted_; }
  /// This connection's server has no such channel.
  bool absent() const { return absent_; }
  /// This connection's server cannot tell, because it reaches nobody who could.
  bool unavailable() const { return unavailable_; }
  bool ended() const { return ended_; }
  /// UTC, end of the newest media; 0: none.
  base::Micros newest() const { return newest_; }
  /// Times that another log was taken up whose media differ.
  std::uint64_t restarts() const { return restarts_; }

 private:
  struct Side;

  base::Status take(Item& item);
  base::Status take_hello(const Hello& hello);
  base::Status take_record(const record::Record& record);
  base::Status take_known(Known& known);
  base::Status take_caught_up();
  void restart();
  bool goes_on(std::int64_t seen) const;
  void publish();

  const std::string channel_;
  const Context context_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Side> live_;                            ///< what viewers see
  std::unique_ptr<Side> next_;                            ///< what takes its place once it has caught up
  std::vector<record::Record> caught_;                    ///< its records until then
  std::unordered_map<std::uint64_t, base::Bytes> known_;  ///< parts that need not be sent, by their hash
  bool whole_ = false;                                    ///< see forget()
  bool greeted_ = false;
  bool seeded_ = false;
  bool absent_ = false;
  bool unavailable_ = false;
  bool ended_ = false;
  bool dirty_ = false;
  base::Micros newest_ = 0;
  std::uint64_t restarts_ = 0;
};

}  // namespace relay

#pragma once

#include <deque>
#include <vector>

#include "viewers/book.h"
#include "viewers/viewer.h"

namespace viewers {

class Parked;

/// What a crowd that only waits (modes reload and part) waits for. Filled in by a RenditionFinder, moved on by whoever
/// is answered first.
struct Target {
  Rendition* rendition = nullptr;  ///< null until the finder has found it
  Position next;
  std::string path;           ///< to ask for: of the playlist that blocks for `next`, or of the hinted part
  std::vector<Parked*> idle;  ///< have nothing to ask for yet
  bool ended = false;

  void wake();
  /// Lets the viewer ask when --rtt has passed, at once where that is 0.
  void ask_later(Parked& parked, Micros rtt);
  /// Lets those ask whose time has come.
  void tick(Micros now);
  void forget(Parked& parked);

 private:
  struct OnTheWay {
    Parked* parked;
    Micros at;
  };
  std::deque<OnTheWay> on_the_way_;  ///< in the order of their times
};

/// Finds the rendition. In mode part it continues reloading its playlist, because only that tells the next part's name.
class RenditionFinder final : public Viewer {
 public:
  RenditionFinder(Engine& engine, Target& target);
  void join(Micros now) override;
  void leave(Micros now) override;

 private:
  void on_good(Exchange& exchange) override;
  void on_playlist();
  bool joining() const override { return true; }

  Target& target_;
  Exchange multivariant_;
  Exchange playlist_;
  Rendition* rendition_ = nullptr;
};

/// Asks for the next thing of the target, and for the following one when it is answered: at once, or, with --rtt, when
/// its answer and its request would have crossed a network.
class Parked final : public Viewer {
 public:
  Parked(Engine& engine, SharedLine* shared, Target& target);
  void join(Micros now) override;
  void leave(Micros now) override;
  /// The target has something new.
  void wake();

 private:
  void on_good(Exchange& exchange) override;
  void on_refused(Exchange& exchange) override;
  void on_first_byte(Exchange& exchange) override;
  bool joining() const override { return false; }
  void on_playlist();
  void on_part();
  void ask_next();

  Target& target_;
  Exchange exchange_;
  Position wanted_;
  Position known_;  ///< end of the last playlist, to find stale ones
  std::int64_t media_sequence_ = 0;
};

}  // namespace viewers

#pragma once

#include <functional>

#include "viewers/viewer.h"

namespace viewers {

/// Comes, gets two parts and leaves: multivariant playlist, media playlist, init section and the two newest parts, one
/// after the other over one fresh connection.
class Joiner final : public Viewer {
 public:
  /// `on_done` is called when it has left; it may join() again.
  Joiner(Engine& engine, std::function<void(Joiner&)> on_done);

  void join(Micros now) override;
  void leave(Micros now) override;

 private:
  enum class Step : std::uint8_t { kMultivariant, kPlaylist, kInit, kFirstPart, kSecondPart };

  void on_good(Exchange& exchange) override;
  void on_refused(Exchange& exchange) override;
  void on_failure(Exchange& exchange, Failure failure, std::string_view what) override;
  bool joining() const override { return true; }
  bool read_multivariant();
  bool read_playlist();
  void next_step();
  void depart();

  std::function<void(Joiner&)> on_done_;
  Exchange exchange_;
  Step step_ = Step::kMultivariant;
  std::array<std::string, 5> paths_;  ///< by step
  Micros joined_ = 0;
};

}  // namespace viewers

#pragma once

#include <array>

#include "viewers/buffer_model.h"
#include "viewers/track.h"
#include "viewers/viewer.h"

namespace viewers {

/// A whole player: multivariant playlist, a video and an audio rendition, buffers and a playback clock.
class Player final : public Viewer, private TrackOwner {
 public:
  /// `number` tells players apart: it chooses the variant and when it switches.
  Player(Engine& engine, SharedLine* shared, std::size_t number, Track::Manners manners);

  void join(Micros now) override;
  void leave(Micros now) override;
  void tick(Micros now) override;

 private:
  void on_good(Exchange& exchange) override;
  void on_refused(Exchange& exchange) override;
  void on_first_byte(Exchange& exchange) override;
  bool excuses(const Exchange& exchange) override;
  bool joining() const override { return buffer_.state() == BufferModel::State::kFilling; }

  void ask_for(Exchange& exchange) override { ask(exchange); }
  void ask_for_later(Exchange& exchange, Micros delay) override { ask_later(exchange, delay); }
  void report(std::string_view kind, const Exchange& exchange, std::string_view what) override {
    fault(kind, exchange, what);
  }
  void compare(const Exchange& exchange, ObjectKind kind) override;
  void on_first_list() override;
  void on_media(std::size_t track, Micros end, Micros now) override;

  void open_tracks();
  void look(Micros now);
  std::string variant_path(std::size_t variant) const;

  std::size_t number_;
  Track::Manners manners_;
  Exchange multivariant_;
  std::shared_ptr<const MultivariantPlaylist> channel_;
  std::array<Track, 2> tracks_;
  std::size_t playing_ = 0;  ///< tracks in use
  std::size_t variant_ = 0;
  BufferModel buffer_;
  std::uint32_t stalls_seen_ = 0;
  Micros joined_ = 0;
  Micros switch_at_ = 0;
};

}  // namespace viewers

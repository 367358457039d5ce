#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "captions/triplet.h"
#include "transcode/cadence.h"
#include "transcode/cascade.h"
#include "transcode/economy.h"
#include "transcode/encode_side.h"
#include "transcode/outbox.h"
#include "transcode/overlays.h"
#include "transcode/picture_line.h"
#include "transcode/rung_snapshots.h"
#include "transcode/rung_thumbnails.h"
#include "transcode/rung_worker.h"
#include "transcode/slate_show.h"
#include "transcode/switch.h"

namespace transcode {

/// The inside of an encode side, which a decode side puts its pictures into.
struct EncodeSide::State {
  State(const Options& given, std::vector<Rung> resolved, const media::Track& shape);
  DecodeSide* side_of(Switch::Side id) const;

  /// One picture on its way to the encoders; the cascade has it.
  struct Shown {
    std::int64_t pts = 0;
    media::Rational rate;
    Origin origin;
  };
  base::Status open(const media::Track& shape);
  void run();
  RungWorker::Open opener_of(std::size_t rung, const media::Track& shape) const;
  bool choked() const;
  RungWorker::WhenFull when_full(std::size_t rung) const;
  bool shed(const Switch::Picture& picture);
  void show(Switch::Picture&& picture);
  void pass_captions_on(Switch::Picture& picture);
  void pass_captions_on(std::int64_t pts, std::span<const captions::Triplet> carried);
  void repeat(std::int64_t until, SlateFade::What what, const Origin& origin, bool paused = false);
  void encode(const Shown& shown);

  const Options options;
  const std::vector<Rung> rungs;
  const std::size_t base_index;  ///< the rung that the others are given up for
  const std::int64_t timescale;
  Outbox outbox;
  Switch entry;
  std::vector<std::unique_ptr<RungWorker>> workers;
  std::vector<DecodeSide*> sides;  ///< those that exist; the owner's thread's own

  // The scaling thread's own.
  Economy economy;  ///< its questions any thread's
  Cascade cascade;
  Overlays overlays;  ///< put() and remove() the owner's
  KeyClock key_clock;
  PictureLine line;
  SlateShow slate;                          ///< its questions any thread's
  RungThumbnails thumbnails;                ///< take() any thread's
  RungSnapshots snapshots;                  ///< look() its own, the rest the owner's
  std::vector<captions::Triplet> triplets;  ///< captions of the picture that came last; kept for its memory
  std::int64_t captioned = INT64_MIN;       ///< up to there captions have come, of whichever side
  bool shed_last = false;
  std::int64_t next_due = INT64_MAX;       ///< from here on the newest picture stays in place of one that does not come
  Switch::Side seen_side = Switch::kNone;  ///< the one whose picture was encoded last

  std::atomic<std::int64_t> newest{INT64_MIN};
  /// The first picture of the side that is seen, for the owner, who waits for it: `first_side` is written last.
  std::atomic<std::int64_t> first_pts{INT64_MIN};
  std::atomic<Switch::Side> first_side{Switch::kNone};
  std::atomic<std::uint64_t> held_frames{0};
  std::atomic<std::uint64_t> late_frames{0};
  std::atomic<std::uint64_t> dropped_frames{0};
  std::atomic<std::uint64_t> shed_frames{0};  ///< of these, for want of CPU
  std::thread thread;
};

}  // namespace transcode

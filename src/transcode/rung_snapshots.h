#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "transcode/av.h"
#include "transcode/thumbnail.h"

struct AVFrame;

namespace transcode {

/// Makes a thumbnail of each rung of a ladder when it is asked for them: of the rung's next key frame, on a thread of
/// its own ("k-thumb") of the lowest priority, which is there from the first ask on. Bound: one picture of each rung
/// waits, and one thumbnail of each is kept, the newest. Thread: look() from the scaling thread's, the rest from the
/// owner's.
class RungSnapshots {
 public:
  /// Of so many rungs.
  explicit RungSnapshots(std::size_t rungs);
  /// Waits for the one that is being made.
  ~RungSnapshots();
  RungSnapshots(const RungSnapshots&) = delete;
  RungSnapshots& operator=(const RungSnapshots&) = delete;

  /// The next key frame of each rung makes one.
  void ask();
  /// The CPU is short: what was asked for, and is not begun, is not made.
  void give_up();
  /// A key frame that is about to be encoded for a rung, whose pixels stay as they are. `at`: its media time.
  void look(std::size_t rung, const AVFrame& frame, base::Micros at);
  std::optional<RungThumbnail> take();

 private:
  struct Of {
    bool asked = false;
    FramePtr waiting;
    base::Micros at = 0;  ///< of the picture that waits
    std::optional<Thumbnail> made;
  };
  void run();
  Of* next();

  std::mutex mutex_;  // a hand-over between threads, of which the newest counts: base/ has no queue of this policy
  std::condition_variable changed_;
  std::vector<Of> rungs_;
  bool closed_ = false;
  ThumbnailMaker maker_;  ///< the thread's own
  std::thread thread_;    ///< of the first ask
};

}  // namespace transcode

#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "captions/queue.h"
#include "captions/triplet.h"
#include "transcode/av.h"
#include "transcode/captions.h"
#include "transcode/encode_side.h"
#include "transcode/outbox.h"
#include "transcode/video_encoder.h"

namespace transcode {

/// One rung's encoder in a thread of its own. Thread: put() and finish() from the scaling thread's, the rest from the
/// owner's.
class RungWorker {
 public:
  /// An encoder of the same track, VideoEncoder::Options::fast or not. Thread: the rung's.
  using Open = std::function<base::Result<std::unique_ptr<VideoEncoder>>(bool fast)>;
  /// `open`: null where there is only one encoder. REQUIRES: `outbox` lives longer.
  RungWorker(std::size_t rung, std::unique_ptr<VideoEncoder> encoder, Outbox& outbox, Open open = nullptr);
  /// Stops at once.
  ~RungWorker();
  RungWorker(const RungWorker&) = delete;
  RungWorker& operator=(const RungWorker&) = delete;

  /// `nice`: how much less CPU the thread asks for than the caller's, by setpriority(2).
  void start(const std::string& name, int nice = 0);
  enum class WhenFull : std::uint8_t {
    kWait,     ///< waits for room, so that a slow encoder holds up the scaling and the decoding before it
    kLeaveOut  ///< the picture is lost and counted; a key frame takes the place of the newest ordinary one that waits
  };
  struct How {
    WhenFull when_full = WhenFull::kWait;
    bool fast = false;  ///< by an encoder of that kind; it changes at a key frame only
  };
  /// Pictures that wait with WhenFull::kLeaveOut, so that a burst of them (a feed that comes in clumps, held pictures,
  /// reordering) costs an encoder that keeps up none.
  static constexpr std::size_t kBurst = 16;
  /// As long as the oldest of them has not waited for so long: an encoder that is slower than its feed would make every
  /// picture late by all that waits.
  static constexpr base::Micros kPatience = 150 * base::kMillisecond;
  /// Queues a picture.
  void put(FramePtr frame, bool key, const Origin& origin, How how);
  void put(FramePtr frame, bool key, const Origin& origin) { put(std::move(frame), key, origin, How{}); }
  /// Captions of a picture at `pts`, before that picture is put, if it is: the next one that is encoded from there on
  /// takes them, as many as fit. Bound: kMostCaptions.
  void put_captions(std::int64_t pts, std::span<const captions::Triplet> triplets);
  /// No picture comes any more: look-ahead comes out. Does not wait.
  void finish();
  /// Waits until all that was queued before finish() has been encoded.
  void join();
  /// Lets put() and the thread return at once.
  void close();

  /// Makes the next picture that is encoded a key frame. Thread: any.
  void want_key() { key_wanted_ = true; }

  void count_thinned() { ++thinned_; }
  /// Pictures lost for want of room. Thread: any.
  std::uint64_t left_out() const { return left_out_; }
  EncodeSide::RungCounters counters() const;

 private:
  /// Pictures that wait with WhenFull::kWait: one being encoded and one ready keep the encoder busy.
  static constexpr std::size_t kQueue = 2;
  struct Job {
    FramePtr frame;  ///< null: finish
    bool key = false;
    Origin origin;
    bool fast = false;
    base::Micros queued = 0;  ///< steady
  };
  std::optional<Job> take();
  bool make_room(bool key);
  void run();
  void change_encoder(bool fast, const VideoEncoder::Take& take_encoded);
  void deliver(VideoEncoder::Encoded&& encoded);

  const std::size_t rung_;
  std::unique_ptr<VideoEncoder> encoder_;  ///< the rung's thread's own, once that has started
  const Open open_;
  bool fast_ = false;  ///< what was asked of change_encoder() last; the rung's thread's own
  Outbox& outbox_;
  mutable std::mutex mutex_;  // a hand-over between two threads
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::deque<Job> jobs_;
  bool closed_ = false;
  captions::Queue captions_{kMostCaptions};  ///< of pictures that are still to be encoded, or never will be

  std::vector<captions::Triplet> due_;  ///< of the picture that is encoded; the rung's thread's own
  std::atomic<bool> key_wanted_{false};
  std::atomic<std::uint64_t> encoded_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> key_frames_{0};
  std::atomic<std::uint64_t> thinned_{0};
  std::atomic<std::uint64_t> left_out_{0};
  std::atomic<std::uint64_t> encode_errors_{0};
  std::atomic<base::Micros> last_delay_{0};
  mutable std::atomic<base::Micros> max_delay_{0};
  std::thread thread_;
};

/// Runs `work` on a thread of its own that asks for less CPU than the caller's, and waits for it. Threads that it
/// starts ask for no more either. `nice`: see RungWorker::start().
void run_niced(int nice, const std::function<void()>& work);

/// Steady time, for the delay that counters() reports; nothing that comes out depends on it.
base::Micros steady_now();

}  // namespace transcode

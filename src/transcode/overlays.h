#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/shared_file.h"
#include "media/overlay.h"
#include "media/time.h"
#include "transcode/cascade.h"
#include "transcode/frame_pool.h"
#include "transcode/rung.h"

namespace transcode {

/// The text of an overlay on a picture at `at` (UTC), one of `rate` frames a second: {utc} and {frame} replaced. The
/// frame is counted from 0 in each second, in two digits or more.
std::string overlay_text(const std::string& text, base::Micros at, media::Rational rate);

/// The logos and texts over the pictures of a ladder. They are put on the rungs that are made from the source; smaller
/// ones are made from those. Of two that overlap the one whose id comes later in the alphabet lies on top. Without any
/// nothing is copied and nothing done. Thread: put() and remove() any, one at a time; the others the scaling thread's.
class Overlays final : public CascadeFinish {
 public:
  struct Counters {
    std::uint64_t pictures = 0;  ///< over which something was laid, of each rung that is made from the source
    std::uint64_t faults = 0;    ///< overlays that could not be shown, and pictures for which there was no memory
  };

  /// `source`: the colour of the track that the ladder was made for. `roots`: Cascade::roots(). `font`: of texts; null:
  /// there are none.
  Overlays(const std::vector<Rung>& rungs, const std::vector<std::size_t>& roots, const media::Colour& source,
           std::shared_ptr<const base::SharedFile> font);
  ~Overlays() override;

  /// From the next picture on; takes the place of one with the same id. A logo is prepared here, which takes some
  /// milliseconds, in HDR up to a microsecond a sample. Errors: as Logo::make() and text::draw(); kNotFound: a text
  /// without a font. Then what was there is gone.
  base::Status put(const media::Overlay& overlay);
  void remove(const std::string& id);
  /// Thread: any.
  Counters counters() const { return {pictures_, faults_}; }

  /// Advances to the picture at `at` (UTC), one of `rate` frames a second. True if something else lies over it than
  /// over the one before, so that one that was made already is to be made anew.
  bool next(base::Micros at, media::Rational rate);
  /// With what lies over it: on a copy, unless nobody else has the picture. Null: no memory.
  FramePtr finish(std::size_t rung, FramePtr picture) override;

 private:
  class Layer;
  class LogoLayer;
  class TextLayer;
  struct Root {
    std::size_t rung = 0;
    int width = 0;
    int height = 0;
    Look look;
    FramePool pool;
  };
  base::Result<std::shared_ptr<Layer>> make_layer(const media::Overlay& overlay) const;

  std::vector<Root> roots_;
  const std::shared_ptr<const base::SharedFile> font_;
  std::mutex mutex_;  // a hand-over between two threads, of the layers
  std::map<std::string, std::shared_ptr<Layer>> layers_;
  std::atomic<bool> changed_{false};
  std::atomic<std::uint64_t> pictures_{0};
  std::atomic<std::uint64_t> faults_{0};
  // The scaling thread's own.
  std::vector<std::shared_ptr<Layer>> shown_;
};

}  // namespace transcode

#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/picture_health.h"
#include "transcode/thumbnail.h"

namespace transcode {

/// Health of a feed whose pictures are not decoded otherwise: decodes its key frames, and those only as far as there is
/// time, with the lowest priority. Thread: one ("k-probe"), beside the owner's, that all functions are called on.
class PictureProbe {
 public:
  struct Counters {
    std::uint64_t decoded = 0;  ///< key frames
    std::uint64_t skipped = 0;  ///< key frames that a newer one came for before there was time
    std::uint64_t errors = 0;   ///< key frames that gave no picture, or a damaged one
  };

  /// Opens the decoder. Errors: kUnsupported where this libavcodec lacks one; kMalformed for a track that is no video
  /// or without a timescale; kSystem from the libraries.
  static base::Result<std::unique_ptr<PictureProbe>> make(const media::Track& source,
                                                          const PictureHealth::Options& options);
  /// Waits for nothing: a picture that is being decoded, which on a busy machine takes seconds at this priority, is
  /// left to the thread, which ends after it.
  ~PictureProbe();
  PictureProbe(const PictureProbe&) = delete;
  PictureProbe& operator=(const PictureProbe&) = delete;

  /// A packet in ticks of the newest source. Only key frames are looked at; the newest takes the place of one that
  /// waits. Never blocks.
  void feed(const media::Packet& packet);
  /// The source's format changes from the next packet on. Errors: as make(); nothing is decoded until a source comes
  /// that can be.
  base::Status change_source(const media::Track& source);

  PictureHealth::Report health() const;
  /// The next key frame that is decoded makes a thumbnail, which take_thumbnail() gives once.
  void ask_thumbnail();
  std::optional<Thumbnail> take_thumbnail();
  Counters counters() const;

 private:
  struct State;
  explicit PictureProbe(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  ///< shared with the thread, which may outlive this
};

}  // namespace transcode

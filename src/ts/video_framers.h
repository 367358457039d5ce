#pragma once

#include <optional>
#include <vector>

#include "base/byte_writer.h"
#include "media/av1.h"
#include "media/nal.h"
#include "ts/framer.h"

namespace ts {

/// Takes a PES packet for an access unit, which it is in every stream that gives each picture a PTS. Where a muxer had
/// to cut a picture because PES_packet_length ends at 65,535, the pieces without a PTS are put back to the first
/// (TS-6).
class VideoFramer : public Framer {
 public:
  explicit VideoFramer(TrackWriter& writer) : writer_(writer) {}

  void feed(TimedPes&& pes) final;
  void lose() final;
  void flush() final;

 protected:
  /// One access unit as it lay in the stream.
  virtual void open(const TimedPes& unit) = 0;
  /// Hands an access unit on. Drops it, counted, where no track was announced yet.
  void write(const TimedPes& unit, const media::Picture& picture, base::Bytes data);

  TrackWriter& writer_;

 private:
  void release();

  std::optional<TimedPes> held_;  ///< may continue in the next PES packet
};

/// MPEG-2 video: pictures as they are, the size from their sequence headers.
class Mpeg2Framer final : public VideoFramer {
 public:
  using VideoFramer::VideoFramer;

 private:
  void open(const TimedPes& unit) override;
};

/// AV1: OBUs behind start codes to OBUs with sizes. Spec: [AV1 in MPEG-2 TS 3]
class Av1Framer final : public VideoFramer {
 public:
  using VideoFramer::VideoFramer;

 private:
  void open(const TimedPes& unit) override;
  void append(const media::av1::Obu& obu, base::ByteWriter& out);
};

}  // namespace ts

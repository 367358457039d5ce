#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/track.h"

namespace rtmp {

/// An access unit of H.264 or HEVC, or the part of it that one message brought.
struct AccessUnit {
  std::int64_t time = 0;         ///< Units: milliseconds, unwrapped; of its first message
  std::int32_t composition = 0;  ///< Units: milliseconds; of the message with its first slice
  std::uint32_t nanoseconds = 0;
  bool key = false;          ///< a message of it was marked as a key frame
  base::Micros arrived = 0;  ///< of its last message
  /// Its NAL units, which live in `messages`.
  std::vector<base::View> nals;
  std::vector<base::Bytes> messages;
  /// `messages` is one slice of bytes that has the shape of media::Packet::data as it lies.
  bool plain = false;
};

/// Puts the messages of one picture together. A message is a whole picture as a rule; encoders without a muxer that
/// knows pictures send each NAL unit, so each slice, in a message of its own with the picture's timestamp.
///
/// The first picture waits for the message after it, which tells the one kind of track from the other: pictures of the
/// usual kind then pass at once, those in pieces wait for the first message of the next one. Units that no picture
/// begins with, and that stand alone (parameter sets, SEI), go with the picture after them.
/// Bound: kMostHeld bytes; what is beyond begins a unit of its own.
class AccessUnitAssembler {
 public:
  /// `codec`: H.264 or HEVC.
  explicit AccessUnitAssembler(media::Codec codec) : codec_(codec) {}

  /// Takes a message's part, and appends to `whole` the units that are known to be whole, oldest first.
  void feed(AccessUnit&& piece, std::vector<AccessUnit>& whole);
  /// What waits: the track has ended, or begins anew.
  std::optional<AccessUnit> flush();

  /// Messages that continued with a picture that had been given out: their track does not keep to one kind.
  std::uint64_t late_pieces() const { return late_pieces_; }

  static constexpr std::size_t kMostHeld = std::size_t{8} << 20;

 private:
  enum class Kind : std::uint8_t { kUnknown, kWhole, kPieces };

  struct Content {
    bool slices = false;
    bool begins_picture = false;  ///< the first slice is a picture's first
    bool trails = false;          ///< nothing in it may stand before a picture's first slice
  };
  Content content_of(const AccessUnit& piece) const;
  bool continues(const Content& piece, const AccessUnit& unit) const;
  void append(AccessUnit&& piece, const Content& content);

  media::Codec codec_;
  Kind kind_ = Kind::kUnknown;
  std::optional<AccessUnit> held_;
  bool held_slices_ = false;
  std::size_t held_bytes_ = 0;
  std::optional<std::int64_t> given_;  ///< time of the picture given out last
  std::uint64_t late_pieces_ = 0;
};

}  // namespace rtmp

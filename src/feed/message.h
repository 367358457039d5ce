#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

/// What the server tells a media worker, on a pipe: feed bytes and time. Little framing, no FFmpeg, no sockets.
namespace feed {

enum class Format : std::uint8_t { kRtmp = 1, kMpegTs = 2 };

/// A publisher came (again): everything the demuxer knew is forgotten, the timeline is not.
struct Start {
  Format format = Format::kRtmp;
};

/// Where the log stands that an earlier worker of this channel left: goes on there. Comes first, or not at all.
struct Resume {
  base::Bytes position;  ///< as the layers above encode it
};

/// One RTMP message of type 8 (audio), 9 (video) or 18 (data, AMF0 without "@setDataFrame"), whole.
struct RtmpMessage {
  std::uint8_t type = 0;
  std::uint32_t timestamp = 0;  ///< Units: milliseconds, as sent, wraps included.
  base::Micros arrived = 0;     ///< UTC
  base::Bytes payload;
};

/// Transport stream bytes, cut anywhere.
struct TsBytes {
  base::Micros arrived = 0;
  base::Bytes payload;
};

/// It is now `utc`, and nothing that the server has received before is still on its way: lets the packager, which
/// has no clock, declare missing time a gap. Sent once a part target while a publisher is there or awaited.
struct Tick {
  base::Micros utc = 0;
};

/// The publisher went; it may come back.
struct Stop {};

/// The channel ends: flush, write record::End and leave.
struct Finish {};

/// The server dropped feed bytes because the worker lagged: resume at the next key frame.
struct Dropped {
  std::uint64_t bytes = 0;
};

using Message = std::variant<Resume, Start, RtmpMessage, TsBytes, Tick, Stop, Finish, Dropped>;

/// Header and payload of one message as they go down the pipe; the payload is shared, not copied.
struct Encoded {
  std::vector<std::uint8_t> header;
  base::Bytes payload;
};
Encoded encode(const Message& message);

/// Cuts a byte stream into messages. Feeding byte by byte equals feeding at once.
/// Errors: kMalformed or kTooLarge, after which the stream is lost (the peer is our own server: a bug or a broken
/// pipe).
class Reader {
 public:
  base::Status feed(base::View bytes);
  /// The next whole message, if there is one.
  bool next(Message& message);

 private:
  base::Status parse();

  std::vector<std::uint8_t> pending_;
  std::deque<Message> ready_;
};

}  // namespace feed

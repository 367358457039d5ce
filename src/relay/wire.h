#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "origin/log.h"
#include "record/encoding.h"
#include "record/record.h"
#include "relay/reel.h"

/// What a server sends an edge: records as record/encoding.h has them, one after another, and between them items of the
/// same form (header, checksum) whose types, from 64 on, are no records of a log:
///
///     64  hello: what follows; the first item
///     65  seeded: the records before it since the hello were in force where the log's records begin, and have no
///         numbers; from here on each record has the next one, also one whose type the reader does not know
///     66  caught up: everything that the server had when the edge came has been sent
///     67  beat: the server lives; once a second where nothing else is sent
///     68  absent: there is no such channel; nothing follows
///     69  unavailable: whether there is such a channel cannot be told now; nothing follows
///     70  known: a record of a part, with its number, without the body: the edge has said that it has that (Have).
///         The fields are the record's head.
///
/// Fields of a hello, big-endian: version, 1 (1); flags (1): bit 0 resumed: the log goes on where the edge has asked
/// for it, and neither seed nor standing follow; the log's name (8); number of the next record (8); newest segment
/// begun before it (8); discontinuities (8); target duration (4); the path: a count (1), servers (8 each); the terms of
/// the window: see wire.cc. A beat has the server's UTC (8, µs) and the number of the next record (8). Fields may be
/// added behind these within the version, and a reader skips what it does not know; another version is refused.
namespace relay {

struct Hello {
  bool resumed = false;
  Place at;  ///< of the first record that follows
  origin::Log::Standing standing;
  Path path;
  origin::Log::Options terms;  ///< without `memory`
};
struct Seeded {};
struct CaughtUp {};
struct Beat {
  base::Micros utc = 0;  ///< the sender's
  std::uint64_t next = 0;
};
struct Absent {};
struct Unavailable {};
struct Known {
  record::Part part;  ///< Part::stored tells the body
};
/// A record of a type that this version does not know.
struct Skipped {};

using Item = std::variant<Hello, Seeded, CaughtUp, Beat, Absent, Unavailable, Known, Skipped, record::Record>;

/// REQUIRES: at most kLongestPath servers, and views as the configuration allows.
base::Bytes encode_hello(const Hello& hello);
base::Bytes encode_beat(const Beat& beat);
/// `head`: of the encoded record of a part.
base::Bytes encode_known(base::View head);
const base::Bytes& seeded_item();
const base::Bytes& caught_up_item();
const base::Bytes& absent_item();
const base::Bytes& unavailable_item();

/// Cuts the bytes from a server into items. Fed byte by byte it gives the same as fed at once. After an error the
/// stream is lost, and every later call has the same error. Errors: as record::Decoder's; kUnsupported for another
/// version.
class Reader {
 public:
  /// Takes the next bytes of the stream, copying them.
  base::Status feed(base::View bytes);
  /// Takes the next whole item, if there is one.
  bool next(Item& item);

 private:
  base::Status cut();
  base::Status take(const record::Lengths& lengths, base::View bytes);

  std::vector<std::uint8_t> staging_;  ///< of an item that is not whole
  record::Decoder records_;
  std::deque<Item> ready_;
  std::optional<base::Error> failed_;
};

}  // namespace relay

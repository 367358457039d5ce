#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "record/record.h"

/// The one encoding of records: on the pipe from the worker, in the journal, to an edge.
///
///     offset  size
///          0     2  'K' 'R'
///          2     1  version, 2
///          3     1  type: 1 presentation, 2 part, 3 gap, 4 segment end, 5 discontinuity, 6 marker, 7 end,
///                   8 closing, 9 part whose body lies elsewhere, 10 moved cut, 11 thumbnail, 12 index
///                   of a journal's file (archive/head_index.h), which is no record of the log
///          4     4  length of the fields
///          8     4  length of the body
///         12     4  checksum: low half of XXH3-64 over bytes 0 to 11, the fields, and the XXH3-64 of the body
///         16        fields, by type
///                   body (part only): the media bytes, as they are
///
/// The last fields of a part are the XXH3-64 of its body (8) and the bytes up to the end of its first picture (4; 0:
/// not known): a reader can check and use what stands before the body, the record's head, without the body.
///
/// Type 9 has no body: its fields are the place of the body (offset 8, size 4) in a file that both sides have
/// (base/media_file.h), then those of a part. It is for the pipe between a worker and its server alone.
///
/// All integers are big-endian. The encoding grows within a version: a new field stands behind the ones there are, in
/// the record or in a structure within it (rendition, track, picture, sound, caption, attribute: each begins with its
/// length), and a reader skips what stands behind the fields that it knows. Records of a type that it does not know are
/// skipped whole. What would change the meaning of a field that is there takes a new version; a reader refuses a
/// version that it does not know. Version 1, which could not grow, was never kept anywhere.
namespace record {

inline constexpr std::size_t kHeaderSize = 16;
/// Largest fields and body together: more than two seconds at 200 Mbit/s.
inline constexpr std::size_t kMaxPayload = std::size_t{64} << 20;

/// One record as it is written: `head` (header and fields), then `body`. The body is the part's data, shared.
struct Encoded {
  std::vector<std::uint8_t> head;
  base::Bytes body;

  std::size_t size() const { return head.size() + body.size(); }
};

/// REQUIRES: the record's fields and body are at most kMaxPayload together.
Encoded encode(const Record& record);
/// The part with its body left out: that stands at `offset` of the file.
Encoded encode_without_body(const Part& part, std::uint64_t offset);

/// A record of any type without a body.
std::vector<std::uint8_t> encode_fields(std::uint8_t type, base::View fields);

/// Lengths of a record, as its header has them.
struct Lengths {
  std::uint8_t type = 0;
  std::size_t head = 0;  ///< header and fields
  std::size_t body = 0;

  std::size_t size() const { return head + body; }
};
/// REQUIRES: kHeaderSize bytes. Errors: kMalformed, kUnsupported, kTooLarge.
base::Result<Lengths> parse_lengths(base::View header);

/// Decodes a record from its head alone. A part has no data then, but Part::stored, whose place has the size alone.
/// Nothing: its type is not known. Errors: those of a Decoder; kNotFound for a part whose writer did not say the hash
/// of the body. REQUIRES: parse_lengths(head).head bytes.
base::Result<std::optional<Record>> decode_head(base::View head);

/// Gives the body that lies at a place of the file, for records of type 9.
using FetchBody = std::function<base::Result<base::Bytes>(std::uint64_t offset, std::size_t size)>;

/// Cuts a byte stream into records. Fed byte by byte it gives the same as fed at once. After an error the stream
/// is lost: what was decoded before it can still be taken, everything later is refused with the same error.
/// Errors: kMalformed (magic, checksum, a field out of range), kUnsupported (version, codec), kTooLarge, kTruncated
/// (fields end before the last one of their version's first day).
class Decoder {
 public:
  /// Without `fetch` a part whose body lies elsewhere is malformed.
  explicit Decoder(FetchBody fetch = {});
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// Takes the next bytes of the stream, copying them once.
  base::Status feed(base::View bytes);

  /// Where to read the next bytes of the stream to, for a reader that can choose: while a part's body is coming this
  /// is the body's own memory, so that it is never copied. Never empty. Valid until the next call to this decoder.
  std::span<std::uint8_t> want();
  /// Says that the first `count` bytes of want() have been filled. REQUIRES: count <= want().size().
  base::Status commit(std::size_t count);

  /// Takes the next whole record, if there is one.
  bool next(Record& record);

  /// Records of unknown type that were passed over.
  std::uint64_t skipped() const { return skipped_; }

  /// True where the stream may end: no record has been begun. For a journal's last record.
  bool at_boundary() const { return failed_ == std::nullopt && staged_ == 0 && !part_; }

 private:
  struct OpenPart;

  base::Status parse();
  base::Result<std::size_t> parse_one(base::View bytes);
  base::Status take_whole(std::uint8_t type, base::View fields);
  base::Status take_distant_part(base::View fields);
  void begin_part(base::View head, std::size_t body_size);
  base::Status finish_part();

  std::vector<std::uint8_t> staging_;
  std::size_t staged_ = 0;  ///< bytes at the front of staging_ that belong to a record not yet whole
  std::unique_ptr<OpenPart> part_;
  FetchBody fetch_;
  std::deque<Record> ready_;
  std::optional<base::Error> failed_;
  std::uint64_t skipped_ = 0;
};

}  // namespace record

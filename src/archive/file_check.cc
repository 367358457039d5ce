#include "archive/file_check.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "archive/head_index.h"
#include "base/byte_reader.h"
#include "media/time.h"
#include "record/encoding.h"

namespace archive {
namespace {

// Magic and version of a record.
constexpr std::string_view kRecordMagic = "KR\x02";
// How many bytes may be hashed while a sound record is looked for, beside a file's own size. Records are hashed once.
constexpr std::uint64_t kSearchFactor = 4;
constexpr std::uint64_t kLeastSearch = std::uint64_t{1} << 20;

/// The times of a log's records as UTC.
class MediaTimes {
 public:
  explicit MediaTimes(std::int64_t numbering) : numbering_(numbering) {}

  void apply(const record::Record& record, FileContents& contents) {
    if (const auto* presentation = std::get_if<record::Presentation>(&record)) {
      before_ = std::exchange(now_, *presentation);
    } else if (const auto* part = std::get_if<record::Part>(&record)) {
      add(part->rendition, part->msn, part->start, part->duration, contents);
    } else if (const auto* end = std::get_if<record::SegmentEnd>(&record)) {
      add(end->rendition, end->msn, end->start, end->duration, contents);
    }
  }

 private:
  void add(std::uint32_t rendition, std::int64_t msn, std::int64_t start, std::int64_t duration,
           FileContents& contents) const {
    const bool old = now_.formats_from != INT64_MIN && msn - numbering_ < now_.formats_from;
    const auto& renditions = (old ? before_ : now_).renditions;
    if (rendition >= renditions.size() || duration < 0) return;
    const std::int64_t timescale = renditions[rendition].track.timescale;
    // Far from any overflow, which a record with a sound checksum has no reason to reach.
    constexpr std::int64_t kMost = INT64_MAX / 4;
    if (timescale <= 0 || start < 0 || start > kMost || duration > kMost) return;
    const base::Micros from = media::rescale(start, timescale, base::kSecond);
    contents.first = contents.first == 0 ? from : std::min(contents.first, from);
    contents.last = std::max(contents.last, media::rescale(start + duration, timescale, base::kSecond));
  }

  const std::int64_t numbering_;  ///< of the file: formats_from is in the source's numbers
  record::Presentation before_;
  record::Presentation now_;
};

/// Walks over a file's records and the damage between them.
class Walk {
 public:
  Walk(base::View bytes, std::size_t from)
      : bytes_(bytes), at_(from), search_(kSearchFactor * bytes.size() + kLeastSearch) {}

  bool at_end() const { return at_ >= bytes_.size(); }
  std::size_t at() const { return at_; }
  /// The record that stands here, as bytes; empty where none does: why() says why not. `known`: `record` was set.
  base::View take(record::Record& record, bool& known) {
    const base::View whole = record_at(at_);
    record::Decoder decoder;
    if (whole.empty()) return {};
    const base::Status status = decoder.feed(whole);
    if (!status.ok()) {
      why_ = status.error().what;
      return {};
    }
    known = decoder.next(record);
    at_ += whole.size();
    return whole;
  }
  /// Goes on to the next sound record, or the end of the file.
  void skip() {
    while (!at_end()) {
      const std::string_view rest = base::text_of(bytes_.subspan(at_ + 1));
      const std::size_t found = rest.find(kRecordMagic);
      if (found == rest.npos) break;
      at_ += 1 + found;
      if (sound()) return;
      if (search_ == 0) break;
    }
    at_ = bytes_.size();
  }
  const std::string& why() const { return why_; }

 private:
  /// By its lengths alone.
  base::View record_at(std::size_t at) {
    const base::View rest = bytes_.subspan(at);
    if (rest.size() < record::kHeaderSize) {
      why_ = "it ends within a record";
      return {};
    }
    base::ByteReader in(rest);
    static_cast<void>(in.skip(4, "magic"));
    const std::uint64_t size = record::kHeaderSize + std::uint64_t{in.u32("fields").value()} + in.u32("body").value();
    if (!base::text_of(rest).starts_with(kRecordMagic) || size > record::kHeaderSize + record::kMaxPayload) {
      why_ = "no record stands there";
      return {};
    }
    if (size > rest.size()) {
      why_ = "it ends within a record";
      return {};
    }
    return rest.first(size);
  }
  bool sound() {
    const std::string kept = why_;
    const base::View whole = record_at(at_);
    why_ = kept;
    if (whole.empty()) return false;
    search_ -= std::min<std::uint64_t>(search_, whole.size());
    return record::Decoder().feed(whole).ok();
  }

  const base::View bytes_;
  std::size_t at_;
  std::uint64_t search_;  ///< bytes that may still be hashed by sound()
  std::string why_;
};

}  // namespace

FileContents check_contents(base::View bytes, const OnRecord& on_record) {
  FileContents contents;
  contents.size = bytes.size();
  const auto header = parse_file_header(bytes);
  if (!header.ok()) {
    contents.error = header.error().what;
    return contents;
  }
  contents.header = header.value();
  MediaTimes times(contents.header->numbering);
  const std::uint64_t seed_ends = kFileHeaderSize + std::uint64_t{contents.header->seed_size};
  record::Record record;
  for (Walk walk(bytes, kFileHeaderSize); !walk.at_end();) {
    const std::uint64_t from = walk.at();
    bool known = false;
    const base::View taken = walk.take(record, known);
    if (taken.empty()) {
      walk.skip();
      contents.damage.push_back({from, walk.at(), walk.why()});
      continue;
    }
    // It is no record of the log, and would be wrong in a file without what is damaged.
    if (taken[3] == kHeadIndexType) continue;
    const bool seed = walk.at() <= seed_ends;
    ++(seed ? contents.seed_records : contents.records);
    if (known) times.apply(record, contents);
    if (on_record) on_record(known ? &record : nullptr, taken, seed);
  }
  // A file that was begun and not written further.
  if (contents.damage.empty() && contents.size < seed_ends)
    contents.damage.push_back({contents.size, contents.size, "it ends within its seed"});
  return contents;
}

std::vector<std::uint8_t> without_damage(base::View bytes) {
  std::vector<std::uint8_t> records;
  std::size_t seed_size = 0;
  const FileContents contents = check_contents(bytes, [&](const record::Record*, base::View whole, bool seed) {
    records.insert(records.end(), whole.begin(), whole.end());
    if (seed) seed_size += whole.size();
  });
  FileHeader header = *contents.header;
  header.seed_size = static_cast<std::uint32_t>(seed_size);
  std::vector<std::uint8_t> file = encode_file_header(header);
  file.insert(file.end(), records.begin(), records.end());
  return file;
}

}  // namespace archive

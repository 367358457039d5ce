#include "record/encoding.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/hash.h"
#include "record/fields.h"

namespace record {
namespace {

constexpr std::uint16_t kMagic = 0x4B52;  // "KR"
constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kChecksumAt = 12;
// One read of a pipe takes in a body's first bytes together with its header; what is staged is copied once more, so the
// staging is kept small beside a part (50 KB and more).
constexpr std::size_t kStaging = 4096;
constexpr std::size_t kUsualHead = 80;  // a part's

/// Over everything but itself. The body is hashed apart so that neither side needs it beside the fields.
std::uint32_t checksum(base::View header, base::View fields, std::uint64_t body_hash) {
  base::ByteWriter covered(kChecksumAt + fields.size() + 8);
  covered.bytes(header.first(kChecksumAt));
  covered.bytes(fields);
  covered.u64(body_hash);
  return static_cast<std::uint32_t>(base::hash64(covered.view()));
}

struct Header {
  std::uint8_t type = 0;
  std::size_t fields = 0;
  std::size_t body = 0;
  std::uint32_t checksum = 0;

  std::size_t size() const { return kHeaderSize + fields + body; }
};

/// REQUIRES: kHeaderSize bytes.
base::Result<Header> parse_header(base::View bytes) {
  base::ByteReader in(bytes);
  Header header;
  TRY(const std::uint16_t magic, in.u16("record magic"));
  if (magic != kMagic) return base::Error{base::Code::kMalformed, "record magic", 0};
  TRY(const std::uint8_t version, in.u8("record version"));
  if (version != kVersion) return base::Error{base::Code::kUnsupported, "record version", 2};
  TRY(header.type, in.u8("record type"));
  TRY(header.fields, in.u32("record length"));
  TRY(header.body, in.u32("record body length"));
  if (header.fields + header.body > kMaxPayload) return base::Error{base::Code::kTooLarge, "record length", 4};
  TRY(header.checksum, in.u32("record checksum"));
  return header;
}

base::ByteWriter begin_head(std::uint8_t type) {
  base::ByteWriter out(kUsualHead);
  out.u16(kMagic);
  out.u8(kVersion);
  out.u8(type);
  out.zeros(kHeaderSize - 4);
  return out;
}

std::vector<std::uint8_t> finish_head(base::ByteWriter& out, std::size_t body_size, std::uint64_t body_hash) {
  out.patch_u32(4, static_cast<std::uint32_t>(out.size() - kHeaderSize));
  out.patch_u32(8, static_cast<std::uint32_t>(body_size));
  out.patch_u32(kChecksumAt, checksum(out.view(), out.view().subspan(kHeaderSize), body_hash));
  return out.take();
}

base::Error wrong_checksum() { return base::Error{base::Code::kMalformed, "record checksum", kChecksumAt}; }

}  // namespace

Encoded encode(const Record& record) {
  Encoded encoded;
  const Part* part = std::get_if<Part>(&record);
  if (part != nullptr) encoded.body = part->data;
  const std::uint64_t hash = base::hash64(encoded.body.view());
  base::ByteWriter out = begin_head(static_cast<std::uint8_t>(type_of(record)));
  write_fields(out, record);
  if (part != nullptr) write_body_fields(out, hash, part->stored.key_size);
  encoded.head = finish_head(out, encoded.body.size(), hash);
  return encoded;
}

Encoded encode_without_body(const Part& part, std::uint64_t offset) {
  base::ByteWriter out = begin_head(kDistantPart);
  out.u64(offset);
  out.u32(part.data.size());
  write_fields(out, part);
  return {finish_head(out, 0, base::hash64({})), {}};
}

std::vector<std::uint8_t> encode_fields(std::uint8_t type, base::View fields) {
  base::ByteWriter out = begin_head(type);
  out.bytes(fields);
  return finish_head(out, 0, base::hash64({}));
}

base::Result<Lengths> parse_lengths(base::View header) {
  TRY(const Header parsed, parse_header(header.first(kHeaderSize)));
  return Lengths{parsed.type, kHeaderSize + parsed.fields, parsed.body};
}

base::Result<std::optional<Record>> decode_head(base::View head) {
  TRY(const Header header, parse_header(head.first(kHeaderSize)));
  const base::View fields = head.subspan(kHeaderSize, header.fields);
  if (header.type == static_cast<std::uint8_t>(Type::kPart)) {
    TRY(Part part, parse_part_fields(fields));
    if (part.stored.hash == 0) return base::Error{base::Code::kNotFound, "hash of the body", kHeaderSize};
    if (checksum(head, fields, part.stored.hash) != header.checksum) return wrong_checksum();
    part.stored.place.size = static_cast<std::uint32_t>(header.body);
    return std::optional<Record>(std::move(part));
  }
  if (header.body > 0) return base::Error{base::Code::kNotFound, "hash of the body", kHeaderSize};
  if (checksum(head, fields, base::hash64({})) != header.checksum) return wrong_checksum();
  if (!known_type(header.type)) return std::optional<Record>();
  TRY(Record record, parse_fields(static_cast<Type>(header.type), fields));
  return std::optional<Record>(std::move(record));
}

/// A part whose fields are here and whose body is coming.
struct Decoder::OpenPart {
  std::vector<std::uint8_t> head;
  // Shared with the record's Bytes from when it is whole, and not written to after that.
  std::shared_ptr<std::uint8_t[]> body;
  std::size_t size = 0;
  std::size_t filled = 0;
};

Decoder::Decoder(FetchBody fetch) : staging_(kStaging), fetch_(std::move(fetch)) {}

Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

base::Status Decoder::feed(base::View bytes) {
  while (!bytes.empty()) {
    const std::span<std::uint8_t> space = want();
    const std::size_t count = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), count);
    TRY_OK(commit(count));
    bytes = bytes.subspan(count);
  }
  if (failed_) return *failed_;
  return base::Ok{};
}

std::span<std::uint8_t> Decoder::want() {
  if (part_) return {part_->body.get() + part_->filled, part_->size - part_->filled};
  // Full staging means a record of another type that is larger than it: it grows with what really came, never with what
  // a header promised.
  if (staged_ == staging_.size()) staging_.resize(staging_.size() * 2);
  return std::span(staging_).subspan(staged_);
}

base::Status Decoder::commit(std::size_t count) {
  if (failed_) return *failed_;
  base::Status status = base::Ok{};
  if (part_) {
    part_->filled += count;
    if (part_->filled == part_->size) status = finish_part();
  } else {
    staged_ += count;
    status = parse();
  }
  if (!status.ok()) {
    failed_ = status.error();
    part_.reset();
    staged_ = 0;
  }
  return status;
}

bool Decoder::next(Record& record) {
  if (ready_.empty()) return false;
  record = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

base::Status Decoder::parse() {
  std::size_t taken = 0;
  while (taken < staged_) {
    TRY(const std::size_t used, parse_one(base::View(staging_).subspan(taken, staged_ - taken)));
    if (used == 0) break;
    taken += used;
  }
  staged_ -= taken;
  std::memmove(staging_.data(), staging_.data() + taken, staged_);
  // A record larger than the usual staging came by; what it needed is given back.
  if (staging_.size() > kStaging && staged_ == 0) {
    staging_.resize(kStaging);
    staging_.shrink_to_fit();
  }
  return base::Ok{};
}

/// Bytes used from the front of `bytes`; 0 where more are needed.
base::Result<std::size_t> Decoder::parse_one(base::View bytes) {
  if (bytes.size() < kHeaderSize) return std::size_t{0};
  TRY(const Header header, parse_header(bytes.first(kHeaderSize)));
  if (header.type == static_cast<std::uint8_t>(Type::kPart)) {
    const std::size_t head = kHeaderSize + header.fields;
    if (bytes.size() < head) return std::size_t{0};
    begin_part(bytes.first(head), header.body);
    const std::size_t body = std::min(bytes.size() - head, part_->size);
    if (body > 0) std::memcpy(part_->body.get(), bytes.data() + head, body);
    part_->filled = body;
    if (part_->filled == part_->size) TRY_OK(finish_part());
    return head + body;
  }
  if (bytes.size() < header.size()) return std::size_t{0};
  const base::View fields = bytes.subspan(kHeaderSize, header.fields);
  const base::View body = bytes.subspan(kHeaderSize + header.fields, header.body);
  if (checksum(bytes, fields, base::hash64(body)) != header.checksum) return wrong_checksum();
  TRY_OK(take_whole(header.type, fields));
  return header.size();
}

base::Status Decoder::take_distant_part(base::View fields) {
  base::ByteReader in(fields);
  TRY(const std::uint64_t offset, in.u64("body offset"));
  TRY(const std::uint32_t size, in.u32("body size"));
  TRY(Part part, parse_part_fields(fields.subspan(in.offset())));
  if (!fetch_) return base::Error{base::Code::kMalformed, "a body elsewhere", 0};
  TRY(part.data, fetch_(offset, size));
  ready_.emplace_back(std::move(part));
  return base::Ok{};
}

base::Status Decoder::take_whole(std::uint8_t type, base::View fields) {
  if (type == kDistantPart) return take_distant_part(fields);
  if (!known_type(type)) {
    ++skipped_;
    return base::Ok{};
  }
  TRY(Record record, parse_fields(static_cast<Type>(type), fields));
  ready_.push_back(std::move(record));
  return base::Ok{};
}

void Decoder::begin_part(base::View head, std::size_t body_size) {
  part_ = std::make_unique<OpenPart>();
  part_->head.assign(head.begin(), head.end());
  // Shared, because the record's Bytes will own it. Not cleared: a promise of 64 MiB costs address space until the
  // bytes come.
  part_->body = std::make_shared_for_overwrite<std::uint8_t[]>(body_size);
  part_->size = body_size;
}

base::Status Decoder::finish_part() {
  const std::unique_ptr<OpenPart> open = std::move(part_);
  const base::View head = open->head;
  const base::View body{open->body.get(), open->size};
  TRY(const Header header, parse_header(head.first(kHeaderSize)));
  const base::View fields = head.subspan(kHeaderSize);
  const std::uint64_t hash = base::hash64(body);
  if (checksum(head, fields, hash) != header.checksum) return wrong_checksum();
  TRY(Part part, parse_part_fields(fields));
  // Who reads the head alone believes it.
  if (part.stored.hash != 0 && part.stored.hash != hash) return wrong_checksum();
  part.data = base::Bytes::of_owner(open->body, body);
  ready_.emplace_back(std::move(part));
  return base::Ok{};
}

}  // namespace record

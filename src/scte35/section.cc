#include "scte35/section.h"

#include <utility>

#include "base/byte_writer.h"
#include "base/crc32.h"
#include "media/bit_reader.h"

namespace scte35 {
namespace {

using base::Code;
using base::Error;
using media::BitReader;
using media::BitWriter;

constexpr std::uint8_t kTableId = 0xfc;
constexpr std::size_t kHeaderSize = 3;
constexpr std::size_t kCrcSize = 4;
// From protocol_version to splice_command_type, the empty descriptor loop, and the CRC.
constexpr std::size_t kLeastLength = 11 + 2 + kCrcSize;
// Of a sender of the first edition, which does not say how long the command is.
constexpr std::size_t kLengthUnknown = 0xfff;
constexpr std::uint8_t kNullType = 0x00;
constexpr std::uint8_t kInsertType = 0x05;
constexpr std::uint8_t kTimeSignalType = 0x06;
constexpr std::uint8_t kSegmentationTag = 0x02;
constexpr std::uint32_t kCuei = 0x43554549;

std::uint64_t stamp(BitReader& in) {
  const std::uint64_t high = in.bits(1);
  return high << 32 | in.bits(32);
}

base::Bytes take_bytes(BitReader& in, base::View from, std::size_t count) {
  const std::size_t at = in.position() / 8;
  in.skip(count * 8);
  return in.failed() ? base::Bytes{} : base::Bytes::copy_of(from.subspan(at, count));
}

std::optional<std::uint64_t> read_time(BitReader& in) {
  if (!in.flag()) {
    in.skip(7);
    return std::nullopt;
  }
  in.skip(6);
  return stamp(in);
}

SpliceInsert read_insert(BitReader& in) {
  SpliceInsert insert;
  insert.event_id = in.bits(32);
  insert.cancel = in.flag();
  in.skip(7);
  if (insert.cancel) return insert;
  insert.out_of_network = in.flag();
  insert.program = in.flag();
  const bool has_duration = in.flag();
  insert.immediate = in.flag();
  insert.event_id_compliance = in.flag();
  in.skip(3);
  if (insert.program && !insert.immediate) insert.time = read_time(in);
  const unsigned components = insert.program ? 0 : in.bits(8);
  for (unsigned i = 0; i < components && !in.failed(); ++i) {
    Component component{static_cast<std::uint8_t>(in.bits(8)), std::nullopt};
    if (!insert.immediate) component.time = read_time(in);
    insert.components.push_back(component);
  }
  if (has_duration) {
    BreakDuration duration;
    duration.auto_return = in.flag();
    in.skip(6);
    duration.duration = stamp(in);
    insert.duration = duration;
  }
  insert.unique_program_id = static_cast<std::uint16_t>(in.bits(16));
  insert.avail_num = static_cast<std::uint8_t>(in.bits(8));
  insert.avails_expected = static_cast<std::uint8_t>(in.bits(8));
  return insert;
}

Command read_fields(std::uint8_t type, std::size_t length, BitReader& in, base::View from) {
  if (type == kInsertType) return read_insert(in);
  if (type == kTimeSignalType) return TimeSignal{read_time(in)};
  if (type == kNullType) return SpliceNull{};
  return OtherCommand{type, take_bytes(in, from, length)};
}

base::Status read_command(std::uint8_t type, std::size_t length, BitReader& in, base::View from, Command& command) {
  const std::size_t at = in.position();
  const bool known = type == kInsertType || type == kTimeSignalType || type == kNullType;
  if (length == kLengthUnknown && !known) return Error{Code::kUnsupported, "splice command of unknown length", at / 8};
  command = read_fields(type, length, in, from);
  if (in.failed()) return Error{Code::kTruncated, "splice command", at / 8};
  if (length == kLengthUnknown) return base::Ok{};
  if (in.position() > at + length * 8) return Error{Code::kMalformed, "splice_command_length", at / 8};
  in.skip(at + length * 8 - in.position());  // fields of a later edition
  if (in.failed()) return Error{Code::kTruncated, "splice command", at / 8};
  return base::Ok{};
}

/// Types whose descriptors may say which part of a segment this is.
bool has_sub_segments(std::uint8_t type) {
  return type == 0x34 || type == 0x36 || type == 0x38 || type == 0x3a || type == 0x44 || type == 0x46;
}

void read_segment(BitReader& in, base::View body, Segmentation& segmentation) {
  segmentation.program = in.flag();
  const bool has_duration = in.flag();
  if (in.flag()) {
    in.skip(5);
  } else {
    Segmentation::Restrictions restrictions;
    restrictions.web_allowed = in.flag();
    restrictions.no_regional_blackout = in.flag();
    restrictions.archive_allowed = in.flag();
    restrictions.device = static_cast<std::uint8_t>(in.bits(2));
    segmentation.restrictions = restrictions;
  }
  const unsigned components = segmentation.program ? 0 : in.bits(8);
  for (unsigned i = 0; i < components && !in.failed(); ++i) {
    Component component{static_cast<std::uint8_t>(in.bits(8)), std::nullopt};
    in.skip(7);
    component.time = stamp(in);
    segmentation.components.push_back(component);
  }
  if (has_duration) {
    const std::uint64_t high = in.bits(8);
    segmentation.duration = high << 32 | in.bits(32);
  }
  segmentation.upid_type = static_cast<std::uint8_t>(in.bits(8));
  const std::size_t upid_length = in.bits(8);
  segmentation.upid = take_bytes(in, body, upid_length);
  segmentation.type = static_cast<std::uint8_t>(in.bits(8));
  segmentation.number = static_cast<std::uint8_t>(in.bits(8));
  segmentation.expected = static_cast<std::uint8_t>(in.bits(8));
  // Senders of earlier editions leave them out.
  if (has_sub_segments(segmentation.type) && in.left() >= 16) {
    const auto number = static_cast<std::uint8_t>(in.bits(8));
    segmentation.sub_segment = {number, static_cast<std::uint8_t>(in.bits(8))};
  }
}

base::Result<Segmentation> read_segmentation(base::View body) {
  BitReader in(body);
  in.skip(32);  // the identifier
  Segmentation segmentation;
  segmentation.event_id = in.bits(32);
  segmentation.cancel = in.flag();
  segmentation.event_id_compliance = in.flag();
  in.skip(6);
  if (!segmentation.cancel) read_segment(in, body, segmentation);
  if (in.failed()) return Error{Code::kTruncated, "segmentation_descriptor", in.position() / 8};
  return segmentation;
}

base::Result<std::vector<Descriptor>> read_descriptors(BitReader& in, base::View from) {
  std::vector<Descriptor> descriptors;
  std::size_t left = in.bits(16);
  while (left > 0) {
    const std::size_t at = in.position() / 8;
    const auto tag = static_cast<std::uint8_t>(in.bits(8));
    const std::size_t length = in.bits(8);
    if (in.failed() || left < length + 2) return Error{Code::kMalformed, "descriptor_loop_length", at};
    left -= length + 2;
    base::Bytes body = take_bytes(in, from, length);
    if (in.failed()) return Error{Code::kTruncated, "splice descriptor", at};
    const bool cuei = length >= 4 && BitReader(body.view()).bits(32) == kCuei;
    if (tag == kSegmentationTag && cuei) {
      TRY(Segmentation segmentation, read_segmentation(body.view()));
      descriptors.emplace_back(std::move(segmentation));
    } else {
      descriptors.emplace_back(OtherDescriptor{tag, std::move(body)});
    }
  }
  if (in.failed()) return Error{Code::kTruncated, "descriptor_loop_length", in.position() / 8};
  return descriptors;
}

/// The section without its CRC, whole and undamaged.
base::Result<base::View> checked(base::View bytes) {
  if (bytes.size() < kHeaderSize) return Error{Code::kTruncated, "splice_info_section"};
  if (bytes[0] != kTableId) return Error{Code::kMalformed, "table_id"};
  const std::size_t length = static_cast<std::size_t>(bytes[1] & 0x0f) << 8 | bytes[2];
  if (length < kLeastLength) return Error{Code::kMalformed, "section_length", 1};
  if (bytes.size() < kHeaderSize + length) return Error{Code::kTruncated, "section_length", 1};
  const base::View section = bytes.first(kHeaderSize + length);
  if (base::crc32_mpeg(section) != 0) return Error{Code::kMalformed, "CRC_32", section.size() - kCrcSize};
  return section.first(section.size() - kCrcSize);
}

// ---- Writing.

void write_stamp(BitWriter& out, std::uint64_t time) {
  out.bits(1, time >> 32);
  out.bits(32, time);
}

void write_time(BitWriter& out, const std::optional<std::uint64_t>& time) {
  out.flag(time.has_value());
  out.bits(time ? 6 : 7, 0x7f);
  if (time) write_stamp(out, *time);
}

void write_bytes(BitWriter& out, base::View bytes) {
  for (const std::uint8_t byte : bytes) out.bits(8, byte);
}

struct CommandWriter {
  BitWriter& out;

  void operator()(const SpliceNull&) const {}
  void operator()(const TimeSignal& signal) const { write_time(out, signal.time); }
  void operator()(const OtherCommand& other) const { write_bytes(out, other.body.view()); }
  void operator()(const SpliceInsert& insert) const {
    out.bits(32, insert.event_id);
    out.flag(insert.cancel);
    out.bits(7, 0x7f);
    if (insert.cancel) return;
    out.flag(insert.out_of_network);
    out.flag(insert.program);
    out.flag(insert.duration.has_value());
    out.flag(insert.immediate);
    out.flag(insert.event_id_compliance);
    out.bits(3, 7);
    if (insert.program && !insert.immediate) write_time(out, insert.time);
    if (!insert.program) out.bits(8, insert.components.size());
    for (const Component& component : insert.components) {
      out.bits(8, component.tag);
      if (!insert.immediate) write_time(out, component.time);
    }
    if (insert.duration) {
      out.flag(insert.duration->auto_return);
      out.bits(6, 0x3f);
      write_stamp(out, insert.duration->duration);
    }
    out.bits(16, insert.unique_program_id);
    out.bits(8, insert.avail_num);
    out.bits(8, insert.avails_expected);
  }
};

void write_segment(BitWriter& out, const Segmentation& segmentation) {
  out.flag(segmentation.program);
  out.flag(segmentation.duration.has_value());
  out.flag(!segmentation.restrictions.has_value());
  const Segmentation::Restrictions restrictions =
      segmentation.restrictions.value_or(Segmentation::Restrictions{true, true, true, 3});
  out.flag(restrictions.web_allowed);
  out.flag(restrictions.no_regional_blackout);
  out.flag(restrictions.archive_allowed);
  out.bits(2, restrictions.device);
  if (!segmentation.program) out.bits(8, segmentation.components.size());
  for (const Component& component : segmentation.components) {
    out.bits(8, component.tag);
    out.bits(7, 0x7f);
    write_stamp(out, component.time.value_or(0));
  }
  if (segmentation.duration) {
    out.bits(8, *segmentation.duration >> 32);
    out.bits(32, *segmentation.duration);
  }
  out.bits(8, segmentation.upid_type);
  out.bits(8, segmentation.upid.size());
  write_bytes(out, segmentation.upid.view());
  out.bits(8, segmentation.type);
  out.bits(8, segmentation.number);
  out.bits(8, segmentation.expected);
  if (!segmentation.sub_segment) return;
  out.bits(8, segmentation.sub_segment->number);
  out.bits(8, segmentation.sub_segment->expected);
}

void write_descriptor(base::ByteWriter& out, const Descriptor& descriptor) {
  if (const auto* other = std::get_if<OtherDescriptor>(&descriptor)) {
    out.u8(other->tag);
    out.u8(other->body.size());
    out.bytes(other->body.view());
    return;
  }
  const auto& segmentation = std::get<Segmentation>(descriptor);
  BitWriter body;
  body.bits(32, kCuei);
  body.bits(32, segmentation.event_id);
  body.flag(segmentation.cancel);
  body.flag(segmentation.event_id_compliance);
  body.bits(6, 0x3f);
  if (!segmentation.cancel) write_segment(body, segmentation);
  const std::vector<std::uint8_t> bytes = body.take();
  out.u8(kSegmentationTag);
  out.u8(bytes.size());
  out.bytes(bytes);
}

std::uint8_t type_of(const Command& command) {
  if (const auto* other = std::get_if<OtherCommand>(&command)) return other->type;
  if (std::holds_alternative<SpliceInsert>(command)) return kInsertType;
  return std::holds_alternative<TimeSignal>(command) ? kTimeSignalType : kNullType;
}

std::optional<std::uint64_t> time_of(const SpliceInsert& insert) {
  if (insert.cancel || insert.immediate) return std::nullopt;
  if (insert.program) return insert.time;
  return insert.components.empty() ? std::nullopt : insert.components.front().time;
}

}  // namespace

base::Result<Section> parse_section(base::View bytes) {
  TRY(const base::View body, checked(bytes));
  BitReader in(body);
  in.skip(10);
  Section section;
  section.sap_type = static_cast<std::uint8_t>(in.bits(2));
  in.skip(12);
  if (in.bits(8) != 0) return Error{Code::kUnsupported, "protocol_version", kHeaderSize};
  if (in.flag()) return Error{Code::kUnsupported, "encrypted_packet: encrypted splice information", kHeaderSize + 1};
  in.skip(6);
  section.pts_adjustment = stamp(in);
  section.cw_index = static_cast<std::uint8_t>(in.bits(8));
  section.tier = static_cast<std::uint16_t>(in.bits(12));
  const std::size_t length = in.bits(12);
  const auto type = static_cast<std::uint8_t>(in.bits(8));
  TRY_OK(read_command(type, length, in, body, section.command));
  TRY(section.descriptors, read_descriptors(in, body));
  return section;
}

std::vector<std::uint8_t> write_section(const Section& section) {
  BitWriter command_bits;
  std::visit(CommandWriter{command_bits}, section.command);
  const std::vector<std::uint8_t> command = command_bits.take();
  base::ByteWriter descriptors;
  for (const Descriptor& descriptor : section.descriptors) write_descriptor(descriptors, descriptor);

  BitWriter out;
  out.bits(8, kTableId);
  out.bits(2, 0);
  out.bits(2, section.sap_type);
  out.bits(12, kLeastLength + command.size() + descriptors.size());
  out.bits(8, 0);  // protocol_version
  out.bits(7, 0);  // not encrypted
  write_stamp(out, section.pts_adjustment);
  out.bits(8, section.cw_index);
  out.bits(12, section.tier);
  out.bits(12, command.size());
  out.bits(8, type_of(section.command));
  write_bytes(out, command);
  out.bits(16, descriptors.size());
  write_bytes(out, descriptors.view());
  std::vector<std::uint8_t> bytes = out.take();
  const std::uint32_t crc = base::crc32_mpeg(bytes);
  for (unsigned shift = 32; shift > 0;) bytes.push_back(static_cast<std::uint8_t>(crc >> (shift -= 8)));
  return bytes;
}

std::optional<std::uint64_t> splice_time(const Section& section) {
  std::optional<std::uint64_t> time;
  if (const auto* insert = std::get_if<SpliceInsert>(&section.command)) time = time_of(*insert);
  if (const auto* signal = std::get_if<TimeSignal>(&section.command)) time = signal->time;
  if (time) *time = (*time + section.pts_adjustment) & (kWrap - 1);
  return time;
}

}  // namespace scte35

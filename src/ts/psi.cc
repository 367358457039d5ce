#include "ts/psi.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "media/language.h"

namespace ts {
namespace {

constexpr std::uint8_t kPatTable = 0x00;
constexpr std::uint8_t kPmtTable = 0x02;
constexpr std::size_t kCrcSize = 4;
/// More than any multiplex carries; a hostile table must not make us keep more.
constexpr std::size_t kMaxPmtStreams = 64;
constexpr std::size_t kMaxTeletextPages = 32;
constexpr std::size_t kMaxCaptions = 31;  // one descriptor has no more

constexpr std::uint32_t tag(const char (&text)[5]) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8) | static_cast<std::uint8_t>(text[i]);
  return value;
}

base::Result<SectionHeader> parse_header(base::ByteReader& in, std::uint8_t table) {
  SectionHeader header;
  TRY(header.table_id, in.u8("table_id"));
  if (header.table_id != table) return base::Error{base::Code::kMalformed, "table_id"};
  TRY_OK(in.u16("section_length"));
  TRY(header.table_id_extension, in.u16("table_id_extension"));
  TRY(const std::uint8_t version, in.u8("version_number"));
  header.version = (version >> 1) & 0x1f;
  header.current = (version & 1) != 0;
  TRY(header.number, in.u8("section_number"));
  TRY(header.last_number, in.u8("last_section_number"));
  return header;
}

/// What the descriptors of one elementary stream add to its stream_type.
struct Described {
  std::uint32_t registration = 0;
  bool ac3 = false;
  bool eac3 = false;
  bool id3 = false;
};

std::string language_of(base::View body) {
  if (body.size() < 3) return {};
  std::string language;
  for (const std::uint8_t byte : body.first(3)) {
    const auto lower = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    if (lower < 'a' || lower > 'z') return {};
    language += lower;
  }
  return language == "und" ? std::string{} : language;
}

/// By the audio_type of the ISO 639 language descriptor. [ISO 13818-1 table 2-61]
media::Role role_of(base::View body) {
  if (body.size() < 4) return media::Role::kMain;
  return body[3] == 2 ? media::Role::kClearSpeech : body[3] == 3 ? media::Role::kDescription : media::Role::kMain;
}

/// [EN 300 468 6.2.43]
void read_teletext(base::View body, media::TeletextPages& pages) {
  constexpr std::size_t kEntry = 5;
  for (; body.size() >= kEntry && pages.size() < kMaxTeletextPages; body = body.subspan(kEntry)) {
    const int type = body[3] >> 3;
    const int magazine = (body[3] & 7) == 0 ? 8 : body[3] & 7;
    pages.push_back({magazine << 8 | body[4], language_of(body), type == 2 || type == 5, type == 5});
  }
}

/// The caption service descriptor: of CEA-608 it tells the field and no channel within it, whose first is meant. One
/// whose length does not fit is another's: outside ATSC the tag is anybody's. Spec: [ATSC A/65 6.9.2]
void read_captions(base::View body, std::vector<media::Caption>& captions) {
  constexpr std::size_t kEntry = 6;
  if (body.empty() || body.size() != 1 + kEntry * (body[0] & 0x1fU)) return;
  for (body = body.subspan(1); !body.empty(); body = body.subspan(kEntry)) {
    const bool digital = (body[3] & 0x80) != 0;
    const int number = body[3] & 0x3f;
    const bool easy = (body[4] & 0x80) != 0;
    if ((digital && number == 0) || captions.size() >= kMaxCaptions) continue;
    const std::string service = digital ? "SERVICE" + std::to_string(number) : (body[3] & 1) != 0 ? "CC3" : "CC1";
    const std::string language = language_of(body);
    const std::string spoken(media::language_name(language));
    captions.push_back({service, language, easy && !spoken.empty() ? spoken + " (easy reader)" : ""});
  }
}

/// A metadata descriptor whose application or format is ID3. Spec: [ISO/IEC 13818-1 2.6.60], TS-11
bool is_of_id3(base::View body) {
  base::ByteReader in(body);
  const auto application = in.u16("metadata_application_format");
  if (!application.ok()) return false;
  if (*application == 0xffff) {
    const auto identifier = in.u32("metadata_application_format_identifier");
    if (!identifier.ok() || *identifier == tag("ID3 ")) return identifier.ok();
  }
  const auto format = in.u8("metadata_format");
  const auto identifier = in.u32("metadata_format_identifier");
  return format.ok() && *format == 0xff && identifier.ok() && *identifier == tag("ID3 ");
}

void read_descriptor(std::uint8_t descriptor, base::View body, StreamEntry& stream, Described& described) {
  switch (descriptor) {
    case 0x05:  // registration
      if (body.size() >= 4) described.registration = base::ByteReader(body).u32("format_identifier").value();
      break;
    case 0x0a:  // ISO 639 language (TS-14)
      stream.language = language_of(body);
      stream.role = role_of(body);
      break;
    case 0x26: described.id3 = is_of_id3(body); break;
    case 0x46:  // VBI teletext
    case 0x56:  // teletext (TS-10)
      if (!stream.teletext) stream.teletext.emplace();
      read_teletext(body, *stream.teletext);
      break;
    case 0x59: stream.bitmap_subtitles = true; break;
    case 0x6a: described.ac3 = true; break;   // [EN 300 468 Annex D]
    case 0x7a: described.eac3 = true; break;  // [EN 300 468 Annex D]
    case 0x7f:                                // DVB extension; 0x80 in it is Opus' channel_config_code
      if (body.size() >= 2 && body[0] == 0x80) stream.opus_channels = body[1];
      break;
    case 0x80:  // AV1 video descriptor [AV1 in MPEG-2 TS 2.2]
      if (body.size() >= 4) stream.av1_config = base::Bytes::copy_of(body.first(4));
      break;
    case 0x86: read_captions(body, stream.captions); break;
    default: break;
  }
}

base::Result<Described> read_descriptors(base::View bytes, StreamEntry& stream) {
  Described described;
  base::ByteReader in(bytes);
  while (!in.empty()) {
    TRY(const std::uint8_t descriptor, in.u8("descriptor_tag"));
    TRY(const std::uint8_t length, in.u8("descriptor_length"));
    TRY(const base::View body, in.bytes(length, "descriptor"));
    read_descriptor(descriptor, body, stream, described);
  }
  return described;
}

std::optional<media::Codec> codec_of_private(const Described& described) {
  if (described.ac3 || described.registration == tag("AC-3")) return media::Codec::kAc3;
  if (described.eac3 || described.registration == tag("EAC3")) return media::Codec::kEac3;
  if (described.registration == tag("Opus")) return media::Codec::kOpus;
  if (described.registration == tag("AV01")) return media::Codec::kAv1;
  if (described.registration == tag("HEVC")) return media::Codec::kHevc;
  return std::nullopt;
}

std::optional<media::Codec> codec_of(std::uint8_t stream_type, const Described& described) {
  switch (stream_type) {
    case 0x02: return media::Codec::kMpeg2Video;
    case 0x03:
    case 0x04: return media::Codec::kMp2;  // layer III tells itself apart in its frame header
    case 0x06: return codec_of_private(described);
    case 0x0f:
    case 0x11: return media::Codec::kAac;
    case 0x1b: return media::Codec::kH264;
    case 0x24: return media::Codec::kHevc;
    case 0x81: return media::Codec::kAc3;
    case 0x87: return media::Codec::kEac3;
    default: return std::nullopt;
  }
}

/// The registration of the program, by which a stream_type that several use is told apart.
std::uint32_t registration_in(base::View program_info) {
  StreamEntry program;
  const auto described = read_descriptors(program_info, program);
  return described.ok() ? described->registration : 0;
}

base::Result<StreamEntry> parse_stream(base::ByteReader& in, std::uint32_t program_registration) {
  StreamEntry stream;
  TRY(stream.stream_type, in.u8("stream_type"));
  TRY(const std::uint16_t pid, in.u16("elementary_PID"));
  stream.pid = pid & 0x1fff;
  TRY(const std::uint16_t length, in.u16("ES_info_length"));
  TRY(const base::View descriptors, in.bytes(length & 0x0fff, "ES_info"));
  TRY(const Described described, read_descriptors(descriptors, stream));
  stream.codec = codec_of(stream.stream_type, described);
  // Without the registration it is DTS audio of a Blu-ray disc.
  const bool cuei = described.registration == tag("CUEI") || program_registration == tag("CUEI");
  stream.cues = stream.stream_type == 0x86 && cuei;
  // Both are private data alone.
  if (stream.stream_type != 0x06 || stream.codec) stream.teletext.reset();
  if (!stream.codec || media::kind_of(*stream.codec) != media::Kind::kVideo) stream.captions.clear();
  stream.bitmap_subtitles = stream.bitmap_subtitles && stream.stream_type == 0x06 && !stream.codec;
  stream.id3 = stream.stream_type == 0x15 && (described.id3 || described.registration == tag("ID3 "));
  if (stream.stream_type == 0x0f) stream.wrapping = Wrapping::kAdts;
  if (stream.stream_type == 0x11) stream.wrapping = Wrapping::kLatm;
  return stream;
}

}  // namespace

bool Pmt::has_audio_or_video() const {
  return std::any_of(streams.begin(), streams.end(), [](const StreamEntry& s) { return s.codec.has_value(); });
}

base::Result<Pat> parse_pat(base::View section) {
  if (section.size() < kCrcSize) return base::Error{base::Code::kTruncated, "PAT"};
  base::ByteReader in(section.first(section.size() - kCrcSize));
  Pat pat;
  TRY(pat.header, parse_header(in, kPatTable));
  while (!in.empty()) {
    Program program;
    TRY(program.number, in.u16("program_number"));
    TRY(const std::uint16_t pid, in.u16("program_map_PID"));
    program.pmt_pid = pid & 0x1fff;
    if (program.number != 0) pat.programs.push_back(program);
  }
  return pat;
}

base::Result<Pmt> parse_pmt(base::View section) {
  if (section.size() < kCrcSize) return base::Error{base::Code::kTruncated, "PMT"};
  base::ByteReader in(section.first(section.size() - kCrcSize));
  Pmt pmt;
  TRY(pmt.header, parse_header(in, kPmtTable));
  pmt.program = pmt.header.table_id_extension;
  TRY(const std::uint16_t pcr_pid, in.u16("PCR_PID"));
  pmt.pcr_pid = pcr_pid & 0x1fff;
  TRY(const std::uint16_t length, in.u16("program_info_length"));
  TRY(const base::View program_info, in.bytes(length & 0x0fff, "program_info"));
  const std::uint32_t registration = registration_in(program_info);
  while (!in.empty() && pmt.streams.size() < kMaxPmtStreams) {
    TRY(StreamEntry stream, parse_stream(in, registration));
    pmt.streams.push_back(std::move(stream));
  }
  return pmt;
}

}  // namespace ts

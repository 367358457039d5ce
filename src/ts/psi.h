#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/caption.h"
#include "media/teletext.h"
#include "media/track.h"

namespace ts {

/// What the long form of every section starts with. Spec: [ISO/IEC 13818-1 2.4.4]
struct SectionHeader {
  std::uint8_t table_id = 0;
  std::uint16_t table_id_extension = 0;  ///< transport_stream_id of a PAT, program_number of a PMT
  std::uint8_t version = 0;
  bool current = true;  ///< false: announced, to be used later
  std::uint8_t number = 0;
  std::uint8_t last_number = 0;
};

struct Program {
  std::uint16_t number = 0;
  std::uint16_t pmt_pid = 0;

  friend bool operator==(const Program&, const Program&) = default;
};

/// One section of a program association table; network entries (program 0) are left out.
struct Pat {
  SectionHeader header;
  std::vector<Program> programs;
};

/// How an elementary stream's frames are wrapped, besides the codec.
enum class Wrapping : std::uint8_t { kPlain, kAdts, kLatm };

/// One elementary stream as a PMT describes it (TS-13, TS-14).
struct StreamEntry {
  std::uint16_t pid = 0;
  std::uint8_t stream_type = 0;
  std::optional<media::Codec> codec;  ///< empty: not one that we handle
  Wrapping wrapping = Wrapping::kPlain;
  std::string language;  ///< ISO 639-2, lower case; empty if not given
  media::Role role = media::Role::kMain;
  std::uint8_t opus_channels = 0;                ///< channel_config_code of an Opus stream
  bool cues = false;                             ///< it carries splice information (SCTE-35)
  std::optional<media::TeletextPages> teletext;  ///< it carries teletext, and these of its pages are described
  bool id3 = false;                              ///< it carries timed metadata (ID3)
  bool bitmap_subtitles = false;                 ///< it carries DVB subtitles, which are pictures
  std::vector<media::Caption> captions;          ///< that its pictures carry, by the caption service descriptor
  base::Bytes av1_config;                        ///< payload of the AV1 video descriptor, shaped as av1C

  friend bool operator==(const StreamEntry&, const StreamEntry&) = default;
};

struct Pmt {
  SectionHeader header;
  std::uint16_t program = 0;
  std::uint16_t pcr_pid = 0;
  std::vector<StreamEntry> streams;

  bool has_audio_or_video() const;
};

/// Both take a whole section whose CRC32 is right. Errors: kMalformed and kTruncated by length fields that do not fit.
base::Result<Pat> parse_pat(base::View section);
base::Result<Pmt> parse_pmt(base::View section);

}  // namespace ts

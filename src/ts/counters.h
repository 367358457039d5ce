#pragma once

#include <cstdint>
#include <map>

namespace ts {

/// What a demuxer met since it was made; every value only grows.
struct Counters {
  std::uint64_t packets = 0;           ///< transport packets read, all PIDs
  std::uint64_t sync_losses = 0;       ///< times the 0x47 was not where the next packet had to start (TS-1)
  std::uint64_t bytes_skipped = 0;     ///< bytes passed over while looking for it
  std::uint64_t transport_errors = 0;  ///< packets the sender's own demodulator had marked broken
  std::uint64_t scrambled = 0;         ///< packets of our streams that are encrypted
  std::uint64_t scrambled_video = 0;   ///< those of them that are of video
  std::uint64_t crc_errors = 0;        ///< PAT or PMT sections whose CRC32 or length is wrong (TS-2)
  std::uint64_t bad_sections = 0;      ///< PAT or PMT sections with a good CRC32 that still break their format
  std::uint64_t cc_gaps = 0;           ///< continuity counter jumps that nothing announced (TS-3)
  std::uint64_t duplicates = 0;        ///< packets sent twice
  std::uint64_t discontinuities = 0;   ///< discontinuity_indicator set in one of our streams
  std::uint64_t pes = 0;               ///< PES packets taken whole
  std::uint64_t pes_damaged = 0;       ///< PES packets dropped: bytes lost, wrong length, or a broken header
  std::uint64_t pes_oversized = 0;     ///< PES packets dropped because they passed our limit
  std::uint64_t untimed = 0;           ///< access units dropped because no PTS was known for them
  std::uint64_t frames_bad = 0;        ///< coded frames dropped: broken header, or no parameter sets yet
  std::uint64_t units = 0;             ///< access units and audio frames handed on
  std::uint64_t cues = 0;              ///< sections of splice information (SCTE-35), and ID3 tags, handed on
  std::uint64_t cues_damaged = 0;      ///< those thrown away: a wrong CRC32 or length, or before the first time stamp
  std::uint64_t teletext = 0;          ///< PES packets of teletext handed on
  std::uint64_t teletext_damaged =
      0;  ///< those thrown away: bytes lost, a broken header, or before the first time stamp
  /// Packets of elementary streams that we do not handle, by stream_type (TS-10, TS-12).
  std::map<std::uint8_t, std::uint64_t> unsupported;
};

}  // namespace ts

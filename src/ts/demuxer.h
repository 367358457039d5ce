#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/event.h"
#include "ts/continuity.h"
#include "ts/counters.h"
#include "ts/cue_streams.h"
#include "ts/framer.h"
#include "ts/metadata_streams.h"
#include "ts/packet.h"
#include "ts/packet_sync.h"
#include "ts/pes.h"
#include "ts/psi.h"
#include "ts/section.h"
#include "ts/teletext_streams.h"
#include "ts/timestamp.h"
#include "ts/track_order.h"

namespace ts {

/// MPEG transport stream in, tracks and packets out (TS-1 to TS-6, TS-13 to TS-15). Track ids are PIDs, time is 90 kHz
/// with the 33-bit wrap undone. Elementary streams are not interleaved here: each unit is handed on as soon as its last
/// byte is there, so however far audio and video lie apart, nothing waits for the other, but for the first audio frames
/// of a program, which come in the order of its PMT (TrackOrder).
/// Sections of splice information come as media::Cue where they are in the stream, their `at` the newest time stamp;
/// so do ID3 tags, with their own.
/// Teletext comes as media::Teletext, PES packet by PES packet, and once without data where the PMT describes it; its
/// `at` is its own time stamp, or the newest one of the media where it has none, or one that is more than 10 s off.
/// A stream that leaves the program is said to be gone, after the PES packet that was under way. A PMT that is missing,
/// damaged, or repeats what was there, changes nothing.
/// Feeding byte by byte equals feeding at once, but for Packet::arrived.
/// Owns: the PES packet under way of each stream: at most 8 MiB for each of four video streams, 256 KiB for each of
/// 28 others; what a program has beyond that is treated as unsupported.
/// Errors: none; what is damaged is dropped and counted.
class Demuxer {
 public:
  struct Options {
    /// Program number to take; 0: the first of the PAT that has audio or video (TS-15). The PMT of an earlier one is
    /// waited for, 1 s at most.
    std::uint16_t program = 0;
  };

  /// `sink` must outlive the demuxer.
  Demuxer(const Options& options, media::EventSink& sink);
  ~Demuxer();
  Demuxer(const Demuxer&) = delete;
  Demuxer& operator=(const Demuxer&) = delete;

  /// Transport stream bytes, cut anywhere; `arrived` is the UTC instant of their last byte.
  void feed(base::View bytes, base::Micros arrived);
  /// The input ended: hands on the units that only the next one would have ended.
  void flush();

  const Counters& counters() const { return counters_; }
  /// Number of the program taken; 0 while none is.
  std::uint16_t program() const { return selected_; }
  /// Pages of teletext that the program describes.
  media::TeletextPages teletext_pages() const { return teletext_.pages(); }
  /// Caption services of the pictures, as the PMT announces them; none where it does not.
  const std::vector<media::Caption>& captions() const { return captions_; }
  /// Streams of the program that are DVB subtitles, which are pictures, and not used.
  std::size_t bitmap_subtitles() const { return bitmap_subtitles_; }

 private:
  struct Elementary;
  struct Offer {
    Pmt pmt;
    std::uint32_t crc = 0;
  };
  struct Table {
    Continuity continuity;
    SectionAssembler sections;
  };

  void on_packet(base::View bytes);
  void on_sync_loss();
  void on_table_packet(Table& table, const Packet& packet);
  void on_section(std::uint16_t pid, base::View section);
  void on_pat(base::View section);
  void apply_pat();
  void on_pmt(std::uint16_t pid, base::View section);
  void select_program();
  void wait_for_earlier_programs(const Packet& packet);
  void apply_pmt(const Pmt& pmt);
  void leave(std::unique_ptr<Elementary> stream, bool at_once);
  void retire(Elementary& stream);
  void retire_leaving();
  bool take_last_packet(const Packet& packet);
  void add_stream(const StreamEntry& stream);
  void refuse_stream(const StreamEntry& stream);
  void drop_streams();
  void on_media_packet(Elementary& stream, const Packet& packet);
  void deliver(Elementary& stream);
  void set_cues(const Pmt& pmt);
  bool take_cue(const Packet& packet);
  void set_teletext(const Pmt& pmt);
  bool take_teletext(const Packet& packet);
  void give_teletext(const TeletextStreams::Described& stream, Pes&& pes);
  bool take_metadata(const Packet& packet);

  Options options_;
  TrackOrder order_;
  Counters counters_;
  PacketSync sync_;
  Unwrapper unwrapper_;
  base::Micros arrived_ = 0;
  std::uint16_t last_pid_ = kNullPid;

  std::map<std::uint16_t, Table> tables_;  ///< PID 0 and the PMT PIDs
  std::map<std::uint8_t, Pat> pat_sections_;
  std::vector<Program> programs_;
  std::uint16_t selected_ = 0;
  std::uint32_t pmt_crc_ = 0;  ///< of the selected program's PMT as applied
  /// PMTs by program, while none is selected and that of an earlier program is waited for; at most kMaxPrograms.
  std::map<std::uint16_t, Offer> offers_;
  std::optional<std::uint64_t> offered_pcr_;  ///< when the first PMT with audio or video came. Units: 90 kHz
  std::uint64_t offered_packets_ = 0;         ///< counters_.packets then
  bool waited_ = false;

  std::map<std::uint16_t, std::unique_ptr<Elementary>> streams_;
  /// Left the program with a PES packet under way; until that ends, a stream that is new begins, or the next section.
  std::vector<std::unique_ptr<Elementary>> leaving_;
  CueStreams cues_;
  MetadataStreams metadata_;
  std::uint64_t early_cues_ = 0;
  TeletextStreams teletext_;
  std::uint64_t early_teletext_ = 0;
  std::size_t bitmap_subtitles_ = 0;
  std::vector<media::Caption> captions_;
  std::map<std::uint16_t, std::uint8_t> unsupported_;  ///< PID to stream_type
  std::set<std::uint8_t> reported_;                    ///< stream types that were logged
  std::vector<Pes> ready_;
};

}  // namespace ts

#include "ts/demuxer.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/byte_reader.h"
#include "base/log.h"

namespace ts {
namespace {

constexpr std::size_t kMaxVideoPes = std::size_t{8} << 20;
constexpr std::size_t kMaxAudioPes = std::size_t{128} << 10;
constexpr std::size_t kMaxVideoStreams = 4;
constexpr std::size_t kMaxStreams = 32;
constexpr std::size_t kMaxPrograms = 256;
/// How long the PMT of an earlier program is waited for: PMTs come every 0.1 to 0.5 s. Where no PCR tells the time,
/// this many packets are 1 s at 30 Mbit/s.
constexpr std::uint64_t kMostWaitPcr = 90000;
constexpr std::uint64_t kMostWaitPackets = 20000;
constexpr std::int64_t kClock = 90000;  // ticks of a time stamp a second
// Inserters of teletext that know nothing of the programme's clock write stamps of their own.
constexpr std::int64_t kMostApart = 10 * kClock;

std::uint32_t crc_of(base::View section) { return base::ByteReader(section.last(4)).u32("CRC_32").value(); }

bool is_video(const StreamEntry& stream) { return media::kind_of(*stream.codec) == media::Kind::kVideo; }

/// True where the stream can continue with the framer it has.
bool same_kind(const StreamEntry& a, const StreamEntry& b) {
  return a.codec == b.codec && a.wrapping == b.wrapping && a.opus_channels == b.opus_channels;
}

}  // namespace

struct Demuxer::Elementary {
  Elementary(const StreamEntry& stream, media::EventSink& sink, Counters& counters)
      : entry(stream),
        pes(is_video(stream) ? kMaxVideoPes : kMaxAudioPes, counters),
        writer(stream.pid, sink, counters),
        framer(make_framer(stream, writer)) {
    writer.set_descriptors(stream.language, stream.role);
  }

  StreamEntry entry;
  Continuity continuity;
  PesAssembler pes;
  TrackWriter writer;
  std::unique_ptr<Framer> framer;
  bool fresh = true;  ///< no packet of it has come yet
};

Demuxer::Demuxer(const Options& options, media::EventSink& sink) : options_(options), order_(sink), sync_(counters_) {
  tables_[kPatPid];
}

Demuxer::~Demuxer() = default;

void Demuxer::feed(base::View bytes, base::Micros arrived) {
  arrived_ = arrived;
  sync_.feed(bytes, [this](base::View packet) { on_packet(packet); }, [this] { on_sync_loss(); });
}

void Demuxer::flush() {
  sync_.flush([this](base::View packet) { on_packet(packet); });
  retire_leaving();
  for (auto& [pid, stream] : streams_) {
    stream->pes.flush(ready_);
    deliver(*stream);
    stream->framer->flush();
  }
  order_.flush();
}

void Demuxer::on_packet(base::View bytes) {
  ++counters_.packets;
  const Packet packet = parse_packet(bytes);
  last_pid_ = packet.pid;
  if (packet.transport_error) {
    ++counters_.transport_errors;
    return;
  }
  if (packet.pid == kNullPid) return;
  if (selected_ == 0 && !offers_.empty()) wait_for_earlier_programs(packet);
  if (const auto stream = streams_.find(packet.pid); stream != streams_.end()) {
    on_media_packet(*stream->second, packet);
  } else if (const auto table = tables_.find(packet.pid); table != tables_.end()) {
    on_table_packet(table->second, packet);
  } else if (take_last_packet(packet) || take_cue(packet) || take_teletext(packet) || take_metadata(packet)) {
    return;
  } else if (const auto other = unsupported_.find(packet.pid); other != unsupported_.end()) {
    ++counters_.unsupported[other->second];
  }
}

void Demuxer::on_sync_loss() {
  // The packet handed on last may have been cut short, and hold the start of one that was lost.
  const auto stream = streams_.find(last_pid_);
  if (stream == streams_.end()) return;
  stream->second->pes.lose();
  stream->second->framer->lose();
}

void Demuxer::on_table_packet(Table& table, const Packet& packet) {
  if (!packet.has_payload || packet.scrambled) return;
  const Continuity::Verdict verdict = table.continuity.check(packet, counters_);
  if (verdict == Continuity::Verdict::kDuplicate) return;
  if (verdict == Continuity::Verdict::kGap) table.sections.reset();
  // Sections are collected first: one may change the map that `table` lives in.
  std::vector<std::vector<std::uint8_t>> sections;
  table.sections.feed(packet.payload, packet.unit_start, counters_,
                      [&](base::View section) { sections.emplace_back(section.begin(), section.end()); });
  for (const auto& section : sections) on_section(packet.pid, section);
}

void Demuxer::on_section(std::uint16_t pid, base::View section) {
  retire_leaving();
  if (pid == kPatPid) {
    on_pat(section);
  } else {
    on_pmt(pid, section);
  }
}

void Demuxer::on_pat(base::View section) {
  auto parsed = parse_pat(section);
  if (!parsed) {
    ++counters_.bad_sections;
    return;
  }
  Pat pat = parsed.take();
  if (!pat.header.current) return;
  const bool same_table = !pat_sections_.empty() &&
                          pat_sections_.begin()->second.header.version == pat.header.version &&
                          pat_sections_.begin()->second.header.last_number == pat.header.last_number;
  if (!same_table) pat_sections_.clear();
  pat_sections_[pat.header.number] = std::move(pat);
  if (pat_sections_.size() == pat_sections_.begin()->second.header.last_number + 1U) apply_pat();
}

void Demuxer::apply_pat() {
  std::vector<Program> programs;
  for (const auto& [number, pat] : pat_sections_) {
    programs.insert(programs.end(), pat.programs.begin(), pat.programs.end());
  }
  if (programs.size() > kMaxPrograms) programs.resize(kMaxPrograms);
  if (programs == programs_) return;
  const auto pid_of = [](const std::vector<Program>& list, std::uint16_t number) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const Program& p) { return p.number == number; });
    return found == list.end() ? kNullPid : found->pmt_pid;
  };
  if (selected_ != 0 && pid_of(programs, selected_) == kNullPid) drop_streams();
  if (selected_ != 0 && pid_of(programs, selected_) != pid_of(programs_, selected_)) pmt_crc_ = 0;
  programs_ = std::move(programs);
  std::erase_if(tables_, [&](const auto& table) {
    return table.first != kPatPid &&
           std::none_of(programs_.begin(), programs_.end(), [&](const Program& p) { return p.pmt_pid == table.first; });
  });
  for (const Program& program : programs_) {
    if (program.pmt_pid != kNullPid) tables_[program.pmt_pid];
  }
  if (selected_ == 0) select_program();
}

void Demuxer::on_pmt(std::uint16_t pid, base::View section) {
  if (section[0] != 0x02) return;  // other tables may share the PID
  auto parsed = parse_pmt(section);
  if (!parsed) {
    ++counters_.bad_sections;
    return;
  }
  const Pmt pmt = parsed.take();
  const bool listed = std::find(programs_.begin(), programs_.end(), Program{pmt.program, pid}) != programs_.end();
  if (!listed || !pmt.header.current) return;
  if (selected_ == 0) {
    if (offers_.empty()) {
      offered_pcr_.reset();
      offered_packets_ = counters_.packets;
      waited_ = false;
    }
    offers_[pmt.program] = {pmt, crc_of(section)};
    select_program();
    return;
  }
  if (pmt.program != selected_ || crc_of(section) == pmt_crc_) return;
  pmt_crc_ = crc_of(section);
  apply_pmt(pmt);
}

/// Takes the first program of the PAT that is wanted, unless that may be one whose PMT has not come yet.
void Demuxer::select_program() {
  for (const Program& program : programs_) {
    if (options_.program != 0 && program.number != options_.program) continue;
    const auto offer = offers_.find(program.number);
    if (offer == offers_.end()) {
      if (waited_) continue;
      return;
    }
    if (options_.program == 0 && !offer->second.pmt.has_audio_or_video()) continue;
    selected_ = program.number;
    const Offer taken = std::move(offer->second);
    offers_.clear();
    pmt_crc_ = taken.crc;
    apply_pmt(taken.pmt);
    return;
  }
}

void Demuxer::wait_for_earlier_programs(const Packet& packet) {
  if (waited_) return;
  waited_ = counters_.packets - offered_packets_ >= kMostWaitPackets;
  const bool clock = std::any_of(offers_.begin(), offers_.end(), [&](const auto& offer) {
    return offer.second.pmt.has_audio_or_video() && offer.second.pmt.pcr_pid == packet.pid;
  });
  if (clock && packet.pcr) {
    if (!offered_pcr_) offered_pcr_ = packet.pcr;
    const std::uint64_t waited = (*packet.pcr - *offered_pcr_) & ((std::uint64_t{1} << 33) - 1);
    waited_ = waited_ || waited >= kMostWaitPcr;
  }
  if (waited_) select_program();
}

void Demuxer::apply_pmt(const Pmt& pmt) {
  media::Announced announced;
  for (const StreamEntry& entry : pmt.streams) {
    if (!entry.codec) continue;
    const bool video = media::kind_of(*entry.codec) == media::Kind::kVideo;
    (video ? announced.video : announced.audio) = true;
  }
  order_.on_event(announced);
  unsupported_.clear();
  for (auto stream = streams_.begin(); stream != streams_.end();) {
    const auto entry = std::find_if(pmt.streams.begin(), pmt.streams.end(),
                                    [&](const StreamEntry& listed) { return listed.pid == stream->first; });
    if (entry != pmt.streams.end() && same_kind(*entry, stream->second->entry)) {
      ++stream;
      continue;
    }
    leave(std::move(stream->second), entry != pmt.streams.end());
    stream = streams_.erase(stream);
  }
  for (const StreamEntry& entry : pmt.streams) {
    if (const auto stream = streams_.find(entry.pid); stream != streams_.end()) {
      stream->second->entry = entry;
      stream->second->writer.set_descriptors(entry.language, entry.role);
    } else if (!entry.cues && !entry.teletext && !entry.id3) {
      add_stream(entry);
    }
  }
  set_cues(pmt);
  set_teletext(pmt);
  std::vector<std::uint16_t> audio;
  for (const StreamEntry& entry : pmt.streams) {
    if (entry.codec && !is_video(entry) && streams_.contains(entry.pid)) audio.push_back(entry.pid);
  }
  order_.expect(audio);
}

/// The rest of a PES packet that began before the PMT changed still comes under the old PID.
void Demuxer::leave(std::unique_ptr<Elementary> stream, bool at_once) {
  if (at_once || !stream->pes.active()) {
    retire(*stream);
  } else {
    leaving_.push_back(std::move(stream));
  }
}

void Demuxer::retire(Elementary& stream) {
  stream.pes.flush(ready_);
  deliver(stream);
  stream.framer->flush();
  if (stream.writer.announced()) order_.on_event(media::TrackGone{stream.entry.pid});
}

void Demuxer::retire_leaving() {
  for (const auto& stream : std::exchange(leaving_, {})) retire(*stream);
}

/// Returns false where the packet is of no stream that is leaving.
bool Demuxer::take_last_packet(const Packet& packet) {
  const auto found = std::find_if(leaving_.begin(), leaving_.end(),
                                  [&](const auto& stream) { return stream->entry.pid == packet.pid; });
  if (found == leaving_.end()) return false;
  Elementary& stream = **found;
  if (!packet.unit_start) on_media_packet(stream, packet);
  if (packet.unit_start || !stream.pes.active()) {
    const std::unique_ptr<Elementary> last = std::move(*found);
    leaving_.erase(found);
    retire(*last);
  }
  return true;
}

void Demuxer::add_stream(const StreamEntry& stream) {
  const auto videos = static_cast<std::size_t>(
      std::count_if(streams_.begin(), streams_.end(), [](const auto& entry) { return is_video(entry.second->entry); }));
  const bool reserved = stream.pid == kPatPid || stream.pid == kNullPid || tables_.contains(stream.pid);
  if (!stream.codec || reserved || streams_.size() >= kMaxStreams || (is_video(stream) && videos >= kMaxVideoStreams)) {
    refuse_stream(stream);
    return;
  }
  streams_[stream.pid] = std::make_unique<Elementary>(stream, order_, counters_);
}

void Demuxer::refuse_stream(const StreamEntry& stream) {
  unsupported_[stream.pid] = stream.stream_type;
  if (!reported_.insert(stream.stream_type).second) return;
  if (stream.bitmap_subtitles) {
    base::log_info("ts", "DVB subtitles of the feed are pictures: they are not converted to text and not published",
                   {{"pid", stream.pid}, {"language", stream.language}});
    return;
  }
  base::log_info("ts", "elementary stream not used", {{"stream_type", stream.stream_type}, {"pid", stream.pid}});
}

void Demuxer::drop_streams() {
  retire_leaving();
  for (const auto& [pid, stream] : std::exchange(streams_, {})) retire(*stream);
  unsupported_.clear();
  cues_.set({});
  teletext_.set({});
  bitmap_subtitles_ = 0;
  captions_.clear();
  metadata_.set({});
  selected_ = 0;
  pmt_crc_ = 0;
}

void Demuxer::on_media_packet(Elementary& stream, const Packet& packet) {
  if (std::exchange(stream.fresh, false)) retire_leaving();
  if (!packet.has_payload) {
    if (packet.discontinuity) ++counters_.discontinuities;
    return;
  }
  const Continuity::Verdict verdict = stream.continuity.check(packet, counters_);
  if (verdict == Continuity::Verdict::kDuplicate) return;
  if (packet.scrambled) {
    ++counters_.scrambled;
    if (is_video(stream.entry)) ++counters_.scrambled_video;
  }
  if (verdict == Continuity::Verdict::kGap || packet.scrambled) {
    stream.pes.lose();
    stream.framer->lose();
    if (packet.scrambled) return;
  }
  stream.pes.feed(packet.payload, packet.unit_start, packet.stuffed, arrived_, ready_);
  deliver(stream);
}

void Demuxer::set_cues(const Pmt& pmt) {
  std::vector<std::uint16_t> cues;
  std::vector<std::uint16_t> metadata;
  for (const StreamEntry& entry : pmt.streams) {
    if (entry.pid == kPatPid || entry.pid == kNullPid || tables_.contains(entry.pid)) continue;
    if (entry.cues) cues.push_back(entry.pid);
    if (entry.id3) metadata.push_back(entry.pid);
  }
  cues_.set(cues);
  metadata_.set(metadata);
}

/// Returns false where the packet is of no stream of splice information.
bool Demuxer::take_cue(const Packet& packet) {
  const bool taken = cues_.feed(packet, [this](base::View section) {
    const std::optional<std::int64_t> now = unwrapper_.last();
    if (!now) {
      ++early_cues_;
      return;
    }
    ++counters_.cues;
    order_.on_event(media::Cue{base::Bytes::copy_of(section), {*now, kClock}, arrived_});
  });
  counters_.cues_damaged = cues_.damaged() + metadata_.damaged() + early_cues_;
  return taken;
}

/// Returns false where the packet is of no stream of timed metadata.
bool Demuxer::take_metadata(const Packet& packet) {
  const bool taken = metadata_.feed(packet, arrived_, [this](base::Bytes tag, std::uint64_t pts) {
    if (!unwrapper_.last()) {
      ++early_cues_;
      return;
    }
    ++counters_.cues;
    // A stamp that is far off leaves the clock of the media as it is.
    Unwrapper near = unwrapper_;
    order_.on_event(media::Cue{std::move(tag), {near.unwrap(pts), kClock}, arrived_, false, media::Cue::Kind::kId3});
  });
  counters_.cues_damaged = cues_.damaged() + metadata_.damaged() + early_cues_;
  return taken;
}

void Demuxer::set_teletext(const Pmt& pmt) {
  std::vector<StreamEntry> entries;
  bitmap_subtitles_ = 0;
  captions_.clear();
  for (const StreamEntry& entry : pmt.streams) {
    if (captions_.empty()) captions_ = entry.captions;
    const bool taken = entry.pid == kPatPid || entry.pid == kNullPid || tables_.contains(entry.pid);
    if (entry.teletext && !taken) entries.push_back(entry);
    if (entry.bitmap_subtitles) ++bitmap_subtitles_;
  }
  for (const TeletextStreams::Described& stream : teletext_.set(entries)) {
    order_.on_event(media::Teletext{stream.pid, stream.pages, {}, {unwrapper_.last().value_or(0), kClock}, arrived_});
  }
}

/// Returns false where the packet is of no stream of teletext.
bool Demuxer::take_teletext(const Packet& packet) {
  std::vector<Pes> whole;
  const TeletextStreams::Described* stream = teletext_.feed(packet, arrived_, whole);
  if (stream == nullptr) return false;
  for (Pes& pes : whole) give_teletext(*stream, std::move(pes));
  counters_.teletext_damaged = teletext_.damaged() + early_teletext_;
  return true;
}

void Demuxer::give_teletext(const TeletextStreams::Described& stream, Pes&& pes) {
  const std::optional<std::int64_t> now = unwrapper_.last();
  if (!now) {
    ++early_teletext_;
    return;
  }
  std::int64_t at = pes.pts ? unwrapper_.beside_last(*pes.pts) : *now;
  if (std::abs(at - *now) > kMostApart) at = *now;
  ++counters_.teletext;
  order_.on_event(media::Teletext{stream.pid, stream.pages, std::move(pes.data), {at, kClock}, pes.arrived});
}

void Demuxer::deliver(Elementary& stream) {
  for (Pes& pes : ready_) {
    TimedPes timed;
    // PTS first: the DTS then goes to the instant next to it.
    if (pes.pts) timed.pts = unwrapper_.unwrap(*pes.pts);
    if (pes.pts && pes.dts) timed.dts = unwrapper_.unwrap(*pes.dts);
    timed.arrived = pes.arrived;
    timed.bounded = pes.bounded;
    timed.data = std::move(pes.data);
    stream.framer->feed(std::move(timed));
  }
  ready_.clear();
}

}  // namespace ts

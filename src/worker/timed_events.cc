#include "worker/timed_events.h"

#include <algorithm>
#include <cstdlib>

#include "base/byte_writer.h"
#include "base/hash.h"
#include "cmaf/event_message.h"
#include "media/time.h"
#include "scte35/section.h"

namespace worker {
namespace {

using Emsg = job::Options::Emsg;

std::uint32_t id_of_event(base::View message, base::Micros at) {
  base::ByteWriter bytes(message.size() + 8);
  bytes.bytes(message);
  bytes.u64(static_cast<std::uint64_t>(at / base::kMillisecond));
  return static_cast<std::uint32_t>(base::hash64(bytes.view()));
}

/// What the section says, without that by which multiplexers change its times, and the CRC-32 over it.
std::vector<std::uint8_t> said_in(scte35::Section section) {
  if (const auto time = scte35::splice_time(section)) {
    section.pts_adjustment = 0;
    if (auto* insert = std::get_if<scte35::SpliceInsert>(&section.command)) {
      if (insert->time) insert->time = time;
    } else if (auto* signal = std::get_if<scte35::TimeSignal>(&section.command)) {
      signal->time = time;
    }
  }
  return scte35::write_section(section);
}

std::optional<base::Micros> length_of(const scte35::Section& section) {
  std::optional<std::uint64_t> ticks;
  if (const auto* insert = std::get_if<scte35::SpliceInsert>(&section.command); insert != nullptr && insert->duration)
    ticks = insert->duration->duration;
  for (const scte35::Descriptor& descriptor : section.descriptors) {
    const auto* segmentation = std::get_if<scte35::Segmentation>(&descriptor);
    if (!ticks && segmentation != nullptr) ticks = segmentation->duration;
  }
  if (!ticks) return std::nullopt;
  return media::rescale(static_cast<std::int64_t>(*ticks), scte35::kTimescale, base::kSecond);
}

}  // namespace

void TimedEvents::splice(const base::Bytes& section, base::Micros at) {
  if (which_ != Emsg::kScte35 && which_ != Emsg::kAll) return;
  const auto parsed = scte35::parse_section(section.view());
  if (!parsed.ok() || std::holds_alternative<scte35::SpliceNull>(parsed.value().command)) return;
  const std::vector<std::uint8_t> said = said_in(parsed.value());
  const base::Micros tolerance = scte35::splice_time(parsed.value()) ? kSame : kSameAtOnce;
  if (!is_new({base::hash64(said), at}, tolerance)) return;
  packager_.on_event({cmaf::kScte35Scheme, id_of_event(said, at), at, length_of(parsed.value()), section});
}

void TimedEvents::tag(const base::Bytes& id3, base::Micros at) {
  if (which_ != Emsg::kId3 && which_ != Emsg::kAll) return;
  packager_.on_event({cmaf::kId3Scheme, id_of_event(id3.view(), at), at, std::nullopt, id3});
}

bool TimedEvents::is_new(const Known& splice, base::Micros tolerance) {
  const auto same = [&](const Known& at) {
    return at.message == splice.message && std::abs(at.at - splice.at) <= tolerance;
  };
  if (std::any_of(known_.begin(), known_.end(), same)) return false;
  known_.push_back(splice);
  if (known_.size() > kMost) known_.pop_front();
  return true;
}

}  // namespace worker

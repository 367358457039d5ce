#include "channel/markers.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "media/time.h"
#include "scte35/segmentation_type.h"

namespace channel {
namespace {

constexpr const char* kOutAttribute = "SCTE35-OUT";
constexpr const char* kInAttribute = "SCTE35-IN";
constexpr const char* kCommandAttribute = "SCTE35-CMD";
// Feeds of one programme are within a second of each other, and announcements of one splice within a frame.
constexpr base::Micros kSame = base::kSecond;
// A splice that is to happen at once is signalled a few times.
constexpr base::Micros kSameAtOnce = 10 * base::kSecond;
// Refusals are logged this often at most.
constexpr base::Micros kTellEvery = 10 * base::kSecond;

std::string hex_of(base::View bytes) {
  std::string text = "0x";
  text.reserve(2 + 2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += "0123456789ABCDEF"[byte >> 4];
    text += "0123456789ABCDEF"[byte & 15];
  }
  return text;
}

base::Micros micros_of(std::uint64_t ticks) {
  return media::rescale(static_cast<std::int64_t>(ticks), scte35::kTimescale, base::kSecond);
}

/// DR-3: event ids are used again, so the instant is part of it.
std::string id_of(std::uint32_t event, std::uint8_t type, std::uint8_t number, base::Micros at) {
  std::string id = "scte35-" + std::to_string(event);
  if (type != 0) id += "-" + std::to_string(type) + "." + std::to_string(number);
  return id + "-" + std::to_string(at / base::kMillisecond);
}

/// What id_of() made an id of; nothing where it is another's.
struct Identified {
  std::optional<std::uint32_t> event;
  std::uint8_t type = 0;
  std::uint8_t number = 0;
};
Identified identify(const std::string& id) {
  unsigned event = 0, type = 0, number = 0;
  long long at = 0;
  int end = 0;
  const auto whole = [&] { return end == static_cast<int>(id.size()); };
  if (std::sscanf(id.c_str(), "scte35-%u-%u.%u-%lld%n", &event, &type, &number, &at, &end) == 4 && whole())
    return {event, static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(number)};
  if (std::sscanf(id.c_str(), "scte35-%u-%lld%n", &event, &at, &end) == 2 && whole()) return {event};
  return {};
}

/// Whether a section says of a break that it ends by itself.
bool returns_by_itself(base::View section) {
  const auto parsed = scte35::parse_section(section);
  const auto* insert = parsed.ok() ? std::get_if<scte35::SpliceInsert>(&parsed.value().command) : nullptr;
  return insert != nullptr && insert->duration && insert->duration->auto_return;
}

/// As playlists and the API write it.
bool same_instant(base::Micros a, base::Micros b) { return a / base::kMillisecond == b / base::kMillisecond; }

bool has(const record::Marker& marker, std::string_view name) {
  return std::any_of(marker.attributes.begin(), marker.attributes.end(),
                     [&](const record::Marker::Attribute& attribute) { return attribute.name == name; });
}

}  // namespace

std::string_view to_string(MarkerKind kind) {
  switch (kind) {
    case MarkerKind::kOut: return "out";
    case MarkerKind::kIn: return "in";
    case MarkerKind::kSplice: return "splice";
    case MarkerKind::kCancel: return "cancel";
    case MarkerKind::kRepeat: return "repeat";
    case MarkerKind::kApi: return "api";
  }
  return "unknown";
}

std::string_view to_string(MarkerRefusal refusal) {
  switch (refusal) {
    case MarkerRefusal::kDamaged: return "damaged";
    case MarkerRefusal::kPast: return "past";
    case MarkerRefusal::kFuture: return "future";
    case MarkerRefusal::kTooLarge: return "too_large";
    case MarkerRefusal::kTooMany: return "too_many";
    case MarkerRefusal::kConflict: return "conflict";
  }
  return "unknown";
}

Markers::Markers(const std::string& channel, events::Sink& events, Write write, Interstitials::Options interstitials)
    : channel_(channel), events_(events), write_(std::move(write)), interstitials_(std::move(interstitials)) {}

Markers::Outcome Markers::splice(const base::Bytes& section, base::Micros at, base::Micros now) {
  Splice splice{section, at, now};
  const auto parsed = scte35::parse_section(section.view());
  if (!parsed.ok()) {
    refuse(splice.outcome, MarkerRefusal::kDamaged, now);
    return splice.outcome;
  }
  const scte35::Section& said = parsed.value();
  if (std::holds_alternative<scte35::SpliceNull>(said.command)) return splice.outcome;
  if (section.size() > kMostSection) {
    refuse(splice.outcome, MarkerRefusal::kTooLarge, now);
  } else if (at < now - kMostBehind) {
    refuse(splice.outcome, MarkerRefusal::kPast, now);
  } else if (at > now + kMostAhead) {
    refuse(splice.outcome, MarkerRefusal::kFuture, now);
  }
  if (splice.outcome.refusal) return splice.outcome;
  splice.immediate = !scte35::splice_time(said);
  if (const auto* insert = std::get_if<scte35::SpliceInsert>(&said.command)) {
    take(splice, *insert);
    return splice.outcome;
  }
  bool described = false;
  for (const scte35::Descriptor& descriptor : said.descriptors) {
    const auto* segmentation = std::get_if<scte35::Segmentation>(&descriptor);
    if (segmentation == nullptr) continue;
    described = true;
    take(splice, *segmentation);
  }
  if (!described) begin(splice, {}, kCommandAttribute);
  return splice.outcome;
}

void Markers::take(Splice& splice, const scte35::SpliceInsert& insert) {
  if (insert.cancel) return cancel(splice, insert.event_id, true);
  if (!insert.out_of_network) return end(splice, insert.event_id, 0, 0);
  Known known{insert.event_id, 0, 0, false, {}};
  if (insert.duration) {
    known.auto_return = insert.duration->auto_return;
    known.marker.planned_duration = micros_of(insert.duration->duration);
  }
  begin(splice, std::move(known), kOutAttribute);
}

void Markers::take(Splice& splice, const scte35::Segmentation& segmentation) {
  if (segmentation.cancel) return cancel(splice, segmentation.event_id, false);
  const scte35::Role role = scte35::role_of(segmentation.type);
  if (role == scte35::Role::kIn) {
    const auto start = static_cast<std::uint8_t>(segmentation.type - 1);
    return end(splice, segmentation.event_id, start, segmentation.number);
  }
  Known known{segmentation.event_id, segmentation.type, segmentation.number, false, {}};
  if (segmentation.duration) known.marker.planned_duration = micros_of(*segmentation.duration);
  begin(splice, std::move(known), role == scte35::Role::kOut ? kOutAttribute : kCommandAttribute);
}

/// The marker that says the same; null if there is none.
Markers::Known* Markers::find_same(const Splice& splice, const Known& known) {
  const base::Micros tolerance = splice.immediate ? kSameAtOnce : kSame;
  const auto found = std::find_if(known_.rbegin(), known_.rend(), [&](const Known& at) {
    const bool about = at.marker.kind == record::kScte35Class && at.event == known.event && at.type == known.type &&
                       at.number == known.number && (known.event || at.marker.payload == splice.section);
    const bool open = splice.immediate && !at.marker.end && has(at.marker, kOutAttribute);
    return about && (open || std::abs(at.marker.start - splice.at) <= tolerance);
  });
  return found == known_.rend() ? nullptr : &*found;
}

void Markers::begin(Splice& splice, Known known, std::string_view attribute) {
  if (const Known* same = find_same(splice, known)) {
    ++counters_.taken[static_cast<std::size_t>(MarkerKind::kRepeat)];
    splice.outcome.ids.push_back(same->marker.id);
    return;
  }
  if (!admit(splice.now)) return refuse(splice.outcome, MarkerRefusal::kTooMany, splice.now);
  // Announced for another time before: that does not happen.
  if (known.event && attribute == kOutAttribute) {
    take_back(splice, [&](const Known& at) {
      return at.event == known.event && at.type == known.type && at.number == known.number;
    });
  }
  record::Marker& marker = known.marker;
  marker.id = known.event ? id_of(*known.event, known.type, known.number, splice.at)
                          : "scte35-" + std::to_string(splice.at / base::kMillisecond);
  marker.kind = record::kScte35Class;
  marker.start = splice.at;
  marker.attributes = {{std::string(attribute), hex_of(splice.section.view()), true}};
  marker.payload = splice.section;
  splice.outcome.ids.push_back(marker.id);
  note(attribute == kOutAttribute ? MarkerKind::kOut : MarkerKind::kSplice, marker);
  write_(marker);
  if (attribute == kOutAttribute) write_interstitial(known);
  remember(std::move(known));
}

/// Players that have been told of a break fetch what replaces it.
void Markers::write_interstitial(const Known& known) {
  if (!known.event || !has(known.marker, kOutAttribute)) return;
  if (const auto made = interstitials_.of(known.marker, *known.event, known.type)) write_(*made);
}

/// Ends a break with a splice back to the programme. Without the break, whose start nobody saw, it is a marker of its
/// own.
void Markers::end(Splice& splice, std::uint32_t event, std::uint8_t type, std::uint8_t number) {
  const auto fits = [&](const Known& at) {
    return at.event == event && at.type == type && at.number == number && has(at.marker, kOutAttribute) &&
           at.marker.start <= splice.at;
  };
  const auto found = std::find_if(known_.rbegin(), known_.rend(), fits);
  if (found == known_.rend()) {
    const auto own = static_cast<std::uint8_t>(type == 0 ? 0 : type + 1);
    return begin(splice, {event, own, number, false, {}}, kCommandAttribute);
  }
  record::Marker& marker = found->marker;
  splice.outcome.ids.push_back(marker.id);
  if (has(marker, kInAttribute)) {
    ++counters_.taken[static_cast<std::size_t>(MarkerKind::kRepeat)];
    return;
  }
  marker.attributes.push_back({kInAttribute, hex_of(splice.section.view()), true});
  marker.payload = splice.section;
  // A break that has ended by itself has its end.
  if (!marker.end) marker.end = splice.at;
  note(MarkerKind::kIn, marker);
  write_(marker);
}

void Markers::cancel(Splice& splice, std::uint32_t event, bool insert) {
  const bool found = take_back(splice, [&](const Known& at) { return at.event == event && (at.type == 0) == insert; });
  if (!found) ++counters_.taken[static_cast<std::size_t>(MarkerKind::kRepeat)];
}

/// Takes back what is meant and has not taken place yet. Returns whether there was any.
bool Markers::take_back(Splice& splice, const std::function<bool(const Known&)>& meant) {
  bool found = false;
  for (auto at = known_.begin(); at != known_.end();) {
    if (!meant(*at) || at->marker.end || at->marker.start <= splice.now) {
      ++at;
      continue;
    }
    found = true;
    at->marker.canceled = true;
    splice.outcome.ids.push_back(at->marker.id);
    note(MarkerKind::kCancel, at->marker);
    write_(at->marker);
    write_interstitial(*at);
    at = known_.erase(at);
  }
  return found;
}

Markers::Outcome Markers::add(Request request, base::Micros newest, base::Micros now) {
  const auto found =
      std::find_if(known_.begin(), known_.end(), [&](const Known& at) { return at.marker.id == request.id; });
  if (found != known_.end()) return complete(*found, request, now);
  Outcome outcome;
  Known known;
  record::Marker& marker = known.marker;
  marker.kind = std::move(request.kind);
  marker.start = request.start.value_or(newest);
  marker.id = std::move(request.id);
  if (marker.id.empty()) {
    const std::uint64_t number = counters_.taken[static_cast<std::size_t>(MarkerKind::kApi)];
    marker.id = marker.kind + "-" + std::to_string(marker.start / base::kMillisecond) + "-" + std::to_string(number);
  }
  if (request.duration) marker.end = marker.start + *request.duration;
  marker.attributes = std::move(request.attributes);
  if (marker.start < now - kMostBehind) {
    refuse(outcome, MarkerRefusal::kPast, now);
  } else if (marker.start > now + kMostAheadOfOperator) {
    refuse(outcome, MarkerRefusal::kFuture, now);
  } else if (!admit(now)) {
    refuse(outcome, MarkerRefusal::kTooMany, now);
  }
  if (outcome.refusal) return outcome;
  outcome.ids.push_back(marker.id);
  note(MarkerKind::kApi, marker);
  write_(marker);
  remember(std::move(known));
  return outcome;
}

/// DR-2: what is said already can only be said again.
Markers::Outcome Markers::complete(Known& known, const Request& request, base::Micros now) {
  Outcome outcome;
  record::Marker whole = known.marker;
  bool fits =
      !known.event && whole.kind == request.kind && same_instant(request.start.value_or(whole.start), whole.start);
  if (request.duration) {
    const base::Micros end = whole.start + *request.duration;
    fits = fits && whole.end.value_or(end) == end;
    whole.end = end;
  }
  for (const record::Marker::Attribute& attribute : request.attributes) {
    const auto same = std::find_if(whole.attributes.begin(), whole.attributes.end(),
                                   [&](const auto& at) { return at.name == attribute.name; });
    if (same == whole.attributes.end()) {
      whole.attributes.push_back(attribute);
    } else {
      fits = fits && same->value == attribute.value;
    }
  }
  if (!fits) {
    refuse(outcome, MarkerRefusal::kConflict, now);
  } else if (!admit(now)) {
    refuse(outcome, MarkerRefusal::kTooMany, now);
  }
  if (outcome.refusal) return outcome;
  outcome.ids.push_back(whole.id);
  note(MarkerKind::kApi, whole);
  write_(whole);
  known.marker = std::move(whole);
  return outcome;
}

void Markers::pass(base::Micros now) {
  for (Known& at : known_) {
    if (!at.auto_return || at.marker.end || !at.marker.planned_duration) continue;
    if (now < at.marker.start + *at.marker.planned_duration) continue;
    at.marker.end = at.marker.start + *at.marker.planned_duration;
    note(MarkerKind::kIn, at.marker);
    write_(at.marker);
  }
}

void Markers::restore(const record::Marker& marker) {
  const std::string& kind = marker.kind;
  if (marker.id.empty() || kind == record::kOutageClass || kind == record::kSwitchClass ||
      kind == Interstitials::kClass)
    return;
  const auto same =
      std::find_if(known_.begin(), known_.end(), [&](const Known& at) { return at.marker.id == marker.id; });
  if (same != known_.end() && marker.canceled) {
    known_.erase(same);
  } else if (same != known_.end()) {
    same->marker = marker;
  } else if (!marker.canceled) {
    const Identified of = kind == record::kScte35Class ? identify(marker.id) : Identified{};
    remember({of.event, of.type, of.number, of.event && returns_by_itself(marker.payload.view()), marker});
  }
}

void Markers::refuse(Outcome& outcome, MarkerRefusal why, base::Micros now) {
  outcome.refusal = why;
  ++counters_.refused[static_cast<std::size_t>(why)];
  if (told_at_ && now - *told_at_ < kTellEvery) return;
  told_at_ = now;
  base::log_warn("channel", "marker refused",
                 {{"channel", channel_},
                  {"why", to_string(why)},
                  {"refused_so_far", counters_.refused[static_cast<std::size_t>(why)]}});
}

bool Markers::admit(base::Micros now) {
  const base::Micros since = std::clamp<base::Micros>(now - admitted_at_.value_or(now), 0, kBurst * base::kSecond);
  admitted_at_ = now;
  allowance_ = std::min<double>(kBurst, allowance_ + static_cast<double>(since) / base::kSecond);
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  return true;
}

void Markers::remember(Known known) {
  known_.push_back(std::move(known));
  if (known_.size() > kMostKnown) known_.pop_front();
}

void Markers::note(MarkerKind kind, const record::Marker& marker) {
  ++counters_.taken[static_cast<std::size_t>(kind)];
  events_.append({events::Type::kMarker,
                  channel_,
                  events::State::kMoment,
                  {},
                  {{"id", marker.id},
                   {"class", marker.kind},
                   {"what", to_string(kind)},
                   {"start", base::format_utc(marker.start)}}});
}

}  // namespace channel

#include "corruption/scenario.h"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>

namespace corruption {
namespace {

constexpr base::Micros kRun = 36 * base::kSecond;
constexpr std::array<std::string_view, static_cast<std::size_t>(kLastWhat) + 1> kNames{
    "nothing", "flip",   "lose",       "double",     "reorder", "garbage", "scramble", "pids",    "pmt",    "format",
    "jump",    "glitch", "audio away", "video away", "fast",    "burst",   "stall",    "restart", "dropped"};

using Random = std::mt19937;

std::int64_t between(Random& random, std::int64_t least, std::int64_t most) {
  return least + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most - least + 1));
}

template <typename T>
T pick(Random& random, std::initializer_list<T> choices) {
  return *(choices.begin() + static_cast<std::ptrdiff_t>(random() % choices.size()));
}

Damage make_damage(Random& random, What what) {
  Damage made;
  made.what = what;
  made.from = between(random, 8'000, 11'000) * base::kMillisecond;
  made.until = made.from + pick<std::int64_t>(random, {30, 200, 700, 2'000, 5'000}) * base::kMillisecond;
  const auto which = random() % 4;
  switch (what) {
    case What::kLose:
    case What::kDouble: made.amount = pick<std::int64_t>(random, {1, 3, 20, 100}); break;
    case What::kReorder: made.amount = pick<std::int64_t>(random, {1, 2, 5, 20}); break;
    case What::kPids: made.amount = between(random, 1, 3); break;
    case What::kJump:
    case What::kGlitch:
      made.amount = pick<std::int64_t>(random, {40, 300, 700, 1'500, 5'000, 30'000, 7'200'000, 40'000'000}) *
                    base::kMillisecond * pick(random, {1, -1});
      made.video = which != 0;
      made.audio = which != 1;
      break;
    case What::kAudioAway:
    case What::kVideoAway:
      made.until += pick(random, {0, 0, 6}) * base::kSecond;
      made.amount = between(random, 0, 1);
      break;
    case What::kFast: made.until = made.from + pick<std::int64_t>(random, {1, 3, 6, 10}) * base::kSecond; break;
    case What::kBurst:
    case What::kStall: made.until = made.from + pick<std::int64_t>(random, {1, 3, 6, 10, 16}) * base::kSecond; break;
    case What::kRestart:
      made.until = made.from + pick<std::int64_t>(random, {0, 300, 2'000, 7'000}) * base::kMillisecond;
      made.amount = pick<std::int64_t>(random, {0, -5'000, 3'600'000}) * base::kMillisecond;
      break;
    default: break;
  }
  return made;
}

// ---- Of the encoder.

std::vector<Unit> encode(const Scenario& scenario) {
  std::vector<Unit> units = programme(scenario.programme).units;
  for (const Damage& damage : scenario.damages) {
    if (damage.what != What::kFormat) continue;
    const std::vector<Unit>& next = programme(scenario.next).units;
    const auto key = std::find_if(next.begin(), next.end(),
                                  [&](const Unit& at) { return at.key && at.video && at.at >= damage.from; });
    std::erase_if(units, [&](const Unit& at) { return at.at >= key->at; });
    units.insert(units.end(), key, next.end());
  }
  std::erase_if(units, [](const Unit& at) { return at.at >= kRun; });
  for (Unit& unit : units) {
    unit.dts += scenario.stamp;
    unit.pts += scenario.stamp;
  }
  return units;
}

void change_stamps(std::vector<Unit>& units, const Damage& damage) {
  const bool permanent = damage.what != What::kGlitch;
  const base::Micros from = damage.what == What::kRestart ? damage.until : damage.from;
  for (Unit& unit : units) {
    if (unit.at < from || (!permanent && unit.at >= damage.until)) continue;
    if (!(unit.video ? damage.video : damage.audio)) continue;
    unit.dts += media::rescale(damage.amount, base::kSecond, 90000);
    unit.pts += media::rescale(damage.amount, base::kSecond, 90000);
  }
}

void change_pace(std::vector<Unit>& units, const Damage& damage) {
  for (Unit& unit : units) {
    const base::Micros quick = (unit.at - damage.from) / 100;
    if (unit.at >= damage.from && unit.at < damage.until) {
      unit.at = (damage.what == What::kStall ? damage.until : damage.from) + quick;
    } else if (unit.at >= damage.until && damage.what == What::kFast) {
      unit.at -= (damage.until - damage.from) * 99 / 100;
    } else if (damage.what == What::kStall) {
      // What follows comes behind the burst.
      const base::Micros burst = (damage.until - damage.from) / 100;
      if (unit.at >= damage.until && unit.at < damage.until + burst) unit.at = damage.until + burst;
    }
  }
}

void change_units(std::vector<Unit>& units, const Damage& damage) {
  const auto meanwhile = [&](const Unit& unit) { return unit.at >= damage.from && unit.at < damage.until; };
  switch (damage.what) {
    case What::kJump:
    case What::kGlitch: change_stamps(units, damage); break;
    case What::kRestart:
      std::erase_if(units, meanwhile);
      change_stamps(units, damage);
      break;
    case What::kAudioAway:
      std::erase_if(units, [&](const Unit& unit) { return !unit.video && meanwhile(unit); });
      break;
    case What::kVideoAway: std::erase_if(units, [&](const Unit& unit) { return unit.video && meanwhile(unit); }); break;
    case What::kFast:
    case What::kBurst:
    case What::kStall: change_pace(units, damage); break;
    default: break;
  }
}

// ---- On the way. One kind of damage for the packets of a transport stream and for RTMP's messages.

template <typename Piece>
std::vector<Piece> change_order(std::vector<Piece> pieces, const Damage& damage, Random& random) {
  std::vector<Piece> out;
  for (Piece& piece : pieces) {
    const bool hit = piece.at >= damage.from && piece.at < damage.until;
    const auto amount = static_cast<std::uint64_t>(std::max<std::int64_t>(1, damage.amount));
    if (hit && damage.what == What::kLose && random() % amount == 0) continue;
    out.push_back(piece);
    if (hit && damage.what == What::kDouble && random() % amount == 0) out.push_back(piece);
    if (hit && damage.what == What::kReorder && random() % 3 == 0) {
      const std::size_t back = std::min<std::size_t>(out.size() - 1, 1 + random() % amount);
      std::swap(out.back(), out[out.size() - 1 - back]);
      std::swap(out.back().at, out[out.size() - 1 - back].at);
    }
  }
  return out;
}

void flip(std::vector<std::uint8_t>& bytes, Random& random) {
  if (!bytes.empty()) bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
}

std::vector<TsPacket> damage_packets(std::vector<TsPacket> packets, const Damage& damage, Random& random) {
  packets = change_order(std::move(packets), damage, random);
  for (TsPacket& packet : packets) {
    if (packet.at < damage.from || packet.at >= damage.until) continue;
    if (damage.what == What::kFlip && random() % 4 == 0) flip(packet.bytes, random);
    if (damage.what == What::kScramble && packet.bytes[1] % 0x20 == 1) packet.bytes[3] |= 0x80;
    if (damage.what != What::kGarbage || random() % 10 != 0) continue;
    if (random() % 2 == 0) packet.bytes.resize(random() % packet.bytes.size());
    for (auto more = random() % 300; more > 0; --more) packet.bytes.push_back(static_cast<std::uint8_t>(random()));
  }
  return packets;
}

std::vector<Sent> damage_messages(std::vector<Sent> sent, const Damage& damage, Random& random) {
  sent = change_order(std::move(sent), damage, random);
  for (Sent& one : sent) {
    auto& message = std::get<feed::RtmpMessage>(one.message);
    if (one.at < damage.from || one.at >= damage.until || random() % 4 != 0) continue;
    std::vector<std::uint8_t> bytes(message.payload.view().begin(), message.payload.view().end());
    if (damage.what == What::kFlip) flip(bytes, random);
    if (damage.what == What::kGarbage) {
      bytes.resize(random() % (bytes.size() + 1));
      for (auto more = random() % 20; more > 0; --more) bytes.push_back(static_cast<std::uint8_t>(random()));
    }
    message.payload = base::Bytes::adopt(std::move(bytes));
  }
  return sent;
}

/// What the tables of the transport stream say.
std::vector<TsLayout> make_layouts(const Scenario& scenario) {
  std::vector<TsLayout> layouts{{}};
  const auto add = [&](base::Micros from, const auto& change) {
    TsLayout next = layouts.back();
    next.from = from;
    change(next);
    layouts.push_back(next);
  };
  for (const Damage& damage : scenario.damages) {
    if (damage.what == What::kPids) {
      add(damage.from, [&](TsLayout& at) {
        if ((damage.amount & 1) != 0) at.video += 16;
        if ((damage.amount & 2) != 0) at.audio += 16;
      });
    }
    if (damage.what == What::kPmt) {
      for (base::Micros at = damage.from; at < damage.until; at += 250 * base::kMillisecond) {
        add(at, [](TsLayout& next) { next.audio_first = !next.audio_first; });
      }
    }
    const bool audio = damage.what == What::kAudioAway;
    if ((audio || damage.what == What::kVideoAway) && damage.amount != 0) {
      add(damage.from, [&](TsLayout& at) { (audio ? at.with_audio : at.with_video) = false; });
      add(damage.until, [&](TsLayout& at) { (audio ? at.with_audio : at.with_video) = true; });
    }
  }
  std::stable_sort(layouts.begin(), layouts.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  return layouts;
}

std::vector<Sent> send(const Scenario& scenario, const std::vector<Unit>& units, Random& random) {
  if (scenario.format == feed::Format::kMpegTs) {
    std::vector<TsPacket> packets = make_ts(units, make_layouts(scenario));
    for (const Damage& damage : scenario.damages) packets = damage_packets(std::move(packets), damage, random);
    return datagrams(packets);
  }
  std::vector<Sent> sent = make_rtmp(units);
  for (const Damage& damage : scenario.damages) sent = damage_messages(std::move(sent), damage, random);
  return sent;
}

void insert(std::vector<Sent>& into, base::Micros at, feed::Message message) {
  const auto place = std::find_if(into.begin(), into.end(), [&](const Sent& one) { return one.at >= at; });
  into.insert(place, Sent{at, std::move(message)});
}

}  // namespace

bool Scenario::has(What what) const {
  return std::any_of(damages.begin(), damages.end(), [&](const Damage& at) { return at.what == what; });
}

std::string describe(const Scenario& scenario) {
  std::string text = "seed " + std::to_string(scenario.seed) +
                     (scenario.format == feed::Format::kRtmp ? " rtmp" : " ts") + " programme " +
                     std::to_string(scenario.programme) + " stamps from " + std::to_string(scenario.stamp) + " phase " +
                     std::to_string(scenario.phase / base::kMillisecond);
  for (const Damage& damage : scenario.damages) {
    text += "; ";
    text += kNames.at(static_cast<std::size_t>(damage.what));
    text += " " + std::to_string(damage.from / base::kMillisecond) + ".." +
            std::to_string(damage.until / base::kMillisecond) + " amount " + std::to_string(damage.amount);
    if (!damage.audio) text += " video alone";
    if (!damage.video) text += " audio alone";
    if (damage.what == What::kFormat) text += " to programme " + std::to_string(scenario.next);
  }
  return text;
}

Scenario make_scenario(unsigned seed) {
  Random random(seed);
  Scenario made = make_scenario(seed, static_cast<What>(1 + random() % static_cast<unsigned>(kLastWhat)));
  if (random() % 4 == 0) {
    made.damages.push_back(make_damage(random, static_cast<What>(1 + random() % static_cast<unsigned>(kLastWhat))));
  }
  return made;
}

Scenario make_scenario(unsigned seed, What what) {
  Random random(1'000'000 + seed * 64 + static_cast<unsigned>(what));
  Scenario made;
  made.seed = seed;
  made.format = random() % 2 == 0 ? feed::Format::kMpegTs : feed::Format::kRtmp;
  made.programme = static_cast<int>(random() % kProgrammes);
  made.next = (made.programme + 1 + static_cast<int>(random() % (kProgrammes - 1))) % kProgrammes;
  made.phase = between(random, 0, 1'999) * base::kMillisecond;
  const std::int64_t wrap = made.format == feed::Format::kRtmp ? (std::int64_t{1} << 32) * 90 : std::int64_t{1} << 33;
  made.stamp =
      pick<std::int64_t>(random, {90'000, wrap - 90'000 * between(random, 1, 25), wrap / 2 - 900'000, 80'000'000'000});
  made.stamp -= made.stamp % 90;
  made.damages.push_back(make_damage(random, what));
  return made;
}

Play make_play(const Scenario& scenario) {
  Random random(scenario.seed + 2'000'000);
  Play play;
  play.units = encode(scenario);
  for (const Damage& damage : scenario.damages) {
    change_units(play.units, damage);
    const bool fast = damage.what == What::kFast;
    const base::Micros healed = fast ? damage.from + (damage.until - damage.from) / 100 : damage.until;
    play.healed = std::max(play.healed, healed);
  }
  std::stable_sort(play.units.begin(), play.units.end(), [](const Unit& a, const Unit& b) { return a.at < b.at; });
  play.end = play.units.back().at;
  std::vector<Unit> before = play.units;
  std::vector<Unit> after;
  for (const Damage& damage : scenario.damages) {
    if (damage.what != What::kRestart) continue;
    const auto comes =
        std::find_if(before.begin(), before.end(), [&](const Unit& at) { return at.at >= damage.until; });
    // Of two restarts the other one may have taken what comes later.
    after.insert(after.begin(), comes, before.end());
    before.erase(comes, before.end());
  }
  play.sent = send(scenario, before, random);
  std::vector<Sent> second = after.empty() ? std::vector<Sent>{} : send(scenario, after, random);
  play.sent.insert(play.sent.end(), second.begin(), second.end());
  for (const Damage& damage : scenario.damages) {
    if (damage.what == What::kDropped) insert(play.sent, damage.from, feed::Dropped{1000});
    if (damage.what != What::kRestart) continue;
    insert(play.sent, damage.until, feed::Start{scenario.format});
    insert(play.sent, damage.from, feed::Stop{});
  }
  return play;
}

}  // namespace corruption

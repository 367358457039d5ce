#include "ts/merger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "ts_builder.h"

namespace ts {
namespace {

constexpr base::Micros kMs = base::kMillisecond;

/// The packets of a programme of 25 pictures and 50 sounds a second, by the time at which its encoder sends them.
class Programme {
 public:
  struct Sent {
    base::Micros at;
    Blob packet;
  };

  explicit Programme(int pictures, unsigned seed = 1) {
    std::mt19937 random(seed);
    for (int i = 0; i < pictures; ++i) {
      const base::Micros at = i * 40 * kMs;
      if (i % 3 == 0) mux_.pat({{1, 100}}).pmt(1, 100, {{0x1b, kVideo, {}}, {0x0f, kAudio, {}}});
      mux_.pcr(kVideo, static_cast<std::uint64_t>(i) * 3600);
      sound(2 * i, random);
      mux_.pes(kVideo, {.pts = 900'000 + static_cast<std::uint64_t>(i) * 3600, .bounded = false},
               noise(i % 25 == 0 ? 9000 : 2500, random));
      sound(2 * i + 1, random);
      if (i % 4 == 0) mux_.packet(kNullPid, false, Blob(184, 0xff));
      take(at);
    }
  }

  std::vector<Sent> sent;

 private:
  static Blob noise(std::size_t size, std::mt19937& random) {
    Blob out(size);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
    return out;
  }
  void sound(int number, std::mt19937& random) {
    mux_.pes(kAudio, {.pts = 900'000 + static_cast<std::uint64_t>(number) * 1800, .stream_id = 0xc0},
             noise(300, random));
  }
  /// Spreads what was multiplexed over the 40 ms after `at`.
  void take(base::Micros at) {
    auto& packets = mux_.packets();
    const auto count = static_cast<base::Micros>(packets.size());
    for (base::Micros i = 0; i < count; ++i) {
      sent.push_back({at + i * 36 * kMs / count, packets[static_cast<std::size_t>(i)]});
    }
    packets.clear();
  }

  Mux mux_;
};

/// How one path carries a programme.
struct Way {
  base::Micros delay = 0;
  std::size_t first = 7;  ///< packets in its first datagram; 7 in each that follows
  /// Whether a datagram is lost, by the time at which it was sent and its number.
  std::function<bool(base::Micros, std::size_t)> loses = [](base::Micros, std::size_t) { return false; };
};

struct Datagram {
  base::Micros at;
  std::size_t path;
  Blob bytes;
};

std::vector<Datagram> carry(const std::vector<Programme::Sent>& sent, std::size_t path, const Way& way) {
  std::vector<Datagram> out;
  std::size_t number = 0;
  for (std::size_t at = 0; at < sent.size(); ++number) {
    const std::size_t size = std::min(number == 0 ? way.first : 7, sent.size() - at);
    Datagram datagram{sent[at + size - 1].at + way.delay, path, {}};
    if (!way.loses(sent[at].at, number)) {
      for (std::size_t i = at; i < at + size; ++i) {
        datagram.bytes.insert(datagram.bytes.end(), sent[i].packet.begin(), sent[i].packet.end());
      }
      out.push_back(std::move(datagram));
    }
    at += size;
  }
  return out;
}

/// A merger of two paths, and what it gave out.
class Merging {
 public:
  Merging() {
    merger.begin(0);
    merger.begin(1);
  }
  /// Both paths' datagrams as they arrive, and a tick every 100 ms. `meanwhile`: called with the time before each.
  void play(
      const std::vector<Datagram>& a, const std::vector<Datagram>& b,
      const std::function<void(base::Micros)>& meanwhile = [](base::Micros) {}) {
    std::vector<Datagram> all = a;
    all.insert(all.end(), b.begin(), b.end());
    std::stable_sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.at < y.at; });
    base::Micros ticked = 0;
    for (const Datagram& datagram : all) {
      for (; ticked <= datagram.at; ticked += 100 * kMs) {
        meanwhile(ticked);
        take(merger.tick(ticked), ticked);
      }
      meanwhile(datagram.at);
      take(merger.take(datagram.path, base::Bytes::copy_of(base::View(datagram.bytes)), datagram.at), datagram.at);
    }
    for (int i = 0; i < 6; ++i, ticked += 100 * kMs) take(merger.tick(ticked), ticked);
  }
  void take(base::View bytes, base::Micros at) {
    ASSERT_EQ(bytes.size() % kPacketSize, 0U);
    if (!bytes.empty()) longest = std::max(longest, at - std::exchange(newest, at));
    for (std::size_t i = 0; i < bytes.size(); i += kPacketSize) {
      given.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                         bytes.begin() + static_cast<std::ptrdiff_t>(i + kPacketSize));
    }
  }

  Merger merger;
  std::vector<Blob> given;
  base::Micros newest = 0;
  base::Micros longest = 0;  ///< the longest time in which nothing was given out
};

/// The packets of each PID, in order, without null packets, and without those that no counter counts.
std::map<std::uint16_t, std::vector<Blob>> by_pid(const std::vector<Blob>& packets) {
  std::map<std::uint16_t, std::vector<Blob>> out;
  for (const Blob& packet : packets) {
    const Packet parsed = parse_packet(packet);
    if (parsed.has_payload) out[parsed.pid].push_back(packet);
  }
  out.erase(kNullPid);
  return out;
}
std::vector<Blob> packets_of(const Programme& programme) {
  std::vector<Blob> out;
  for (const auto& sent : programme.sent) out.push_back(sent.packet);
  return out;
}
std::vector<Blob> packets_of(const std::vector<Datagram>& datagrams) {
  std::vector<Blob> out;
  for (const Datagram& datagram : datagrams) {
    for (std::size_t i = 0; i < datagram.bytes.size(); i += kPacketSize) {
      out.emplace_back(datagram.bytes.begin() + static_cast<std::ptrdiff_t>(i),
                       datagram.bytes.begin() + static_cast<std::ptrdiff_t>(i + kPacketSize));
    }
  }
  return out;
}

/// All that was sent is there, in order on each PID, and nothing else.
void expect_whole(const std::vector<Blob>& given, const std::vector<Blob>& sent, const std::string& what) {
  const auto have = by_pid(given);
  const auto want = by_pid(sent);
  EXPECT_EQ(have.size(), want.size()) << what;
  for (const auto& [pid, packets] : want) {
    const auto found = have.find(pid);
    ASSERT_NE(found, have.end()) << what << ", PID " << pid;
    EXPECT_EQ(found->second.size(), packets.size()) << what << ", PID " << pid;
    const std::size_t most = std::min(found->second.size(), packets.size());
    for (std::size_t i = 0; i < most; ++i) {
      if (found->second[i] == packets[i]) continue;
      ADD_FAILURE() << what << ", PID " << pid << " differs from packet " << i << " of " << packets.size() << " on";
      break;
    }
  }
}

/// Loses bursts of up to `burst` datagrams, with five that come between them, from 800 ms on. Two are fewer than 16
/// packets: longer ones may not show in the counters.
std::function<bool(base::Micros, std::size_t)> losing(double rate, unsigned seed, unsigned burst = 2) {
  return [rate, burst, random = std::mt19937(seed), left = -5](base::Micros at, std::size_t) mutable {
    const bool begins = std::uniform_real_distribution<>(0, 1)(random) < rate;
    const int length = 1 + static_cast<int>(random() % burst);
    if (at < 800 * kMs) return false;
    if (left > -5) --left;
    if (left == -5 && begins) left = length;
    return left > 0;
  };
}

TEST(Merger, OnePathIsPassedOnUnchangedWhateverItsBytes) {
  Merger merger;
  merger.begin(0);
  const base::Bytes odd = base::Bytes::copy_of(std::string_view("not a packet"));
  EXPECT_EQ(base::text_of(merger.take(0, odd, 1)), "not a packet");
  merger.begin(1);
  EXPECT_EQ(base::text_of(merger.take(0, odd, 2)), "not a packet");
  EXPECT_TRUE(merger.take(1, odd, 3).empty());
  EXPECT_FALSE(merger.merged());
}

TEST(Merger, EqualPathsMergeAndGiveOutEachPacketOnce) {
  const Programme programme(50);
  for (const base::Micros delay : {-350, -60, -3, 0, 3, 60, 350}) {
    Merging both;
    both.play(carry(programme.sent, 0, {}), carry(programme.sent, 1, {.delay = delay * kMs, .first = 3}));
    EXPECT_TRUE(both.merger.merged()) << delay;
    expect_whole(both.given, packets_of(programme), std::to_string(delay) + " ms");
    EXPECT_EQ(both.merger.only(0) + both.merger.only(1), 0U) << delay;
    EXPECT_LT(both.longest, 45 * kMs) << "the main path never waits";
  }
}

TEST(Merger, WhatOnePathLosesTheOtherHas) {
  const Programme programme(100);
  for (const base::Micros delay : {-300, -50, 0, 50, 300}) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
      for (const std::size_t lossy : {0U, 1U}) {
        Merging both;
        std::array<Way, 2> ways{};
        ways[1].delay = delay * kMs;
        ways[1].first = 1 + seed % 7;
        ways[lossy].loses = losing(0.08, seed);
        const auto a = carry(programme.sent, 0, ways[0]);
        const auto b = carry(programme.sent, 1, ways[1]);
        both.play(a, b);
        const std::string what =
            std::to_string(delay) + " ms, seed " + std::to_string(seed) + ", path " + std::to_string(lossy) + " loses";
        EXPECT_TRUE(both.merger.merged()) << what;
        expect_whole(both.given, packets_of(programme), what);
        EXPECT_GT(both.merger.only(1 - lossy), 20U) << what;
        EXPECT_EQ(both.merger.only(lossy), 0U) << what;
        EXPECT_LE(both.longest, std::max<base::Micros>(delay, 0) * kMs + 110 * kMs) << what;
      }
    }
  }
}

TEST(Merger, WhatBothLoseAtDifferentTimesIsWhole) {
  const Programme programme(150);
  for (const base::Micros delay : {-120, 0, 90}) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
      // On one path in even seconds and on the other in odd ones.
      const auto alternately = [seed](base::Micros parity) {
        auto lost = losing(0.1, seed + static_cast<unsigned>(parity) * 100);
        return [lost, parity](base::Micros at, std::size_t number) mutable {
          const bool mine = at / base::kSecond % 2 == parity && at % base::kSecond < 600 * kMs;
          return lost(at, number) && mine;
        };
      };
      Merging both;
      both.play(carry(programme.sent, 0, {.loses = alternately(0)}),
                carry(programme.sent, 1, {.delay = delay * kMs, .first = 2, .loses = alternately(1)}));
      const std::string what = std::to_string(delay) + " ms, seed " + std::to_string(seed);
      EXPECT_TRUE(both.merger.merged()) << what;
      expect_whole(both.given, packets_of(programme), what);
      EXPECT_GT(both.merger.only(0), 0U) << what;
      EXPECT_GT(both.merger.only(1), 0U) << what;
    }
  }
}

TEST(Merger, OnlyWhatBothHaveLostIsMissing) {
  const Programme programme(150);
  for (const base::Micros delay : {-200, -20, 20, 200}) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
      const auto a = carry(programme.sent, 0, {.loses = losing(0.1, seed)});
      const auto b = carry(programme.sent, 1, {.delay = delay * kMs, .loses = losing(0.1, seed + 50)});
      Merging both;
      both.play(a, b);
      std::vector<Blob> either = packets_of(a);
      for (Blob& packet : packets_of(b)) either.push_back(std::move(packet));
      std::sort(either.begin(), either.end());
      std::vector<Blob> want = packets_of(programme);
      std::erase_if(want, [&](const Blob& one) { return !std::binary_search(either.begin(), either.end(), one); });
      const auto have = by_pid(both.given);
      const auto all = by_pid(want);
      for (const std::uint16_t pid : {kVideo, kAudio}) {
        // Where both have holes next to each other the order may remain unknown.
        const auto size = static_cast<double>(all.at(pid).size());
        EXPECT_NEAR(static_cast<double>(have.at(pid).size()), size, size / 80) << pid << " " << delay << " " << seed;
      }
    }
  }
}

/// Nothing of this path from `from` until `until`.
std::function<bool(base::Micros, std::size_t)> dead(base::Micros from, base::Micros until = INT64_MAX) {
  return [=](base::Micros at, std::size_t) { return at >= from && at < until; };
}

TEST(Merger, APathThatFallsSilentIsReplacedWithoutLoss) {
  const Programme programme(100);
  for (const base::Micros delay : {-300, -40, 0, 40, 300}) {
    for (const std::size_t silent : {0U, 1U}) {
      std::array<Way, 2> ways{};
      ways[1].delay = delay * kMs;
      ways[silent].loses = dead(2017 * kMs);
      Merging both;
      both.play(carry(programme.sent, 0, ways[0]), carry(programme.sent, 1, ways[1]));
      const std::string what = std::to_string(delay) + " ms, path " + std::to_string(silent);
      expect_whole(both.given, packets_of(programme), what);
      EXPECT_LE(both.longest, std::max<base::Micros>(delay * kMs, 150 * kMs) + 50 * kMs) << what;
    }
  }
}

TEST(Merger, APathThatEndsIsReplacedAndJoinsAgainWhenItReturns) {
  const Programme programme(150);
  for (const base::Micros delay : {-300, -40, 0, 40, 300}) {
    Merging both;
    base::Micros last = 0;
    std::vector<bool> merged;
    both.play(carry(programme.sent, 0, {.loses = dead(2 * base::kSecond, 3 * base::kSecond)}),
              carry(programme.sent, 1, {.delay = delay * kMs}), [&](base::Micros now) {
                for (const base::Micros at : {2100 * kMs, 2900 * kMs, 2950 * kMs, 4000 * kMs}) {
                  if (last >= at || now < at) continue;
                  merged.push_back(both.merger.merged());
                  if (at == 2100 * kMs) both.merger.end(0);
                  if (at == 2950 * kMs) both.merger.begin(0);
                }
                last = now;
              });
    const std::string what = std::to_string(delay) + " ms";
    EXPECT_EQ(merged, (std::vector<bool>{true, false, false, true})) << what;
    expect_whole(both.given, packets_of(programme), what);
  }
}

TEST(Merger, TheMainPathMayBeChangedAtAnyTime) {
  const Programme programme(150);
  for (const base::Micros delay : {-300, -40, 0, 40, 300}) {
    Merging both;
    base::Micros last = 0;
    both.play(carry(programme.sent, 0, {.loses = losing(0.03, 1)}), carry(programme.sent, 1, {.delay = delay * kMs}),
              [&](base::Micros now) {
                for (const base::Micros at : {1500 * kMs, 2500 * kMs, 3500 * kMs}) {
                  if (last < at && now >= at) both.merger.set_main(at == 2500 * kMs ? 0 : 1);
                }
                last = now;
              });
    expect_whole(both.given, packets_of(programme), std::to_string(delay) + " ms");
  }
}

TEST(Merger, AnotherProgrammeWithTheSameTablesIsNotMerged) {
  const Programme first(75, 1);
  const Programme second(75, 2);
  Merging both;
  const auto a = carry(first.sent, 0, {});
  both.play(a, carry(second.sent, 1, {.delay = 5 * kMs}));
  EXPECT_FALSE(both.merger.merged());
  EXPECT_EQ(both.given, packets_of(a)) << "unchanged";
}

TEST(Merger, PathsThatAreEqualNoLongerPart) {
  const Programme same(75, 1);
  const Programme next(150, 2);
  std::vector<Programme::Sent> changed = same.sent;
  for (const Programme::Sent& sent : next.sent) {
    if (sent.at >= 3 * base::kSecond) changed.push_back(sent);
  }
  const Programme whole(150, 1);
  for (const bool of_main : {false, true}) {
    Merging both;
    const auto a = of_main ? changed : whole.sent;
    both.play(carry(a, 0, {}), carry(of_main ? whole.sent : changed, 1, {.delay = 30 * kMs}));
    EXPECT_FALSE(both.merger.merged());
    std::vector<Blob> sent;
    for (const Programme::Sent& one : a) sent.push_back(one.packet);
    const auto want = by_pid(sent);
    for (const auto& [pid, packets] : by_pid(both.given)) {
      const auto& main = want.at(pid);
      const auto strange = std::count_if(packets.begin(), packets.end(), [&](const Blob& one) {
        return std::find(main.begin(), main.end(), one) == main.end();
      });
      EXPECT_EQ(strange, 0) << "PID " << pid << (of_main ? ", the main path changed" : "");
      EXPECT_GE(packets.size(), main.size()) << "PID " << pid;
    }
  }
}

TEST(Merger, AProgrammeThatIsRepeatedIsNotTakenForItself) {
  const Programme once(30);
  std::vector<Programme::Sent> loop;
  for (int round = 0; round < 4; ++round) {
    for (Programme::Sent sent : once.sent) {
      sent.at += round * 1200 * kMs;
      loop.push_back(std::move(sent));
    }
  }
  for (const base::Micros delay : {-350, 350}) {
    Merging both;
    both.play(carry(loop, 0, {.loses = losing(0.04, 3)}), carry(loop, 1, {.delay = delay * kMs}));
    EXPECT_TRUE(both.merger.merged());
    std::vector<Blob> sent;
    for (const auto& one : loop) sent.push_back(one.packet);
    expect_whole(both.given, sent, std::to_string(delay) + " ms");
  }
  // As late as one round and a bit: too far apart to be the same feed.
  Merging apart;
  apart.play(carry(loop, 0, {}), carry(loop, 1, {.delay = 1800 * kMs}));
  EXPECT_FALSE(apart.merger.merged());
}

TEST(Merger, PacketsThatAreSentTwiceStayTwo) {
  Programme programme(75);
  for (std::size_t i = 20; i < programme.sent.size(); i += 31) {
    if (parse_packet(programme.sent[i].packet).has_payload) {
      programme.sent.insert(programme.sent.begin() + static_cast<std::ptrdiff_t>(i), programme.sent[i]);
    }
  }
  Merging both;
  both.play(carry(programme.sent, 0, {.loses = losing(0.03, 1)}), carry(programme.sent, 1, {.delay = 25 * kMs}));
  const auto want = by_pid(packets_of(programme));
  for (const auto& [pid, packets] : by_pid(both.given)) {
    // One of two equal packets that was lost need not be missed.
    EXPECT_GE(packets.size() + 8, want.at(pid).size());
    EXPECT_LE(packets.size(), want.at(pid).size());
  }
}

TEST(Merger, PacketsThatAreAllEqualDoNoHarm) {
  Mux mux;
  mux.pes(kVideo, {.pts = 1}, Blob(160, 7));
  const Blob packet = mux.packets().front();
  std::vector<Programme::Sent> all;
  for (int i = 0; i < 5000; ++i) all.push_back({i * kMs, packet});
  Merging both;
  both.play(carry(all, 0, {.loses = losing(0.1, 1)}), carry(all, 1, {.delay = 10 * kMs, .loses = losing(0.1, 2)}));
  EXPECT_FALSE(both.merger.merged());
  EXPECT_LE(both.given.size(), 5000U);
}

TEST(Merger, PicturesOfOneColourKeepTheirPlaces) {
  Mux mux;
  std::vector<Programme::Sent> sent;
  for (int i = 0; i < 150; ++i) {
    mux.pes(kVideo, {.pts = static_cast<std::uint64_t>(i) * 3600, .bounded = false}, Blob(1100, 0x55));
    for (Blob& packet : mux.packets()) sent.push_back({i * 40 * kMs, std::move(packet)});
    mux.packets().clear();
  }
  for (const base::Micros delay : {-200, 0, 200}) {
    Merging both;
    both.play(carry(sent, 0, {}), carry(sent, 1, {.delay = delay * kMs}));
    EXPECT_TRUE(both.merger.merged()) << delay;
    EXPECT_EQ(both.given.size(), sent.size()) << delay;
    EXPECT_EQ(both.merger.only(0) + both.merger.only(1), 0U) << delay;
  }
}

TEST(Merger, BytesThatAreNotWholePacketsEndTheMerge) {
  const Programme programme(50);
  Merging both;
  auto a = carry(programme.sent, 0, {});
  both.play(a, carry(programme.sent, 1, {}));
  ASSERT_TRUE(both.merger.merged());
  const base::Bytes odd = base::Bytes::copy_of(std::string_view("not a packet"));
  const base::Micros now = 2100 * kMs;
  EXPECT_TRUE(both.merger.take(1, odd, now).empty());
  EXPECT_FALSE(both.merger.merged());
  EXPECT_EQ(base::text_of(both.merger.take(0, odd, now)), "not a packet");
}

TEST(Merger, AClockThatIsSetBackHoldsNothingUp) {
  const Programme programme(100);
  auto a = carry(programme.sent, 0, {.loses = losing(0.05, 1)});
  auto b = carry(programme.sent, 1, {.delay = 10 * kMs});
  Merging both;
  std::vector<Datagram> all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::stable_sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.at < y.at; });
  for (const Datagram& one : all) {
    const base::Micros at = one.at + (one.at < 2 * base::kSecond ? 3600 * base::kSecond : 0);
    both.take(both.merger.take(one.path, base::Bytes::copy_of(base::View(one.bytes)), at), at);
  }
  EXPECT_GT(both.given.size(), packets_of(a).size());
}

}  // namespace
}  // namespace ts

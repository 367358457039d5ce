#include "cmaf/part.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "outline.h"
#include "tracks.h"

namespace cmaf {
namespace {

Sample sample(std::int64_t dts, std::int64_t pts, std::int64_t duration, bool sync, std::string_view data) {
  return {dts, pts, duration, sync, media::hex_bytes(data)};
}

std::string part_outline(const std::vector<Sample>& samples, bool first) {
  return outline(write_part(7, samples, first).view());
}

TEST(Part,
     IsOneChunkWithAllThatIsCommonSaidOnce) {  // CM-9, CM-10, CM-11, CM-15,
                                               // CM-16, CM-19, CM-25
  const std::vector<Sample> samples{sample(9000, 9000, 3000, true, "aaaa"), sample(12000, 18000, 3000, false, "bb"),
                                    sample(15000, 12000, 3000, false, "cccccc")};
  EXPECT_EQ(part_outline(samples, true),
            "styp 6d736468000000006d736468636d6673\n"
            "moof\n"
            "  mfhd 0000000000000007\n"
            "  traf\n"
            "    tfhd 000200280000000100000bb801010000\n"
            "    tfdt 010000000000000000002328\n"
            "    trun 01000a05000000030000008402000000"
            "0000000200000000"
            "0000000100001770"
            "00000003fffff448\n"
            "mdat aaaabbcccccc\n");
}

TEST(Part, OfAudioHasOnlySizes) {
  const std::vector<Sample> samples{sample(0, 0, 1024, true, "aaaa"), sample(1024, 1024, 1024, true, "bb")};
  EXPECT_EQ(part_outline(samples, false),
            "moof\n"
            "  mfhd 0000000000000007\n"
            "  traf\n"
            "    tfhd 00020028000000010000040002000000\n"
            "    tfdt 010000000000000000000000\n"
            "    trun 0100020100000002000000700000000200000001\n"
            "mdat aaaabb\n");
}

TEST(Part, SaysPerSampleWhatDiffers) {
  // A key frame amid the part, and uneven durations; sizes alike.
  const std::vector<Sample> samples{sample(0, 0, 10, false, "aa"), sample(10, 10, 11, true, "bb"),
                                    sample(21, 21, 10, false, "cc")};
  EXPECT_EQ(part_outline(samples, false),
            "moof\n"
            "  mfhd 0000000000000007\n"
            "  traf\n"
            "    tfhd 000200100000000100000001\n"
            "    tfdt 010000000000000000000000\n"
            "    trun "
            "01000501000000030000007c0000000a010100000000000b020000000000000a01"
            "010000\n"
            "mdat aabbcc\n");
}

TEST(Part, WritesDecodeTimesBeyond32Bits) {  // CM-11
  const std::int64_t utc = std::int64_t{1'795'353'600} * 90000;
  const std::vector<Sample> samples{sample(utc, utc, 3000, true, "aa")};
  EXPECT_NE(part_outline(samples, false).find("tfdt 01000000000092f53338c000"), std::string::npos)
      << part_outline(samples, false);
}

TEST(Part, RefusesWhatWouldTearTheTimeline) {  // CM-12, CM-26
  const auto refused = [](std::vector<Sample> samples) {
    return !check_samples(samples).ok() && write_part(1, samples, false).empty();
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({sample(0, 0, 0, true, "aa")}));
  EXPECT_TRUE(refused({sample(0, 0, -1, true, "aa")}));
  EXPECT_TRUE(refused({sample(-1, 0, 1, true, "aa")}));
  EXPECT_TRUE(refused({sample(0, 0, 0x80000000, true, "aa")}));
  EXPECT_TRUE(refused({sample(0, 0, 10, true, "aa"), sample(11, 11, 10, true, "aa")}));
  EXPECT_TRUE(refused({sample(0, 0, 10, true, "aa"), sample(5, 5, 10, true, "aa")}));
  EXPECT_TRUE(refused({sample(0, 0x80000000, 10, true, "aa")}));
  EXPECT_TRUE(refused({sample(0, INT64_MIN, 10, true, "aa")}));
  EXPECT_TRUE(refused({sample(INT64_MAX, INT64_MAX, 10, true, "aa")}));
  EXPECT_FALSE(refused({sample(0, -5, 10, true, "aa")}));
}

/// What a player reads out of parts: written against ISO 14496-12, apart from
/// the writer.
struct Played {
  std::uint64_t decode = 0;
  std::int64_t composition = 0;
  std::uint32_t duration = 0;
  std::uint32_t flags = 0;
  std::vector<std::uint8_t> data;
};

class Player {
 public:
  void play(base::View file) {
    while (!file.empty()) {
      const std::uint32_t size = u32(file, 0);
      const std::string_view type = base::text_of(file.subspan(4, 4));
      if (type == "moof") open_fragment(file.first(size));
      if (type == "mdat") {
        EXPECT_EQ(size, 8 + taken_) << "mdat holds the samples and no more";
      }
      if (type == "moof") take_samples(file);
      file = file.subspan(size);
    }
  }

  const std::vector<Played>& samples() const { return samples_; }
  const std::vector<std::uint32_t>& sequences() const { return sequences_; }

 private:
  static std::uint32_t u32(base::View view, std::size_t at) {
    return static_cast<std::uint32_t>(view[at]) << 24 | static_cast<std::uint32_t>(view[at + 1]) << 16 |
           static_cast<std::uint32_t>(view[at + 2]) << 8 | view[at + 3];
  }

  void open_fragment(base::View moof) {
    moof_size_ = moof.size();
    sequences_.push_back(u32(moof, 8 + 12));
    boxes_.clear();
    for (base::View rest = moof.subspan(8 + 16 + 8); !rest.empty(); rest = rest.subspan(u32(rest, 0))) {
      boxes_[std::string{base::text_of(rest.subspan(4, 4))}] = rest.subspan(8, u32(rest, 0) - 8);
    }
  }

  void take_samples(base::View file) {
    const base::View tfhd = boxes_.at("tfhd");
    const base::View tfdt = boxes_.at("tfdt");
    const base::View trun = boxes_.at("trun");
    std::size_t at = 8;
    const auto fallback = [&](std::uint32_t flag) -> std::uint32_t {
      if ((u32(tfhd, 0) & flag) == 0) return 0;
      at += 4;
      return u32(tfhd, at - 4);
    };
    const std::uint32_t default_duration = fallback(8);
    const std::uint32_t default_size = fallback(16);
    const std::uint32_t default_flags = fallback(32);
    std::uint64_t decode = static_cast<std::uint64_t>(u32(tfdt, 4)) << 32 | u32(tfdt, 8);
    const std::uint32_t flags = u32(trun, 0);
    std::size_t data = u32(trun, 8);
    std::size_t row = (flags & 4) != 0 ? 16 : 12;
    const auto field = [&](std::uint32_t flag, std::uint32_t otherwise) {
      if ((flags & flag) == 0) return otherwise;
      row += 4;
      return u32(trun, row - 4);
    };
    taken_ = 0;
    for (std::uint32_t i = 0; i < u32(trun, 4); ++i) {
      Played played;
      played.decode = decode;
      played.duration = field(0x100, default_duration);
      const std::uint32_t size = field(0x200, default_size);
      played.flags = field(0x400, (flags & 4) != 0 && i == 0 ? u32(trun, 12) : default_flags);
      played.composition = static_cast<std::int32_t>(field(0x800, 0));
      const base::View bytes = file.subspan(data, size);
      played.data.assign(bytes.begin(), bytes.end());
      data += size;
      taken_ += size;
      decode += played.duration;
      samples_.push_back(std::move(played));
    }
  }

  std::map<std::string, base::View> boxes_;
  std::size_t moof_size_ = 0;
  std::size_t taken_ = 0;
  std::vector<Played> samples_;
  std::vector<std::uint32_t> sequences_;
};

/// Random samples one after another; each random choice is made so that all
/// layouts of trun occur.
std::vector<Sample> random_samples(std::mt19937& random, std::int64_t& dts) {
  const bool even = random() % 2 == 0;
  const bool reordered = random() % 2 == 0;
  const bool same_size = random() % 4 == 0;
  const auto keys = random() % 3;
  std::vector<Sample> samples(1 + random() % 20);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Sample& s = samples[i];
    s.dts = dts;
    s.duration = even ? 1500 : 1 + static_cast<std::int64_t>(random() % 9000);
    s.pts = dts + (reordered ? static_cast<std::int64_t>(random() % 9000) - 4500 : 0);
    s.sync = keys == 0 || (keys == 1 && i == 0) || (keys == 2 && random() % 3 == 0);
    s.data = base::Bytes::adopt(
        std::vector<std::uint8_t>(same_size ? 100 : random() % 2000, static_cast<std::uint8_t>(random())));
    dts += s.duration;
  }
  return samples;
}

TEST(Part, GivesAPlayerEverySampleAsItWas) {  // CM-12, CM-14, CM-16, CM-20
  std::mt19937 random{20};
  for (int run = 0; run < 200; ++run) {
    std::int64_t dts = static_cast<std::int64_t>(random()) * 90000;
    std::vector<Sample> expected;
    std::vector<std::uint8_t> segment;
    const auto parts = static_cast<std::uint32_t>(1 + random() % 5);
    for (std::uint32_t part = 0; part < parts; ++part) {
      const std::vector<Sample> samples = random_samples(random, dts);
      const base::Bytes bytes = write_part(100 + part, samples, part == 0);
      segment.insert(segment.end(), bytes.begin(), bytes.end());
      expected.insert(expected.end(), samples.begin(), samples.end());
    }
    Player player;
    player.play(segment);
    ASSERT_EQ(player.samples().size(), expected.size());
    ASSERT_EQ(player.sequences().size(), parts);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Played& played = player.samples()[i];
      EXPECT_EQ(played.decode, static_cast<std::uint64_t>(expected[i].dts));
      EXPECT_EQ(played.composition, expected[i].pts - expected[i].dts);
      EXPECT_EQ(played.duration, expected[i].duration);
      EXPECT_EQ(played.flags, expected[i].sync ? 0x02000000u : 0x01010000u);
      EXPECT_TRUE(std::ranges::equal(played.data, expected[i].data.view()));
      if (i == 0) continue;
      EXPECT_EQ(played.decode, player.samples()[i - 1].decode + player.samples()[i - 1].duration);
    }
    for (std::uint32_t part = 0; part < parts; ++part) EXPECT_EQ(player.sequences()[part], 100 + part);
  }
}

TEST(Part, SaysStypOnceASegment) {  // CM-19, CM-20
  const std::vector<Sample> samples{sample(0, 0, 10, true, "aa")};
  EXPECT_EQ(part_outline(samples, true).substr(0, 4), "styp");
  EXPECT_EQ(part_outline(samples, false).substr(0, 4), "moof");
}

TEST(Part, IsTheSameBytesForTheSameSamples) {
  std::mt19937 random{3};
  std::int64_t dts = 0;
  const std::vector<Sample> samples = random_samples(random, dts);
  EXPECT_EQ(write_part(9, samples, true), write_part(9, samples, true));
}

}  // namespace
}  // namespace cmaf

#include "ts/nal_framer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/bit_reader.h"
#include "media/hdr.h"
#include "media/nal.h"
#include "unit/media/exp_golomb.h"
#include "unit/ts/framer_feed.h"
#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

using Lines = std::vector<std::string>;

Blob nal(std::uint8_t header, const std::vector<std::uint8_t>& body) {
  return hex("00000001") + Blob{header} + media::escape(body);
}

enum class Scan : std::uint8_t { kFrames, kFields };

/// Main profile, 320x192 at 25 frames a second; frame_num of 8 bits, pic_order_cnt_lsb of 8. The number of reordered
/// pictures is told unless `reorder` is below 0.
Blob sets(Scan scan, int reorder = 0) {
  media::BitWriter sps;
  sps.bits(24, 77U << 16 | 30);
  ue(sps, 0);
  ue(sps, 4);
  ue(sps, 0);
  ue(sps, 4);
  ue(sps, 2);
  sps.flag(false);
  ue(sps, 19);
  ue(sps, scan == Scan::kFields ? 5 : 11);
  sps.flag(scan == Scan::kFrames);
  if (scan == Scan::kFields) sps.flag(false);
  sps.flag(true);
  sps.flag(false);
  sps.flag(true);  // VUI
  sps.bits(4, 0);
  sps.flag(true);
  sps.bits(32, 1);
  sps.bits(32, 50);
  sps.bits(4, 8);  // fixed rate; no HRD, no pic_struct
  sps.flag(reorder >= 0);
  if (reorder >= 0) {
    sps.flag(true);
    for (const std::uint32_t value : {0U, 0U, 10U, 10U}) ue(sps, value);
    ue(sps, static_cast<std::uint32_t>(reorder));
    ue(sps, 2);
  }
  sps.flag(true);
  return nal(0x67, sps.take()) + hex("00000001 68ce0fc8");
}

struct SliceFields {
  char type = 'p';
  unsigned frame_num = 0;
  unsigned order = 0;
  unsigned first_mb = 0;
  bool idr = false;
  bool reference = true;
};

/// A slice of a stream that `sets` began; `parity` 't' or 'b' for a field.
Blob slice(const SliceFields& of, char parity = 'f', std::size_t size = 12) {
  media::BitWriter out;
  ue(out, of.first_mb);
  ue(out, of.type == 'i' ? 7 : of.type == 'b' ? 6 : 5);
  ue(out, 0);
  out.bits(8, of.frame_num);
  if (parity != 'f') {
    out.flag(true);
    out.flag(parity == 'b');
  }
  if (of.idr) ue(out, 0);
  out.bits(8, of.order);
  out.flag(true);
  const unsigned header = (of.reference ? 0x60U : 0U) | (of.idr ? 5U : 1U);
  return nal(static_cast<std::uint8_t>(header), out.take() + Blob(size, 0x55));
}

const Blob kDelimiter = hex("00000001 0930");
const Blob kRecoveryPoint = hex("00000001 06 06 01 84 80");

/// The two fields of frame `n`, of which every fifth is a random access point: an I field, and one of type `second`.
Blob top_field(unsigned n) {
  Blob lead = kDelimiter;
  if (n % 5 == 0) lead = lead + sets(Scan::kFields) + kRecoveryPoint;
  return lead + slice({.type = n % 5 == 0 ? 'i' : 'p', .frame_num = n, .order = 2 * n}, 't');
}
Blob bottom_field(unsigned n, char second = 'p') {
  return slice({.type = n % 5 == 0 ? second : 'p', .frame_num = n, .order = 2 * n + 1}, 'b');
}

/// Sends pictures enough that the ends of PES packets are trusted, at 0, 3600 and so on.
void settle(FramerFeed<H264Framer>& feed) {
  for (unsigned n = 0; n < 9; ++n) {
    const SliceFields fields{.type = n == 0 ? 'i' : 'p', .frame_num = n, .order = 2 * n, .idr = n == 0};
    feed.unit(n * 3600, (n == 0 ? sets(Scan::kFrames) : kDelimiter) + slice(fields));
  }
  EXPECT_EQ(feed.trace.packets.size(), 9U);
  feed.trace.lines.clear();
  feed.trace.packets.clear();
}

std::vector<std::int64_t> steps(const Trace& trace) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 1; i < trace.packets.size(); ++i) out.push_back(trace.packets[i].dts - trace.packets[i - 1].dts);
  return out;
}
std::string keys(const Trace& trace) {
  std::string out;
  for (const media::Packet& packet : trace.packets) out += packet.idr ? 'I' : packet.key ? 'K' : '.';
  return out;
}
std::size_t nals_in(const media::Packet& packet) { return media::split_lengths(packet.data.view())->size(); }

Blob hevc_sets() {
  return hex(
      "00000001 40010c01ffff01600000030090000003000003003c959409"
      "00000001 42010101600000030090000003000003003ca00a080c1f3e595952930bc05a02000003000200000300321000000001"
      "4401c073c189");
}

TEST(H264Framer, StripsDelimiterFillerAndParameterSets) {  // TS-13
  FramerFeed<H264Framer> feed;
  feed.unit(0, h264_key() + hex("000001 0cffff80")).end();
  EXPECT_EQ(feed.trace.lines, (Lines{"track 256 avc1.42C00C 320x180", "256 pts 0 idr"}));
  EXPECT_EQ(feed.trace.packets[0].data, base::Bytes::adopt(hex("0000000a 65b8 5555555555555555")));
  EXPECT_EQ(feed.trace.tracks.at(256).video.frame_rate, (media::Rational{25, 1}));
}

TEST(H264Framer, AnnouncesTheTrackAgainWhenItsParameterSetsChange) {
  FramerFeed<H264Framer> feed;
  feed.unit(0, h264_key()).unit(1, h264_key()).unit(2, h264_sets_360() + h264_idr()).unit(3, h264_p()).end();
  EXPECT_EQ(feed.trace.lines, (Lines{"track 256 avc1.42C00C 320x180", "256 pts 0 idr", "256 pts 1 idr",
                                     "track 256 avc1.42C01E 640x360", "256 pts 2 idr", "256 pts 3"}));
}

TEST(H264Framer, DropsAndCountsPicturesBeforeTheParameterSets) {
  FramerFeed<H264Framer> feed;
  feed.unit(0, h264_p()).unit(1, h264_key()).end();
  EXPECT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.counters.frames_bad, 1U);
}

TEST(H264Framer, TakesParameterSetsThatComeInAPesOfTheirOwn) {
  FramerFeed<H264Framer> feed;
  feed.unit(0, h264_sets_180()).unit(1, h264_idr()).end();
  EXPECT_EQ(feed.trace.lines, (Lines{"track 256 avc1.42C00C 320x180", "256 pts 1 idr"}));
  EXPECT_EQ(feed.counters.frames_bad, 0U);
}

TEST(H264Framer, TellsAnOpenGopKeyFromAnIdr) {
  const Blob recovery_point = hex("000001 06 06 01 84 80");
  const Blob intra = hex("000001 41b8") + Blob(8, 0x55);
  FramerFeed<H264Framer> feed;
  feed.unit(0, h264_sets_180() + recovery_point + intra).end();
  EXPECT_EQ(feed.trace.lines.back(), "256 pts 0 key");
}

TEST(HevcFramer, TellsIdrAndCraApart) {  // TS-13
  FramerFeed<HevcFramer> feed;
  feed.pes(0, 0, hex("000001 460150") + hevc_sets() + hex("000001 2601af") + Blob(8, 0x55));  // AUD, sets, IDR_W_RADL
  feed.pes(1, 1, hex("000001 0201d0") + Blob(8, 0x55));
  feed.pes(2, 2, hex("000001 2a01af") + Blob(8, 0x55)).end();  // CRA
  EXPECT_EQ(feed.trace.lines,
            (Lines{"track 256 hvc1.1.6.L60.90 320x180", "256 pts 0 idr", "256 pts 1", "256 pts 2 key"}));
  EXPECT_EQ(feed.trace.packets[0].data, base::Bytes::adopt(hex("0000000b 2601af 5555555555555555")));
}

// They were in the pictures alone, so that a copy's init section had neither mdcv nor clli.
TEST(HevcFramer, PutsWhatHdr10SaysOfTheLightBesideTheParameterSets) {  // CM-4
  const Blob light = hex("000001 4e01 9004 03e80190 80");              // MaxCLL 1000, MaxFALL 400
  const Blob hash = hex("000001 4e01 8401 ff 80");
  const Blob idr = hex("000001 2601af") + Blob(8, 0x55);
  FramerFeed<HevcFramer> feed;
  feed.unit(0, hevc_sets() + light + hash + idr).unit(3600, light + idr).unit(7200, hevc_sets() + light + idr).end();
  EXPECT_EQ(std::ranges::count_if(feed.trace.lines, [](const auto& line) { return line.starts_with("track"); }), 1);
  EXPECT_EQ(media::hdr_metadata(feed.trace.tracks.at(256)).content_light, hex("03e80190"));
  EXPECT_EQ(nals_in(feed.trace.packets[0]), 3U) << "and they stay in the picture";
}

TEST(H264Framer, HandsAPictureOnWithTheNextOneUntilItKnowsThatPesPacketsHoldOneEach) {  // TS-6
  FramerFeed<H264Framer> feed;
  for (int i = 0; i < 7; ++i) feed.unit(i * 3600, i == 0 ? h264_key() : h264_p());
  EXPECT_EQ(feed.trace.packets.size(), 6U);
  feed.unit(7 * 3600, h264_p());
  EXPECT_EQ(feed.trace.packets.size(), 7U);
  feed.unit(8 * 3600, h264_p());
  ASSERT_EQ(feed.trace.packets.size(), 9U);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(feed.trace.packets[i].arrived, static_cast<base::Micros>(i + 1));
}

TEST(H264Framer, PutsAPictureTogetherThatSeveralPesCarry) {  // TS-6
  FramerFeed<H264Framer> feed;
  settle(feed);
  feed.unit(90000, h264_key(64000), true);
  EXPECT_TRUE(feed.trace.packets.empty());
  feed.unit(std::nullopt, Blob(64000, 0x55), true).unit(std::nullopt, Blob(100, 0x55), true);
  ASSERT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.trace.packets[0].data.size(), 4 + 2 + 64000 + 64000 + 100U);
  feed.unit(93600, h264_p(64000), true).unit(97200, h264_p(), true);
  EXPECT_EQ(feed.trace.packets.size(), 3U);
}

TEST(H264Framer, TakesTheFieldsOfAFrameInOnePesForOnePicture) {
  for (const char second : {'p', 'i'}) {
    FramerFeed<H264Framer> feed;
    for (unsigned n = 0; n < 20; ++n) feed.unit(n * 3600, top_field(n) + bottom_field(n, second));
    EXPECT_EQ(feed.trace.packets.size(), 20U) << "none is held back once the ends of PES packets are known";
    EXPECT_EQ(keys(feed.trace), "K....K....K....K....");
    EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(19, 3600));
  }
}

TEST(H264Framer, PutsTheFieldsOfAFrameTogetherThatCameInAPesEach) {
  FramerFeed<H264Framer> feed;
  for (unsigned n = 0; n < 20; ++n) {
    feed.unit(n * 3600, top_field(n)).unit(n * 3600 + 1800, kDelimiter + bottom_field(n));
  }
  feed.end();
  EXPECT_EQ(keys(feed.trace), "K....K....K....K....");
  EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(19, 3600));
  for (const media::Packet& packet : feed.trace.packets) EXPECT_GE(nals_in(packet), 2U);
  EXPECT_EQ(feed.counters.frames_bad, 0U);
}

TEST(H264Framer, TellsAnIdrFrameWhoseSecondFieldIsPredicted) {
  FramerFeed<H264Framer> feed;
  feed.unit(0, sets(Scan::kFields) + slice({.type = 'i', .idr = true}, 't')).unit(1800, slice({.order = 1}, 'b'));
  feed.unit(3600, slice({.frame_num = 1, .order = 2}, 't')).unit(5400, slice({.frame_num = 1, .order = 3}, 'b')).end();
  EXPECT_EQ(keys(feed.trace), "I.");
}

TEST(H264Framer, HandsOnAFieldWhoseOtherIsMissing) {
  FramerFeed<H264Framer> feed;
  feed.unit(0, top_field(0)).unit(3600, top_field(1)).unit(5400, bottom_field(1)).unit(7200, top_field(2)).end();
  EXPECT_EQ(feed.trace.packets.size(), 3U);
}

TEST(H264Framer, TakesSeveralPicturesOutOfOnePes) {
  FramerFeed<H264Framer> feed;
  for (unsigned n = 0; n < 10; ++n) {
    const SliceFields first{.type = n == 0 ? 'i' : 'p', .frame_num = 2 * n, .order = 4 * n, .idr = n == 0};
    const Blob lead = n == 0 ? kDelimiter + sets(Scan::kFrames) : kDelimiter;
    feed.unit(n * 7200, lead + slice(first) + kDelimiter + slice({.frame_num = 2 * n + 1, .order = 4 * n + 2}));
  }
  feed.end();
  ASSERT_EQ(feed.trace.packets.size(), 20U);
  EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(19, 3600));
  for (const media::Packet& packet : feed.trace.packets) EXPECT_EQ(packet.pts, packet.dts);
}

/// Four slices a picture; each NAL unit in a PES packet of its own, of which all or only the first are stamped.
void send_nal_by_nal(FramerFeed<H264Framer>& feed, bool all_stamped) {
  for (unsigned n = 0; n < 20; ++n) {
    const std::int64_t pts = n * 3600;
    const auto later = all_stamped ? std::optional(pts) : std::nullopt;
    feed.unit(pts, kDelimiter);
    if (n % 10 == 0) feed.unit(later, sets(Scan::kFrames));
    for (unsigned part = 0; part < 4; ++part) {
      SliceFields fields{.type = n % 10 == 0 ? 'i' : 'p', .frame_num = n % 10, .order = n % 10 * 2};
      fields.first_mb = part * 60;
      fields.idr = n % 10 == 0;
      feed.unit(later, slice(fields));
    }
  }
  feed.end();
}

TEST(H264Framer, PutsTheSlicesOfAPictureTogetherThatCameInAPesEach) {
  for (const bool all_stamped : {true, false}) {
    FramerFeed<H264Framer> feed;
    send_nal_by_nal(feed, all_stamped);
    EXPECT_EQ(keys(feed.trace), "I.........I.........") << all_stamped;
    EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(19, 3600)) << all_stamped;
    for (const media::Packet& packet : feed.trace.packets) EXPECT_EQ(nals_in(packet), 4U);
    EXPECT_EQ(feed.counters.frames_bad + feed.counters.untimed, 0U);
  }
}

TEST(H264Framer, WaitsForTheNextPictureForGoodAfterAPesThatWentOnWithOne) {
  FramerFeed<H264Framer> feed;
  settle(feed);
  const SliceFields first{.frame_num = 9, .order = 18};
  SliceFields second = first;
  second.first_mb = 120;
  feed.unit(90000, slice(first)).unit(90000, slice(second));
  EXPECT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.counters.frames_bad, 1U) << "the second slice came too late this time";
  for (unsigned n = 10; n < 30; ++n) feed.unit(n * 3600 + 90000, slice({.frame_num = n, .order = 2 * n}));
  EXPECT_EQ(feed.trace.packets.size(), 20U);
}

TEST(H264Framer, JoinsANalUnitThatIsCutByPesPackets) {
  const Blob stream = [] {
    Blob all;
    for (unsigned n = 0; n < 12; ++n) {
      const SliceFields fields{.type = n == 0 ? 'i' : 'p', .frame_num = n, .order = 2 * n, .idr = n == 0};
      all = all + kDelimiter + (n == 0 ? sets(Scan::kFrames) : Blob{}) + slice(fields, 'f', 300);
    }
    return all;
  }();
  FramerFeed<H264Framer> whole;
  whole.unit(0, stream).end();
  ASSERT_EQ(whole.trace.packets.size(), 12U);
  for (const std::size_t size : {101U, 64U, 333U, 5U}) {
    FramerFeed<H264Framer> cut;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      const auto end = stream.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, stream.size()));
      cut.unit(at == 0 ? std::optional<std::int64_t>(0) : std::nullopt,
               Blob(stream.begin() + static_cast<std::ptrdiff_t>(at), end));
    }
    cut.end();
    EXPECT_EQ(cut.trace.lines, whole.trace.lines) << size;
    for (std::size_t i = 0; i < cut.trace.packets.size(); ++i) {
      ASSERT_EQ(cut.trace.packets[i].data, whole.trace.packets[i].data) << size << " picture " << i;
    }
  }
}

TEST(H264Framer, TimesPicturesWithoutAStampByTheFrameRate) {
  FramerFeed<H264Framer> feed;
  for (unsigned n = 0; n < 12; ++n) {
    feed.unit(n % 3 == 0 ? std::optional<std::int64_t>(n * 3600) : std::nullopt, n == 0 ? h264_key() : h264_p());
  }
  feed.end();
  EXPECT_EQ(feed.trace.packets.size(), 12U);
  EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(11, 3600));
}

TEST(H264Framer, DropsAndCountsPicturesBeforeTheFirstStamp) {
  FramerFeed<H264Framer> feed;
  feed.unit(std::nullopt, h264_key()).unit(3600, h264_p()).end();
  EXPECT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.counters.untimed, 1U);
}

/// I0 P3 B1 B2 P6 B4 B5 …, as sent.
constexpr std::array<unsigned, 10> kShown{0, 3, 1, 2, 6, 4, 5, 9, 7, 8};

SliceFields reordered(std::size_t sent) {
  const unsigned shown = kShown[sent];
  SliceFields fields{.type = shown % 3 != 0 ? 'b' : 'p', .frame_num = (shown + 2) / 3, .order = 2 * shown};
  fields.reference = shown % 3 == 0;
  if (sent == 0) fields = {.type = 'i', .idr = true};
  return fields;
}

TEST(H264Framer, MakesTheDtsThatAStreamWithReorderedPicturesNeverSends) {
  for (const int reorder : {1, -1}) {
    FramerFeed<H264Framer> feed;
    for (std::size_t i = 0; i < kShown.size(); ++i) {
      feed.unit(90000 + kShown[i] * 3600, (i == 0 ? sets(Scan::kFrames, reorder) : kDelimiter) + slice(reordered(i)));
    }
    feed.end();
    ASSERT_EQ(feed.trace.packets.size(), kShown.size());
    EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(9, 3600));
    for (const media::Packet& packet : feed.trace.packets) EXPECT_GE(packet.pts, packet.dts);
  }
}

TEST(H264Framer, ShowsReorderedPicturesWithoutAStampAtTheirPlace) {
  FramerFeed<H264Framer> feed;
  for (std::size_t i = 0; i < kShown.size(); ++i) {
    const bool stamped = i % 4 == 0;
    feed.pes(stamped ? std::optional<std::int64_t>(90000 + kShown[i] * 3600) : std::nullopt,
             stamped ? std::optional<std::int64_t>(86400 + static_cast<std::int64_t>(i) * 3600) : std::nullopt,
             (i == 0 ? sets(Scan::kFrames, 1) : kDelimiter) + slice(reordered(i)));
  }
  feed.end();
  ASSERT_EQ(feed.trace.packets.size(), kShown.size());
  EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(9, 3600));
  for (std::size_t i = 0; i < kShown.size(); ++i) EXPECT_EQ(feed.trace.packets[i].pts, 90000 + kShown[i] * 3600) << i;
}

TEST(H264Framer, StartsAPeriodicIntraRefreshAtItsRecoveryPoint) {
  const Blob in_ten_frames = hex("00000001 06 06 02 0b80 80");  // recovery_frame_cnt 10
  FramerFeed<H264Framer> feed;
  feed.unit(0, slice({.frame_num = 3}));
  feed.unit(3600, sets(Scan::kFrames) + in_ten_frames + slice({.frame_num = 4, .order = 8}));
  feed.unit(7200, slice({.frame_num = 5, .order = 10})).end();
  EXPECT_EQ(keys(feed.trace), "K.");
}

TEST(H264Framer, DropsAPictureWhoseFirstSliceWasLostAndTakesTheNext) {
  FramerFeed<H264Framer> feed;
  settle(feed);
  feed.framer.lose();
  feed.unit(90000, slice({.frame_num = 9, .order = 18, .first_mb = 120}));
  feed.unit(93600, slice({.frame_num = 10, .order = 20}));
  EXPECT_EQ(feed.trace.lines, Lines{"256 pts 93600"});
  EXPECT_EQ(feed.counters.frames_bad, 1U);
}

TEST(H264Framer, KeepsAWholePictureWhenThePesAfterItIsLost) {
  FramerFeed<H264Framer> feed;
  feed.unit(0, h264_key());
  feed.framer.lose();
  EXPECT_EQ(feed.trace.packets.size(), 1U);
}

TEST(H264Framer, KeepsMemoryBoundedWhereNoPictureEnds) {
  FramerFeed<H264Framer> feed;
  feed.unit(0, h264_key());
  for (int i = 0; i < 200; ++i) feed.unit(std::nullopt, Blob(60000, 0x55), true);
  EXPECT_EQ(feed.counters.pes_oversized, 1U);
  feed.unit(90000, h264_key()).end();
  EXPECT_EQ(feed.trace.packets.size(), 1U);
}

TEST(HevcFramer, PutsTheSliceSegmentsOfAPictureTogetherThatCameInAPesEach) {
  FramerFeed<HevcFramer> feed;
  for (int n = 0; n < 10; ++n) {
    const Blob type = n == 0 ? hex("000001 2601") : hex("000001 0201");
    feed.unit(n * 3600, (n == 0 ? hevc_sets() : Blob{}) + type + hex("d0") + Blob(8, 0x55));
    feed.unit(n * 3600, type + hex("50") + Blob(8, 0x55));
  }
  feed.end();
  EXPECT_EQ(keys(feed.trace), "I.........");
  EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(9, 3600));
}

TEST(HevcFramer, TakesSeveralPicturesOutOfOnePes) {
  FramerFeed<HevcFramer> feed;
  const Blob picture = hex("000001 460150 000001 0201d0") + Blob(8, 0x55);
  feed.unit(0, hevc_sets() + hex("000001 2601af") + Blob(8, 0x55) + picture);
  for (int n = 1; n < 5; ++n) feed.unit(n * 7200, picture + picture);
  feed.end();
  EXPECT_EQ(keys(feed.trace), "I.........");
  EXPECT_EQ(steps(feed.trace), std::vector<std::int64_t>(9, 3600));
}

}  // namespace
}  // namespace ts

#include "ts/pes.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

struct CollectedPes {
  Counters counters;
  PesAssembler assembler{std::size_t{1} << 20, counters};
  std::vector<Pes> out;

  /// Feeds bytes as payloads of at most 184; the last is stuffed where it is shorter, as muxers do.
  void feed(const Blob& bytes, base::Micros arrived = 0) {
    for (std::size_t at = 0; at < bytes.size(); at += 184) {
      const std::size_t size = std::min<std::size_t>(184, bytes.size() - at);
      assembler.feed(base::View(bytes).subspan(at, size), at == 0, size < 184, arrived, out);
    }
  }
};

MuxPes unbounded(std::uint64_t pts) { return {.pts = pts, .dts = {}, .bounded = false}; }

TEST(Pes, WithALengthIsWholeWithItsLastByte) {  // TS-6
  CollectedPes collect;
  collect.feed(Mux::make_pes({.pts = 900, .dts = 450}, Blob(500, 0x77)), 42);
  ASSERT_EQ(collect.out.size(), 1U);
  EXPECT_EQ(collect.out[0].pts, 900U);
  EXPECT_EQ(collect.out[0].dts, 450U);
  EXPECT_EQ(collect.out[0].arrived, 42);
  EXPECT_TRUE(collect.out[0].bounded);
  EXPECT_EQ(collect.out[0].data.size(), 500U);
}

TEST(Pes, KeepsAll33BitsOfATimestamp) {  // TS-4
  const std::uint64_t pts = (std::uint64_t{1} << 33) - 1;
  const auto pes = parse_pes(base::Bytes::adopt(Mux::make_pes({.pts = pts, .dts = 0x155555555}, {1})));
  ASSERT_TRUE(pes.ok());
  EXPECT_EQ(pes->pts, pts);
  EXPECT_EQ(pes->dts, 0x155555555U);
}

TEST(Pes, OfLengthZeroIsWholeWhenTheNextStarts) {  // TS-6
  CollectedPes collect;
  collect.feed(Mux::make_pes(unbounded(1), Blob(400, 1)));
  EXPECT_TRUE(collect.out.empty());
  collect.feed(Mux::make_pes(unbounded(2), Blob(10, 2)), 7);
  ASSERT_EQ(collect.out.size(), 1U);
  EXPECT_EQ(collect.out[0].data.size(), 400U);
  EXPECT_EQ(collect.out[0].arrived, 0);
  collect.assembler.flush(collect.out);
  ASSERT_EQ(collect.out.size(), 2U);
  EXPECT_EQ(collect.out[1].arrived, 7);
}

TEST(Pes, HeaderMayBeSplitAnywhere) {  // TS-6
  const Blob bytes = Mux::make_pes({.pts = 5, .dts = 4}, Blob(30, 9));
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    CollectedPes collect;
    collect.assembler.feed(base::View(bytes).first(cut), true, true, 0, collect.out);
    collect.assembler.feed(base::View(bytes).subspan(cut), false, true, 0, collect.out);
    ASSERT_EQ(collect.out.size(), 1U) << cut;
    EXPECT_EQ(collect.out[0].pts, 5U);
    EXPECT_EQ(collect.out[0].data.size(), 30U);
  }
}

TEST(Pes, EndsAtTheStuffingOnceSixteenDid) {
  CollectedPes collect;
  for (std::uint64_t i = 0; i < 16; ++i) {
    collect.feed(Mux::make_pes(unbounded(i), Blob(300, 1)));
    EXPECT_EQ(collect.out.size(), i) << "waits for the next start";
  }
  collect.feed(Mux::make_pes(unbounded(16), Blob(300, 1)));
  EXPECT_EQ(collect.out.size(), 17U) << "whole at once";
}

TEST(Pes, NeverEndsAtTheStuffingWhereOneWentOnAfterIt) {
  CollectedPes collect;
  const Blob bytes = Mux::make_pes(unbounded(0), Blob(300, 1));
  const auto feed_with_stuffing_in_the_middle = [&] {
    collect.assembler.feed(base::View(bytes).first(100), true, true, 0, collect.out);
    collect.assembler.feed(base::View(bytes).subspan(100), false, true, 0, collect.out);
  };
  feed_with_stuffing_in_the_middle();
  for (std::uint64_t i = 0; i < 40; ++i) {
    collect.feed(Mux::make_pes(unbounded(i), Blob(300, 1)));
    EXPECT_EQ(collect.out.size(), i + 1);
  }
}

TEST(Pes, StopsTrustingTheStuffingWhenItProvesWrong) {
  CollectedPes collect;
  const Blob bytes = Mux::make_pes(unbounded(0), Blob(300, 1));
  for (int i = 0; i < 20; ++i) collect.feed(bytes);
  collect.assembler.feed(base::View(bytes).first(100), true, true, 0, collect.out);
  collect.assembler.feed(base::View(bytes).subspan(100), false, true, 0, collect.out);
  EXPECT_EQ(collect.counters.pes_damaged, 1U);
  const std::size_t before = collect.out.size();
  collect.feed(bytes);
  EXPECT_EQ(collect.out.size(), before) << "waits for the next start again";
}

TEST(Pes, IsDroppedWhereBytesWereLostOrAreMissing) {  // TS-3
  CollectedPes collect;
  const Blob bytes = Mux::make_pes({.pts = 1, .dts = {}}, Blob(500, 1));
  collect.assembler.feed(base::View(bytes).first(184), true, false, 0, collect.out);
  collect.assembler.lose();
  collect.assembler.feed(base::View(bytes).subspan(184, 184), false, false, 0, collect.out);
  EXPECT_EQ(collect.counters.pes_damaged, 1U);
  collect.assembler.feed(base::View(bytes).first(184), true, false, 0, collect.out);
  collect.feed(bytes);
  EXPECT_EQ(collect.counters.pes_damaged, 2U);
  EXPECT_EQ(collect.out.size(), 1U);
}

TEST(Pes, PastTheLimitIsDroppedAndCounted) {
  Counters counters;
  PesAssembler assembler(1000, counters);
  std::vector<Pes> out;
  const Blob bytes = Mux::make_pes(unbounded(0), Blob(100, 1));
  assembler.feed(bytes, true, false, 0, out);
  for (int i = 0; i < 20; ++i) assembler.feed(bytes, false, false, 0, out);
  EXPECT_EQ(counters.pes_oversized, 1U);
  assembler.flush(out);
  EXPECT_TRUE(out.empty());
}

TEST(Pes, WithABrokenHeaderIsRefused) {
  Blob bytes = Mux::make_pes({.pts = 1, .dts = {}}, {1, 2, 3});
  for (std::size_t size = 0; size < 14; ++size) {
    EXPECT_FALSE(parse_pes(base::Bytes::copy_of(base::View(bytes).first(size))).ok()) << size;
  }
  bytes[13] &= 0xfe;  // marker bit of the PTS
  EXPECT_FALSE(parse_pes(base::Bytes::copy_of(bytes)).ok());
  bytes[3] = 0xbe;
  EXPECT_EQ(parse_pes(base::Bytes::copy_of(bytes)).error().code, base::Code::kUnsupported);
}

}  // namespace
}  // namespace ts

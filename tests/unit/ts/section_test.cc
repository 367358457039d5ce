#include "ts/section.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

struct CollectedSections {
  Counters counters;
  SectionAssembler assembler;
  std::vector<Blob> sections;

  void feed(const Blob& payload, bool start) {
    assembler.feed(payload, start, counters, [this](base::View s) { sections.emplace_back(s.begin(), s.end()); });
  }
};

Blob section_of(std::size_t body) { return Mux::make_section(0x02, 7, 0, Blob(body, 0xab)); }

TEST(Section, ComputesTheCrcOfAnnexA) {
  EXPECT_EQ(crc32_mpeg(base::view_of("123456789")), 0x0376e6e7U);  // CRC-32/MPEG-2 check value
  EXPECT_EQ(crc32_mpeg(section_of(20)), 0U);
}

TEST(Section, IsAssembledOverAnyNumberOfPackets) {  // TS-2
  const Blob section = section_of(300);
  for (std::size_t chunk = 2; chunk < section.size() + 1; ++chunk) {
    CollectedSections collect;
    const Blob payload = Blob{0} + section;
    for (std::size_t at = 0; at < payload.size(); at += chunk) {
      const auto end = std::min(payload.size(), at + chunk);
      collect.feed(
          Blob(payload.begin() + static_cast<std::ptrdiff_t>(at), payload.begin() + static_cast<std::ptrdiff_t>(end)),
          at == 0);
    }
    ASSERT_EQ(collect.sections, std::vector<Blob>{section}) << chunk;
  }
}

TEST(Section, SeveralMayShareAPacket) {
  CollectedSections collect;
  collect.feed(Blob{0} + section_of(4) + section_of(9) + Blob(10, 0xff), true);
  ASSERT_EQ(collect.sections.size(), 2U);
  EXPECT_EQ(collect.sections[1], section_of(9));
}

TEST(Section, MayEndBeforeThePointerOfTheNext) {
  const Blob first = section_of(100);
  CollectedSections collect;
  collect.feed(Blob{0} + Blob(first.begin(), first.begin() + 60), true);
  const Blob rest(first.begin() + 60, first.end());
  collect.feed(Blob{static_cast<std::uint8_t>(rest.size())} + rest + section_of(3), true);
  ASSERT_EQ(collect.sections.size(), 2U);
  EXPECT_EQ(collect.sections[0], first);
}

TEST(Section, WithAWrongCrcIsDroppedAndCounted) {  // TS-2
  Blob broken = section_of(20);
  broken[10] ^= 1;
  CollectedSections collect;
  collect.feed(Blob{0} + broken + section_of(5), true);
  EXPECT_EQ(collect.sections, std::vector<Blob>{section_of(5)});
  EXPECT_EQ(collect.counters.crc_errors, 1U);
}

TEST(Section, CutOffByTheNextIsCounted) {
  const Blob section = section_of(300);
  CollectedSections collect;
  collect.feed(Blob{0} + Blob(section.begin(), section.begin() + 100), true);
  collect.feed(Blob{0} + section_of(5), true);
  EXPECT_EQ(collect.sections, std::vector<Blob>{section_of(5)});
  EXPECT_EQ(collect.counters.crc_errors, 1U);
}

TEST(Section, PointerBeyondThePacketIsIgnored) {
  CollectedSections collect;
  collect.feed(Blob{200, 1, 2, 3}, true);
  collect.feed(Blob{}, true);
  EXPECT_TRUE(collect.sections.empty());
}

}  // namespace
}  // namespace ts

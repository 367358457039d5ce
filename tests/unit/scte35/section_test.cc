#include "scte35/section.h"

#include <gtest/gtest.h>

#include "base/crc32.h"

namespace scte35 {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The section with a CRC that is right again.
Bytes sealed(Bytes section) {
  section.resize(section.size() - 4);
  const std::uint32_t crc = base::crc32_mpeg(section);
  for (int shift = 24; shift >= 0; shift -= 8) section.push_back(static_cast<std::uint8_t>(crc >> shift));
  return section;
}

SpliceInsert insert_at(std::uint64_t time) {
  SpliceInsert insert;
  insert.event_id = 7;
  insert.out_of_network = true;
  insert.time = time;
  return insert;
}

Section with(Command command) {
  Section section;
  section.command = std::move(command);
  return section;
}

Section with(Segmentation segmentation) {
  Section section = with(TimeSignal{900'000});
  section.descriptors.emplace_back(std::move(segmentation));
  return section;
}

/// What comes back of a section that was written and read.
Section round(const Section& section) {
  auto read = parse_section(write_section(section));
  EXPECT_TRUE(read.ok());
  return read.ok() ? read.take() : Section{};
}

std::string error_of(const Bytes& bytes) {
  const auto read = parse_section(bytes);
  return read.ok() ? "none" : std::string(base::to_string(read.error().code)) + " " + std::string(read.error().what);
}

TEST(SpliceInsert, OfTheWholeProgramComesBackAsItWas) {
  SpliceInsert insert = insert_at(0x1ffffffff);
  insert.duration = BreakDuration{false, 0x1fffffffe};
  insert.unique_program_id = 0xabcd;
  insert.avail_num = 1;
  insert.avails_expected = 2;
  EXPECT_EQ(round(with(insert)), with(insert));
}

TEST(SpliceInsert, OfComponentsHasATimeForEach) {
  SpliceInsert insert = insert_at(0);
  insert.time.reset();
  insert.program = false;
  insert.components = {{1, 90'000}, {2, 180'000}, {3, std::nullopt}};
  EXPECT_EQ(round(with(insert)), with(insert));
  EXPECT_EQ(splice_time(with(insert)), 90'000U) << "that of the first";
}

TEST(SpliceInsert, AtOnceHasNoTime) {
  SpliceInsert insert = insert_at(0);
  insert.time.reset();
  insert.immediate = true;
  EXPECT_EQ(round(with(insert)), with(insert));
  EXPECT_FALSE(splice_time(with(insert)).has_value());

  insert.program = false;
  insert.components = {{1, std::nullopt}, {2, std::nullopt}};
  EXPECT_EQ(round(with(insert)), with(insert));
  EXPECT_FALSE(splice_time(with(insert)).has_value());
}

TEST(SpliceInsert, ThatIsCancelledSaysNothingElse) {
  SpliceInsert insert;
  insert.event_id = 0xffffffff;
  insert.cancel = true;
  EXPECT_EQ(round(with(insert)), with(insert));
  EXPECT_FALSE(splice_time(with(insert)).has_value());
}

TEST(TimeSignal, MayHaveNoTime) {
  EXPECT_EQ(round(with(TimeSignal{})), with(TimeSignal{}));
  EXPECT_FALSE(splice_time(with(TimeSignal{})).has_value());
}

TEST(SpliceTime, IsAdjustedAndWrapsAtThirtyThreeBits) {
  Section section = with(insert_at(kWrap - 90'000));
  section.pts_adjustment = 180'000;
  EXPECT_EQ(round(section), section);
  EXPECT_EQ(splice_time(section), 90'000U);
}

TEST(SpliceTime, IsTheInstantNearestToNow) {
  EXPECT_EQ(nearest(90'000, 0), 90'000);
  EXPECT_EQ(nearest(kWrap - 90'000, 0), -90'000) << "before the wrap";
  const auto day = static_cast<std::int64_t>(kWrap) * 3;
  EXPECT_EQ(nearest(90'000, day - 90'000), day + 90'000) << "behind a wrap that is about to come";
  EXPECT_EQ(nearest(kWrap - 90'000, day + 90'000), day - 90'000);
}

TEST(Segmentation, WithAllThereIsComesBackAsItWas) {
  Segmentation segmentation;
  segmentation.event_id = 0x12345678;
  segmentation.restrictions = Segmentation::Restrictions{true, false, false, 1};
  segmentation.program = false;
  segmentation.components = {{4, 0}, {5, 0x1ffffffff}};
  segmentation.duration = 0xfffffffff0;
  segmentation.upid_type = 9;
  segmentation.upid = base::Bytes::copy_of("SIGNAL:abc");
  segmentation.type = 0x34;
  segmentation.number = 1;
  segmentation.expected = 3;
  segmentation.sub_segment = Segmentation::SubSegment{2, 4};
  EXPECT_EQ(round(with(segmentation)), with(segmentation));
}

TEST(Segmentation, OfEveryTypeComesBackAsItWas) {
  for (int type = 0; type < 256; ++type) {
    Segmentation segmentation;
    segmentation.type = static_cast<std::uint8_t>(type);
    EXPECT_EQ(round(with(segmentation)), with(segmentation)) << type;
  }
}

TEST(Segmentation, ThatIsCancelledSaysNothingElse) {
  Segmentation segmentation;
  segmentation.event_id = 5;
  segmentation.cancel = true;
  EXPECT_EQ(round(with(segmentation)), with(segmentation));
}

TEST(Descriptors, OfOtherKindsAndOfOtherOwnersAreKept) {
  Section section = with(SpliceNull{});
  section.descriptors.emplace_back(OtherDescriptor{0x00, base::Bytes::copy_of("CUEI0001")});  // avail
  section.descriptors.emplace_back(OtherDescriptor{0x01, base::Bytes::copy_of("CUEI.P1*")});  // DTMF
  section.descriptors.emplace_back(OtherDescriptor{0x03, base::Bytes::copy_of("CUEI123456789012")});
  section.descriptors.emplace_back(OtherDescriptor{0x02, base::Bytes::copy_of("ACME")});  // 0x02 of somebody else
  section.descriptors.emplace_back(OtherDescriptor{0xf0, {}});
  EXPECT_EQ(round(section), section);
}

TEST(OtherCommands, AreKept) {
  const Section section = with(OtherCommand{kSplicePrivate, base::Bytes::copy_of("ACME secret")});
  EXPECT_EQ(round(section), section);
}

TEST(Section, OfAnEncryptedSpliceIsRefused) {
  Bytes bytes = write_section(with(insert_at(0)));
  bytes[4] |= 0x80;
  EXPECT_EQ(error_of(sealed(bytes)), "unsupported encrypted_packet: encrypted splice information");
}

TEST(Section, OfAnotherVersionOrTableIsRefused) {
  Bytes bytes = write_section(with(insert_at(0)));
  bytes[3] = 1;
  EXPECT_EQ(error_of(sealed(bytes)), "unsupported protocol_version");
  bytes[0] = 0xfd;
  EXPECT_EQ(error_of(sealed(bytes)), "malformed table_id");
}

TEST(Section, WithAnyBitWrongIsRefused) {
  const Bytes whole = write_section(with(insert_at(900'000)));
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes bytes = whole;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
    EXPECT_NE(error_of(bytes), "none") << bit;
  }
}

TEST(Section, CutOffAnywhereIsRefused) {
  const Bytes whole = write_section(with(insert_at(900'000)));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(error_of(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "none") << size;
  }
}

TEST(Section, MayBeFollowedByStuffing) {
  Bytes bytes = write_section(with(insert_at(900'000)));
  bytes.resize(bytes.size() + 20, 0xff);
  EXPECT_EQ(error_of(bytes), "none");
}

TEST(Section, WhoseLengthsDoNotFitIsRefused) {
  // splice_command_length, two nibbles of byte 11 and 12: too short for the command, and longer than the section.
  for (const std::uint8_t length : std::initializer_list<std::uint8_t>{0x00, 0x01, 0x0d, 0x40}) {
    Bytes bytes = write_section(with(insert_at(0)));
    ASSERT_EQ(bytes[12], 15);
    bytes[12] = length;
    EXPECT_NE(error_of(sealed(bytes)), "none") << int{length};
  }
  Segmentation segmentation;
  segmentation.upid = base::Bytes::copy_of("12345678");
  const Bytes whole = write_section(with(segmentation));
  for (std::size_t at = 21; at < whole.size() - 4; ++at) {  // from descriptor_loop_length's end on
    Bytes bytes = whole;
    bytes[at] = 0xff;
    error_of(sealed(bytes));  // any answer, within the bytes: sanitizers judge it
  }
  Bytes bytes = whole;
  bytes[20] = 0x40;  // descriptor_loop_length
  EXPECT_NE(error_of(sealed(bytes)), "none");
}

TEST(Section, OfTheFirstEditionDoesNotSayHowLongItsCommandIs) {
  Bytes bytes = write_section(with(insert_at(900'000)));
  bytes[11] |= 0x0f;
  bytes[12] = 0xff;
  const auto read = parse_section(sealed(bytes));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value(), with(insert_at(900'000)));

  Bytes other = write_section(with(OtherCommand{kSplicePrivate, base::Bytes::copy_of("ACME")}));
  other[11] |= 0x0f;
  other[12] = 0xff;
  EXPECT_EQ(error_of(sealed(other)), "unsupported splice command of unknown length");
}

}  // namespace
}  // namespace scte35

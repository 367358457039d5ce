#include "relay/wire.h"

#include <gtest/gtest.h>

#include "taped.h"

namespace relay {
namespace {

using testing::drain;
using testing::Taped;

Hello full_hello() {
  Hello hello;
  hello.at = {0x1122334455667788, 99};
  hello.standing = {888, 3, 6};
  hello.path = {1, 2};
  hello.terms.window = 90 * base::kSecond;
  hello.terms.markers = {false, true, true, false, true};
  hello.terms.audio_only = hls::AudioOnly::kYes;
  hello.terms.iframes = true;
  hello.terms.images = true;
  hls::View view;
  view.name = "small";
  view.renditions = {"v720", "a1"};
  view.least_height = 200;
  view.most_height = 720;
  view.codecs = {media::Codec::kHevc, media::Codec::kAac};
  view.languages = {"en"};
  view.low_latency = false;
  view.hold_back = 9 * base::kSecond;
  view.start = 30 * base::kSecond;
  hello.terms.views = {view, hls::View{}};
  return hello;
}

std::vector<Item> read(base::View bytes) {
  Reader reader;
  EXPECT_TRUE(reader.feed(bytes).ok());
  std::vector<Item> items;
  for (Item item; reader.next(item);) items.push_back(item);
  return items;
}

TEST(Wire, AHelloIsReadAsItWasWritten) {
  const Hello wrote = full_hello();
  const auto items = read(encode_hello(wrote).view());
  ASSERT_EQ(items.size(), 1u);
  const auto& hello = std::get<Hello>(items[0]);
  EXPECT_FALSE(hello.resumed);
  EXPECT_EQ(hello.at, wrote.at);
  EXPECT_EQ(hello.standing, wrote.standing);
  EXPECT_EQ(hello.path, wrote.path);
  EXPECT_EQ(hello.terms.window, wrote.terms.window);
  EXPECT_EQ(hello.terms.markers, wrote.terms.markers);
  EXPECT_EQ(hello.terms.audio_only, wrote.terms.audio_only);
  EXPECT_TRUE(hello.terms.iframes);
  EXPECT_TRUE(hello.terms.images);
  EXPECT_EQ(hello.terms.views, wrote.terms.views);
}

TEST(Wire, EachTermIsItsOwn) {
  for (int bit = 0; bit < 8; ++bit) {
    Hello wrote;
    wrote.terms.markers = {bit == 0, bit == 1, bit == 2, bit == 3, bit == 4};
    wrote.terms.audio_only = bit == 5 ? hls::AudioOnly::kYes : hls::AudioOnly::kNo;
    wrote.terms.iframes = bit == 6;
    wrote.terms.images = bit == 7;
    const auto items = read(encode_hello(wrote).view());
    const auto& terms = std::get<Hello>(items.at(0)).terms;
    EXPECT_EQ(terms.markers, wrote.terms.markers) << bit;
    EXPECT_EQ(terms.audio_only, wrote.terms.audio_only) << bit;
    EXPECT_EQ(terms.iframes, wrote.terms.iframes) << bit;
    EXPECT_EQ(terms.images, wrote.terms.images) << bit;
  }
}

TEST(Wire, TheOthersAreReadAsTheyWereWritten) {
  Hello resumed;
  resumed.resumed = true;
  EXPECT_TRUE(std::get<Hello>(read(encode_hello(resumed).view()).at(0)).resumed);
  const Beat beat = std::get<Beat>(read(encode_beat({123, 45}).view()).at(0));
  EXPECT_EQ(beat.utc, 123);
  EXPECT_EQ(beat.next, 45u);
  EXPECT_TRUE(std::holds_alternative<Seeded>(read(seeded_item().view()).at(0)));
  EXPECT_TRUE(std::holds_alternative<CaughtUp>(read(caught_up_item().view()).at(0)));
  EXPECT_TRUE(std::holds_alternative<Absent>(read(absent_item().view()).at(0)));
  EXPECT_TRUE(std::holds_alternative<Unavailable>(read(unavailable_item().view()).at(0)));
}

TEST(Wire, APartThatIsKnownHasItsHeadAlone) {
  const record::Part part = origin::testing::part(origin::testing::kVideo, origin::testing::kFirst, 2);
  const record::Encoded encoded = record::encode(part);
  const auto known = std::get<Known>(read(encode_known(encoded.head).view()).at(0));
  EXPECT_EQ(known.part.msn, part.msn);
  EXPECT_EQ(known.part.index, 2u);
  EXPECT_TRUE(known.part.data.empty());
  EXPECT_EQ(known.part.stored.place.size, part.data.size());
  const auto refused = [](base::View head) {
    Reader reader;
    return !reader.feed(encode_known(head).view()).ok();
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused(base::View(encoded.head).first(record::kHeaderSize - 1)));
  EXPECT_TRUE(refused(base::View(encoded.head).first(encoded.head.size() - 1)));
  EXPECT_TRUE(refused(record::encode(origin::testing::end(0, 7)).head));
  std::vector<std::uint8_t> longer = encoded.head;
  longer.push_back(0);
  EXPECT_TRUE(refused(longer));
}

TEST(Wire, ByteByByteGivesTheSameAsAtOnce) {
  Taped origin;
  origin.begin();
  origin.segments(origin::testing::kFirst, origin::testing::kFirst);
  Cursor cursor(origin.reel(), std::nullopt);
  const std::vector<std::uint8_t> bytes = drain(cursor);
  const std::size_t whole = read(bytes).size();
  Reader reader;
  std::size_t count = 0;
  for (const std::uint8_t byte : bytes) {
    ASSERT_TRUE(reader.feed({&byte, 1}).ok());
    for (Item item; reader.next(item);) ++count;
  }
  EXPECT_EQ(count, whole);
}

TEST(Wire, ARecordOfAnUnknownTypeHasANumberAndAnUnknownItemHasNone) {
  EXPECT_TRUE(std::holds_alternative<Skipped>(read(record::encode_fields(40, {})).at(0)));
  EXPECT_TRUE(read(record::encode_fields(100, {})).empty());
}

TEST(Wire, FieldsBehindThoseThatAreKnownAreSkipped) {
  const base::Bytes beat = encode_beat({1, 2});
  std::vector<std::uint8_t> fields(beat.begin() + record::kHeaderSize, beat.end());
  fields.push_back(9);
  EXPECT_EQ(std::get<Beat>(read(record::encode_fields(67, fields)).at(0)).next, 2u);
}

TEST(Wire, GarbageAndChangedBytesAreRefusedForGood) {
  const base::Bytes good = encode_hello(full_hello());
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::vector<std::uint8_t> bytes(good.begin(), good.end());
    bytes[at] ^= 0x40;
    Reader reader;
    const bool taken = reader.feed(bytes).ok();
    Item item;
    // A changed length waits for more; it never gives an item.
    EXPECT_FALSE(taken && reader.next(item)) << at;
    if (!taken) {
      EXPECT_FALSE(reader.feed(seeded_item().view()).ok()) << at;
    }
  }
}

TEST(Wire, AnotherVersionAndImpossibleValuesAreRefused) {
  const base::Bytes good = encode_hello(full_hello());
  const auto refused = [&](std::size_t field, std::uint8_t value) {
    std::vector<std::uint8_t> fields(good.begin() + record::kHeaderSize, good.end());
    fields[field] = value;
    Reader reader;
    return !reader.feed(record::encode_fields(64, fields)).ok();
  };
  EXPECT_FALSE(refused(0, 1));
  EXPECT_TRUE(refused(0, 2)) << "version";
  EXPECT_TRUE(refused(18, 0x7f)) << "the newest segment";
  EXPECT_TRUE(refused(26, 0x80)) << "discontinuities below 0";
  EXPECT_TRUE(refused(34, 1)) << "target duration";
  EXPECT_TRUE(refused(38, 9)) << "the path's length";
  EXPECT_TRUE(refused(55, 0x7f)) << "the window";
}

}  // namespace
}  // namespace relay

#include "rtmp/amf.h"

#include <gtest/gtest.h>

#include "client.h"

namespace rtmp::amf {
namespace {

using base::Code;

Buffer bytes(std::initializer_list<int> list) {
  Buffer buffer;
  for (const int byte : list) buffer.push_back(static_cast<std::uint8_t>(byte));
  return buffer;
}

base::Result<Value> read(const Buffer& buffer) {
  Reader reader(buffer);
  return reader.next();
}

Code error_of(const Buffer& buffer) {
  const base::Result<Value> value = read(buffer);
  EXPECT_FALSE(value.ok());
  return value.ok() ? Code::kBusy : value.error().code;
}

TEST(Amf0, ReadsEveryKindOfValue) {  // RT-21
  EXPECT_EQ(*read(bytes({0, 0x40, 0x09, 0, 0, 0, 0, 0, 0}))->number(), 3.125);
  EXPECT_TRUE(*read(bytes({1, 1}))->boolean());
  EXPECT_EQ(*read(bytes({2, 0, 2, 'h', 'i'}))->text(), "hi");
  EXPECT_TRUE(read(bytes({5}))->is_null());
  EXPECT_TRUE(read(bytes({6}))->is_undefined());
  EXPECT_TRUE(read(bytes({7, 0, 1}))->is_undefined());
  EXPECT_TRUE(read(bytes({0x0D}))->is_undefined());
  EXPECT_EQ(*read(bytes({0x0B, 0x40, 0x09, 0, 0, 0, 0, 0, 0, 0, 0}))->number(), 3.125);
  EXPECT_EQ(*read(bytes({0x0C, 0, 0, 0, 2, 'h', 'i'}))->text(), "hi");
  EXPECT_EQ(*read(bytes({0x0F, 0, 0, 0, 3, '<', '/', '>'}))->text(), "</>");
  EXPECT_EQ(read(bytes({3, 0, 1, 'a', 5, 0, 1, 'b', 1, 0, 0, 0, 9}))->object()->size(), 2U);
  EXPECT_EQ(read(bytes({0x10, 0, 1, 'T', 0, 1, 'a', 5, 0, 0, 9}))->object()->size(), 1U);
  EXPECT_EQ(read(bytes({0x0A, 0, 0, 0, 2, 5, 5}))->array()->size(), 2U);
}

TEST(Amf0, TakesTheCountOfAnEcmaArrayAsAHint) {  // RT-21
  for (const int count : {0, 1, 200}) {
    const base::Result<Value> value = read(bytes({8, 0, 0, 0, count, 0, 1, 'a', 1, 1, 0, 0, 9}));
    ASSERT_TRUE(value.ok());
    EXPECT_TRUE(*value->find("a")->boolean());
  }
}

TEST(Amf0, WritesWhatItReads) {
  const std::vector<Value> values = {
      "connect",
      1.0,
      Value::null(),
      Value(),
      true,
      std::string(70000, 'x'),
      Value::Object{{"app", "live"}, {"list", Value::Array{1.0, "two"}}, {"", Value::null()}}};
  const Buffer written = write_values(values);
  Reader reader(written, {.bytes = 100000});
  std::vector<Value> back;
  while (!reader.empty()) back.push_back(reader.next().take());
  ASSERT_EQ(back.size(), values.size());
  EXPECT_EQ(write_values(back), written);
  EXPECT_EQ(back[6].text_or("app", ""), "live");
  EXPECT_EQ(*(*back[6].find("list")->array())[1].text(), "two");
}

TEST(Amf0, SaysWhereUnknownMarkersAre) {  // RT-21
  EXPECT_EQ(error_of(bytes({0x42})), Code::kUnsupported);
  EXPECT_EQ(error_of(bytes({9})), Code::kUnsupported);
}

TEST(Amf0, EndsShortAtEveryByte) {
  const Buffer whole = write_values({Value::Object{{"app", "live"}, {"n", 1.0}, {"a", Value::Array{true, "x"}}}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Buffer part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(error_of(part), Code::kTruncated) << size;
  }
}

TEST(Amf0, NestsSixteenDeepAndNoDeeper) {  // RT-43
  const auto nested = [](int depth) {
    Value value = "core";
    for (int i = 0; i < depth; ++i) value = Value::Object{{"o", std::move(value)}};
    return write_values({std::move(value)});
  };
  EXPECT_TRUE(read(nested(16)).ok());
  EXPECT_EQ(error_of(nested(17)), Code::kTooLarge);
}

TEST(Amf0, SurvivesAMillionOpenObjects) {  // RT-43
  Buffer objects;
  Buffer arrays;
  for (int i = 0; i < 1'000'000; ++i) {
    for (const int byte : {3, 0, 1, int{'o'}}) objects.push_back(static_cast<std::uint8_t>(byte));
    for (const int byte : {10, 0, 0, 0, 1}) arrays.push_back(static_cast<std::uint8_t>(byte));
  }
  EXPECT_EQ(error_of(objects), Code::kTooLarge);
  EXPECT_EQ(error_of(arrays), Code::kTooLarge);
}

TEST(Amf0, BoundsPropertiesElementsAndValues) {  // RT-43
  Value::Object many(1024, {"k", Value::null()});
  EXPECT_TRUE(read(write_values({many})).ok());
  many.push_back({"k", Value::null()});
  EXPECT_EQ(error_of(write_values({many})), Code::kTooLarge);
  EXPECT_EQ(error_of(write_values({Value(Value::Array(1025))})), Code::kTooLarge);
  EXPECT_EQ(error_of(bytes({10, 255, 255, 255, 255})), Code::kTruncated);
  EXPECT_FALSE(parse_values(Buffer(2000, 5)).ok());
  EXPECT_FALSE(parse_values(Buffer(65537, 5)).ok());
}

TEST(Amf3, SwitchesForOneValue) {  // RT-22
  const Buffer buffer = bytes({0x11, 6, 5, 'h', 'i', 0x02, 0, 1, 'x'});
  const base::Result<std::vector<Value>> values = parse_values(buffer);
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(*(*values)[0].text(), "hi");
  EXPECT_EQ(*(*values)[1].text(), "x");
}

TEST(Amf3, ReadsEveryKindOfValue) {
  EXPECT_TRUE(read(bytes({0x11, 0}))->is_undefined());
  EXPECT_TRUE(read(bytes({0x11, 1}))->is_null());
  EXPECT_FALSE(*read(bytes({0x11, 2}))->boolean());
  EXPECT_TRUE(*read(bytes({0x11, 3}))->boolean());
  EXPECT_EQ(*read(bytes({0x11, 4, 0x7F}))->number(), 127);
  EXPECT_EQ(*read(bytes({0x11, 4, 0x81, 0x00}))->number(), 128);
  EXPECT_EQ(*read(bytes({0x11, 4, 0xFF, 0xFF, 0xFF, 0xFF}))->number(), -1);
  EXPECT_EQ(*read(bytes({0x11, 5, 0x40, 0x09, 0, 0, 0, 0, 0, 0}))->number(), 3.125);
  EXPECT_EQ(*read(bytes({0x11, 8, 1, 0x40, 0x09, 0, 0, 0, 0, 0, 0}))->number(), 3.125);
  EXPECT_EQ(read(bytes({0x11, 9, 5, 1, 3, 2}))->array()->size(), 2U);
  EXPECT_TRUE(read(bytes({0x11, 12, 5, 0xAB, 0xCD}))->is_undefined());
  // A dynamic object {app: "live"}, and one by traits {a, b}.
  EXPECT_EQ(read(bytes({0x11, 10, 0x0B, 1, 7, 'a', 'p', 'p', 6, 9, 'l', 'i', 'v', 'e', 1}))->text_or("app", ""),
            "live");
  EXPECT_EQ(read(bytes({0x11, 10, 0x23, 1, 3, 'a', 3, 'b', 4, 1, 4, 2}))->number_or("b", 0), 2);
}

TEST(Amf3, FollowsStringReferencesWithinTheBudget) {  // RT-43
  // An array of two: "hi", and the same by reference.
  const base::Result<Value> value = read(bytes({0x11, 9, 5, 1, 6, 5, 'h', 'i', 6, 0}));
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*(*value->array())[1].text(), "hi");
  EXPECT_EQ(error_of(bytes({0x11, 6, 2})), Code::kMalformed);

  base::ByteWriter bomb;  // 10,000 bytes and 100 references to them
  bomb.u8(0x11);
  bomb.u8(9);
  bomb.u16(0x814B);  // (101 << 1 | 1) as U29
  bomb.u8(1);
  bomb.u8(6);
  bomb.u24(0x81'9C'21U);  // (10000 << 1 | 1) as U29
  bomb.zeros(10000);
  for (int i = 0; i < 100; ++i) bomb.u16(0x0600);
  EXPECT_EQ(error_of(bomb.take()), Code::kTooLarge);
}

TEST(Amf3, BoundsNesting) {  // RT-43
  Buffer buffer = {0x11};
  for (int i = 0; i < 100'000; ++i) {
    for (const int byte : {9, 3, 1}) buffer.push_back(static_cast<std::uint8_t>(byte));
  }
  EXPECT_EQ(error_of(buffer), Code::kTooLarge);
}

}  // namespace
}  // namespace rtmp::amf

#include "rtmp/chunk_reader.h"

#include <gtest/gtest.h>

#include "client.h"

namespace rtmp {
namespace {

using base::ByteWriter;
using base::Code;
using base::View;

std::string line_of(const Message& message) {
  return std::to_string(static_cast<int>(message.type)) + " @" + std::to_string(message.timestamp) + " #" +
         std::to_string(message.stream_id) + " " + std::string(message.payload.text());
}

/// Messages read from `bytes` in steps; an error ends the trace.
std::vector<std::string> read(View bytes, std::size_t step, const ChunkReader::Limits& limits = {}) {
  ChunkReader reader(limits);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    View part = bytes.subspan(at, std::min(step, bytes.size() - at));
    while (true) {
      const base::Result<std::optional<Message>> message = reader.next(part);
      if (!message.ok()) {
        lines.push_back(std::string(to_string(message.error().code)));
        return lines;
      }
      if (!*message) break;
      lines.push_back(line_of(**message));
    }
  }
  return lines;
}

/// Read at once; checks that every other step reads the same (RT-3).
std::vector<std::string> read_all(View bytes, const ChunkReader::Limits& limits = {}) {
  const std::vector<std::string> whole = read(bytes, bytes.size() + 1, limits);
  for (const std::size_t step : {1U, 2U, 3U, 5U, 7U, 11U, 64U}) EXPECT_EQ(read(bytes, step, limits), whole) << step;
  return whole;
}

using Lines = std::vector<std::string>;

TEST(ChunkReader, ReadsAllThreeFormsOfTheBasicHeader) {  // RT-4
  ByteWriter out;
  for (const std::uint32_t csid : {2U, 63U, 64U, 319U, 320U, 65599U}) {
    write_chunk(out, {.csid = csid, .timestamp = csid, .length = 2}, base::view_of("hi"));
  }
  EXPECT_EQ(read_all(out.view()),
            (Lines{"9 @2 #1 hi", "9 @63 #1 hi", "9 @64 #1 hi", "9 @319 #1 hi", "9 @320 #1 hi", "9 @65599 #1 hi"}));
}

TEST(ChunkReader, KeepsTheStateOfEachChunkStream) {  // RT-4, RT-6
  ByteWriter out;
  write_chunk(out, {.csid = 4, .timestamp = 1000, .length = 1}, base::view_of("a"));
  write_chunk(out, {.csid = 6, .timestamp = 500, .length = 1, .type = Type::kAudio}, base::view_of("b"));
  write_chunk(out, {.format = 1, .csid = 4, .timestamp = 40, .length = 2}, base::view_of("cc"));
  write_chunk(out, {.format = 2, .csid = 4, .timestamp = 30}, base::view_of("dd"));
  write_chunk(out, {.format = 3, .csid = 4}, base::view_of("ee"));
  write_chunk(out, {.format = 2, .csid = 6, .timestamp = 21}, base::view_of("f"));
  EXPECT_EQ(read_all(out.view()),
            (Lines{"9 @1000 #1 a", "8 @500 #1 b", "9 @1040 #1 cc", "9 @1070 #1 dd", "9 @1100 #1 ee", "8 @521 #1 f"}));
}

TEST(ChunkReader, TakesTheFirstTimestampAsTheDeltaOfAFormat3After0) {  // RT-6, [rtmp 5.3.1.2.4]
  ByteWriter out;
  write_chunk(out, {.timestamp = 21, .length = 1}, base::view_of("a"));
  write_chunk(out, {.format = 3}, base::view_of("b"));
  EXPECT_EQ(read_all(out.view()), (Lines{"9 @21 #1 a", "9 @42 #1 b"}));
}

TEST(ChunkReader, ReassemblesInterleavedMessages) {  // RT-8
  const std::string video(300, 'v');
  const std::string audio(140, 'a');
  ByteWriter out;
  write_chunk(out, {.csid = 6, .timestamp = 10, .length = 300}, base::view_of(video).first(128));
  write_chunk(out, {.csid = 4, .timestamp = 11, .length = 140, .type = Type::kAudio}, base::view_of(audio).first(128));
  write_chunk(out, {.format = 3, .csid = 6}, base::view_of(video).first(128));
  write_chunk(out, {.format = 3, .csid = 4}, base::view_of(audio).first(12));
  write_chunk(out, {.format = 3, .csid = 6}, base::view_of(video).first(44));
  EXPECT_EQ(read_all(out.view()), (Lines{"8 @11 #1 " + audio, "9 @10 #1 " + video}));
}

TEST(ChunkReader, ReadsTheStreamIdLittleEndian) {  // RT-7
  const std::vector<std::uint8_t> bytes = {0x04, 0, 0, 5, 0, 0, 1, 9, 0x01, 0x02, 0, 0, 'x'};
  EXPECT_EQ(read_all(bytes), (Lines{"9 @5 #513 x"}));
}

TEST(ChunkReader, ReadsExtendedTimestampsRepeatedInFormat3) {  // RT-5
  const std::string body(200, 'x');
  ByteWriter out;
  write_chunk(out, {.length = 200, .extended = 0x01020304}, base::view_of(body).first(128));
  write_chunk(out, {.format = 3, .extended = 0x01020304}, base::view_of(body).first(72));
  write_chunk(out, {.format = 1, .timestamp = 40, .length = 1}, base::view_of("y"));
  write_chunk(out, {.format = 0, .timestamp = 0, .length = 1, .extended = 0xFFFFFF}, base::view_of("z"));
  EXPECT_EQ(read_all(out.view()), (Lines{"9 @16909060 #1 " + body, "9 @16909100 #1 y", "9 @16777215 #1 z"}));
}

TEST(ChunkReader, NoticesClientsThatLeaveTheRepeatOut) {                            // RT-5
  const std::string body = std::string(128, 'x') + std::string("\x01\x02tail", 6);  // starts like the timestamp
  ByteWriter out;
  for (int i = 0; i < 2; ++i) {
    write_chunk(out, {.length = 134, .extended = 0x01020304}, base::view_of(body).first(128));
    write_chunk(out, {.format = 3}, base::view_of(body).subspan(128));
  }
  EXPECT_EQ(read_all(out.view()), (Lines{"9 @16909060 #1 " + body, "9 @16909060 #1 " + body}));
}

TEST(ChunkReader, FindsTheNextHeaderInWhatLookedLikeARepeat) {  // RT-5: one byte of payload, then whole messages
  const std::string body = std::string(128, 'x') + "\x01";
  ByteWriter out;
  write_chunk(out, {.length = 129, .extended = 0x01020304}, base::view_of(body).first(128));
  write_chunk(out, {.format = 3}, base::view_of(body).subspan(128));
  write_chunk(out, {.csid = 2, .timestamp = 7, .length = 0, .type = Type::kAudio}, {});
  write_chunk(out, {.csid = 5, .timestamp = 8, .length = 1}, base::view_of("e"));
  EXPECT_EQ(read_all(out.view()), (Lines{"9 @16909060 #1 " + body, "8 @7 #1 ", "9 @8 #1 e"}));
}

TEST(ChunkReader, CarriesTheClockOverItsWrap) {  // RT-6
  ByteWriter out;
  write_chunk(out, {.length = 1, .extended = 0xFFFFFFF0}, base::view_of("a"));
  write_chunk(out, {.format = 1, .timestamp = 0x20, .length = 1}, base::view_of("b"));
  EXPECT_EQ(read_all(out.view()), (Lines{"9 @4294967280 #1 a", "9 @16 #1 b"}));
}

TEST(ChunkReader, HandsOutMessagesWithoutPayload) {  // RT-25: silence
  ByteWriter out;
  write_chunk(out, {.timestamp = 3, .length = 0, .type = Type::kAudio}, {});
  EXPECT_EQ(read_all(out.view()), (Lines{"8 @3 #1 "}));
}

void write_control(ByteWriter& out, Type type, std::uint32_t value) {
  ByteWriter payload;
  payload.u32(value);
  write_chunk(out, {.csid = 2, .length = 4, .type = type, .stream_id = 0}, payload.view());
}

TEST(ChunkReader, UsesANewChunkSizeAtOnce) {  // RT-9, RT-12
  const std::string body(200, 'x');
  ByteWriter out;
  write_chunk(out, {.length = 200}, base::view_of(body).first(128));
  write_control(out, Type::kSetChunkSize, 50);
  write_chunk(out, {.format = 3}, base::view_of(body).first(50));
  write_chunk(out, {.format = 3}, base::view_of(body).first(22));
  write_control(out, Type::kSetChunkSize, 4096);
  write_chunk(out, {.length = 200}, base::view_of(body));
  EXPECT_EQ(read_all(out.view()), (Lines{"9 @0 #1 " + body, "9 @0 #1 " + body}));
}

TEST(ChunkReader, RefusesImpossibleChunkSizesAndCapsHugeOnes) {  // RT-9
  for (const std::uint32_t size : {0U, 0x80000000U, 0xFFFFFFFFU}) {
    ByteWriter out;
    write_control(out, Type::kSetChunkSize, size);
    EXPECT_EQ(read_all(out.view()), Lines{"malformed"}) << size;
  }
  ByteWriter out;
  write_control(out, Type::kSetChunkSize, 0x7FFFFFFF);
  ChunkReader reader{ChunkReader::Limits()};
  View bytes = out.view();
  ASSERT_TRUE(reader.next(bytes).ok());
  EXPECT_EQ(reader.chunk_size(), 0xFFFFFFU);
}

TEST(ChunkReader, AbortDropsThePartialMessageOnly) {  // RT-8
  const std::string body(200, 'x');
  ByteWriter out;
  write_chunk(out, {.csid = 6, .length = 200}, base::view_of(body).first(128));
  write_chunk(out, {.csid = 7, .timestamp = 5, .length = 200}, base::view_of(body).first(128));
  write_control(out, Type::kAbort, 6);
  write_control(out, Type::kAbort, 99);
  write_chunk(out, {.format = 3, .csid = 7}, base::view_of(body).first(72));
  write_chunk(out, {.csid = 6, .timestamp = 9, .length = 1}, base::view_of("n"));
  EXPECT_EQ(read_all(out.view()), (Lines{"9 @5 #1 " + body, "9 @9 #1 n"}));
}

TEST(ChunkReader, RefusesAMessageAmidAnother) {
  const std::string body(200, 'x');
  ByteWriter out;
  write_chunk(out, {.length = 200}, base::view_of(body).first(128));
  write_chunk(out, {.length = 20}, base::view_of(body).first(20));
  EXPECT_EQ(read_all(out.view()), Lines{"malformed"});
}

TEST(ChunkReader, AcceptsAFullerHeaderThanAContinuationNeeds) {
  const std::string body(200, 'x');
  ByteWriter out;
  write_chunk(out, {.timestamp = 40, .length = 200}, base::view_of(body).first(128));
  write_chunk(out, {.format = 1, .timestamp = 40, .length = 200}, base::view_of(body).first(72));
  EXPECT_EQ(read_all(out.view()), Lines{"9 @40 #1 " + body});
}

TEST(ChunkReader, RefusesAChunkThatRefersToNothing) {
  for (const int format : {2, 3}) {
    ByteWriter out;
    write_chunk(out, {.format = format, .csid = 9}, base::view_of("?"));
    EXPECT_EQ(read_all(out.view()), Lines{"malformed"});
  }
}

TEST(ChunkReader, RefusesALengthOverTheLimitFromItsHeader) {  // RT-41
  ByteWriter out;
  write_chunk(out, {.length = 10485761}, {});
  EXPECT_EQ(read_all(out.view()), Lines{"too_large"});
  ByteWriter command;
  write_chunk(command, {.length = 65537, .type = Type::kCommandAmf0}, {});
  EXPECT_EQ(read_all(command.view()), Lines{"too_large"});
}

TEST(ChunkReader, HoldsWhatWasReceivedNotWhatWasDeclared) {  // RT-41
  ChunkReader reader{{.message = 16 << 20}};
  ByteWriter out;
  write_control(out, Type::kSetChunkSize, 0x7FFFFFFF);
  write_chunk(out, {.length = 0xFFFFFF}, base::view_of("only this much"));
  View bytes = out.view();
  const base::Result<std::optional<Message>> message = reader.next(bytes);
  ASSERT_TRUE(message.ok());
  EXPECT_FALSE(*message);
  EXPECT_LT(reader.held(), 512U);
}

TEST(ChunkReader, GivesAMessageAtOnceTheRoomOfTheLargestBeforeIt) {  // RT-41
  ChunkReader reader{{.message = 16 << 20}};
  ByteWriter out;
  write_control(out, Type::kSetChunkSize, 0x7FFFFFFF);
  write_chunk(out, {.length = 40'000}, base::view_of(std::string(40'000, 'x')));
  write_chunk(out, {.length = 1'000'000}, base::view_of("only this much"));
  View bytes = out.view();
  ASSERT_TRUE(*reader.next(bytes));
  EXPECT_FALSE(*reader.next(bytes));
  EXPECT_GE(reader.held(), 40'000U);
  EXPECT_LT(reader.held(), 41'000U);
}

TEST(ChunkReader, BoundsAllUnfinishedMessagesTogether) {  // RT-41, RT-42
  const std::string body(128, 'x');
  ByteWriter out;
  for (std::uint32_t csid = 3; csid < 20; ++csid) {
    write_chunk(out, {.csid = csid, .length = 200}, base::view_of(body));
  }
  EXPECT_EQ(read_all(out.view(), {.partial = 1000}), Lines{"too_large"});
}

TEST(ChunkReader, RefusesMoreThan64ChunkStreams) {  // RT-42
  ByteWriter out;
  for (std::uint32_t csid = 64; csid < 64 + 65; ++csid) write_chunk(out, {.csid = csid, .length = 0}, {});
  const Lines lines = read_all(out.view());
  ASSERT_EQ(lines.size(), 65U);
  EXPECT_EQ(lines.back(), "too_large");
}

TEST(ChunkReader, SurvivesAnyByteAnywhere) {  // RT-46: the fuzz target in small
  ByteWriter out;
  const std::string body(200, 'x');
  write_chunk(out, {.length = 200, .extended = 0x01020304}, base::view_of(body).first(128));
  write_chunk(out, {.format = 3, .extended = 0x01020304}, base::view_of(body).first(72));
  write_control(out, Type::kSetChunkSize, 50);
  const std::vector<std::uint8_t> good = out.take();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::vector<std::uint8_t> bad = good;
    for (const int byte : {0x00, 0x7F, 0x80, 0xFF}) {
      bad[at] = static_cast<std::uint8_t>(byte);
      EXPECT_EQ(read(bad, 1), read(bad, bad.size())) << at << " " << byte;
    }
  }
}

}  // namespace
}  // namespace rtmp

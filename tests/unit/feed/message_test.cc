#include "feed/message.h"

#include <gtest/gtest.h>

#include <string>

namespace feed {
namespace {

std::vector<std::uint8_t> bytes_of(const std::vector<Message>& messages) {
  std::vector<std::uint8_t> bytes;
  for (const Message& message : messages) {
    const Encoded encoded = encode(message);
    bytes.insert(bytes.end(), encoded.header.begin(), encoded.header.end());
    bytes.insert(bytes.end(), encoded.payload.begin(), encoded.payload.end());
  }
  return bytes;
}

struct Describe {
  static std::string role(Role role) { return " role " + std::to_string(static_cast<int>(role)); }
  std::string operator()(const Resume& m) const { return "resume " + std::string(m.position.text()); }
  std::string operator()(const Start& m) const { return "start " + std::to_string(static_cast<int>(m.format)); }
  std::string operator()(const RtmpMessage& m) const {
    return "rtmp " + std::to_string(m.type) + " " + std::to_string(m.timestamp) + " " + std::to_string(m.arrived) +
           " " + std::string(m.payload.text()) + role(m.role) +
           (m.track > 0 ? " track " + std::to_string(m.track) : "");
  }
  std::string operator()(const TsBytes& m) const {
    return "ts " + std::to_string(m.arrived) + " " + std::string(m.payload.text()) + role(m.role);
  }
  std::string operator()(const Tick& m) const { return "tick " + std::to_string(m.utc); }
  std::string operator()(const Stop&) const { return "stop"; }
  std::string operator()(const Finish&) const { return "finish"; }
  std::string operator()(const Dropped& m) const { return "dropped " + std::to_string(m.bytes); }
};

std::string trace(Reader& reader) {
  std::string text;
  Message message;
  while (reader.next(message)) text += std::visit(Describe{}, message) + "\n";
  return text;
}

const std::vector<Message> kSession = {
    Resume{base::Bytes::copy_of("here")},
    Start{Format::kRtmp},
    RtmpMessage{9, 0xfffffff0U, 1'700'000'000'000'001, base::Bytes::copy_of("frame"), Role::kKeyFrame, 0, false},
    RtmpMessage{8, 21, 1'700'000'000'000'002, {}, Role::kHeader, 3, false},
    TsBytes{77, base::Bytes::copy_of("G"), Role::kOther},
    Tick{1'700'000'000'500'000},
    Dropped{123},
    Stop{},
    Finish{}};

const std::string kTrace =
    "resume here\nstart 1\nrtmp 9 4294967280 1700000000000001 frame role 1\nrtmp 8 21 1700000000000002  role 0 track "
    "3\nts 77 G role 4\n"
    "tick 1700000000500000\ndropped 123\nstop\nfinish\n";

TEST(FeedReader, ReadsBackEveryKindOfMessage) {
  Reader reader;
  ASSERT_TRUE(reader.feed(bytes_of(kSession)).ok());
  EXPECT_EQ(trace(reader), kTrace);
}

TEST(FeedReader, GivesTheSameByteByByteAsAtOnce) {
  Reader reader;
  for (const std::uint8_t byte : bytes_of(kSession)) ASSERT_TRUE(reader.feed(base::View(&byte, 1)).ok());
  EXPECT_EQ(trace(reader), kTrace);
}

TEST(FeedReader, GivesTheSameHoweverMessagesLieInTheReads) {
  const std::vector<std::uint8_t> bytes = bytes_of(kSession);
  for (std::size_t step = 2; step < 200; ++step) {
    Reader reader;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      ASSERT_TRUE(reader.feed(base::View(bytes).subspan(at, std::min(step, bytes.size() - at))).ok());
    }
    EXPECT_EQ(trace(reader), kTrace) << step;
  }
}

TEST(FeedReader, RefusesAnUnknownTypeAndAnImpossibleLength) {
  std::vector<std::uint8_t> unknown(20, 0);
  EXPECT_FALSE(Reader{}.feed(unknown).ok());
  std::vector<std::uint8_t> huge(20, 0xff);
  huge[0] = 3;
  huge[14] = 4;
  EXPECT_FALSE(Reader{}.feed(huge).ok());
}

TEST(FeedReader, RefusesARoleThatIsNone) {
  std::vector<std::uint8_t> message(20, 0);
  message[0] = 3;
  message[14] = 4;
  EXPECT_TRUE(Reader{}.feed(message).ok());
  message[14] = 5;
  EXPECT_FALSE(Reader{}.feed(message).ok());
}

}  // namespace
}  // namespace feed

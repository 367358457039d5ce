#include "feed/message.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace feed {
namespace {

std::vector<std::uint8_t> bytes_of(const std::vector<Addressed>& messages) {
  std::vector<std::uint8_t> bytes;
  for (const Addressed& message : messages) {
    const Encoded encoded = encode(message.feed, message.message);
    bytes.insert(bytes.end(), encoded.header.begin(), encoded.header.end());
    bytes.insert(bytes.end(), encoded.payload.begin(), encoded.payload.end());
  }
  return bytes;
}

struct Describe {
  static std::string role(Role role) { return " role " + std::to_string(static_cast<int>(role)); }
  std::string operator()(const Resume& m) const { return "resume " + std::string(m.position.text()); }
  std::string operator()(const Start& m) const {
    return "start " + std::to_string(static_cast<int>(m.format)) + (m.zero ? " " + std::to_string(*m.zero) : "");
  }
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
  std::string operator()(const Select& m) const {
    return std::string(m.how == Select::How::kAsked ? "select" : "select now") +
           (m.reason ? " " + std::string(to_string(*m.reason)) : "");
  }
  std::string operator()(const Slate& m) const {
    return (m.on ? "slate on" : "slate off") + (m.text.empty() ? "" : " " + m.text);
  }
  std::string operator()(const Caption& m) const {
    return "caption " + std::to_string(m.rendition) + " " + m.cue.id + " " + std::to_string(m.cue.start) + " " +
           std::to_string(m.cue.end) + " " + m.cue.text;
  }
  std::string operator()(const TimedEvent& m) const {
    return "event " + std::to_string(static_cast<int>(m.kind)) + " " + std::to_string(m.at) + " " +
           std::string(m.data.text());
  }
  std::string operator()(const Overlay& m) const {
    const media::Overlay& at = m.overlay;
    return (m.on ? "overlay " : "no overlay ") + at.id + " " + std::to_string(static_cast<int>(at.corner)) + " " +
           std::to_string(at.margin) + " " + std::to_string(at.width) + " " + std::to_string(at.line) + " " +
           std::to_string(at.opacity) + " " + at.text + std::string(at.png.text());
  }
  std::string operator()(const Economy& m) const { return "economy " + std::to_string(m.level); }
  std::string operator()(const Clock& m) const {
    return "clock " + std::to_string(m.ask) + (m.zero ? " " + std::to_string(*m.zero) : "");
  }
};

std::string trace(Reader& reader) {
  std::string text;
  Addressed message;
  while (reader.next(message)) {
    text += (message.feed == Id::kBackup ? "backup: " : "") + std::visit(Describe{}, message.message) + "\n";
  }
  return text;
}

const std::vector<Addressed> kSession = {
    {Id::kPrimary, Resume{base::Bytes::copy_of("here")}},
    {Id::kPrimary, Start{Format::kRtmp}},
    {Id::kBackup, Start{Format::kMpegTs, -1'700'000'000'000'005}},
    {Id::kPrimary,
     RtmpMessage{9, 0xfffffff0U, 1'700'000'000'000'001, base::Bytes::copy_of("frame"), Role::kKeyFrame, 0, false}},
    {Id::kPrimary, RtmpMessage{8, 21, 1'700'000'000'000'002, {}, Role::kHeader, 3, false}},
    {Id::kBackup, TsBytes{77, base::Bytes::copy_of("G"), Role::kOther}},
    {Id::kBackup, Select{Select::How::kAsked, SwitchReason::kBlack}},
    {Id::kPrimary, Tick{1'700'000'000'500'000}},
    {Id::kBackup, Dropped{123}},
    {Id::kPrimary, Select{Select::How::kForced}},
    {Id::kPrimary, Slate{true, "back at once"}},
    {Id::kPrimary, Slate{false}},
    {Id::kPrimary, Overlay{true,
                           {.id = "logo",
                            .png = base::Bytes::copy_of("PNG"),
                            .corner = media::Overlay::Corner::kBottomRight,
                            .margin = 1,
                            .width = 500,
                            .line = 3,
                            .opacity = 1000}}},
    {Id::kPrimary, Overlay{true, {.id = "clock", .text = "{utc}"}}},
    {Id::kPrimary, Overlay{false, {.id = "logo"}}},
    {Id::kPrimary, Economy{255}},
    {Id::kBackup, Clock{4294967295, -1'700'000'000'000'004}},
    {Id::kPrimary, Clock{1, std::nullopt}},
    {Id::kPrimary, TimedEvent{TimedEvent::Kind::kId3, 1'700'000'000'000'003, base::Bytes::copy_of("ID3")}},
    {Id::kPrimary, Caption{2, {"id", 1'700'000'000'000'000, 1'700'000'002'500'000, "Tor,\nTor!"}}},
    {Id::kPrimary, Stop{}},
    {Id::kPrimary, Finish{}}};

const std::string kTrace =
    "resume here\nstart 1\nbackup: start 2 -1700000000000005\nrtmp 9 4294967280 1700000000000001 frame role 1\nrtmp 8 "
    "21 1700000000000002  role 0 track "
    "3\nbackup: ts 77 G role 4\nbackup: select black\n"
    "tick 1700000000500000\nbackup: dropped 123\nselect now\nslate on back at once\nslate off\noverlay logo 3 1 500 3 "
    "1000 PNG\n"
    "overlay clock 1 40 120 50 1000 {utc}\nno overlay logo 1 40 120 50 1000 \neconomy "
    "255\nbackup: clock 4294967295 -1700000000000004\nclock 1\nevent 2 1700000000000003 ID3\ncaption 2 id "
    "1700000000000000 1700000002500000 Tor,\nTor!\nstop\nfinish\n";

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
  std::vector<std::uint8_t> unknown(Reader::kHeaderSize, 0);
  EXPECT_FALSE(Reader{}.feed(unknown).ok());
  std::vector<std::uint8_t> huge(Reader::kHeaderSize, 0xff);
  huge[0] = 3;
  huge[1] = 0;
  huge[15] = 4;
  EXPECT_FALSE(Reader{}.feed(huge).ok());
}

/// A header alone: its type, its field c, its payload's length.
std::vector<std::uint8_t> header_of(std::uint8_t type, std::uint8_t c, std::uint32_t length) {
  std::vector<std::uint8_t> header(Reader::kHeaderSize, 0);
  header[0] = type;
  header[14] = c;
  for (int i = 0; i < 4; ++i)
    header[17 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(length >> (24 - 8 * i));
  return header;
}

TEST(FeedReader, TakesTheKindsOfTimedEventsAndNoOther) {
  constexpr std::uint8_t kType = 13;
  Reader reader;
  EXPECT_TRUE(reader.feed(header_of(kType, 2, 0)).ok());
  EXPECT_EQ(trace(reader), "event 2 0 \n");
  EXPECT_FALSE(Reader{}.feed(header_of(kType, 3, 0)).ok());
}

TEST(FeedReader, AClockIsThereOrNot) {
  constexpr std::uint8_t kType = 15;
  Reader reader;
  EXPECT_TRUE(reader.feed(header_of(kType, 1, 0)).ok());
  EXPECT_FALSE(Reader{}.feed(header_of(kType, 2, 0)).ok());
}

TEST(FeedReader, TakesTheTwoFormatsOfAFeedAndNoOther) {
  for (const auto format : std::array<std::uint8_t, 2>{1, 2}) {
    Reader reader;
    EXPECT_TRUE(reader.feed(header_of(1, format, 0)).ok());
    EXPECT_EQ(trace(reader), "start " + std::to_string(format) + "\n");
  }
  for (const auto format : std::array<std::uint8_t, 3>{0, 3, 255})
    EXPECT_FALSE(Reader{}.feed(header_of(1, format, 0)).ok());
}

TEST(FeedReader, TakesSixteenMebibytesAMessageAndNoMore) {
  constexpr std::uint32_t kMost = 16U << 20;
  Reader reader;
  ASSERT_TRUE(reader.feed(header_of(3, 0, kMost)).ok());
  ASSERT_TRUE(reader.feed(std::vector<std::uint8_t>(kMost, 'x')).ok());
  Addressed message;
  ASSERT_TRUE(reader.next(message));
  EXPECT_EQ(std::get<TsBytes>(message.message).payload.size(), kMost);
  EXPECT_EQ(Reader{}.feed(header_of(3, 0, kMost + 1)).error().code, base::Code::kTooLarge);
}

TEST(FeedRole, FramesAreMediaAndHeadersAreNot) {
  EXPECT_TRUE(is_media(Role::kKeyFrame));
  EXPECT_TRUE(is_media(Role::kFrame));
  EXPECT_TRUE(is_media(Role::kAudio));
  EXPECT_FALSE(is_media(Role::kHeader));
  EXPECT_FALSE(is_media(Role::kOther));
}

TEST(FeedReader, RefusesARoleThatIsNone) {
  std::vector<std::uint8_t> message(Reader::kHeaderSize, 0);
  message[0] = 3;
  message[15] = 4;
  EXPECT_TRUE(Reader{}.feed(message).ok());
  message[15] = 5;
  EXPECT_FALSE(Reader{}.feed(message).ok());
}

TEST(FeedReader, RefusesAFeedAndASelectionThatAreNone) {
  std::vector<std::uint8_t> message = header_of(9, 1, 0);
  message[1] = 1;
  EXPECT_TRUE(Reader{}.feed(message).ok());
  message[1] = 2;
  EXPECT_FALSE(Reader{}.feed(message).ok());
  EXPECT_FALSE(Reader{}.feed(header_of(9, 2, 0)).ok());
}

TEST(FeedReader, ReadsEveryReasonOfASwitchAndRefusesOneThatIsNone) {
  for (const SwitchReason reason : kSwitchReasons) {
    Reader reader;
    ASSERT_TRUE(reader.feed(bytes_of({{Id::kBackup, Select{Select::How::kForced, reason}}})).ok());
    EXPECT_EQ(trace(reader), "backup: select now " + std::string(to_string(reason)) + "\n");
    EXPECT_NE(to_string(reason), "unknown");
  }
  std::vector<std::uint8_t> none = header_of(9, 0, 0);
  none[13] = static_cast<std::uint8_t>(kSwitchReasons.size() + 1);
  EXPECT_FALSE(Reader{}.feed(none).ok());
}

TEST(FeedReader, RefusesASlateThatIsNeitherOnNorOff) {
  EXPECT_TRUE(Reader{}.feed(header_of(10, 1, 0)).ok());
  EXPECT_FALSE(Reader{}.feed(header_of(10, 2, 0)).ok());
}

TEST(FeedReader, RefusesAnOverlayThatIsCutOffOrInNoCorner) {
  const Encoded whole = encode(Id::kPrimary, Overlay{true, {.id = "clock", .text = "{utc}"}});
  const auto read = [](std::vector<std::uint8_t> header, base::View payload) {
    header.back() = static_cast<std::uint8_t>(payload.size());
    header.insert(header.end(), payload.begin(), payload.end());
    return Reader{}.feed(header).ok();
  };
  EXPECT_TRUE(read(whole.header, whole.payload.view()));
  for (std::size_t size = 0; size < whole.payload.size(); ++size) {
    EXPECT_FALSE(read(whole.header, whole.payload.view().subspan(0, size))) << size;
  }
  std::vector<std::uint8_t> header = whole.header;
  header[13] = 4;
  EXPECT_FALSE(read(header, whole.payload.view()));
}

TEST(FeedId, IsNamedAsInAddresses) {
  for (const Id id : kIds) EXPECT_EQ(id_from(to_string(id)), id);
  EXPECT_EQ(to_string(Id::kBackup), "backup");
  EXPECT_EQ(other(Id::kPrimary), Id::kBackup);
  EXPECT_EQ(other(Id::kBackup), Id::kPrimary);
  for (const char* none : {"", "Backup", "third"}) EXPECT_EQ(id_from(none), std::nullopt) << none;
}

TEST(FeedReader, SaysNothingOfWhatIsUnplayableForThatIsForTheServerAlone) {
  RtmpMessage broken;
  broken.type = kRtmpVideo;
  broken.unplayable = true;
  Reader reader;
  ASSERT_TRUE(reader.feed(bytes_of({{Id::kPrimary, broken}})).ok());
  Addressed message;
  ASSERT_TRUE(reader.next(message));
  EXPECT_FALSE(std::get<RtmpMessage>(message.message).unplayable);
}

// RTMP 1.0, 7.1: these are on the wire of every encoder.
TEST(FeedRtmpMessage, HasTheTypesOfTheSpecification) {
  EXPECT_EQ(kRtmpAudio, 8);
  EXPECT_EQ(kRtmpVideo, 9);
  EXPECT_EQ(kRtmpData, 18);
}

}  // namespace
}  // namespace feed

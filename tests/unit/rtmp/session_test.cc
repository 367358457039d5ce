#include "rtmp/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "client.h"

namespace rtmp {
namespace {

using Lines = std::vector<std::string>;
using base::kSecond;

/// What OBS sends, with a little media, until the end of the show.
Buffer obs_session() {
  Client client;
  client.shake_hands();
  client.set_chunk_size(4096);  // RT-12: before connect
  client.connect();
  client.publish();
  client.message(Type::kDataAmf0, 1, 0,
                 amf::write_values({"@setDataFrame", "onMetaData", amf::Value::Object{{"width", 1280.0}}}));
  client.message(Type::kVideo, 1, 0, base::view_of("header"));
  client.message(Type::kAudio, 1, 0, base::view_of("config"), 5);
  client.message(Type::kVideo, 1, 40, base::view_of(std::string(9000, 'v')));
  client.message(Type::kAudio, 1, 43, base::view_of("sound"), 5);
  client.command({"FCUnpublish", 6.0, amf::Value::null(), "match?key=secret"});
  client.command({"deleteStream", 7.0, amf::Value::null(), 1.0});
  return client.take();
}

/// A server with a running publish, its output so far forgotten.
struct Publishing : Server {
  explicit Publishing(const Session::Options& options = {}) : Server(options) {
    client.shake_hands();
    client.connect();
    client.publish();
    EXPECT_TRUE(feed(client.take()).ok());
    EXPECT_EQ(session.state(), Session::State::kPublishing);
    commands_before = commands().size();
  }
  Lines new_commands() const {
    Lines all = commands();
    return Lines(all.begin() + static_cast<std::ptrdiff_t>(commands_before), all.end());
  }
  Client client;
  std::size_t commands_before = 0;
};

TEST(Session, PublishesAsObsDoes) {  // RT-11, RT-12, RT-14, RT-15, RT-16, RT-19
  Server server;
  ASSERT_TRUE(server.feed(obs_session()).ok());
  const std::string metadata = [] {
    const Buffer bytes = amf::write_values({"onMetaData", amf::Value::Object{{"width", 1280.0}}});
    return std::string(bytes.begin(), bytes.end());
  }();
  EXPECT_EQ(server.recorder.trace,
            (Lines{"publish live match key=secret", "media 18 @0 " + metadata, "media 9 @0 header", "media 8 @0 config",
                   "media 9 @40 " + std::string(9000, 'v'), "media 8 @43 sound", "end FCUnpublish"}));
  EXPECT_EQ(server.commands(), (Lines{"_result 1 status NetConnection.Connect.Success @0", "_result 2 @0",
                                      "onFCPublish 0 status NetStream.Publish.Start @0", "_result 3 @0",
                                      "_result 4 1 @0", "onStatus 0 status NetStream.Publish.Start @1"}));
  EXPECT_EQ(server.recorder.request->encoder, "FMLE/3.0 (compatible; FMSc/1.0)");
}

TEST(Session, FedInAnyStepsTellsTheSame) {  // RT-2, RT-3
  const Buffer bytes = obs_session();
  Server whole;
  ASSERT_TRUE(whole.feed(bytes).ok());
  for (const std::size_t step : {1U, 2U, 3U, 7U, 100U, 1537U, 4096U}) {
    Server stepped;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      ASSERT_TRUE(stepped.feed(base::View(bytes).subspan(at, std::min(step, bytes.size() - at))).ok());
    }
    EXPECT_EQ(stepped.recorder.trace, whole.recorder.trace) << step;
    EXPECT_EQ(stepped.output, whole.output) << step;
  }
}

TEST(Session, AnswersConnectInTheOrderThatEncodersExpect) {  // RT-11
  Server server;
  Client client;
  client.shake_hands();
  client.connect();
  ASSERT_TRUE(server.feed(client.take()).ok());
  // The reader handles Set Chunk Size itself; the bytes show where it stands.
  std::vector<int> types;
  for (const Message& message : server.messages()) types.push_back(static_cast<int>(message.type));
  EXPECT_EQ(types, (std::vector<int>{5, 6, 4, 20}));
  const Buffer chunk_size = {2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0xEA, 0x60};
  EXPECT_NE(std::search(server.output.begin() + 3073, server.output.end(), chunk_size.begin(), chunk_size.end()),
            server.output.end());
}

TEST(Session, SaysInOneStatusThatThePublishIsAcceptedAndWhatIsToBeSaidOfIt) {
  Server server;
  server.recorder.description = "without the renditions v1080";
  ASSERT_TRUE(server.feed(obs_session()).ok());
  int told = 0;
  for (const Message& message : server.messages()) {
    const auto values = amf::parse_values(message.payload.view());
    if (message.type != Type::kCommandAmf0 || message.stream_id != 1 || !values.ok()) continue;
    EXPECT_EQ(values->back().text_or("level", ""), "status");
    EXPECT_EQ(values->back().text_or("code", ""), "NetStream.Publish.Start");
    EXPECT_EQ(values->back().text_or("description", ""), "without the renditions v1080");
    ++told;
  }
  EXPECT_EQ(told, 1);
}

TEST(Session, PublishesAsFfmpegDoes) {
  Server server;
  Client client;
  client.shake_hands();
  client.command({"connect", 1.0, amf::Value::Object{{"app", "live"}, {"tcUrl", "rtmp://127.0.0.1:1935/live"}}});
  client.command({"releaseStream", 2.0, amf::Value::null(), "match"});
  client.command({"FCPublish", 3.0, amf::Value::null(), "match"});
  client.command({"createStream", 4.0, amf::Value::null()});
  client.command({"_checkbw", 5.0, amf::Value::null()});
  client.command({"getStreamLength", 6.0, amf::Value::null(), "match"});
  client.command({"publish", 7.0, amf::Value::null(), "match", "live"}, 1);
  ASSERT_TRUE(server.feed(client.take()).ok());
  EXPECT_EQ(server.recorder.trace, Lines{"publish live match key="});
  EXPECT_EQ(server.commands().back(), "onStatus 0 status NetStream.Publish.Start @1");
  EXPECT_NE(std::find(server.commands().begin(), server.commands().end(), "_result 6 0 @0"), server.commands().end());
}

TEST(Session, ToleratesExtraArgumentsAndMissingProperties) {  // RT-13
  Server server;
  Client client;
  client.shake_hands();
  client.command({"connect", 1.0, amf::Value::Object{{"app", "live"}}, "user", "password"});
  ASSERT_TRUE(server.feed(client.take()).ok());
  EXPECT_EQ(server.session.state(), Session::State::kConnected);
}

TEST(Session, RejectsAConnectWithoutApp) {  // RT-13, RT-17
  Server server;
  Client client;
  client.shake_hands();
  client.command({"connect", 1.0, amf::Value::Object{{"tcUrl", "rtmp://h"}}});
  ASSERT_TRUE(server.feed(client.take()).ok());
  EXPECT_TRUE(server.session.finished());
  EXPECT_EQ(server.commands(), Lines{"_error 1 error NetConnection.Connect.Rejected @0"});
}

TEST(Session, AcceptsCommandsAndDataInAmf3Messages) {  // RT-22
  Server server;
  Client client;
  client.shake_hands();
  const auto amf3 = [&](Type type, std::uint32_t stream, const std::vector<amf::Value>& values) {
    Buffer payload = amf::write_values(values);
    payload.insert(payload.begin(), 0);
    client.message(type, stream, 0, payload, 3);
  };
  amf3(Type::kCommandAmf3, 0, {"connect", 1.0, amf::Value::Object{{"app", "live"}, {"objectEncoding", 3.0}}});
  amf3(Type::kCommandAmf3, 0, {"createStream", 2.0, amf::Value::null()});
  amf3(Type::kCommandAmf3, 1, {"publish", 3.0, amf::Value::null(), "match"});
  amf3(Type::kDataAmf3, 1, {"@setDataFrame", "onMetaData", 1.0});
  amf3(Type::kDataAmf3, 1, {"onMetaData", 2.0});  // RT-23: bare
  ASSERT_TRUE(server.feed(client.take()).ok());
  ASSERT_EQ(server.recorder.media.size(), 2U);
  for (const Message& message : server.recorder.media) {
    EXPECT_EQ(message.type, Type::kDataAmf0);
    EXPECT_TRUE(message.payload.text().starts_with(std::string_view("\x02\x00\x0AonMetaData", 13)));
  }
}

TEST(Session, GivesOutSeveralStreamsAndTakesThemBack) {  // RT-15, RT-42
  Server server;
  Client client;
  client.shake_hands();
  client.connect();
  for (int i = 0; i < 9; ++i) client.command({"createStream", 2.0 + i, amf::Value::null()});
  client.command({"deleteStream", 0.0, amf::Value::null(), 3.0});
  client.command({"createStream", 20.0, amf::Value::null()});
  client.command({"publish", 21.0, amf::Value::null(), "match"}, 3);
  ASSERT_TRUE(server.feed(client.take()).ok());
  const Lines lines = server.commands();
  EXPECT_EQ(lines[1], "_result 2 1 @0");
  EXPECT_EQ(lines[8], "_result 9 8 @0");
  EXPECT_EQ(lines[9], "_error 10 error NetConnection.Call.Failed @0");
  EXPECT_EQ(lines[10], "_result 20 3 @0");
  EXPECT_EQ(lines[11], "onStatus 0 status NetStream.Publish.Start @3");
}

TEST(Session, RefusesWithAStatusAndIsFinished) {  // RT-17
  Server server;
  server.recorder.answer = Recorder::Answer::kRefuse;
  ASSERT_TRUE(server.feed(obs_session()).ok());
  EXPECT_EQ(server.recorder.trace, Lines{"publish live match key=secret"});
  EXPECT_EQ(server.commands().back(), "onStatus 0 error NetStream.Publish.Denied @1");
  EXPECT_TRUE(server.session.finished());
}

TEST(Session, KeepsWhatComesBeforeALateAnswer) {
  Server server;
  server.recorder.answer = Recorder::Answer::kLater;
  const Buffer bytes = obs_session();
  const base::View view(bytes);
  ASSERT_TRUE(server.feed(view.first(view.size() - 500)).ok());
  ASSERT_TRUE(server.feed(view.last(500)).ok());
  EXPECT_EQ(server.recorder.trace.size(), 1U);
  server.session.accept_publish();
  ASSERT_TRUE(server.feed({}).ok());
  Server prompt;
  ASSERT_TRUE(prompt.feed(bytes).ok());
  EXPECT_EQ(server.recorder.trace, prompt.recorder.trace);
  EXPECT_EQ(server.output, prompt.output);
}

TEST(Session, KeepsOnlySoMuchBeforeALateAnswer) {  // RT-41
  Server server;
  server.recorder.answer = Recorder::Answer::kLater;
  ASSERT_TRUE(server.feed(obs_session()).ok());
  const Buffer flood(65536, 'x');
  EXPECT_FALSE(server.feed(flood).ok());
  EXPECT_LE(server.session.held(), 200'000U);
}

TEST(Session, TellsAPlayerThatItCannotPlayHere) {
  Server server;
  Client client;
  client.shake_hands();
  client.connect();
  client.command({"createStream", 2.0, amf::Value::null()});
  client.command({"play", 3.0, amf::Value::null(), "match"}, 1);
  ASSERT_TRUE(server.feed(client.take()).ok());
  EXPECT_EQ(server.commands().back(), "onStatus 0 error NetStream.Play.Failed @1");
  EXPECT_TRUE(server.session.finished());
}

TEST(Session, RefusesASecondPublishOnTheConnectionButKeepsTheFirst) {
  Publishing server;
  server.client.command({"publish", 8.0, amf::Value::null(), "other"}, 2);
  server.client.message(Type::kVideo, 1, 40, base::view_of("on"));
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  EXPECT_EQ(server.new_commands(), Lines{"onStatus 0 error NetStream.Publish.BadName @2"});
  EXPECT_EQ(server.recorder.trace.back(), "media 9 @40 on");
}

TEST(Session, EndsAPublishExactlyOnceHoweverItEnds) {  // RT-19
  const auto ends = [](const std::function<void(Publishing&)>& how) {
    Publishing server;
    how(server);
    EXPECT_TRUE(server.feed(server.client.take()).ok());
    server.session.close("connection closed");
    return std::count_if(server.recorder.trace.begin(), server.recorder.trace.end(),
                         [](const std::string& line) { return line.starts_with("end "); });
  };
  const auto command = [](std::vector<amf::Value> values) {
    return [values](Publishing& server) { server.client.command(values, 1); };
  };
  EXPECT_EQ(ends(command({"FCUnpublish", 6.0, amf::Value::null(), "match"})), 1);
  EXPECT_EQ(ends(command({"closeStream", 0.0, amf::Value::null()})), 1);
  EXPECT_EQ(ends(command({"deleteStream", 0.0, amf::Value::null(), 1.0})), 1);
  EXPECT_EQ(ends(command({"publish", 0.0, amf::Value::null(), false})), 1);
  EXPECT_EQ(ends([](Publishing&) {}), 1);
  EXPECT_EQ(ends([](Publishing& server) {
              server.client.command({"FCUnpublish", 6.0, amf::Value::null(), "match"});
              server.client.command({"deleteStream", 7.0, amf::Value::null(), 1.0});
            }),
            1);
  EXPECT_EQ(ends([](Publishing& server) { server.session.fail_publish(status::kRejected, "vp08"); }), 1);
}

TEST(Session, PublishesAgainAfterAnEnd) {
  Publishing server;
  server.client.command({"FCUnpublish", 6.0, amf::Value::null(), "match"});
  server.client.command({"publish", 7.0, amf::Value::null(), "again"}, 1);
  server.client.message(Type::kVideo, 1, 5, base::view_of("x"));
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  EXPECT_EQ(server.recorder.trace,
            (Lines{"publish live match key=secret", "end FCUnpublish", "publish live again key=", "media 9 @5 x"}));
}

TEST(Session, FailsARunningPublishWithAStatus) {
  Publishing server;
  server.session.warn("track 1: vp08 is left out");
  server.session.fail_publish(status::kRejected, "vvc1 cannot be played");
  server.collect();
  EXPECT_EQ(server.new_commands(), (Lines{"onStatus 0 warning NetStream.Publish.Warning @1",
                                          "onStatus 0 error NetStream.Publish.Rejected @1"}));
  EXPECT_TRUE(server.session.finished());
  EXPECT_EQ(server.recorder.trace.back(), "end vvc1 cannot be played");
}

TEST(Session, TakesAggregatesApart) {  // [rtmp 7.1.6]
  Publishing server;
  base::ByteWriter aggregate;
  for (const auto& [type, time, text] : {std::tuple{8, 1000, "aa"}, {9, 1010, "vvv"}}) {
    aggregate.u8(static_cast<std::uint8_t>(type));
    aggregate.u24(std::string_view(text).size());
    aggregate.u24(static_cast<std::uint32_t>(time));
    aggregate.u32(0);
    aggregate.text(text);
    aggregate.u32(11 + std::string_view(text).size());
  }
  server.client.message(Type::kAggregate, 1, 500, aggregate.view());
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  EXPECT_EQ(server.recorder.trace[1], "media 8 @500 aa");
  EXPECT_EQ(server.recorder.trace[2], "media 9 @510 vvv");
}

TEST(Session, IgnoresMediaOfNobody) {
  Publishing server;
  server.client.message(Type::kVideo, 7, 0, base::view_of("other stream"));
  server.client.message(Type::kVideo, 0, 1, base::view_of("no stream"));
  server.client.command({"closeStream", 0.0, amf::Value::null()});
  server.client.message(Type::kVideo, 1, 2, base::view_of("late"));
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  EXPECT_EQ(server.recorder.media.size(), 1U);
  EXPECT_EQ(server.session.counters().ignored_messages, 2U);
}

TEST(Session, AcknowledgesWhenThePeersWindowIsFull) {  // RT-10
  Publishing server;
  server.client.number(Type::kWindowAckSize, 10'000);
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  const std::size_t before = server.messages().size();
  server.client.message(Type::kVideo, 1, 0, base::view_of(std::string(12'000, 'v')));
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  const std::vector<Message> messages = server.messages();
  ASSERT_EQ(messages.size(), before + 1);
  EXPECT_EQ(messages.back().type, Type::kAcknowledgement);
  base::ByteReader reader(messages.back().payload.view());
  EXPECT_EQ(*reader.u32("bytes"), server.session.counters().bytes);
}

TEST(Session, AnswersPingsAndPingsIdlePeers) {  // RT-20
  Publishing server;
  base::ByteWriter ping;
  ping.u16(6);
  ping.u32(0x01020304);
  server.client.message(Type::kUserControl, 0, 0, ping.view(), 2);
  ASSERT_TRUE(server.feed(server.client.take(), kSecond).ok());
  const Buffer pong = {0, 7, 1, 2, 3, 4};
  EXPECT_EQ(server.messages().back().payload, base::Bytes::copy_of(base::View(pong)));

  const std::size_t before = server.messages().size();
  ASSERT_TRUE(server.tick(10 * kSecond).ok());
  EXPECT_EQ(server.messages().size(), before);
  ASSERT_TRUE(server.tick(12 * kSecond).ok());
  ASSERT_TRUE(server.tick(13 * kSecond).ok());
  ASSERT_EQ(server.messages().size(), before + 1);  // once a silence
  const Buffer request = {0, 6, 0, 0, 0x2E, 0xE0};
  EXPECT_EQ(server.messages().back().payload, base::Bytes::copy_of(base::View(request)));
}

TEST(Session, ClosesPeersThatAreTooSlow) {  // RT-40
  Server half_open;
  EXPECT_TRUE(half_open.tick(5 * kSecond).ok());
  EXPECT_FALSE(half_open.tick(5 * kSecond + 1).ok());

  Server never_publishes;
  Client client;
  client.shake_hands();
  ASSERT_TRUE(never_publishes.feed(client.take(), 4 * kSecond).ok());
  client.connect();
  ASSERT_TRUE(never_publishes.feed(client.take(), 13 * kSecond).ok());  // activity buys no time
  EXPECT_TRUE(never_publishes.tick(14 * kSecond).ok());
  EXPECT_FALSE(never_publishes.tick(14 * kSecond + 1).ok());

  Publishing silent;
  EXPECT_TRUE(silent.tick(30 * kSecond).ok());
  EXPECT_FALSE(silent.tick(30 * kSecond + 1).ok());
}

TEST(Session, OffersEnhancedRtmpToThoseWhoAsk) {  // RT-37
  Server server;
  Client client;
  client.shake_hands();
  client.command({"connect", 1.0,
                  amf::Value::Object{{"app", "live"},
                                     {"fourCcList", amf::Value::Array{"hvc1", "vvc1", "av01"}},
                                     {"audioFourCcInfoMap", amf::Value::Object{{"Opus", 4.0}}},
                                     {"capsEx", 1.0}}});
  ASSERT_TRUE(server.feed(client.take()).ok());
  const auto values = amf::parse_values(server.messages().back().payload.view());
  ASSERT_TRUE(values.ok());
  for (const std::size_t object : {2U, 3U}) {
    const amf::Value& answer = (*values)[object];
    ASSERT_NE(answer.find("fourCcList"), nullptr);
    const amf::Value::Array& list = *answer.find("fourCcList")->array();
    ASSERT_EQ(list.size(), 3U);
    EXPECT_EQ(*list[0].text(), "hvc1");
    EXPECT_EQ(*list[1].text(), "av01");
    EXPECT_EQ(*list[2].text(), "Opus");
    EXPECT_EQ(answer.find("videoFourCcInfoMap")->number_or("hvc1", 0), 5);
    EXPECT_EQ(answer.find("audioFourCcInfoMap")->number_or("Opus", 0), 5);
    EXPECT_EQ(answer.number_or("capsEx", 0), 15);
  }
}

TEST(Session, OffersAllItHasToAStarAndNothingToLegacyClients) {  // RT-37
  for (const bool star : {true, false}) {
    Server server;
    Client client;
    client.shake_hands();
    amf::Value::Object object = {{"app", "live"}};
    if (star) object.push_back({"videoFourCcInfoMap", amf::Value::Object{{"*", 4.0}}});
    client.command({"connect", 1.0, object});
    ASSERT_TRUE(server.feed(client.take()).ok());
    const auto values = amf::parse_values(server.messages().back().payload.view());
    const amf::Value* list = (*values)[3].find("fourCcList");
    ASSERT_EQ(list != nullptr, star);
    if (star) {
      EXPECT_EQ(list->array()->size(), 10U);
    }
  }
}

TEST(Session, AsksOnlyClientsThatCanToReconnect) {  // RT-38
  Publishing legacy;
  EXPECT_FALSE(legacy.session.request_reconnect("", "maintenance"));

  Server server;
  Client client;
  client.shake_hands();
  client.command({"connect", 1.0, amf::Value::Object{{"app", "live"}, {"capsEx", 1.0}}});
  client.publish();
  ASSERT_TRUE(server.feed(client.take()).ok());
  EXPECT_TRUE(server.session.request_reconnect("rtmp://other/live", "maintenance"));
  client.message(Type::kVideo, 1, 40, base::view_of("still here"));
  ASSERT_TRUE(server.feed(client.take()).ok());
  EXPECT_EQ(server.commands().back(), "onStatus 0 status NetConnection.Connect.ReconnectRequest @0");
  EXPECT_EQ(server.recorder.trace.back(), "media 9 @40 still here");
}

TEST(Session, IgnoresCommandsThatItCannotRead) {  // RT-21
  Publishing server;
  server.client.message(Type::kCommandAmf0, 0, 0, base::view_of("\x42garbage"), 3);
  server.client.message(Type::kCommandAmf0, 0, 0, {}, 3);
  server.client.message(Type::kCommandAmf3, 0, 0, {}, 3);
  server.client.message(Type::kCommandAmf0, 0, 0, amf::write_values({1.0, 2.0}), 3);
  server.client.command({"neverHeardOf", 9.0, amf::Value::null()});
  server.client.message(static_cast<Type>(77), 0, 0, base::view_of("?"));
  server.client.message(Type::kVideo, 1, 40, base::view_of("on"));
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  EXPECT_EQ(server.session.counters().ignored_commands, 5U);
  EXPECT_EQ(server.session.counters().ignored_messages, 1U);
  EXPECT_EQ(server.recorder.trace.back(), "media 9 @40 on");
}

TEST(Session, DropsAttackersBeforeTheyHurt) {  // RT-41, RT-43
  Client client;
  client.shake_hands();
  client.connect();
  const Buffer hello = client.take();

  Buffer nested;  // 16,000 objects within one another, as much as a command may hold
  for (int i = 0; i < 16'000; ++i) {
    for (const int byte : {3, 0, 1, 0x6F}) nested.push_back(static_cast<std::uint8_t>(byte));
  }
  client.message(Type::kCommandAmf0, 0, 0, nested, 3);
  Server deep;
  ASSERT_TRUE(deep.feed(hello).ok());
  EXPECT_FALSE(deep.feed(client.take()).ok());

  nested.resize(4'000'000, 3);  // a million would need more than a command may be long
  client.message(Type::kCommandAmf0, 0, 0, nested, 3);
  Server deeper;
  ASSERT_TRUE(deeper.feed(hello).ok());
  EXPECT_FALSE(deeper.feed(client.take()).ok());
  EXPECT_LT(deeper.session.held(), 4096U);
}

TEST(Session, HoldsLittleForAPeerThatOnlyPromises) {  // RT-41
  Server half_open;
  Client client;
  client.shake_hands();
  Buffer bytes = client.take();
  bytes.resize(1530);
  ASSERT_TRUE(half_open.feed(bytes).ok());
  EXPECT_LE(half_open.session.held() + sizeof(Session), 4096U);

  Publishing server;
  server.client.set_chunk_size(0x7FFFFFFF);
  base::ByteWriter out;
  write_chunk(out, {.length = 10 << 20}, base::view_of("and then nothing"));
  server.client.raw(out.view());
  ASSERT_TRUE(server.feed(server.client.take()).ok());
  EXPECT_LE(server.session.held(), 4096U);

  Publishing over;
  base::ByteWriter more;
  write_chunk(more, {.csid = 9, .length = (10 << 20) + 1}, {});
  EXPECT_FALSE(over.feed(more.view()).ok());
}

TEST(Session, SurvivesGarbageInsteadOfAHandshake) {  // RT-27, RT-46
  for (const std::string_view text : {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\x00", "\x06"}) {
    Server server;
    EXPECT_FALSE(server.feed(base::view_of(text)).ok());
  }
  Server server;
  Buffer noise(100'000);
  std::uint32_t seed = 1;
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>((seed = seed * 1664525 + 1013904223) >> 24);
  noise[0] = 3;
  const base::Status status = server.feed(noise);
  EXPECT_TRUE(!status.ok() || server.session.held() < 200'000);
}

}  // namespace
}  // namespace rtmp

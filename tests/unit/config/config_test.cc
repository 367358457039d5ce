#include "config/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "config/admin_config.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

TEST(Config, AnEmptyFileMeansTheDefaultsAndTheWildcardChannel) {
  const Config config = good("");
  EXPECT_EQ(config.http.port, 8080);
  ASSERT_TRUE(config.channels.contains("*"));
  EXPECT_EQ(config.channels.at("*").options.grace, 20 * base::kSecond);
  EXPECT_EQ(config.channels.at("*").options.idle, 30 * base::kSecond);
}

TEST(Config, ReadsAWholeChannel) {
  const Config config = good(R"(
channels:
  match:
    segment: 4s
    part: 250ms
    window: 2m
    iframes: true
    images: true
    grace: 5s
    idle: 8s
    takeover: true
    keys: [one, two]
    source: copy
    ladder:
      - {height: 360, bitrate: 700k}
      - {name: big, height: 720, bitrate: 2.5M, codec: hevc, preset: faster, quality: true}
    audio: {mode: encode, codec: opus, bitrate: 96k}
    srt: {passphrase: "0123456789", latency: 200ms}
)");
  const Config::Channel& channel = config.channels.at("match");
  EXPECT_EQ(channel.options.media.segment, 4 * base::kSecond);
  EXPECT_EQ(channel.options.media.part, 250 * base::kMillisecond);
  EXPECT_EQ(channel.options.window, 120 * base::kSecond);
  EXPECT_TRUE(channel.options.iframes);
  EXPECT_TRUE(channel.options.media.images);
  EXPECT_TRUE(channel.options.takeover);
  EXPECT_EQ(channel.options.idle, 8 * base::kSecond);
  EXPECT_EQ(channel.options.keys, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(channel.options.media.copy_video);
  ASSERT_EQ(channel.options.media.ladder.size(), 2U);
  EXPECT_EQ(channel.options.media.ladder[0].name, "big") << "largest first, whatever the file's order";
  EXPECT_EQ(channel.options.media.ladder[0].bitrate, 2'500'000);
  EXPECT_EQ(channel.options.media.ladder[1].name, "v360");
  EXPECT_EQ(channel.options.media.audio_rung.codec, media::Codec::kOpus);
  EXPECT_EQ(channel.srt_latency, 200 * base::kMillisecond);
}

TEST(Config, NoRungTakesTheImagesPlace) {
  EXPECT_NE(problems_of("channels: {a: {ladder: [{name: images, height: 360, bitrate: 700k}]}}").find("\"images\""),
            std::string::npos);
}

TEST(Config, AnUnknownKeyNamesItsPlaceAndTheNearestKnownKey) {
  EXPECT_EQ(problems_of("http:\n  prot: 80\n"), "t.yaml:2:3: unknown key \"prot\" in http; did you mean \"port\"?\n");
}

TEST(Config, AKeyGivenTwiceIsRefused) {
  EXPECT_EQ(problems_of("log:\n  level: info\n  level: warn\n"),
            "t.yaml:3:3: key \"level\" stands here a second time (first at line 2)\n");
}

TEST(Config, EveryProblemOfAFileIsToldAtOnce) {
  const std::string told = problems_of("http: {port: 99999}\nlog: {level: loud}\nsrt: {latency: 5}\n");
  EXPECT_NE(told.find("t.yaml:1:14: port has to be a whole number from 0 to 65535, not \"99999\""), std::string::npos)
      << told;
  EXPECT_NE(told.find("t.yaml:2:14: level has to be one of debug, info, warn, error, not \"loud\""), std::string::npos)
      << told;
  EXPECT_NE(told.find("t.yaml:3:16: latency has to be a duration from 20ms to 4s with its unit"), std::string::npos)
      << told;
}

TEST(Config, ASyntaxErrorNamesItsPlace) {
  EXPECT_NE(problems_of("http: [1, 2\nlog: }").find("t.yaml:2:"), std::string::npos);
}

TEST(Config, LimitsThatPlayersDependOnAreKept) {
  EXPECT_NE(problems_of("channels: {a: {part: 1500ms}}").find("at most half of segment"), std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {window: 8s}}").find("LL-26"), std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {ladder: none}}").find("nothing to play"), std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {srt: {passphrase: short}}}").find("10 to 80"), std::string::npos) << "SR-8";
  EXPECT_NE(problems_of("channels: {\"a b\": {}}").find("channel name"), std::string::npos);
}

TEST(Config, AChannelsTimesHaveTheirBounds) {
  const auto refused = [](const std::string& key, const std::string& value) {
    return problems_of("channels: {a: {" + key + ": " + value + "}}").find(key + " has to be a duration") !=
           std::string::npos;
  };
  EXPECT_TRUE(refused("idle", "2s"));
  EXPECT_FALSE(refused("idle", "3s"));
  EXPECT_FALSE(refused("idle", "60m"));
  EXPECT_TRUE(refused("idle", "61m"));
  EXPECT_FALSE(refused("grace", "0s"));
  EXPECT_TRUE(refused("grace", "61m"));
  EXPECT_TRUE(refused("part", "199ms"));
  EXPECT_FALSE(refused("part", "200ms"));
  EXPECT_TRUE(refused("segment", "999ms"));
  EXPECT_TRUE(refused("segment", "11s"));
}

TEST(Config, APartMayBeHalfASegmentAndAWindowSixOfThem) {
  EXPECT_EQ(problems_of("channels: {a: {part: 1s, segment: 2s, window: 12s}}"), "");
  // A long window is in the journal's files.
  EXPECT_EQ(problems_of("channels: {a: {window: 1209600s}}"), "");
  EXPECT_EQ(problems_of("{journal: {enabled: false}, channels: {a: {window: 3600s}}}"), "");
  const std::string in_memory = problems_of("{journal: {enabled: false}, channels: {a: {window: 3601s}}}");
  EXPECT_NE(in_memory.find("channels.a.window is longer than an hour, which needs the journal"), std::string::npos)
      << in_memory;
  EXPECT_NE(problems_of("channels: {a: {part: 1001ms, segment: 2s}}"), "");
  EXPECT_NE(problems_of("channels: {a: {segment: 2s, window: 11999ms}}"), "");
}

TEST(Config, ALadderIsAutoNoneOrRungsWithNamesOfTheirOwn) {
  EXPECT_TRUE(good("channels: {a: {ladder: auto}}").channels.at("a").options.media.default_ladder);
  const auto none = good("channels: {a: {source: copy, ladder: none}}").channels.at("a").options.media;
  EXPECT_FALSE(none.default_ladder);
  EXPECT_TRUE(none.ladder.empty());
  EXPECT_NE(problems_of("channels: {a: {ladder: best}}").find("auto, none, or a list"), std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {ladder: []}}").find("auto, none, or a list"), std::string::npos);
  const std::string rung = "{height: 360, bitrate: 800k}";
  EXPECT_NE(problems_of("channels: {a: {ladder: [" + rung + ", " + rung + "]}}").find("two rungs are named \"v360\""),
            std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {ladder: [{name: source, bitrate: 800k}]}}").find("two rungs are named"),
            std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {ladder: [{bitrate: 800k}]}}").find("needs a height or a name"),
            std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {ladder: [{height: 360, bitrate: 49999}]}}").find("at least 50k"),
            std::string::npos);
  EXPECT_EQ(problems_of("channels: {a: {ladder: [{height: 360, bitrate: 50k}]}}"), "");
}

TEST(Config, CaptionsAreAutoNoneOrServicesWithTheirNames) {
  const auto captions_of = [](const std::string& text) {
    return good("channels: {a: {captions: " + text + "}}").channels.at("a").options.media.captions;
  };
  EXPECT_EQ(captions_of("auto"), media::Captions{});
  EXPECT_EQ(captions_of("none"), (media::Captions{{}, true}));
  EXPECT_EQ(captions_of("{CC1: {language: en, name: English}, SERVICE12: {language: pt-BR}, CC3: {}}"),
            (media::Captions{{{"CC1", "en", "English"}, {"SERVICE12", "pt-BR", ""}, {"CC3", "", ""}}, false}));
}

TEST(Config, TextRenditionsAreMadeOfCaptionsOrOfTheApi) {
  const auto subtitles =
      good(
          "channels: {a: {subtitles: [{from: CC3, language: es, name: Español, sdh: true}, {from: api, language: de, "
          "default: true, forced: true}]}}")
          .channels.at("a")
          .options.media.subtitles;
  EXPECT_EQ(subtitles,
            (std::vector<job::Subtitle>{{3, "es", "Español", false, false, true}, {0, "de", "", true, true, false}}));
  EXPECT_TRUE(good("").channels.begin()->second.options.media.subtitles.empty());
}

TEST(Config, TextRenditionsAreMadeOfAPageOfTeletext) {
  const auto subtitles = good(
                             "channels: {a: {subtitles: [{from: teletext 888, language: en}, {from: teletext}, {from: "
                             "teletext, language: de}]}}")
                             .channels.at("a")
                             .options.media.subtitles;
  ASSERT_EQ(subtitles.size(), 3U);
  EXPECT_EQ(subtitles[0], (job::Subtitle{0, "en", "", false, false, false, true, 888}));
  EXPECT_EQ(subtitles[1], (job::Subtitle{0, "", "", false, false, false, true, 0}));
  EXPECT_FALSE(subtitles[2].from_api());
}

TEST(Config, TextRenditionsAreMadeOfAServiceOfCea708) {
  const auto subtitles = good(
                             "channels: {a: {subtitles: [{from: SERVICE1, language: en}, {from: SERVICE63}, {from: "
                             "CC2}]}}")
                             .channels.at("a")
                             .options.media.subtitles;
  ASSERT_EQ(subtitles.size(), 3U);
  EXPECT_EQ(subtitles[0], (job::Subtitle{0, "en", "", false, false, false, false, 0, 1}));
  EXPECT_EQ(subtitles[1], (job::Subtitle{0, "", "", false, false, false, false, 0, 63}));
  EXPECT_EQ(subtitles[2], (job::Subtitle{2, "", "", false, false, false, false, 0, 0}));
  EXPECT_FALSE(subtitles[0].from_api());
}

TEST(Config, TextRenditionsAreMadeOfTheFeedsTextData) {
  const auto subtitles = good("channels: {a: {subtitles: [{from: data, language: en}, {from: data}]}}")
                             .channels.at("a")
                             .options.media.subtitles;
  ASSERT_EQ(subtitles.size(), 2U);
  EXPECT_TRUE(subtitles[0].data);
  EXPECT_EQ(subtitles[0].language, "en");
  EXPECT_TRUE(subtitles[1].data);
  EXPECT_FALSE(subtitles[1].from_api()) << "and so needs no language";
}

TEST(Config, RefusesTextRenditionsThatCannotBe) {
  const auto refused = [](const std::string& list, const std::string& why) {
    const std::string problems = problems_of("channels: {a: {subtitles: [" + list + "]}}");
    EXPECT_NE(problems.find(why), std::string::npos) << problems;
  };
  refused("{from: CC5}", "CC1, CC2, CC3");
  for (const char* service : {"SERVICE", "SERVICE0", "SERVICE64", "SERVICE01", "SERVICE 1", "service1"})
    refused("{from: " + std::string(service) + "}", "SERVICE1 to SERVICE63");
  for (const char* page : {"teletext 99", "teletext 900", "teletext 88", "teletext 8888", "teletext 8a8", "teletext888",
                           "teletext 888 ", "Teletext"})
    refused("{from: '" + std::string(page) + "'}", "teletext 100 to teletext 899");
  refused("{from: api}", "needs a language");
  refused("{from: api, language: de}, {from: api, language: de}", "give each its own");
  refused("{from: CC1, default: true}, {from: CC2, default: true}", "only one text rendition");
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += "{from: CC1}, ";
  refused(nine, "at most 8");
}

TEST(Config, RefusesCaptionsThatPlaylistsCannotName) {
  const auto refused = [](const std::string& text, const std::string& why) {
    return problems_of("channels: {a: {captions: " + text + "}}").find(why) != std::string::npos;
  };
  EXPECT_TRUE(refused("some", "auto, none, or a mapping"));
  EXPECT_TRUE(refused("[CC1]", "auto, none, or a mapping"));
  EXPECT_TRUE(refused("{}", "auto, none, or a mapping"));
  EXPECT_TRUE(refused("{CC5: {language: en}}", "\"CC5\" is no caption service"));
  EXPECT_TRUE(refused("{SERVICE0: {}}", "no caption service"));
  EXPECT_TRUE(refused("{CC1: {language: \"en glish\"}}", "language tag"));
  EXPECT_TRUE(refused("{CC1: {name: 'a\"b'}}", "quotation marks"));
  EXPECT_TRUE(refused("{CC1: {langage: en}}", "did you mean \"language\"?"));
  EXPECT_TRUE(refused("{CC1: {}, CC1: {}}", "second time"));
}

TEST(Config, ReadsHowSoundIsMade) {
  using Audio = job::Options::Audio;
  for (const auto& [word, mode] :
       {std::pair{"auto", Audio::kAuto}, {"copy", Audio::kCopy}, {"encode", Audio::kEncode}, {"none", Audio::kNone}}) {
    EXPECT_EQ(good(std::string("channels: {a: {audio: {mode: ") + word + "}}}").channels.at("a").options.media.audio,
              mode);
  }
  const auto rung = good("channels: {a: {audio: {codec: opus, bitrate: 96k, channels: 2, sample_rate: 48000}}}")
                        .channels.at("a")
                        .options.media.audio_rung;
  EXPECT_EQ(rung.codec, media::Codec::kOpus);
  EXPECT_EQ(rung.bitrate, 96'000);
  EXPECT_EQ(rung.channels, 2);
  EXPECT_EQ(rung.sample_rate, 48'000);
}

std::string sound(const std::string& keys) { return "channels: {a: {audio: {" + keys + "}}}"; }

TEST(Config, ReadsTheSurroundThatIsMadeBesideStereo) {
  const auto media = good(sound("renditions: [{codec: ac3, bitrate: 448k, dialnorm: -27}, {}, {codec: aac}]"))
                         .channels.at("a")
                         .options.media;
  ASSERT_EQ(media.audio_renditions.size(), 3U);
  EXPECT_EQ(job::suffix_of(media.audio_renditions[0]), "ac3-6");
  EXPECT_EQ(media.audio_renditions[0].bitrate, 448'000);
  EXPECT_EQ(media.audio_renditions[0].dialnorm, -27);
  EXPECT_EQ(job::suffix_of(media.audio_renditions[1]), "eac3-6") << "the default";
  EXPECT_EQ(media.audio_renditions[1].bitrate, 384'000) << "64k a channel";
  EXPECT_EQ(job::suffix_of(media.audio_renditions[2]), "aac-6");
  EXPECT_EQ(media.audio_rung.codec, media::Codec::kAac) << "the first stays what it was";
  EXPECT_EQ(problems_of(sound("mode: copy, renditions: [{codec: aac, channels: 2}]")), "");
}

TEST(Config, RefusesSurroundThatCannotBeMade) {
  const auto refused = [](const std::string& keys, const std::string& why) {
    const std::string problems = problems_of(sound(keys));
    EXPECT_NE(problems.find(why), std::string::npos) << keys << ": " << problems;
  };
  refused("renditions: [{codec: ac3, bitrate: 400k}]", "ac3 has no bitrate of 400000 bit/s; 448k is usual for 5.1");
  refused("renditions: [{bitrate: 2M}]", "bitrate has to be from 32k to 1M");
  refused("renditions: [{channels: 5}]", "2, 6");
  refused("renditions: [{dialnorm: -32}]", "-31 to 0");
  refused("renditions: [{}, {codec: eac3, bitrate: 640k}]", "two renditions have this codec and as many channels");
  refused("renditions: [{codec: aac, channels: 2}]", "has the codec of the first");
  refused("channels: 6, renditions: [{codec: aac}]", "has the codec of the first");
  refused("mode: none, renditions: [{}]", "leaves no audio");
  refused("codec: ac3", "aac, opus");
}

TEST(Config, SaysWhatToDoInPlaceOfHeAac) {
  for (const char* keys : {"codec: he-aac", "renditions: [{codec: he-aac}]"}) {
    const std::string problems = problems_of(sound(keys));
    EXPECT_NE(problems.find("codec cannot be he-aac: Debian's FFmpeg has no encoder for HE-AAC"), std::string::npos)
        << problems;
    EXPECT_NE(problems.find("mode: copy with an encoder that sends HE-AAC"), std::string::npos) << problems;
  }
}

TEST(Config, ReadsWhoMayPublishOverSrtAndHow) {
  const std::string path = ::testing::TempDir() + "kickoff-passphrase";
  std::ofstream(path) << "ten letters and more\nsecond line\n";
  const auto channel =
      good("channels: {a: {srt: {passphrase_file: " + path + ", key_length: 32, latency: 4s, allow: [10.0.0.0/8]}}}")
          .channels.at("a");
  EXPECT_EQ(channel.srt_passphrase, "ten letters and more");
  EXPECT_EQ(channel.srt_key_length, 32);
  EXPECT_EQ(channel.srt_latency, 4 * base::kSecond);
  EXPECT_EQ(channel.srt_allow, std::vector<std::string>{"10.0.0.0/8"});
  EXPECT_NE(problems_of("channels: {a: {srt: {passphrase_file: /nonexistent}}}").find("cannot be read"),
            std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {srt: {key_length: 20}}}").find("one of 0, 16, 24, 32"), std::string::npos);
  for (const auto& [length, fits] : {std::pair{9, false}, {10, true}, {80, true}, {81, false}}) {
    const std::string phrase(static_cast<std::size_t>(length), 'p');
    EXPECT_EQ(problems_of("channels: {a: {srt: {passphrase: " + phrase + "}}}").empty(), fits) << length;
  }
}

TEST(Config, ReadsTheListeners) {
  const Config config = good(
      "srt: {listen: 127.0.0.1, port: 0, latency: 4s, max_reorder: 50, max_mbps: 1000, publish_without_mode: true}\n"
      "rtmp: {listen: 127.0.0.1, port: 0, tls_port: 0}\nadmin: {listen: 0.0.0.0, port: 9}\n"
      "http: {loops: 256, max_connections: 5}\nlog: {level: warn, format: json}\nend_channels_on_stop: true\ndrain: "
      "20s\n");
  EXPECT_EQ(config.srt.listen, "127.0.0.1");
  EXPECT_EQ(config.srt.port, 0);
  EXPECT_EQ(config.srt.latency, 4 * base::kSecond);
  EXPECT_EQ(config.srt.max_reorder, 50);
  EXPECT_EQ(config.srt.max_mbps, 1000);
  EXPECT_TRUE(config.srt.publish_without_mode);
  EXPECT_EQ(config.rtmp.port, 0);
  EXPECT_EQ(config.rtmp.tls_port, 0);
  EXPECT_EQ(config.admin.listen, "0.0.0.0");
  EXPECT_EQ(config.admin.port, 9);
  EXPECT_EQ(config.http.loops, 256);
  EXPECT_EQ(config.http.max_connections, 5);
  EXPECT_EQ(config.log.level, base::Level::kWarn);
  EXPECT_EQ(config.log.format, base::LogFormat::kJson);
  EXPECT_TRUE(config.end_channels_on_stop);
  EXPECT_EQ(config.drain, 20 * base::kSecond);
}

TEST(Config, AFileWithoutChannelsAdmitsEveryName) {
  EXPECT_EQ(good("{}").channels.size(), 1U);
  EXPECT_EQ(good("").channels.count("*"), 1U);
  EXPECT_EQ(good("channels: {a: {}}").channels.count("*"), 0U);
}

TEST(Config, ACertificateAndItsKeyComeTogether) {
  EXPECT_NE(problems_of("http: {certificate: a.pem}").find("given together"), std::string::npos);
  EXPECT_NE(problems_of("http: {key: a.pem}").find("given together"), std::string::npos);
  EXPECT_EQ(problems_of("http: {certificate: a.pem, key: b.pem}"), "");
}

TEST(Config, AChannelsNameHasSixtyFourLettersAtMost) {
  EXPECT_EQ(problems_of("channels: {" + std::string(64, 'a') + ": {}}"), "");
  EXPECT_NE(problems_of("channels: {" + std::string(65, 'a') + ": {}}"), "");
  EXPECT_NE(problems_of("channels: {\"\": {}}"), "");
}

TEST(Config, ReadsWhatIsGivenUpWhenRoomRunsOut) {
  const Config config =
      good("http: {admission: {refuse_joins_below: 10, egress_mbps: 9000, overflow: https://cdn.example}}");
  EXPECT_EQ(config.http.admission.shed_depth_below, 15);
  EXPECT_EQ(config.http.admission.refuse_joins_below, 10);
  EXPECT_EQ(config.http.admission.egress_mbps, 9000);
  EXPECT_EQ(config.http.admission.overflow, "https://cdn.example");
  for (const char* wrong :
       {"cdn.example", "https://", "https://cdn.example/", "'https://a b'", "'https://a?x'", "[a]"}) {
    EXPECT_NE(problems_of(std::string("http: {admission: {overflow: ") + wrong + "}}").find("overflow has to be"),
              std::string::npos)
        << wrong;
  }
}

TEST(Config, KeysComeFromTheEnvironmentAndFromASecretsFileToo) {
  const std::string path = ::testing::TempDir() + "kickoff-keys";
  std::ofstream(path) << "file1\nfile2\n";
  const Config config = good("channels: {a: {keys: [k], keys_env: KICKOFF_TEST_KEYS, keys_file: " + path + "}}",
                             {{"KICKOFF_TEST_KEYS", "env1,env2"}});
  EXPECT_EQ(config.warnings, std::vector<std::string>{});
  EXPECT_EQ(config.channels.at("a").options.keys, (std::vector<std::string>{"k", "env1", "env2", "file1", "file2"}));
  EXPECT_NE(problems_of("channels: {a: {keys_env: KICKOFF_NO_SUCH}}").find("no such environment variable"),
            std::string::npos);
}

TEST(LoadConfig, AMissingFileIsAProblemThatNamesIt) {
  const auto loaded = load_config("/nonexistent.yaml");
  ASSERT_TRUE(std::holds_alternative<std::vector<Problem>>(loaded));
  EXPECT_NE(std::get<std::vector<Problem>>(loaded).front().message().find("/nonexistent.yaml: cannot be read"),
            std::string::npos);
}

constexpr const char* kHash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // of "abc"

std::string token_problems(const std::string& more) { return problems_of("admin: {tokens: [{" + more + "}]}"); }

TEST(AdminConfig, HasNoTokensAndNoNamesUnlessGiven) {
  EXPECT_TRUE(good("").admin.tokens.empty());
  EXPECT_TRUE(good("").admin.hosts.empty());
  EXPECT_TRUE(good("admin: {tokens: [], hosts: []}").admin.tokens.empty());
}

TEST(AdminConfig, ReadsTokensByTheirHash) {
  const Config config =
      good(std::string("admin:\n  tokens:\n") + "    - {name: wall, role: read, sha256: " + kHash +
           "}\n    - {name: operations-1, role: operate, expires: 2027-01-15T08:00:01Z, sha256: " + kHash +
           "}\n    - {name: root, role: admin, expires: 2027-01-15, sha256: " + kHash + "}\n");
  ASSERT_EQ(config.admin.tokens.size(), 3U);
  EXPECT_EQ(config.admin.tokens[0].name, "wall");
  EXPECT_EQ(config.admin.tokens[0].role, api::Role::kRead);
  EXPECT_EQ(config.admin.tokens[0].hash, api::make_token("", "abc", api::Role::kRead).hash);
  EXPECT_EQ(config.admin.tokens[0].expires, 0);
  EXPECT_EQ(config.admin.tokens[1].role, api::Role::kOperate);
  EXPECT_EQ(config.admin.tokens[1].expires, 1'800'000'001 * base::kSecond);
  EXPECT_EQ(config.admin.tokens[2].role, api::Role::kAdmin);
  EXPECT_EQ(config.admin.tokens[2].expires, (1'800'000'000 - 8 * 3600) * base::kSecond) << "a date: its first instant";
}

TEST(AdminConfig, ReadsATokenFromAFile) {
  const std::string path = ::testing::TempDir() + "/kickoff_token";
  std::ofstream(path) << "abc \r\nnot this\n";
  const Config config = good("admin: {tokens: [{name: a, role: read, file: " + path + "}]}");
  EXPECT_EQ(config.admin.tokens.at(0).hash, api::make_token("", "abc", api::Role::kRead).hash);
  std::ofstream(path) << "\nabc\n";
  EXPECT_NE(token_problems("name: a, role: read, file: " + path).find("first line"), std::string::npos);
  EXPECT_NE(token_problems("name: a, role: read, file: /nonexistent").find("cannot be read"), std::string::npos);
  EXPECT_NE(token_problems("name: a, role: read, file: /dev/zero").find("is a device"), std::string::npos);
  std::ofstream(path) << "\xff\xfe\n";
  EXPECT_NE(token_problems("name: a, role: read, file: " + path).find("is no text"), std::string::npos);
}

TEST(AdminConfig, ATokenNeedsANameARoleAndOneSource) {
  const std::string hash = std::string("sha256: ") + kHash;
  EXPECT_EQ(token_problems("name: a, role: read, " + hash), "");
  EXPECT_NE(token_problems("role: read, " + hash).find("needs a name"), std::string::npos);
  EXPECT_NE(token_problems("name: \"a b\", role: read, " + hash).find("needs a name"), std::string::npos);
  EXPECT_NE(token_problems("name: a, " + hash).find("needs a role"), std::string::npos);
  EXPECT_NE(token_problems("name: a, role: root, " + hash).find("one of read, operate, admin"), std::string::npos);
  EXPECT_NE(token_problems("name: a, role: read").find("one of sha256 and file"), std::string::npos);
  EXPECT_NE(token_problems("name: a, role: read, file: x, " + hash).find("one of sha256 and file"), std::string::npos);
  EXPECT_NE(token_problems("name: a, role: read, sha256: abc").find("64 hexadecimal digits"), std::string::npos);
  EXPECT_NE(token_problems("name: a, rôle: read, " + hash).find("unknown key"), std::string::npos);
  EXPECT_NE(problems_of("admin: {tokens: [{name: a, role: read, " + hash + "}, {name: a, role: read, " + hash + "}]}")
                .find("two tokens are named \"a\""),
            std::string::npos);
  EXPECT_NE(problems_of("admin: {tokens: abc}").find("has to be a list"), std::string::npos);
  EXPECT_NE(problems_of("admin: {tokens: [abc]}"), "");
}

TEST(AdminConfig, AnExpiryIsAnInstantOrADateThatExists) {
  const auto refused = [](const std::string& when) {
    return token_problems(std::string("name: a, role: read, sha256: ") + kHash + ", expires: \"" + when + "\"")
               .find("expires has to be a UTC time") != std::string::npos;
  };
  for (const char* right : {"2028-02-29", "1970-01-01", "2027-12-31T23:59:59Z", "2027-01-01T00:00:00Z"})
    EXPECT_FALSE(refused(right)) << right;
  for (const char* wrong :
       {"", "2027", "2027-02-29", "2027-13-01", "2027-00-01", "2027-01-32", "1969-12-31", "2027-01-01T24:00:00Z",
        "2027-01-01T00:60:00Z", "2027-01-01T00:00:60Z", "2027-01-01T00:00:00", "2027-01-01T00:00:00+01:00",
        "2027-01-01 00:00:00Z", "2027-01-01T00:00:00Zx", "2027-1-1", "tomorrow!!", "2027-01-01T-1:00:00Z"})
    EXPECT_TRUE(refused(wrong)) << wrong;
}

TEST(AdminConfig, ReadsTheNamesItGoesBy) {
  EXPECT_EQ(good("admin: {hosts: [kickoff, \"*.media.svc\"]}").admin.hosts,
            (std::vector<std::string>{"kickoff", "*.media.svc"}));
  for (const char* wrong : {"kickoff:8081", "http://kickoff", "\"*\""})
    EXPECT_NE(problems_of(std::string("admin: {hosts: [") + wrong + "]}").find("a name without a port"),
              std::string::npos)
        << wrong;
  for (const char* wrong : {"[a]", "{a: b}"})
    EXPECT_NE(problems_of(std::string("admin: {hosts: [") + wrong + "]}").find("an item of hosts has to be a text"),
              std::string::npos)
        << wrong;
  for (const char* wrong : {"kickoff", "{a: b}"})
    EXPECT_NE(problems_of(std::string("admin: {hosts: ") + wrong + "}").find("hosts has to be a list"),
              std::string::npos)
        << wrong;
}

TEST(EnvironmentToken, IsTakenOutOfTheEnvironment) {
  setenv("KICKOFF_ADMIN_TOKEN", "abc", 1);
  const auto token = take_environment_token();
  ASSERT_TRUE(token);
  EXPECT_EQ(token->hash, api::make_token("", "abc", api::Role::kAdmin).hash);
  EXPECT_EQ(token->role, api::Role::kAdmin);
  EXPECT_EQ(token->expires, 0);
  EXPECT_EQ(std::getenv("KICKOFF_ADMIN_TOKEN"), nullptr);
  EXPECT_FALSE(take_environment_token());
  setenv("KICKOFF_ADMIN_TOKEN", "", 1);
  EXPECT_FALSE(take_environment_token()) << "an empty one lets nobody in";
}

}  // namespace
}  // namespace config

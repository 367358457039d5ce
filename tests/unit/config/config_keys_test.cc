// Every configuration key: its default, its bounds, and what is said where it is wrong.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "config/config.h"
#include "config/config_listing.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

using base::kMillisecond;
using base::kSecond;

/// A path that no other run of these tests has.
std::string own_file(const std::string& name) { return ::testing::TempDir() + std::to_string(getpid()) + "-" + name; }

/// "a.b.c" and a value as nested flow mappings: "{a: {b: {c: value}}}".
std::string nested(std::string path, const std::string& value) {
  std::string text;
  std::string ends;
  for (std::size_t dot = 0; (dot = path.find('.')) != std::string::npos; path.erase(0, dot + 1)) {
    text += "{" + path.substr(0, dot) + ": ";
    ends += "}";
  }
  return text + "{" + path + ": " + value + "}" + ends;
}

/// Everything of a rung that a file can say.
std::string told(const job::Rung& rung) {
  std::ostringstream out;
  out << rung.name << " codec " << static_cast<int>(rung.codec) << " " << rung.width << "x" << rung.height << " rate "
      << rung.frame_rate.num << "/" << rung.frame_rate.den << " bits " << rung.bitrate << "/" << rung.max_bitrate << "/"
      << rung.buffer_bits << " preset " << rung.preset << " profile " << rung.profile << " range "
      << static_cast<int>(rung.range) << " quality " << rung.quality;
  return out.str();
}

/// Everything of a channel that a file can say, one value a line.
std::string told(const Config::Channel& channel) {
  std::ostringstream out;
  const job::Options& media = channel.options.media;
  out << "segment " << media.segment << "\npart " << media.part << "\nwindow " << channel.options.window << "\ngrace "
      << channel.options.grace << "\nidle " << channel.options.idle << "\ntakeover " << channel.options.takeover
      << "\nrequired " << channel.options.required << "\nkeys " << channel.options.keys.size() << "\ncopy "
      << media.copy_video << "\noutage " << static_cast<int>(media.outage) << "\ndefault ladder "
      << media.default_ladder << "\nprogram " << media.program;
  for (const job::Rung& rung : media.ladder) out << "\nrung " << told(rung);
  out << "\naudio " << static_cast<int>(media.audio) << " codec " << static_cast<int>(media.audio_rung.codec)
      << " bits " << media.audio_rung.bitrate << " channels " << media.audio_rung.channels << " rate "
      << media.audio_rung.sample_rate << "\naudio only " << (channel.options.audio_only == hls::AudioOnly::kYes)
      << "\nloudness " << media.loudness.measured << " " << media.loudness.target.value_or(0) << " "
      << media.loudness.ceiling << "\nsrt " << channel.srt_passphrase << "/" << channel.srt_key_length << "/"
      << channel.srt_latency << "/" << channel.srt_allow.size() << "\nbackup keys "
      << channel.options.backup_keys.size();
  const channel::Failover& failover = channel.options.failover;
  out << "\nfailover " << failover.automatic << " " << failover.after << " " << failover.back << " "
      << failover.back_after;
  for (const Config::FeedSource& source : channel.sources) out << "\nfeed " << source.url;
  return out.str();
}

std::string told(const Config& config) {
  std::ostringstream out;
  out << "log " << static_cast<int>(config.log.level) << " " << static_cast<int>(config.log.format) << "\nstate "
      << config.state_directory << "\nweb " << config.web_directory << "\nend " << config.end_channels_on_stop
      << "\nhttp " << config.http.listen << " " << config.http.port << " " << config.http.tls_port << " "
      << config.http.loops << " " << config.http.max_connections << " " << config.http.new_connections_per_address
      << " " << config.http.half_open_per_address << " " << config.http.certificate << "/" << config.http.key
      << "\nadmission " << config.http.admission.shed_depth_below << " " << config.http.admission.refuse_joins_below
      << " " << config.http.admission.egress_mbps << " " << config.http.admission.overflow << "\nadmin "
      << config.admin.listen << " " << config.admin.port << " " << config.admin.hosts.size() << " "
      << config.admin.tokens.size() << "\nrtmp " << config.rtmp.listen << " " << config.rtmp.port << " "
      << config.rtmp.tls_port << "\nsrt " << config.srt.listen << " " << config.srt.port << " " << config.srt.latency
      << " " << config.srt.max_reorder << " " << config.srt.max_mbps << " " << config.srt.publish_without_mode
      << "\nlimits " << config.limits.channels.channels << " " << config.limits.channels.channels_per_address << " "
      << config.limits.channels.new_per_second << " " << config.limits.channels.cpu_reserve << " "
      << static_cast<int>(config.limits.channels.beyond_cpu_reserve) << " " << config.limits.publishes_per_connection
      << " " << config.limits.worker_memory << "\nwebhooks " << config.webhooks.size() << "\ndrain " << config.drain;
  for (const auto& [name, channel] : config.channels) out << "\n" << name << "\n" << told(channel);
  return out.str();
}

TEST(SampleConfiguration, HasTheDefaultsThatTheProgramHas) {
  std::ifstream file(KICKOFF_SAMPLE);
  std::stringstream text;
  ASSERT_TRUE(text << file.rdbuf()) << KICKOFF_SAMPLE;
  EXPECT_EQ(told(good(text.str())), told(good("")));
}

struct Bounds {
  std::string key;
  std::vector<std::string> allowed;
  std::vector<std::string> refused;
  std::string wanted;  ///< what the message says that the key has to be
};

class KeyBounds : public ::testing::TestWithParam<Bounds> {};

/// Every key with one value of a configuration, and its value, one a line.
std::string values_of(const Config& config) {
  std::string all;
  for (const ListedKey& key : list_keys(config)) all += key.path + "=" + key.text + "\n";
  return all;
}

/// As Bounds has it, with "*" in place of the channel, for which alone there are variables.
std::string path_of_variable(std::string path) {
  if (path.starts_with("channels.a.")) path.replace(9, 1, "*");
  return path;
}

std::string variable_of(const std::string& path) {
  for (const ListedKey& key : list_keys(good(""))) {
    if (key.path == path) return key.variable;
  }
  ADD_FAILURE() << path << " is not declared";
  return "";
}

TEST_P(KeyBounds, HoldForTheEnvironmentAsForTheFile) {
  const Bounds& bounds = GetParam();
  std::string path = path_of_variable(bounds.key);
  const std::string variable = variable_of(path);
  const std::string name = path.substr(path.rfind('.') + 1);
  if (const std::size_t star = path.find('*'); star != std::string::npos) path.replace(star, 1, "'*'");
  for (const std::string& value : bounds.allowed)
    EXPECT_EQ(values_of(good("", {{variable, value}})), values_of(good(nested(path, value)))) << variable << value;
  for (const std::string& value : bounds.refused) {
    EXPECT_EQ(problems_of("", {{variable, value}}), "environment variable " + variable + ": " + name + " has to be " +
                                                        bounds.wanted + ", not \"" + value + "\"\n");
  }
}

TEST_P(KeyBounds, AreReadWithinTheirBoundsAndRefusedBeyondWithTheirPlace) {
  const Bounds& bounds = GetParam();
  for (const std::string& value : bounds.allowed) EXPECT_EQ(problems_of(nested(bounds.key, value)), "") << value;
  const std::string name = bounds.key.substr(bounds.key.rfind('.') + 1);
  for (const std::string& value : bounds.refused) {
    const std::string text = nested(bounds.key, value);
    const std::string place = "t.yaml:1:" + std::to_string(text.find(": " + value) + 3) + ": ";
    EXPECT_EQ(problems_of(text), place + name + " has to be " + bounds.wanted + ", not \"" + value + "\"\n") << value;
  }
}

constexpr const char* kUpToAMillion = "a whole number from 0 to 1000000";
INSTANTIATE_TEST_SUITE_P(
    OfTheServer, KeyBounds,
    ::testing::Values(
        Bounds{"log.level", {"debug", "info", "warn", "error"}, {"trace", "INFO"}, "one of debug, info, warn, error"},
        Bounds{"log.format", {"auto", "json", "text"}, {"xml"}, "one of auto, json, text"},
        Bounds{"end_channels_on_stop", {"true", "false"}, {"yes", "1"}, "true or false"},
        Bounds{"drain", {"0s", "300s"}, {"301s", "20"}, "a duration from 0s to 300s with its unit (ms, s or m)"},
        Bounds{"http.port", {"0", "65535"}, {"-1", "65536", "80a"}, "a whole number from 0 to 65535"},
        Bounds{"http.tls_port", {"0", "65535"}, {"-1", "65536"}, "a whole number from 0 to 65535"},
        Bounds{"http.loops", {"0", "256"}, {"-1", "257"}, "a whole number from 0 to 256"},
        Bounds{"http.max_connections", {"0", "10000000"}, {"-1", "10000001"}, "a whole number from 0 to 10000000"},
        Bounds{"http.new_connections_per_address", {"0", "1000000"}, {"-1", "1000001"}, kUpToAMillion},
        Bounds{"http.half_open_per_address", {"0", "1000000"}, {"-1", "1000001"}, kUpToAMillion},
        Bounds{"http.admission.shed_depth_below", {"0", "90"}, {"-1", "91"}, "a whole number from 0 to 90"},
        Bounds{"http.admission.refuse_joins_below", {"0", "90"}, {"-1", "91"}, "a whole number from 0 to 90"},
        Bounds{
            "http.admission.egress_mbps", {"0", "10000000"}, {"-1", "10000001"}, "a whole number from 0 to 10000000"},
        Bounds{"admin.port", {"0", "65535"}, {"-1", "65536"}, "a whole number from 0 to 65535"},
        Bounds{"rtmp.port", {"0", "65535"}, {"-1", "65536"}, "a whole number from 0 to 65535"},
        Bounds{"rtmp.tls_port", {"0", "65535"}, {"-1", "65536"}, "a whole number from 0 to 65535"},
        Bounds{"srt.port", {"0", "65535"}, {"-1", "65536"}, "a whole number from 0 to 65535"},
        Bounds{"srt.latency",
               {"20ms", "4s"},
               {"19ms", "4001ms", "120"},
               "a duration from 20ms to 4s with its unit (ms, s or m)"},
        Bounds{"srt.max_reorder", {"0", "10000"}, {"-1", "10001"}, "a whole number from 0 to 10000"},
        Bounds{"srt.max_mbps", {"1", "1000"}, {"0", "1001"}, "a whole number from 1 to 1000"},
        Bounds{"limits.channels", {"1", "10000"}, {"0", "10001"}, "a whole number from 1 to 10000"},
        Bounds{"limits.channels_per_address", {"1", "10000"}, {"0", "10001"}, "a whole number from 1 to 10000"},
        Bounds{"limits.new_channels_per_second", {"1", "1000"}, {"0", "1001"}, "a whole number from 1 to 1000"},
        Bounds{"limits.cpu_reserve", {"0", "90"}, {"-1", "91"}, "a whole number from 0 to 90"},
        Bounds{"limits.beyond_cpu_reserve",
               {"refuse", "smaller_ladder"},
               {"smaller", "true"},
               "one of refuse, smaller_ladder"},
        Bounds{"limits.publishes_per_connection", {"1", "1000"}, {"0", "1001"}, "a whole number from 1 to 1000"},
        Bounds{"limits.worker_memory",
               {"0", "256MiB", "2GiB"},
               {"255MiB", "2G"},
               "0 or a size from 256MiB to 1024GiB such as 512MiB or 2GiB"},
        Bounds{"srt.publish_without_mode", {"true", "false"}, {"no"}, "true or false"}));

INSTANTIATE_TEST_SUITE_P(
    OfAChannel, KeyBounds,
    ::testing::Values(
        Bounds{"channels.a.segment",
               {"1s", "10s"},
               {"999ms", "10001ms"},
               "a duration from 1s to 10s with its unit (ms, s or m)"},
        Bounds{"channels.a.part",
               {"200ms", "1s"},
               {"199ms", "2001ms"},
               "a duration from 200ms to 2s with its unit (ms, s or m)"},
        Bounds{"channels.a.window",
               {"12s", "20160m"},
               {"5999ms", "20161m"},
               "a duration from 6s to 1209600s with its unit (ms, s or m)"},
        Bounds{"channels.a.grace",
               {"0s", "60m"},
               {"-1ms", "3601s"},
               "a duration from 0s to 3600s with its unit (ms, s or m)"},
        Bounds{"channels.a.idle",
               {"3s", "60m"},
               {"2999ms", "3601s"},
               "a duration from 3s to 3600s with its unit (ms, s or m)"},
        Bounds{"channels.a.takeover", {"true", "false"}, {"on"}, "true or false"},
        Bounds{"channels.a.required", {"true", "false"}, {"1"}, "true or false"},
        Bounds{"channels.a.outage", {"hold", "gap"}, {"freeze"}, "one of hold, slate, gap"},
        Bounds{"channels.a.slate_after",
               {"0s", "60m"},
               {"-1ms", "3601s"},
               "a duration from 0s to 3600s with its unit (ms, s or m)"},
        Bounds{"channels.a.source", {"transcode", "copy"}, {"both"}, "one of transcode, copy"},
        Bounds{"channels.a.program", {"0", "65535"}, {"-1", "65536"}, "a whole number from 0 to 65535"},
        Bounds{"channels.a.audio.mode", {"auto", "copy", "encode", "none"}, {"off"}, "one of auto, copy, encode, none"},
        Bounds{"channels.a.audio.codec", {"aac", "opus"}, {"mp3"}, "one of aac, opus"},
        Bounds{
            "channels.a.audio.bitrate", {"0", "96k", "1M"}, {"-1k", "96 k", "1G"}, "a bit rate such as 2500k or 2.5M"},
        Bounds{"channels.a.audio.channels", {"0", "8"}, {"-1", "9"}, "a whole number from 0 to 8"},
        Bounds{"channels.a.audio.sample_rate", {"0", "96000"}, {"-1", "96001"}, "a whole number from 0 to 96000"},
        Bounds{"channels.a.audio_only", {"true", "false"}, {"yes"}, "one of false, true"},
        Bounds{"channels.a.audio.measure_loudness", {"true", "false"}, {"maybe"}, "true or false"},
        Bounds{"channels.a.audio.loudness",
               {"none", "-23 LUFS", "-24 LKFS", "-16.5LUFS", "-14", "-40", "-8"},
               {"-40.1", "-7.9", "23 LUFS", "-23 dB", "-23 LUFS!", "on", "nan"},
               "none, or a loudness from -40 to -8 such as -23 LUFS or -24 LKFS"},
        Bounds{"channels.a.audio.true_peak",
               {"-1 dBTP", "-1.5", "-9", "0"},
               {"-9.1", "0.1", "-1 dB", "off"},
               "a level from -9 to 0 such as -1 dBTP"},
        Bounds{"channels.a.srt.latency",
               {"20ms", "4s"},
               {"19ms", "4001ms"},
               "a duration from 20ms to 4s with its unit (ms, s or m)"},
        Bounds{"channels.a.standby", {"warm", "hot"}, {"cold", "true"}, "one of warm, hot"},
        Bounds{"channels.a.failover", {"auto", "manual"}, {"true", "off"}, "one of auto, manual"},
        Bounds{"channels.a.failback", {"auto", "manual"}, {"true", "off"}, "one of auto, manual"},
        Bounds{"channels.a.failover_after",
               {"200ms", "500ms", "10s"},
               {"199ms", "10001ms"},
               "a duration from 200ms to 10s with its unit (ms, s or m)"},
        Bounds{"channels.a.failover_scrambled",
               {"0s", "1s", "60m"},
               {"-1s", "3601s"},
               "a duration from 0s to 3600s with its unit (ms, s or m)"},
        Bounds{"channels.a.failover_mute",
               {"0s", "10s", "60m"},
               {"-1s", "3601s"},
               "a duration from 0s to 3600s with its unit (ms, s or m)"},
        Bounds{
            "channels.a.failover_mute_level", {"-90", "-20"}, {"-91", "-19", "60"}, "a whole number from -90 to -20"},
        Bounds{"channels.a.failover_black_level", {"1", "30"}, {"0", "31"}, "a whole number from 1 to 30"},
        Bounds{"channels.a.failover_ignore",
               {"80 0 100 12", "0 90 100 100"},
               {"80 0 100", "12 0 80 101"},
               "areas such as \"80 0 100 12, 0 90 100 100\": left, top, right and bottom of each in per cent of the "
               "picture; at most 8"},
        Bounds{"channels.a.failover_low_rate",
               {"0s", "5s", "60m"},
               {"-1s", "3601s"},
               "a duration from 0s to 3600s with its unit (ms, s or m)"},
        Bounds{"channels.a.failover_ts_errors",
               {"0s", "3s", "60m"},
               {"-1s", "3601s"},
               "a duration from 0s to 3600s with its unit (ms, s or m)"},
        Bounds{"channels.a.failover_ts_error_rate",
               {"1", "5", "10000"},
               {"0", "10001", "5s"},
               "a whole number from 1 to 10000"},
        Bounds{"channels.a.failback_after",
               {"1s", "60m"},
               {"999ms", "3601s"},
               "a duration from 1s to 3600s with its unit (ms, s or m)"},
        Bounds{"channels.a.srt.key_length", {"0", "16", "24", "32"}, {"8", "17"}, "one of 0, 16, 24, 32"}));

TEST(Slate, IsReadFromItsFileBesideTheConfiguration) {
  const std::string file = own_file("slate.png");
  std::ofstream(file) << "\x89PNG and more";
  const std::string name = file.substr(file.rfind('/') + 1);
  const auto read = parse_config("channels: {a: {outage: slate, slate_after: 2s, slate: " + name + "}}",
                                 ::testing::TempDir() + "t.yaml");
  const auto* config = std::get_if<Config>(&read);
  ASSERT_NE(config, nullptr);
  const Config::Channel& channel = config->channels.at("a");
  EXPECT_EQ(channel.options.media.outage, job::Options::Outage::kSlate);
  EXPECT_EQ(channel.options.media.slate_after, 2 * kSecond);
  ASSERT_NE(channel.options.media.slate, nullptr);
  EXPECT_EQ(base::text_of(channel.options.media.slate->view()), "\x89PNG and more");
  EXPECT_NE(channel.slate.find(name), std::string::npos) << "a reload tells another file by its path";
}

TEST(LoudnessTarget, NeedsAudioThatIsEncoded) {
  const auto faults = problems_of("channels: {a: {audio: {mode: copy, loudness: -23 LUFS}}}");
  EXPECT_NE(faults.find("mode: copy leaves audio as loud as it is"), std::string::npos) << faults;
  for (const char* mode : {"auto", "encode", "none"})
    EXPECT_EQ(problems_of(std::string("channels: {a: {audio: {loudness: -23 LUFS, mode: ") + mode + "}}}"), "");
  EXPECT_EQ(problems_of("channels: {a: {audio: {mode: copy}}}"), "");
}

TEST(Slate, IsNeededWhereAnOutageShowsIt) {
  EXPECT_NE(problems_of("channels: {a: {outage: slate}}").find("slate: FILE"), std::string::npos);
  EXPECT_EQ(problems_of("channels: {a: {outage: hold, slate: ''}}"), "");
}

TEST(AudioTracks, AreCalledAsTheConfigurationSays) {
  const auto read = parse_config(
      "channels: {a: {audio: {tracks: [{pid: 257, name: Stadium, language: en-GB, role: description, default: true}, "
      "{of_language: qaa, publish: false}]}}}",
      "t.yaml");
  const auto* config = std::get_if<Config>(&read);
  ASSERT_NE(config, nullptr);
  const std::vector<job::AudioTrack>& tracks = config->channels.at("a").options.media.audio_tracks;
  ASSERT_EQ(tracks.size(), 2U);
  EXPECT_EQ(tracks[0].pid, 257);
  EXPECT_EQ(tracks[0].name, "Stadium");
  EXPECT_EQ(tracks[0].language, "en-GB");
  EXPECT_EQ(tracks[0].role, media::Role::kDescription);
  EXPECT_TRUE(tracks[0].is_default);
  EXPECT_EQ(tracks[1].of_language, "qaa");
  EXPECT_EQ(tracks[1].role, std::nullopt);
  EXPECT_FALSE(tracks[1].publish);
}

TEST(AudioTracks, HaveNamesAndLanguagesThatAPlaylistCanHold) {
  const auto of = [](const std::string& track) {
    return problems_of("channels: {a: {audio: {tracks: [{" + track + "}]}}}");
  };
  EXPECT_EQ(of("name: 'Français, stade'"), "");
  EXPECT_NE(of("name: 'the \"Voice\"'").find("quotation marks"), std::string::npos);
  EXPECT_NE(of("name: " + std::string(101, 'x')).find("100 bytes"), std::string::npos);
  EXPECT_NE(of("language: 'en GB'").find("such as en or pt-BR"), std::string::npos);
  EXPECT_NE(of("role: star").find("one of"), std::string::npos);
  EXPECT_NE(of("default: true, publish: false").find("cannot be the default"), std::string::npos);
}

TEST(Event, HasTimesAndTexts) {
  const auto read = parse_config(
      "channels: {a: {event: {start: 2026-12-01T18:00:00Z, end: 2026-12-01T20:00:00Z, text_before: Soon, "
      "text_after: Thanks}}}",
      "t.yaml");
  const auto* config = std::get_if<Config>(&read);
  ASSERT_NE(config, nullptr);
  const channel::Schedule& schedule = config->channels.at("a").options.schedule;
  EXPECT_EQ(base::format_utc(schedule.start.value()), "2026-12-01T18:00:00.000Z");
  EXPECT_EQ(*schedule.end - *schedule.start, 2 * 3600 * base::kSecond);
  EXPECT_EQ(schedule.text_before + schedule.text_after, "SoonThanks");
}

TEST(Event, HasToEndAfterItBegan) {
  const std::string begin = "channels: {a: {slate_text: x, event: {start: 2026-12-01T18:00:00Z, end: ";
  EXPECT_NE(problems_of(begin + "2026-12-01T18:00:00Z}}}").find("later than event.start"), std::string::npos);
  EXPECT_EQ(problems_of(begin + "2026-12-01T18:00:00.001Z}}}"), "");
}

TEST(Event, NeedsSomethingToShowForEachOfItsTimes) {
  EXPECT_NE(problems_of("channels: {a: {event: {start: 2026-12-01T18:00:00Z}}}").find("event.text_before"),
            std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {event: {end: 2026-12-01T18:00:00Z, text_before: x}}}").find("event.text_after"),
            std::string::npos);
  EXPECT_EQ(problems_of("channels: {a: {slate_text: x, event: {start: 2026-12-01T18:00:00Z}}}"), "");
  EXPECT_EQ(problems_of("channels: {a: {event: {end: 2026-12-01T18:00:00Z, text_after: x}}}"), "");
}

TEST(Event, NeedsARungToShowItIn) {
  const std::string end = "event: {start: 2026-12-01T18:00:00Z, text_before: x}}}";
  EXPECT_NE(problems_of("channels: {a: {source: copy, ladder: none, " + end).find("needs a rung"), std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {outage: gap, " + end).find("outage: gap"), std::string::npos);
  EXPECT_EQ(problems_of("channels: {a: {source: copy, ladder: auto, " + end), "");
}

TEST(Slate, DoesNotGoWithGaps) {
  const std::string file = own_file("gap.png");
  std::ofstream(file) << "\x89PNG and more";
  EXPECT_NE(problems_of("channels: {a: {outage: gap, slate: " + file + "}}").find("outage: gap"), std::string::npos);
  EXPECT_EQ(problems_of("channels: {a: {outage: hold, slate: " + file + "}}"), "");
}

TEST(Slate, MayBeATextAlone) {
  const auto read = parse_config("channels: {a: {outage: slate, slate_text: \"We'll be\\nright back\"}}", "t.yaml");
  const auto* config = std::get_if<Config>(&read);
  ASSERT_NE(config, nullptr);
  const job::Options& media = config->channels.at("a").options.media;
  EXPECT_EQ(media.slate_text, "We'll be\nright back");
  EXPECT_NE(media.slate_font, nullptr) << "DejaVu Sans, of fonts-dejavu-core";
}

TEST(Slate, HasATextOfABoundedLengthWithoutControls) {
  EXPECT_NE(problems_of("channels: {a: {slate_text: \"a\\tb\"}}").find("control characters"), std::string::npos);
  EXPECT_NE(problems_of("channels: {a: {slate_text: " + std::string(501, 'x') + "}}").find("500 bytes"),
            std::string::npos);
  EXPECT_EQ(problems_of("channels: {a: {slate_text: ''}}"), "");
}

TEST(Slate, OfATextDoesNotGoWithGapsEither) {
  EXPECT_NE(problems_of("channels: {a: {outage: gap, slate_text: x}}").find("outage: gap"), std::string::npos);
}

TEST(Slate, HasItsTextInAnotherFontWhereOneIsNamed) {
  const std::string font = own_file("font.ttf");
  std::ofstream(font, std::ios::binary) << std::string("\0\1\0\0 and more", 13);
  const auto read = parse_config("channels: {a: {slate_text: x, slate_font: " + font + "}}", "t.yaml");
  const auto* config = std::get_if<Config>(&read);
  ASSERT_NE(config, nullptr);
  EXPECT_EQ(config->channels.at("a").options.media.slate_font->view().size(), 13U);
  EXPECT_NE(problems_of("channels: {a: {slate_font: none.ttf}}").find("none.ttf"), std::string::npos);
}

TEST(Slate, ThatIsNoPictureIsRefusedWithItsPlace) {
  const std::string file = own_file("slate.txt");
  std::ofstream(file) << "text";
  EXPECT_NE(problems_of("channels: {a: {slate: " + file + "}}").find("t.yaml:1:23: slate: " + file + " is neither"),
            std::string::npos)
      << problems_of("channels: {a: {slate: " + file + "}}");
  EXPECT_NE(problems_of("channels: {a: {slate: none.png}}").find("none.png"), std::string::npos);
}

/// A channel of one rung with `key` beside what a rung needs.
std::string rung_with(const std::string& key, const std::string& value) {
  return "channels: {a: {ladder: [{name: r, bitrate: 1M, " + key + ": " + value + "}]}}";
}

TEST(Rung, HasABoundForEveryNumber) {
  for (const char* size : {"width", "height"}) {
    EXPECT_EQ(problems_of(rung_with(size, "0")), "");
    EXPECT_EQ(problems_of(rung_with(size, "8192")), "");
    const std::string wanted = std::string(size) + " has to be a whole number from 0 to 8192";
    EXPECT_NE(problems_of(rung_with(size, "-1")).find(wanted), std::string::npos);
    EXPECT_NE(problems_of(rung_with(size, "8193")).find(wanted), std::string::npos);
  }
  EXPECT_EQ(problems_of(rung_with("frame_rate", "1")), "");
  EXPECT_EQ(problems_of(rung_with("frame_rate", "120")), "");
  EXPECT_NE(problems_of(rung_with("frame_rate", "0")), "");
  EXPECT_NE(problems_of(rung_with("frame_rate", "121")), "");
  EXPECT_NE(problems_of(rung_with("buffer", "-1")), "");
  EXPECT_NE(problems_of(rung_with("max_bitrate", "much")), "");
  EXPECT_NE(problems_of(rung_with("quality", "high")), "");
  EXPECT_NE(problems_of(rung_with("codec", "vp8")).find("one of h264, hevc, av1, not \"vp8\""), std::string::npos);
}

TEST(Rung, KeepsEverythingThatAFileSaysOfIt) {
  const Config config = good(
      "channels: {a: {ladder: [{name: top, codec: av1, width: 640, height: 360, frame_rate: 50, bitrate: 800k,"
      " max_bitrate: 900k, buffer: 450k, preset: '8', profile: main, range: hdr, quality: true}]}}");
  EXPECT_EQ(told(config.channels.at("a").options.media.ladder.at(0)),
            "top codec " + std::to_string(static_cast<int>(media::Codec::kAv1)) +
                " 640x360 rate 50/1 bits 800000/900000/450000 preset 8 profile main range 1 quality 1");
}

TEST(Rung, IsOfHdrInHevcAndAv1Alone) {
  for (const std::string codec : {"hevc", "av1"})
    EXPECT_EQ(problems_of(rung_with("codec", codec + ", range: hdr")), "");
  EXPECT_NE(problems_of(rung_with("range", "hdr")).find("range: hdr needs codec: hevc or av1"), std::string::npos);
  EXPECT_EQ(problems_of(rung_with("range", "sdr")), "");
  EXPECT_NE(problems_of(rung_with("range", "pq")).find("one of sdr, hdr, not \"pq\""), std::string::npos);
}

TEST(Rung, HasANameOfThirtyTwoLettersAtMost) {
  const auto named = [](const std::string& name) {
    return problems_of("channels: {a: {ladder: [{bitrate: 1M, name: '" + name + "'}]}}");
  };
  EXPECT_EQ(named(std::string(32, 'r')), "");
  EXPECT_EQ(named("A-z_9"), "");
  const std::string told =
      "t.yaml:1:25: channels.a.ladder: a rung needs a height or a name of letters, digits, - and _\n";
  EXPECT_EQ(named(std::string(33, 'r')), told);
  EXPECT_EQ(named("a b"), told);
  EXPECT_EQ(named("a/b"), told);
}

TEST(Rung, OfTheSameHeightStaysInTheOrderOfTheFile) {
  const auto ladder = good(
                          "channels: {a: {ladder: [{name: x, height: 360, bitrate: 1M}, {name: y, height: 720, "
                          "bitrate: 1M}, {name: z, height: 360, bitrate: 2M}]}}")
                          .channels.at("a")
                          .options.media.ladder;
  EXPECT_EQ(ladder[0].name + ladder[1].name + ladder[2].name, "yxz");
}

struct Typo {
  std::string text;
  std::string told;  ///< what follows "t.yaml:"
};

class Typos : public ::testing::TestWithParam<Typo> {};

TEST_P(Typos, AreToldWithTheirLineAndTheNearestKnownKey) {
  EXPECT_EQ(problems_of(GetParam().text), "t.yaml:" + GetParam().told + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    OfEverySection, Typos,
    ::testing::Values(Typo{"\nchanels: {}", "2:1: unknown key \"chanels\"; did you mean \"channels\"?"},
                      Typo{"log:\n  leve: info", "2:3: unknown key \"leve\" in log; did you mean \"level\"?"},
                      Typo{"http:\n  loop: 1", "2:3: unknown key \"loop\" in http; did you mean \"loops\"?"},
                      Typo{"http:\n  admission:\n    overflw: a",
                           "3:5: unknown key \"overflw\" in http.admission; did you mean \"overflow\"?"},
                      Typo{"admin:\n  lisen: a", "2:3: unknown key \"lisen\" in admin; did you mean \"listen\"?"},
                      Typo{"rtmp:\n  tlsport: 1", "2:3: unknown key \"tlsport\" in rtmp; did you mean \"tls_port\"?"},
                      Typo{"limits:\n  channel: 1",
                           "2:3: unknown key \"channel\" in limits; did you mean \"channels\"?"},
                      Typo{"srt:\n  max_mbp: 1", "2:3: unknown key \"max_mbp\" in srt; did you mean \"max_mbps\"?"},
                      Typo{"channels:\n  a:\n    ladderr: auto",
                           "3:5: unknown key \"ladderr\" in channels.a; did you mean \"ladder\"?"},
                      Typo{"channels:\n  a:\n    ladder:\n      - {height: 360, bitrate: 1M, presets: fast}",
                           "4:36: unknown key \"presets\" in channels.a.ladder; did you mean \"preset\"?"},
                      Typo{"channels:\n  a:\n    audio: {mod: auto}",
                           "3:13: unknown key \"mod\" in channels.a.audio; did you mean \"mode\"?"},
                      Typo{"channels:\n  a:\n    srt:\n      keylength: 16",
                           "4:7: unknown key \"keylength\" in channels.a.srt; did you mean \"key_length\"?"}));

TEST(SrtAllow, TakesAddressesAndNetworksOfBothFamilies) {
  const auto allow =
      good("channels: {a: {srt: {allow: [192.0.2.0/24, 198.51.100.7, '2001:db8::/32']}}}").channels.at("a").srt_allow;
  EXPECT_EQ(allow, (std::vector<std::string>{"192.0.2.0/24", "198.51.100.7", "2001:db8::/32"}));
}

// It was told by a server that did not start, after `kickoff check` had found the file good.
TEST(SrtAllow, RefusesWhatIsNoNetworkWithItsPlace) {
  EXPECT_EQ(
      problems_of("channels:\n  a:\n    srt:\n      allow: [192.0.2.0/24, 192.0.2.1/24]"),
      "t.yaml:4:29: an item of allow has to be an address or a network such as 192.0.2.0/24, not \"192.0.2.1/24\"\n")
      << "bits behind the prefix";
  for (const char* wrong : {"everyone", "192.0.2.0/33", "''", "192.0.2.0/"}) {
    EXPECT_NE(problems_of(std::string("channels: {a: {srt: {allow: [") + wrong + "]}}}"), "") << wrong;
  }
  EXPECT_NE(problems_of("channels: {a: {srt: {allow: 192.0.2.0/24}}}").find("allow has to be a list"),
            std::string::npos);
}

TEST(PublishKeys, FromTheEnvironmentAreRefusedWhereItHasNone) {
  const std::string told = "t.yaml:1:26: keys_env: no such environment variable, or it is empty\n";
  const std::string text = "channels: {a: {keys_env: KICKOFF_TEST_EMPTY}}";
  EXPECT_EQ(problems_of(text), told);
  EXPECT_EQ(problems_of(text, {{"KICKOFF_TEST_EMPTY", ""}}), told);
  EXPECT_EQ(problems_of("channels: {a: {keys_env: [a, b]}}"),
            "t.yaml:1:26: keys_env has to be the name of an environment variable\n");
}

TEST(PublishKeys, FromAFileLeaveEmptyLinesOut) {
  const std::string path = own_file("kickoff-keys-with-empty-lines");
  std::ofstream(path) << "\none\n\ntwo";
  EXPECT_EQ(good("channels: {a: {keys_file: " + path + "}}").channels.at("a").options.keys,
            (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(problems_of("channels: {a: {keys_file: /nonexistent/keys}}"),
            "t.yaml:1:27: keys_file: /nonexistent/keys cannot be read: No such file or directory\n");
}

// Without a key only loopback addresses publish: a secret that is not mounted has to be told, not taken for "no key".
TEST(PublishKeys, FromAFileAreRefusedWhereItHasNone) {
  const std::string path = own_file("kickoff-no-keys");
  const auto told = [&] { return problems_of("channels: {a: {keys_file: " + path + "}}"); };
  std::ofstream{path};
  EXPECT_EQ(told(), "t.yaml:1:27: keys_file: " + path + " is empty\n");
  std::ofstream(path) << "one\n\x01\x02\n";
  EXPECT_EQ(told(), "t.yaml:1:27: keys_file: " + path + " is no text (line 2)\n");
  EXPECT_EQ(problems_of("channels: {a: {keys_file: /dev/zero}}"),
            "t.yaml:1:27: keys_file: /dev/zero is a device; it has to be a regular file\n");
}

TEST(Passphrase, OfAnEmptyFileIsRefused) {
  const std::string path = own_file("kickoff-empty-passphrase");
  std::ofstream{path};
  EXPECT_NE(problems_of("channels: {a: {srt: {passphrase_file: " + path + "}}}").find("is empty"), std::string::npos);
}

TEST(Overflow, NeedsAHostBehindItsScheme) {
  const auto told = [](const std::string& url) { return problems_of("http: {admission: {overflow: '" + url + "'}}"); };
  EXPECT_EQ(told(""), "");
  EXPECT_EQ(told("http://c"), "");
  EXPECT_EQ(told("https://c"), "");
  EXPECT_EQ(told("https://cdn.example.com/a"), "");
  for (const char* wrong : {"http://", "https://", "ftp://cdn", "https://c#a", "https://c\"", "https://c/"}) {
    EXPECT_NE(told(wrong), "") << wrong;
  }
}

TEST(LoadConfig, ReadsAFileAndNamesItInProblems) {
  const std::string path = own_file("kickoff-config.yaml");
  std::ofstream(path) << "http: {port: 9}\n";
  const auto loaded = load_config(path);
  ASSERT_TRUE(std::holds_alternative<Config>(loaded));
  EXPECT_EQ(std::get<Config>(loaded).http.port, 9);
  std::ofstream(path) << "\nhttp: {port: x}\n";
  const auto wrong = load_config(path);
  ASSERT_TRUE(std::holds_alternative<std::vector<Problem>>(wrong));
  EXPECT_TRUE(std::get<std::vector<Problem>>(wrong).front().message().starts_with(path + ":2:14: port has to be"));
}

}  // namespace
}  // namespace config

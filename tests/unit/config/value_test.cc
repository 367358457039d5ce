#include "config/value.h"

#include <gtest/gtest.h>

#include <limits>

#include "media/track.h"

namespace config {
namespace {

using base::kMillisecond;
using base::kSecond;

base::Micros duration_of(const std::string& text) {
  base::Micros variable = -1;
  EXPECT_EQ(Value::duration(variable, 0, 3600 * kSecond).read(text), "") << text;
  return variable;
}

Complaint duration_fault(const std::string& text, base::Micros least, base::Micros most) {
  base::Micros variable = -1;
  const Complaint complaint = Value::duration(variable, least, most).read(text);
  EXPECT_EQ(variable == -1, !complaint.empty()) << text << ": left alone where it is wrong, and only there";
  return complaint;
}

TEST(Duration, HasAUnit) {
  EXPECT_EQ(duration_of("500ms"), 500 * kMillisecond);
  EXPECT_EQ(duration_of("2s"), 2 * kSecond);
  EXPECT_EQ(duration_of("1.5s"), 1500 * kMillisecond);
  EXPECT_EQ(duration_of("10m"), 600 * kSecond);
  EXPECT_EQ(duration_of("0s"), 0);
  EXPECT_EQ(duration_of("0.0015s"), 1500);
}

TEST(Duration, IsRefusedWhereItIsNone) {
  for (const char* wrong : {"5", "s", "5h", "5 s", "-1s", "nan s", "inf", "1e30s", ""})
    EXPECT_NE(duration_fault(wrong, 0, 10 * kSecond), "") << wrong;
}

TEST(Duration, MayHaveTheValuesOfItsBounds) {
  EXPECT_EQ(duration_fault("200ms", 200 * kMillisecond, 2 * kSecond), "");
  EXPECT_EQ(duration_fault("2s", 200 * kMillisecond, 2 * kSecond), "");
  EXPECT_EQ(duration_fault("199ms", 200 * kMillisecond, 2 * kSecond),
            " has to be a duration from 200ms to 2s with its unit (ms, s or m), not \"199ms\"");
  EXPECT_NE(duration_fault("2.001s", 200 * kMillisecond, 2 * kSecond), "");
}

TEST(Duration, BeyondEveryUseIsRefused) {
  constexpr base::Micros kAny = std::numeric_limits<base::Micros>::max();
  EXPECT_EQ(duration_fault("1000000000s", 0, kAny), "");
  EXPECT_NE(duration_fault("1000000001s", 0, kAny), "");
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const char* text : {"0s", "2s", "500ms", "1500ms", "1.5ms", "0.001ms", "86400s"}) {
    base::Micros variable = -1;
    const Value value = Value::duration(variable, 0, 100'000 * kSecond);
    ASSERT_EQ(value.read(text), "");
    EXPECT_EQ(value.write(), text);
  }
}

TEST(Instant, IsOfRfc3339OrNone) {
  std::optional<base::Micros> at;
  const Value value = Value::instant(at);
  EXPECT_EQ(value.write(), "");
  EXPECT_EQ(value.read("2026-12-01T19:00:00+01:00"), "");
  EXPECT_EQ(value.write(), "2026-12-01T18:00:00.000Z");
  EXPECT_EQ(value.read("tonight"),
            " has to be an instant with its zone, such as 2026-12-01T18:00:00Z, not \"tonight\"");
  EXPECT_TRUE(at) << "what was wrong has changed nothing";
  EXPECT_EQ(value.read(""), "");
  EXPECT_FALSE(at);
}

TEST(Bitrate, IsBitsASecondOrThousandsOrMillionsOfThem) {
  const auto rate = [](const std::string& text) {
    int variable = -1;
    EXPECT_EQ(Value::bitrate(variable).read(text), "") << text;
    return variable;
  };
  EXPECT_EQ(rate("64000"), 64'000);
  EXPECT_EQ(rate("800k"), 800'000);
  EXPECT_EQ(rate("2.5M"), 2'500'000);
  EXPECT_EQ(rate("1000M"), 1'000'000'000);
  for (const char* wrong : {"-1", "2G", "k", "1001M", "2 M", ""}) {
    int variable = 7;
    EXPECT_EQ(Value::bitrate(variable).read(wrong),
              std::string(" has to be a bit rate such as 2500k or 2.5M, not \"") + wrong + "\"");
    EXPECT_EQ(variable, 7);
  }
}

TEST(Bitrate, IsWrittenAsItIsRead) {
  for (const char* text : {"0", "999", "64k", "800k", "999.999k", "2.8M", "1000M", "1500001"}) {
    int variable = -1;
    const Value value = Value::bitrate(variable);
    ASSERT_EQ(value.read(text), "");
    int again = -1;
    EXPECT_EQ(Value::bitrate(again).read(value.write()), "");
    EXPECT_EQ(again, variable) << value.write();
  }
  int variable = 2'800'000;
  EXPECT_EQ(Value::bitrate(variable).write(), "2.8M");
  variable = 96'000;
  EXPECT_EQ(Value::bitrate(variable).write(), "96k");
}

TEST(FrameRate, IsWholeOrOneOfNtscs) {
  media::Rational rate;
  const Value value = Value::frame_rate(rate);
  const auto read = [&](const char* text) { return value.read(text).empty() ? value.write() : "refused"; };
  EXPECT_EQ(read("25"), "25");
  EXPECT_EQ(read("1"), "1");
  EXPECT_EQ(read("120"), "120");
  EXPECT_EQ(read("29.97"), "30000/1001");
  EXPECT_EQ(read("29.970"), "30000/1001");
  EXPECT_EQ(read("23.976"), "24000/1001");
  EXPECT_EQ(read("23.98"), "24000/1001");
  EXPECT_EQ(read("59.94"), "60000/1001");
  EXPECT_EQ(read("119.88"), "120000/1001");
  EXPECT_EQ(read("30000/1001"), "30000/1001") << "as it is written";
  for (const char* text : {"0", "121", "0.5", "12.5", "29.9", "30/1", "30000/1000", "1000/1001", "200000/1001",
                           "29.97/1001", "ntsc", "", "25p", "nan"}) {
    EXPECT_EQ(read(text), "refused") << text;
  }
  EXPECT_EQ(rate, (media::Rational{30'000, 1001})) << "what was wrong has changed nothing";
}

TEST(Memory, IsMebibytesOrGibibytesOrNone) {
  const auto size = [](const std::string& text) {
    std::uint64_t variable = 7;
    EXPECT_EQ(Value::memory(variable, 256).read(text), "") << text;
    return variable;
  };
  EXPECT_EQ(size("0"), 0U);
  EXPECT_EQ(size("256MiB"), std::uint64_t{256} << 20);
  EXPECT_EQ(size("1.5GiB"), std::uint64_t{1536} << 20);
  EXPECT_EQ(size("1024GiB"), std::uint64_t{1} << 40);
  for (const char* wrong : {"-1GiB", "255MiB", "2G", "2147483648", "GiB", "1025GiB", "2 GiB", "", "0GiB2", "nanGiB"}) {
    std::uint64_t variable = 7;
    EXPECT_EQ(
        Value::memory(variable, 256).read(wrong),
        std::string(" has to be 0 or a size from 256MiB to 1024GiB such as 512MiB or 2GiB, not \"") + wrong + "\"");
    EXPECT_EQ(variable, 7U);
  }
}

TEST(Memory, IsWrittenAsItIsRead) {
  for (const char* text : {"0", "256MiB", "1536MiB", "2GiB"}) {
    std::uint64_t variable = 7;
    const Value value = Value::memory(variable, 256);
    ASSERT_EQ(value.read(text), "");
    EXPECT_EQ(value.write(), text);
  }
}

TEST(Number, StaysWithinItsBounds) {
  int variable = 0;
  const Value value = Value::number(variable, -5, 5);
  EXPECT_EQ(value.read("-5"), "");
  EXPECT_EQ(variable, -5);
  EXPECT_EQ(value.read("5"), "");
  EXPECT_EQ(variable, 5);
  for (const char* wrong : {"-6", "6", "1.0", "0x1", "one", "1 2", "99999999999999999999", "", " 1", "+1"}) {
    EXPECT_EQ(value.read(wrong), std::string(" has to be a whole number from -5 to 5, not \"") + wrong + "\"");
    EXPECT_EQ(variable, 5);
  }
  EXPECT_EQ(value.write(), "5");
  EXPECT_EQ(value.allowed, "-5 to 5");
}

TEST(Port, HasSixteenBits) {
  std::uint16_t variable = 1;
  const Value value = Value::port(variable);
  EXPECT_EQ(value.read("65535"), "");
  EXPECT_EQ(variable, 65535);
  EXPECT_EQ(value.read("0"), "");
  EXPECT_EQ(variable, 0);
  EXPECT_NE(value.read("65536"), "");
  EXPECT_NE(value.read("-1"), "");
  EXPECT_EQ(value.write(), "0");
}

TEST(Flag, IsTrueOrFalseAndNoOtherWord) {
  bool variable = false;
  const Value value = Value::flag(variable);
  EXPECT_EQ(value.write(), "false");
  EXPECT_EQ(value.read("true"), "");
  EXPECT_TRUE(variable);
  EXPECT_EQ(value.write(), "true");
  EXPECT_EQ(value.read("yes"), " has to be true or false, not \"yes\"");
  EXPECT_TRUE(variable);
  EXPECT_EQ(value.read("false"), "");
  EXPECT_FALSE(variable);
}

TEST(Choice, IsOneOfSeveralWordsEachOfWhichStandsForAValue) {
  auto variable = media::Codec::kH264;
  const Value value =
      Value::choice<media::Codec>(variable, {{"h264", media::Codec::kH264}, {"hevc", media::Codec::kHevc}});
  EXPECT_EQ(value.write(), "h264");
  EXPECT_EQ(value.read("hevc"), "");
  EXPECT_EQ(variable, media::Codec::kHevc);
  EXPECT_EQ(value.write(), "hevc");
  EXPECT_EQ(value.read("vp8"), " has to be one of h264, hevc, not \"vp8\"");
  EXPECT_EQ(variable, media::Codec::kHevc);
  EXPECT_EQ(value.allowed, "h264, hevc");
}

TEST(Word, IsOneOfSeveral) {
  std::string variable = "a";
  const Value value = Value::word(variable, {"a", "b"});
  EXPECT_EQ(value.read("b"), "");
  EXPECT_EQ(variable, "b");
  EXPECT_EQ(value.read("c"), " has to be one of a, b, not \"c\"");
  EXPECT_EQ(value.write(), "b");
}

TEST(Text, IsTakenAsItIsUnlessItIsCheckedAndMayBeEmptyEvenThen) {
  std::string variable;
  EXPECT_EQ(Value::text(variable).read(" a b "), "");
  EXPECT_EQ(variable, " a b ");
  const Value checked = Value::text(variable, "short", [](const std::string& text) { return text.size() < 3; });
  EXPECT_EQ(checked.read("abc"), " has to be short, not \"abc\"");
  EXPECT_EQ(checked.write(), " a b ");
  EXPECT_EQ(checked.read(""), "");
  EXPECT_EQ(checked.write(), "");
}

TEST(Language, IsATagOrNone) {
  std::string tag;
  const Value value = Value::language(tag);
  for (const char* good : {"en", "pt-BR", "zh-Hant-TW", "qaa", "az-AZ-09", ""}) {
    EXPECT_EQ(value.read(good), "") << good;
    EXPECT_EQ(tag, good);
  }
  tag = "de";
  for (const std::string& wrong : {std::string("e"), std::string("en GB"), std::string("-en"), std::string("en-"),
                                   std::string("en_GB"), std::string("en/"), std::string("en:"), std::string("en@"),
                                   std::string("en["), std::string("en`"), std::string("en{"), std::string(36, 'x')}) {
    EXPECT_NE(value.read(wrong).find("such as en or pt-BR"), std::string::npos) << wrong;
  }
  EXPECT_EQ(tag, "de") << "what was wrong has changed nothing";
}

TEST(Label, CanBeQuotedInAPlaylist) {
  std::string name;
  const Value value = Value::label(name, 10);
  for (const char* good : {"Français", "0123456789", ""}) {
    EXPECT_EQ(value.read(good), "") << good;
    EXPECT_EQ(name, good);
  }
  for (const char* wrong : {"0123456789a", "the \"Voice\"", "a\nb", "a\x7f"}) {
    EXPECT_NE(value.read(wrong).find("at most 10 bytes"), std::string::npos) << wrong;
  }
  EXPECT_EQ(name, "") << "what was wrong has changed nothing";
}

TEST(Path, IsATextThatIsMarkedAsOne) {
  std::string variable;
  EXPECT_TRUE(Value::path(variable).is_path);
  EXPECT_FALSE(Value::text(variable).is_path);
}

TEST(Address, IsInFigures) {
  std::string variable = "x";
  const Value value = Value::address(variable);
  for (const char* right : {"0.0.0.0", "127.0.0.1", "::", "::1", "fe80::1%eth0"}) {
    EXPECT_EQ(value.read(right), "");
    EXPECT_EQ(value.write(), right);
  }
  for (const char* wrong : {"localhost", "127.1", "", "127.0.0.1:80"})
    EXPECT_EQ(value.read(wrong), std::string(" has to be an IP address such as 0.0.0.0 or ::, not \"") + wrong + "\"");
}

TEST(Action, HandsTheTextOnAndHasNoValue) {
  std::string seen;
  const Value value = Value::action("good", [&](const std::string& text) -> Complaint {
    seen = text;
    return text == "good" ? "" : ": is bad";
  });
  EXPECT_EQ(value.read("good"), "");
  EXPECT_EQ(value.read("evil"), ": is bad");
  EXPECT_EQ(seen, "evil");
  EXPECT_EQ(value.write(), "");
}

TEST(LoudnessValue, IsReadInEitherUnitAndWrittenInTenths) {
  std::optional<double> target;
  const Value value = Value::loudness(target);
  EXPECT_EQ(value.write(), "none");
  EXPECT_EQ(value.read("-24 LKFS"), "");
  EXPECT_EQ(target, -24);
  EXPECT_EQ(value.write(), "-24 LUFS");
  EXPECT_EQ(value.read("-16.5"), "");
  EXPECT_EQ(value.write(), "-16.5 LUFS");
  EXPECT_NE(value.read("-50 LUFS"), "");
  EXPECT_EQ(target, -16.5) << "what is wrong changes nothing";
  EXPECT_EQ(value.read("none"), "");
  EXPECT_EQ(target, std::nullopt);
  double peak = -1;
  const Value ceiling = Value::true_peak(peak);
  EXPECT_EQ(ceiling.write(), "-1 dBTP");
  EXPECT_EQ(ceiling.read("0 dBTP"), "");
  EXPECT_EQ(ceiling.write(), "0 dBTP");
  EXPECT_EQ(ceiling.read("-0.5 dBTP"), "");
  EXPECT_EQ(ceiling.write(), "-0.5 dBTP");
}

}  // namespace
}  // namespace config

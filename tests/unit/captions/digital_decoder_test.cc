#include "captions/digital_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "media/text_cue.h"
#include "unit/captions/sample.h"

namespace captions {
namespace {

using testing::characters;
using testing::codes;
using testing::window;
using testing::WindowShape;
using Codes = std::vector<std::uint8_t>;

constexpr base::Micros kFrame = 40 * base::kMillisecond;
constexpr base::Micros kFirst = 1000 * kFrame;
constexpr WindowShape kHidden{.visible = false};

/// A service's screen, a picture every 40 ms.
struct Sender {
  /// "ms text" of what comes out: "0 GOAL"; "-" if nothing does.
  std::string picture(const Codes& given = {}) {
    const auto triplets =
        given.empty() ? std::vector<Triplet>{} : testing::packet(testing::service_block(number, given));
    const base::Micros at = kFirst + pictures++ * kFrame;
    const auto screen = decoder.feed(triplets, at);
    return screen ? std::to_string((at - kFirst) / base::kMillisecond) + " " + *screen : "-";
  }
  /// Of this one and of the next ones, until something comes out.
  std::string next(const Codes& given = {}) {
    std::string screen = picture(given);
    for (int i = 0; i < 1000 && screen == "-"; ++i) screen = picture();
    return screen;
  }
  int number = 1;
  int pictures = 0;
  DigitalDecoder decoder{number};
};

const Codes kDisplayFirst{0x89, 0x01};
const Codes kHideFirst{0x8a, 0x01};

TEST(DigitalDecoder, PopOnTextIsThereWithThePictureThatShowsIt) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0, kHidden), characters("GOAL")})), "-");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(service.picture(), "-");
  EXPECT_EQ(service.picture(kDisplayFirst), "840 GOAL");
  EXPECT_EQ(service.picture(kDisplayFirst), "-") << "again";
  EXPECT_EQ(service.picture(kHideFirst), "920 ");
  EXPECT_EQ(service.picture(kHideFirst), "-");
}

TEST(DigitalDecoder, OneWindowTakesThePlaceOfAnother) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0, kHidden), characters("one"), window(1, kHidden), characters("two")})),
            "-");
  EXPECT_EQ(service.picture({0x8b, 0x01}), "40 one") << "toggle";
  EXPECT_EQ(service.picture({0x8b, 0x03}), "80 two") << "toggle both";
  EXPECT_EQ(service.picture({0x8c, 0x02}), "120 ") << "delete";
  EXPECT_EQ(service.picture({0x89, 0x03}), "160 one") << "there is only the first";
}

TEST(DigitalDecoder, WrittenTextComesOutAWordAtATime) {
  Sender service;
  EXPECT_EQ(service.picture(window(0)), "-") << "an empty window";
  EXPECT_EQ(service.picture(characters("GO")), "-");
  EXPECT_EQ(service.picture(characters("AL")), "-");
  EXPECT_EQ(service.next(), "240 GOAL") << "0.2 s after the first letter";
  EXPECT_EQ(service.next(characters("!")), "480 GOAL!");
}

TEST(DigitalDecoder, TextThatIsWrittenAgainDoesNotComeOut) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0), characters("GOAL")})), "0 GOAL");
  EXPECT_EQ(service.picture(codes({{0x0c}, characters("GOAL")})), "-");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(service.picture(), "-");
  EXPECT_EQ(service.picture(codes({{0x88, 0x01, 0x92, 0, 0}, characters("GOAL")})), "-") << "cleared, and there again";
  EXPECT_EQ(service.picture({0x88, 0x01}), "920 ") << "cleared";
}

TEST(DigitalDecoder, RollsUp) {
  Sender service;
  EXPECT_EQ(service.next(codes({window(0), characters("one\rtwo")})), "0 one\ntwo");
  EXPECT_EQ(service.next(codes({{0x0d}, characters("three")})), "240 two\nthree");
  EXPECT_EQ(service.next({0x08, 0x08, 0x0e}), "480 two") << "backspaces, and the line anew";
}

TEST(DigitalDecoder, WritesWhereThePenIsPut) {
  Sender service;
  EXPECT_EQ(
      service.picture(codes({window(0), {0x92, 0x01, 0x03}, characters("two"), {0x92, 0x00, 0x00}, characters("one")})),
      "0 one\ntwo");
  EXPECT_EQ(service.next({0x97, 0, 0, 0x10, 0}), "240 eno\nowt") << "text to the left";
}

TEST(DigitalDecoder, ReadsOverPensColoursAndWhatItDoesNotKnow) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0),
                                   {0x90, 'A', 'B'},
                                   {0x91, 'A', 'B', 'C'},
                                   {0x97, 0, 0, 0x0c, 'D'},
                                   {0x11, 'A', 0x19, 'A', 'B', 0x10, 0x10, 'A', 'B', 0x03, 0x8e},
                                   characters("x")})),
            "0 x");
}

TEST(DigitalDecoder, HasTheCharactersOfAllSets) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0), {0x7f, 0xe9, 0x10, 0x39, 0x10, 0xa0, 0x18, 0xd5, 0x5c}})), "0 ♪é™[CC]한");
}

TEST(DigitalDecoder, LinesOfSeveralWindowsGoDownTheScreen) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0, {.columns = 10, .vertical = 70}), characters("low"),
                                   window(1, {.columns = 10, .vertical = 20}), characters("high")})),
            "0 high\nlow");
  EXPECT_EQ(service.next(codes({window(2, {.columns = 10, .vertical = 70, .horizontal = 100}), characters("right")})),
            "40 high\nlow\nright");
}

TEST(DigitalDecoder, SaysWhereTheTextStands) {
  Sender service;
  EXPECT_FALSE(service.decoder.place());
  EXPECT_EQ(service.picture(codes({window(0, {.vertical = 0, .point = 0}), characters("top")})), "0 top");
  EXPECT_EQ(service.decoder.place(), (media::CuePlace{10, 15, 10}));
  EXPECT_EQ(service.picture({0x8c, 0x01}), "40 ");
  EXPECT_FALSE(service.decoder.place());
}

TEST(DigitalDecoder, TextThatMovesComesOutAgain) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0, {.vertical = 0, .point = 0}), characters("GOAL")})), "0 GOAL");
  EXPECT_EQ(service.next(window(0, {.vertical = 75, .point = 6})), "40 GOAL");
  EXPECT_EQ(service.decoder.place(), (media::CuePlace{79, 84, 10}));
}

TEST(DigitalDecoder, WindowsInOneHalfOfThePictureHaveOnePlace) {
  Sender service;
  const auto high = [](int number, int vertical, int horizontal) {
    return window(number, {.rows = 1, .columns = 10, .vertical = vertical, .horizontal = horizontal, .point = 0});
  };
  EXPECT_EQ(service.picture(codes({high(0, 10, 105), characters("one"), high(1, 20, 21), characters("two")})),
            "0 one\ntwo");
  EXPECT_EQ(service.decoder.place(), (media::CuePlace{20, 36, 18}));
  EXPECT_EQ(service.next(codes({high(2, 70, 0), characters("low")})), "40 one\ntwo\nlow");
  EXPECT_FALSE(service.decoder.place()) << "they are far apart";
}

TEST(DigitalDecoder, WritesInTheWindowThatIsSet) {
  Sender service;
  EXPECT_EQ(service.picture(codes(
                {window(0), characters("a"), window(7, {.vertical = 30}), characters("b"), {0x80}, characters("c")})),
            "0 b\nac");
  EXPECT_EQ(service.next(codes({{0x83}, characters("d")})), "240 b\nacd") << "there is no window 3";
  EXPECT_EQ(service.next(codes({{0x8c, 0x01}, characters("e")})), "280 b") << "the one that was set is gone";
}

TEST(DigitalDecoder, HasNoTextWithoutAWindow) {
  Sender service;
  EXPECT_EQ(service.picture(codes({characters("lost"), {0x08, 0x0c, 0x0d, 0x0e, 0x92, 1, 1, 0x97, 1, 2, 3, 4}})), "-");
  EXPECT_EQ(service.next(window(0)), "-");
}

TEST(DigitalDecoder, WaitsAsLongAsADelaySays) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0, kHidden), characters("GOAL"), {0x8d, 0x05}, kDisplayFirst})), "-");
  EXPECT_EQ(service.next({0x8d, 0x02}), "520 GOAL") << "0.5 s after the first picture";
  EXPECT_EQ(service.picture(kHideFirst), "-") << "the second delay began then";
  EXPECT_EQ(service.next(), "720 ") << "0.2 s later";
}

TEST(DigitalDecoder, ADelayEndsWhereItIsCancelled) {
  const Codes slow = codes({window(0, kHidden), characters("GOAL"), {0x8d, 0xff}, kDisplayFirst});
  Sender service;
  EXPECT_EQ(service.picture(slow), "-");
  EXPECT_EQ(service.picture({0x92, 0x8e, 0x8f}), "-") << "these are parameters";
  EXPECT_EQ(service.picture({0x8e}), "80 GOAL");
  EXPECT_EQ(service.picture(codes({{0x8d, 0xff}, kHideFirst, {0x8e}})), "120 ") << "in the same block";
}

TEST(DigitalDecoder, ADelayEndsWhereTooMuchWaits) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0), {0x8d, 0xff}})), "-");
  const Codes full(31, 'x');
  for (int i = 0; i < 4; ++i) EXPECT_EQ(service.picture(full), "-") << i;
  EXPECT_EQ(service.picture(Codes(4, 'x')), "-") << "128 bytes";
  EXPECT_EQ(service.next(Codes(1, 'x')), "440 " + std::string(32, 'x'));
}

TEST(DigitalDecoder, AResetClearsTheScreenAndEndsADelay) {
  Sender service;
  EXPECT_EQ(service.picture(codes({window(0), characters("GOAL")})), "0 GOAL");
  EXPECT_EQ(service.picture(codes({{0x8d, 0xff}, characters("!")})), "-");
  EXPECT_EQ(service.picture(codes({{0x8f}, window(0), characters("new")})), "80 new");
}

TEST(DigitalDecoder, LeavesOtherServicesAlone) {
  Sender service;
  const auto other = testing::service_block(2, codes({window(0), characters("TOR")}));
  const auto own = testing::service_block(1, codes({window(0), characters("GOAL")}));
  EXPECT_EQ(service.decoder.feed(testing::packet(codes({other})), 0), std::nullopt);
  EXPECT_EQ(service.decoder.feed(testing::packet(codes({other, own, other})), 0), "GOAL");
}

TEST(DigitalDecoder, LeavesOutCodesThatAreCutOff) {
  for (const Codes& cut :
       {Codes{0x18, 0x41}, {0x10}, {0x89}, {0x98, 1, 2, 3, 4, 5}, {0x92, 1}, {0x97, 1, 2, 3}, {0x8d}}) {
    Sender service;
    EXPECT_EQ(service.picture(codes({window(0), characters("GOAL"), cut})), "0 GOAL") << int{cut[0]};
  }
}

TEST(DigitalDecoder, TextIsNeverLongerThanACueMayBe) {
  Sender service;
  const Codes wide{0x18, 0xd5, 0x5c};
  for (int number = 0; number < 2; ++number) {
    service.picture(window(number, {.rows = 16, .columns = 64}));
    for (int row = 0; row < 16; ++row) {
      service.picture({0x92, static_cast<std::uint8_t>(row), 0});
      for (int i = 0; i < 7; ++i) service.picture(codes({wide, wide, wide, wide, wide, wide, wide, wide, wide}));
    }
  }
  service.picture({0x8a, 0x03});
  const std::string screen = service.picture({0x89, 0x03});
  const std::string text = screen.substr(screen.find(' ') + 1);
  EXPECT_EQ(text.size(), 10 * (3 * 63) + 9) << "lines of 63 characters of 3 bytes";
  EXPECT_LE(text.size(), media::kLongestCueText);
}

TEST(DigitalDecoder, AClockThatIsPutBackHoldsNothingUp) {
  DigitalDecoder decoder(1);
  const auto packet = [](const Codes& given) { return testing::packet(testing::service_block(1, given)); };
  EXPECT_EQ(decoder.feed(packet(window(0)), kFirst), std::nullopt);
  EXPECT_EQ(decoder.feed(packet(characters("GO")), kFirst), std::nullopt);
  EXPECT_EQ(decoder.feed({}, kFirst - 1), "GO");
}

TEST(DigitalDecoder, IsTheSameTripletByTriplet) {
  const auto triplets =
      testing::packet(testing::service_block(1, codes({window(0, kHidden), characters("GOAL"), kDisplayFirst})));
  DigitalDecoder decoder(1);
  std::optional<std::string> screen;
  for (const Triplet& triplet : triplets) {
    EXPECT_FALSE(screen);
    screen = decoder.feed(std::span(&triplet, 1), 0);
  }
  EXPECT_EQ(screen, "GOAL");
}

}  // namespace
}  // namespace captions

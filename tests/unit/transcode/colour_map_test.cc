#include "transcode/colour_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "unit/transcode/colours.h"

namespace transcode {
namespace {

using testing::kHlg;
using testing::kPq;

constexpr media::Colour k2020{9, 14, 9, false};
constexpr media::Colour kSdr709{1, 1, 1, false};

Yuv to_sdr(const media::Colour& colour, const Yuv& sample) { return ColourMap(colour, kSdr709).map(sample); }

double grey(const media::Colour& colour, double signal) { return to_sdr(colour, {signal, 0, 0}).y; }

/// The sample of a source's R, G and B signals (BT.2020, not constant luminance).
Yuv sample_of(double r, double g, double b) {
  const double y = 0.2627 * r + 0.6780 * g + 0.0593 * b;
  return {y, (b - y) / 1.8814, (r - y) / 1.4746};
}

struct Rgb {
  double r, g, b;
};
Rgb shown(const Yuv& sdr) {
  const double r = sdr.y + 1.5748 * sdr.cr;
  const double b = sdr.y + 1.8556 * sdr.cb;
  return {r, (sdr.y - 0.2126 * r - 0.0722 * b) / 0.7152, b};
}

TEST(ColourMap, ConvertsPqHlgAndTheWideGamutAndNothingElse) {
  EXPECT_TRUE(needs_sdr_conversion(kPq));
  EXPECT_TRUE(needs_sdr_conversion(kHlg));
  EXPECT_TRUE(needs_sdr_conversion(k2020));
  EXPECT_TRUE(needs_sdr_conversion({1, 16, 1, false})) << "PQ in the gamut of BT.709";
  EXPECT_TRUE(needs_sdr_conversion({2, 2, 10, false})) << "constant luminance";
  EXPECT_FALSE(needs_sdr_conversion(kSdr709));
  EXPECT_FALSE(needs_sdr_conversion({6, 6, 6, true})) << "BT.601 at full range";
  EXPECT_FALSE(needs_sdr_conversion({})) << "unspecified";
}

TEST(RungColour, OfSdrIsBt709WhereTheSourceIsConvertedAndTheSourcesOwnOtherwise) {
  constexpr auto kSdr = Rung::Range::kSdr;
  EXPECT_EQ(rung_colour(kPq, kSdr), kSdr709);
  EXPECT_EQ(rung_colour({9, 18, 9, true}, kSdr), kSdr709) << "limited range, too";
  EXPECT_EQ(rung_colour({6, 6, 6, true}, kSdr), (media::Colour{6, 6, 6, true}));
  EXPECT_EQ(rung_colour({}, kSdr), media::Colour{});
}

TEST(RungColour, OfHdrIsTheSourcesOwn) {
  constexpr auto kHdr = Rung::Range::kHdr;
  for (const media::Colour& colour : {kPq, kHlg, k2020, kSdr709, media::Colour{}, media::Colour{12, 16, 9, true}}) {
    EXPECT_EQ(rung_colour(colour, kHdr), colour) << int{colour.transfer};
  }
  EXPECT_EQ(rung_colour({2, 16, 2, false}, kHdr), kPq) << "PQ that does not say more is of BT.2100";
  EXPECT_EQ(rung_colour({2, 2, 9, false}, kHdr), k2020);
}

TEST(SameColour, IsWhatCanBePassedOn) {
  EXPECT_TRUE(same_colour(kPq, kPq));
  EXPECT_TRUE(same_colour(kPq, {2, 16, 2, false})) << "BT.2100 where nothing is said";
  EXPECT_TRUE(same_colour(kSdr709, {}));
  EXPECT_TRUE(same_colour({6, 6, 6, false}, {}));
  EXPECT_TRUE(same_colour({6, 6, 5, false}, {6, 1, 6, false})) << "curves and matrices that are alike";
  EXPECT_FALSE(same_colour(kPq, kHlg));
  EXPECT_FALSE(same_colour(kPq, {})) << "what says nothing is SDR";
  EXPECT_FALSE(same_colour(k2020, {}));
  EXPECT_FALSE(same_colour(kPq, k2020));
  EXPECT_FALSE(same_colour(kSdr709, {6, 6, 6, false}));
  EXPECT_FALSE(same_colour(kSdr709, {1, 1, 1, true}));
  EXPECT_FALSE(same_colour({5, 1, 6, false}, {6, 1, 6, false})) << "625 and 525 lines have other primaries";
}

// BT.2408 table 1: 203 cd/m2 is 58 % of PQ and 75 % of HLG. BT.2390's curve brings it to 159 cd/m2 here, which is
// (159 / 203)^(1 / 2.4) of the signal.
TEST(ColourMap, ShowsHdrWhiteAtNineTenthsOfTheSignal) {
  EXPECT_NEAR(grey(kPq, 0.5807), 0.903, 0.003);
  EXPECT_NEAR(grey(kHlg, 0.75), 0.903, 0.003);
}

// BT.2408 table 1: a grey card, 26 cd/m2, is 38 % of both signals. It lies below the knee: (26 / 203)^(1 / 2.4).
TEST(ColourMap, LeavesMiddleGreyAsBrightAsItWas) {
  EXPECT_NEAR(grey(kPq, 0.38), 0.425, 0.01);
  EXPECT_NEAR(grey(kHlg, 0.38), 0.425, 0.01);
}

TEST(ColourMap, KeepsBlackBlackAndBringsTheBrightestLightToNominalWhite) {
  for (const media::Colour& colour : {kPq, kHlg, k2020}) {
    EXPECT_NEAR(grey(colour, 0), 0, 1e-9);
    EXPECT_NEAR(grey(colour, 1), 1, 1e-6);
    EXPECT_NEAR(grey(colour, -0.05), 0, 1e-9) << "below black";
    EXPECT_NEAR(grey(colour, 1.09), 1, 1e-6) << "above white";
  }
  EXPECT_NEAR(grey(kPq, 0.7518), 1, 0.001) << "1000 cd/m2";
  EXPECT_LT(grey(kPq, 0.70), 0.999) << "and not before";
}

TEST(ColourMap, GetsBrighterWithItsSourceAndKeepsGreyGrey) {
  for (const media::Colour& colour : {kPq, kHlg, k2020}) {
    double before = -1;
    for (int percent = 0; percent <= 100; ++percent) {
      const Yuv sdr = to_sdr(colour, {percent / 100.0, 0, 0});
      EXPECT_GE(sdr.y, before - 1e-9) << percent;
      EXPECT_NEAR(sdr.cb, 0, 0.001) << percent;
      EXPECT_NEAR(sdr.cr, 0, 0.001) << percent;
      before = sdr.y;
    }
  }
}

TEST(ColourMap, LeavesAPictureOfTheWideGamutWhoseColoursAreNarrowAsItWas) {
  // Half-saturated red of BT.709: linear light (0.5, 0.25, 0.25), in BT.2020 by BT.2087.
  const double r = 0.6274 * 0.5 + 0.3293 * 0.25 + 0.0433 * 0.25;
  const double g = 0.0691 * 0.5 + 0.9195 * 0.25 + 0.0114 * 0.25;
  const double b = 0.0164 * 0.5 + 0.0880 * 0.25 + 0.8956 * 0.25;
  const auto signal = [](double light) { return std::pow(light, 1 / 2.4); };
  const Rgb rgb = shown(to_sdr(k2020, sample_of(signal(r), signal(g), signal(b))));
  EXPECT_NEAR(rgb.r, signal(0.5), 0.003);
  EXPECT_NEAR(rgb.g, signal(0.25), 0.003);
  EXPECT_NEAR(rgb.b, signal(0.25), 0.003);
}

TEST(ColourMap, BringsColoursOutsideOfBt709IntoItAndKeepsWhichOneIsLargest) {
  for (const media::Colour& colour : {kPq, kHlg, k2020}) {
    const Rgb red = shown(to_sdr(colour, sample_of(0.6, 0, 0)));
    const Rgb green = shown(to_sdr(colour, sample_of(0, 0.6, 0)));
    const Rgb blue = shown(to_sdr(colour, sample_of(0, 0, 0.6)));
    for (const Rgb& rgb : {red, green, blue}) {
      EXPECT_GE(std::min({rgb.r, rgb.g, rgb.b}), -0.001);
      EXPECT_LE(std::max({rgb.r, rgb.g, rgb.b}), 1.001);
    }
    EXPECT_GT(red.r, 2 * std::max(red.g, red.b)) << int{colour.transfer};
    EXPECT_GT(green.g, 1.5 * std::max(green.r, green.b)) << int{colour.transfer};
    EXPECT_GT(blue.b, 1.5 * std::max(blue.r, blue.g)) << int{colour.transfer};
  }
}

TEST(ColourMap, TakesTheMatrixAndThePrimariesThatTheSourceNames) {
  const Yuv red{0.2126 * 0.5, -0.2126 * 0.5 / 1.8556, 0.5 * 0.7874 / 1.5748};  // BT.709's matrix, R = 0.5
  const Rgb rgb = shown(to_sdr({1, 16, 1, false}, red));
  EXPECT_GT(rgb.r, 0.5);
  EXPECT_NEAR(rgb.g, 0, 0.001) << "nothing to convert";
  EXPECT_NEAR(rgb.b, 0, 0.001);
  const Rgb p3 = shown(to_sdr({12, 16, 9, false}, sample_of(0.5, 0.5, 0.5)));
  EXPECT_NEAR(p3.r, p3.g, 0.001) << "white stays white";
  EXPECT_NEAR(p3.b, p3.g, 0.001);
}

double through(const media::Colour& from, const media::Colour& to, double signal) {
  return ColourMap(from, to).map({signal, 0, 0}).y;
}

// BT.2408 table 1: HDR reference white.
TEST(ColourMap, ShowsTheWhiteOfSdrAsHdrsReferenceWhite) {
  EXPECT_NEAR(through(kSdr709, kPq, 1), 0.5807, 0.001);
  EXPECT_NEAR(through(kSdr709, kHlg, 1), 0.75, 0.003);
  EXPECT_NEAR(through(kSdr709, kPq, 0), 0, 1e-6);
  EXPECT_NEAR(through(kSdr709, kHlg, 0), 0, 1e-6);
}

// BT.2408 table 1 and BT.2390 7.2: the two signals that a display of 1000 cd/m2 shows alike.
TEST(ColourMap, TakesHlgForADisplayOfAThousand) {
  EXPECT_NEAR(through(kHlg, kPq, 1), 0.7518, 0.001);
  EXPECT_NEAR(through(kHlg, kPq, 0.75), 0.5807, 0.003);
  EXPECT_NEAR(through(kPq, kHlg, 0.7518), 1, 0.001);
  EXPECT_NEAR(through(kPq, kHlg, 0.9), 1, 1e-6) << "brighter light is clipped";
  for (const double signal : {0.1, 0.3, 0.6, 0.9}) {
    EXPECT_NEAR(through(kPq, kHlg, through(kHlg, kPq, signal)), signal, 1e-6) << "and back";
  }
}

TEST(ColourMap, ClipsBrightLightWithoutAChangeOfHue) {
  const Yuv bright = ColourMap(kPq, kHlg).map(sample_of(0.95, 0.75, 0.6));
  const double r = bright.y + 1.4746 * bright.cr;
  const double b = bright.y + 1.8814 * bright.cb;
  const double g = (bright.y - 0.2627 * r - 0.0593 * b) / 0.6780;
  EXPECT_GT(r, g + 0.2);
  EXPECT_GT(g, b + 0.1);
}

TEST(ColourMap, ComesBackFromTheOtherMatrixAndTheOtherRangeOfValues) {
  const media::Colour k601{6, 6, 6, false};
  const Yuv grey = ColourMap(k601, kSdr709).map({0.4, 0, 0});
  EXPECT_NEAR(grey.y, 0.4, 1e-6) << "white is the same everywhere";
  EXPECT_NEAR(grey.cb, 0, 1e-6);
  const Yuv skin{0.6, -0.08, 0.1};
  const Yuv back = ColourMap(kSdr709, k601).map(ColourMap(k601, kSdr709).map(skin));
  EXPECT_NEAR(back.y, skin.y, 1e-6);
  EXPECT_NEAR(back.cb, skin.cb, 1e-6);
  EXPECT_NEAR(back.cr, skin.cr, 1e-6);
  EXPECT_NE(ColourMap(k601, kSdr709).map(skin).cr, skin.cr);
}

TEST(ColourMap, IsNotNeededBetweenTheMatricesOfSdr) {
  const media::Colour old{5, 6, 5, false};
  const media::Colour full{1, 1, 1, true};
  EXPECT_TRUE(differs_by_matrix(old, kSdr709));
  EXPECT_TRUE(differs_by_matrix(full, kSdr709));
  EXPECT_FALSE(differs_by_matrix(kSdr709, kSdr709)) << "nothing differs";
  EXPECT_FALSE(differs_by_matrix({2, 2, 2, false}, old)) << "nor where one says nothing";
  EXPECT_FALSE(differs_by_matrix(k2020, kSdr709)) << "another gamut";
  EXPECT_FALSE(differs_by_matrix(kSdr709, kPq));
}

TEST(ColourMap, OfAnotherMatrixShowsTheSameColours) {
  // BT.601's red, green and blue by BT.709: luma is what BT.709 gives them, and each has the full difference of its
  // own.
  const media::Colour old{5, 6, 5, false};
  const Yuv red = with_matrix({0.299, -0.299 / 1.772, 0.5}, old, kSdr709);
  EXPECT_NEAR(red.y, 0.2126, 1e-9);
  EXPECT_NEAR(red.cr, 0.5, 1e-9);
  const Yuv blue = with_matrix({0.114, 0.5, -0.114 / 1.402}, old, kSdr709);
  EXPECT_NEAR(blue.y, 0.0722, 1e-9);
  EXPECT_NEAR(blue.cb, 0.5, 1e-9);
}

}  // namespace
}  // namespace transcode

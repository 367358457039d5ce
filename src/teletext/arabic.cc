#include "teletext/arabic.h"

#include <cstddef>

namespace teletext {
namespace {

constexpr unsigned kFirst = 0x20;  ///< code of a set
constexpr unsigned kSize = 0x60;
constexpr unsigned kG0 = 0xe600;
constexpr unsigned kG2 = 0xe700;
constexpr std::u32string_view kLamAlef = U"\u0644\u0627";

/// From 0x40 to 0x7D of G0.
constexpr std::u32string_view kLetters =
    U"\u0629\u0621\u0628\u0628\u062a\u062a\u0627\u0627\u0628\u0629\u062a\u062b\u062c\u062d\u062e\u062f"
    U"\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u0637\u0638\u0639\u063a\u062b\u062c\u062d\u062e#"
    U"\u0640\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649\u064a\u062b\u062c\u062d\u062e\u064a"
    U"\u0649\u0639\u063a\u0641\u0641\u0642\u0642\u0643\u0644\u0644\u0645\u0645\u0646\u0646";
constexpr unsigned kFirstLetter = 0x40;
constexpr unsigned kLigature = 0x7e;
/// 0x26 and 0x27 of G0.
constexpr std::u32string_view kYehs = U"\u0649\u064a";
constexpr unsigned kFirstYeh = 0x26;

/// From 0x21 to 0x3B of G2, and from 0x3D on.
constexpr std::u32string_view kMore =
    U"\u0639\u0622\u0623\u0624\u0625\u0626\u0626\u0686\u0686\u0686\u067e\u067e\u067e\u0698\u06af"
    U"\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u063a\u063a";
constexpr unsigned kFirstMore = 0x21;
constexpr unsigned kLigatureOfG2 = 0x3c;
constexpr std::u32string_view kHehs = U"\u0647\u0647\u0647";
constexpr unsigned kFirstHeh = 0x3d;
constexpr std::u32string_view kAin = U"\u0639";
constexpr unsigned kFinalAin = 0x5f;

std::u32string_view letter(std::u32string_view set, unsigned first, unsigned code) {
  return code >= first && code - first < set.size() ? set.substr(code - first, 1) : std::u32string_view{};
}

std::u32string_view of_g0(unsigned code) {
  if (code == kLigature) return kLamAlef;
  const std::u32string_view yeh = letter(kYehs, kFirstYeh, code);
  return yeh.empty() ? letter(kLetters, kFirstLetter, code) : yeh;
}

std::u32string_view of_g2(unsigned code) {
  if (code == kLigatureOfG2) return kLamAlef;
  if (code == kFinalAin) return kAin;
  const std::u32string_view heh = letter(kHehs, kFirstHeh, code);
  return heh.empty() ? letter(kMore, kFirstMore, code) : heh;
}

}  // namespace

std::u32string_view arabic_letters(unsigned character) {
  if (character >= kG2 && character < kG2 + kSize) return of_g2(character - kG2 + kFirst);
  return character >= kG0 && character < kG0 + kSize ? of_g0(character - kG0 + kFirst) : std::u32string_view{};
}

}  // namespace teletext

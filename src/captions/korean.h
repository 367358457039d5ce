#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"

/// The characters of two bytes that Korean broadcasters send in CEA-708: KS X 1001, coded as in EUC-KR.
namespace captions::digital {

/// Makes the table that korean_character() reads, with iconv(3) of the C library, which opens its modules for that. To
/// be called while the process may still open files, by its only thread. Costs 4 ms and 18 KiB, once. Errors:
/// kUnsupported, where the C library has no converter for EUC-KR; korean_character() then knows no character.
base::Status load_korean();

/// The character of two bytes of EUC-KR, each 0xA1 to 0xFE; nothing where KS X 1001 has none, or where load_korean()
/// was not called. Thread: any, after load_korean().
std::optional<char32_t> korean_character(std::uint8_t first, std::uint8_t second);

/// Reads characters of two bytes (P16) of a Korean service. The standard leaves their set open and no descriptor tells
/// it: Korean feeds use EUC-KR, some UTF-16. They are taken for EUC-KR until codes come, one after the other, that
/// EUC-KR does not have, and from then on for UTF-16. Thread: one.
class KoreanReader {
 public:
  /// Nothing: neither has it.
  std::optional<char32_t> read(std::uint8_t first, std::uint8_t second);

 private:
  /// A wrong code weighs as much as so many right ones: of Korean text in UTF-16 nearly two codes of three are wrong in
  /// EUC-KR, of text in EUC-KR only damaged ones.
  static constexpr int kWrong = 4;
  static constexpr int kTooMuch = 2 * kWrong;

  int doubt_ = 0;
};

}  // namespace captions::digital

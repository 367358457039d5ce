#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace app {

/// What became of the key set that was kept over a restart.
enum class KeptState : std::uint8_t {
  kUnused,   ///< there is none, or the URL has answered
  kUsed,     ///< tokens are checked with it, for the URL has not answered since the start
  kTooOld,   ///< it was not taken
  kDamaged,  ///< likewise
};
/// For metric labels: "unused", "used", "too_old", "damaged".
std::string_view to_string(KeptState state);

/// The key set that a URL gave last, in a file: a restart while the URL does not answer would refuse every viewer. The
/// file has the time and a checksum, so that a half of one is not taken. Whoever can write it can make tokens: it is
/// its owner's alone. It waits for the disk. Thread: one.
class KeptKeys {
 public:
  struct Set {
    std::string text;          ///< the JWKS
    base::Micros fetched = 0;  ///< UTC
  };
  /// A clock that is set back by less than this since then makes a set no younger. Units: µs.
  static constexpr base::Micros kClockStep = 300 * base::kSecond;

  /// `path`: empty: nothing is kept. A set of another `url` is not taken.
  KeptKeys(std::string path, std::string url) : path_(std::move(path)), url_(std::move(url)) {}

  /// What was kept; nothing where there is none, or it is another URL's. Errors: kMalformed: damaged; kUnsupported: it
  /// is older than `most_age`, or from more than kClockStep after `now`; others: the file cannot be read.
  base::Result<std::optional<Set>> read(base::Micros now, base::Micros most_age) const;
  /// Takes the place of what was kept, whole or not at all, also where the machine fails. Errors: kSystem.
  base::Status write(const Set& set) const;

 private:
  const std::string path_;
  const std::string url_;
};

}  // namespace app

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/kept_keys.h"
#include "base/clock.h"
#include "client/transport.h"
#include "tokens/keys.h"

namespace app {

/// How the keys of viewers' tokens are doing.
struct TokenKeysReport {
  std::size_t keys = 0;        ///< that tokens are checked with
  base::Micros fetched = 0;    ///< UTC, when the URL gave some last, be it before the start; 0: never
  std::uint64_t fetches = 0;   ///< of the URL
  std::uint64_t failures = 0;  ///< of those
  KeptState kept = KeptState::kUnused;
};

/// The keys of viewers' tokens that change by themselves: those of a file and of a URL, beside fixed ones. Keys that
/// have come stay until others do: a file that is broken and a server that is down take none away. It waits for disk
/// and network. Thread: one.
class TokenKeys {
 public:
  struct Options {
    std::string file;      ///< a JWKS; empty: none
    std::string url;       ///< likewise
    tokens::KeySet fixed;  ///< of the configuration
    tokens::KeySet known;  ///< that the URL gave before
    std::string kept;      ///< a file for what the URL gives, over a restart; empty: none
  };
  static constexpr base::Micros kLook = 5 * base::kSecond;        ///< at the file, and at what tokens have shown
  static constexpr base::Micros kRefresh = 300 * base::kSecond;   ///< of the URL
  static constexpr base::Micros kLeastWait = 10 * base::kSecond;  ///< between two requests, whatever tokens show
  static constexpr base::Micros kFirstBackoff = 5 * base::kSecond;
  static constexpr base::Micros kMostKept = 24 * 3600 * base::kSecond;  ///< age of a kept set that is used at the start

  /// `transport` and `clock` outlive it.
  TokenKeys(Options options, client::Transport& transport, const base::Clock& clock);

  struct Found {
    std::shared_ptr<const tokens::KeySet> all;
    std::shared_ptr<const tokens::KeySet> of_url;
  };
  /// Looks at what is due. Returns the keys if there are others than before, and the first time. `missed`: a token has
  /// shown a key that is not known, so the URL may have others.
  std::optional<Found> look(bool missed);
  /// The URL is to be asked at once: after kept keys, which are given without waiting for it.
  bool is_due() const { return !options_.url.empty() && clock_.steady() >= fetch_due_; }
  const TokenKeysReport& report() const { return report_; }

 private:
  bool look_at_file();
  bool fetch();
  bool take_kept();
  void keep();
  void fail(const std::string& why);

  const Options options_;
  client::Transport& transport_;
  const base::Clock& clock_;
  const KeptKeys kept_;
  bool kept_failing_ = false;
  bool began_ = false;
  std::string text_of_file_;
  tokens::KeySet of_file_;
  std::string text_of_url_;
  tokens::KeySet of_url_;
  base::Micros asked_ = 0;      ///< steady, when the URL was asked last
  base::Micros fetch_due_ = 0;  ///< likewise, when it is to be
  base::Micros backoff_ = 0;
  TokenKeysReport report_;
};

}  // namespace app

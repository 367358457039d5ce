#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/request.h"

/// Common Media Client Data: what players say of themselves with their requests (CTA-5004, versions 1 and 2).
namespace cmcd {

/// What is used of one request's data. Text of the player's is not kept.
struct Report {
  std::uint64_t session = 0;                   ///< hash of `sid`; 0: none
  bool starved = false;                        ///< `bs`: playback stood still for lack of media since the last report
  bool playing = true;                         ///< not: `su`, or a `sta` other than p: it starts, seeks or stands still
  bool video = true;                           ///< `ot` is v or av, or is not given
  std::optional<std::int64_t> buffer_ms;       ///< `bl`: media that is buffered
  std::optional<std::int64_t> latency_ms;      ///< `ltc`: how far behind live the player is (version 2)
  std::optional<std::int64_t> start_delay_ms;  ///< `msd`: from the viewer's wish to the first picture (version 2)
  std::optional<std::int64_t> bitrate_kbps;    ///< `br`: of the media that is loaded; of several the first
  std::optional<std::int64_t> stalled_ms;      ///< `bsd`: how long it stood still since the last report (version 2)
};

/// What only a report of event mode is read for. The views are into the list.
struct EventKeys {
  std::string_view event;    ///< `e`; empty: there is none
  std::string_view state;    ///< `sta`
  std::string_view content;  ///< `cid`, its escapes as they are
};

/// Takes a list of keys apart: `bl=21300,bs,sid="6e2f"`. What is not known is skipped. False where it is no list of
/// keys: `report` then has what came before. Spec: CTA-5004 3, RFC 8941 3.2 (what players send of it).
/// `event`: null where nobody asks for what is in it.
bool read_keys(std::string_view list, Report& report, EventKeys* event = nullptr);

enum class Found : std::uint8_t { kNone, kReport, kMalformed };
/// That of a request, in its query (percent-encoded) or in its CMCD-… headers; longer than kMost it is malformed.
/// Never an error of the request (CF-27).
Found read_report(const http::Request& request, Report& report);

inline constexpr std::size_t kMost = 2048;  ///< bytes of a query's value, or of a header

/// The hash of the session alone; 0: there is none.
std::uint64_t session_of(const http::Request& request);

}  // namespace cmcd

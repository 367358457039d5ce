#pragma once

#include <cstddef>
#include <string_view>

#include "cmcd/report.h"

namespace cmcd {

/// The type of a body of reports; each stands on a line of its own. Spec: CTA-5004 version 2, event mode.
inline constexpr std::string_view kEventType = "application/cmcd";
/// Bytes of one report in a body; a longer one is malformed. Those of hls.js with all keys and a URL have about 700.
inline constexpr std::size_t kMostEvent = 4096;

/// Whether a Content-Type is one that reports may come in: kEventType, text/plain (a page that is closed may send
/// nothing else) or none. Parameters do not matter.
bool is_event_type(std::string_view content_type);

/// One report of a body. The view is into the body.
struct EventReport {
  Found found = Found::kNone;  ///< kNone: there are no more
  Report report;
  std::string_view content;  ///< `cid`; empty: it names none
};

/// Takes the next report off `body`, and the empty lines before it. A report without `e` is malformed: it is of no
/// event. A stall is a change of the player's state to rebuffering (`e=ps`, `sta=r`): players repeat the state in later
/// events, and leave `bs` to their requests.
EventReport take_event(std::string_view& body);

}  // namespace cmcd

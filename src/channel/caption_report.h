#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "feed/message.h"
#include "job/options.h"
#include "job/stats.h"
#include "media/caption.h"

namespace channel {

/// One caption service of a channel's pictures: who says that it is there, and whether it is.
struct CaptionServiceReport {
  struct InFeed {
    bool announced = false;                 ///< the feed describes it (ATSC A/65 6.9.2)
    std::string language;                   ///< as the feed says: ISO 639-2; empty: it does not
    bool found = false;                     ///< its text was found in the pictures of the present publisher
    std::optional<base::Micros> last_text;  ///< UTC at which its newest text arrived
  };
  media::Caption caption;       ///< as configured; empty fields where the configuration says nothing
  bool listed = false;          ///< playlists name it
  bool configured = false;      ///< `captions:` or `subtitles:` of the channel name it
  std::array<InFeed, 2> feeds;  ///< by feed::index()
};

/// One text rendition.
struct TextReport {
  std::string name;                       ///< s1
  std::string from;                       ///< as configured: "CC1", "teletext 888"
  std::string language;                   ///< as configured, else of the service or page; empty: not known
  bool announced = false;                 ///< the feed that is shown describes the service or page
  bool found = false;                     ///< text of the service was found in that feed, or text was published
  std::optional<base::Micros> last_text;  ///< UTC at which its newest text is shown first
};

/// Every caption service that is configured, named in playlists, described or found by a feed, in the order of
/// captions::Service. `stats`: of the worker, which may write anything; null: there is none, and nothing is listed or
/// seen. Thread: any.
std::vector<CaptionServiceReport> caption_services(const job::Options& options, const job::Stats* stats);

/// The text renditions in the order of the configuration. `services`: as caption_services() has them.
std::vector<TextReport> text_renditions(const job::Options& options, const std::vector<CaptionServiceReport>& services,
                                        const job::Stats* stats, feed::Id shown);

}  // namespace channel

#pragma once

#include <map>
#include <string>
#include <vector>

#include "captions/service.h"
#include "media/caption.h"

namespace worker {

/// The caption services that a channel's playlists name: those of the configuration, those of the log that the worker
/// resumed, those that the feed announces, and those that were found in the pictures. It only grows. Thread: one.
class CaptionList {
 public:
  /// `configured`: with the language and the name of services, whether they are found or not.
  explicit CaptionList(const media::Captions& configured) : configured_(configured), listed_(configured) {}

  /// What the log has named stays, under the name that is configured now.
  void resume(const media::Captions& known);
  /// True if something is new. Where the operator says that there are none, nothing ever is. `carried`: there were
  /// pictures that have room for captions.
  bool add(const captions::ServiceSet& found, bool carried);
  /// What the feed announces: services, and languages and names that the configuration does not say. True if something
  /// is new.
  bool announce(const std::vector<media::Caption>& services);
  /// As configured, else as the feed or the log has it; empty: not known.
  std::string language_of(captions::Service service) const;
  const media::Captions& listed() const { return listed_; }

 private:
  void insert(captions::Service service, media::Caption caption);
  void adopt(const media::Caption& announced);

  const media::Captions configured_;
  media::Captions listed_;  ///< in the order of captions::Service once something was added
  captions::ServiceSet added_;
  std::vector<media::Caption> announced_;         ///< last
  std::map<std::size_t, std::string> languages_;  ///< that the configuration does not say, by Service::index()
};

}  // namespace worker

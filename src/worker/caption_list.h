#pragma once

#include "captions/service.h"
#include "media/caption.h"

namespace worker {

/// The caption services that a channel's playlists name: those of the configuration, those of the log that the worker
/// resumed, and those that were found in the pictures. It only grows. Thread: one.
class CaptionList {
 public:
  /// `configured`: with the language and the name of services, whether they are found or not.
  explicit CaptionList(const media::Captions& configured) : configured_(configured), listed_(configured) {}

  /// What the log has named stays, under the name that is configured now.
  void resume(const media::Captions& known);
  /// True if something is new. Where the operator says that there are none, nothing ever is. `carried`: there were
  /// pictures that have room for captions.
  bool add(const captions::ServiceSet& found, bool carried);
  const media::Captions& listed() const { return listed_; }

 private:
  void insert(captions::Service service, media::Caption caption);

  const media::Captions configured_;
  media::Captions listed_;  ///< in the order of captions::Service once something was added
  captions::ServiceSet added_;
};

}  // namespace worker

#include <string>

#include "base/log.h"
#include "worker/production.h"

// Texts and captions that the feed that is shown carries.

namespace worker {

void Production::take(Feed& from, const media::Teletext& teletext) {
  if (from.id() == shown_) texts_.take(teletext);
}

void Production::take(Feed& from, const media::Text& text) {
  if (from.id() == shown_) texts_.take(text);
}

/// Captions that are announced or found late join the presentation.
void Production::list_captions(const Feed& from) {
  const std::size_t before = captions_.listed().services.size();
  const bool announced = captions_.announce(from.input().announced_captions());
  if (announced) texts_.name_languages(captions_);
  if (!captions_.add(from.caption_finder().found(), from.caption_finder().pictures() > 0) && !announced) return;
  presentation_.changed();
  if (captions_.listed().services.size() == before) return;
  std::string names;
  for (const media::Caption& caption : captions_.listed().services)
    names += (names.empty() ? "" : " ") + caption.service;
  base::log_info("worker", "captions announced or found in the pictures",
                 {{"channel", options_.channel}, {"captions", names}});
}

}  // namespace worker

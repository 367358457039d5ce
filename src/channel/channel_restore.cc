// What a channel and its journal have to do with each other.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "channel/channel.h"

namespace channel {

void Channel::on_journal(std::string_view why) {
  if (why.empty()) {
    base::log_info("channel", "the journal is written again", {{"channel", name_}});
  } else {
    base::log_error("channel", "the journal is given up: after a restart the log would begin anew",
                    {{"channel", name_}, {"why", why}});
  }
  environment_.events.append({events::Type::kJournal,
                              name_,
                              why.empty() ? events::State::kCleared : events::State::kRaised,
                              {},
                              {{"reason", why.empty() ? std::string_view("written_again") : why}}});
}

base::Micros Channel::most_absent(const Options& options) {
  return std::min(options.grace + options.window, kMostAbsent);
}

/// The fold calls it long after the window has been made.
std::function<void(archive::JournalWriter::Written&&)> Channel::on_written() {
  if (memory_of(options_) == 0) return nullptr;
  return [this](archive::JournalWriter::Written&& part) {
    window_.file_part(part.rendition, part.msn, part.index, std::move(part.place));
  };
}

bool Channel::restore(archive::JournalReader& journal, base::Micros retention) {
  bool ended = false;
  base::Micros newest = 0;
  read_journal(journal, ended, newest);
  const base::Micros absent = environment_.clock.utc() - newest;
  // A clock that was set back: a log cannot go on before its own end.
  if (newest == 0 || absent < -options_.window) return false;
  if (!ended && position_.closing) {
    fold(record::End{});
    ended = true;
  }
  if (absent >= (ended ? retention : most_absent(options_))) return false;
  if (!ended && !position_.known()) return false;
  base::log_info("channel", "restored from its journal",
                 {{"channel", name_},
                  {"absent_s", static_cast<double>(absent) / base::kSecond},
                  {"bytes", journal.bytes()},
                  {"ended", ended}});
  if (ended) {
    position_ = {};
    ended_at_ = environment_.clock.steady() - std::max<base::Micros>(absent, 0);
    set_state(State::kEnded);
  } else {
    deadline_ = environment_.clock.steady() + options_.grace;
    set_state(State::kGrace);
    source_.hold(position_);
    beat_->start(kBeat, kBeat);
  }
  window_.settle();
  if (recorder_) recorder_->settle();
  return true;
}

/// Of what stands in the journal only the window and the position are made anew: latencies and events were told.
void Channel::read_journal(archive::JournalReader& journal, bool& ended, base::Micros& newest) {
  window_.resume(journal.first().standing);
  window_.begin_reading();
  std::int64_t newest_msn = -1;
  for (record::Record record; journal.next(record);) {
    const std::int64_t offset = journal.numbering();
    if (recorder_) recorder_->apply(record);
    window_.apply(record);
    if (const auto* part = std::get_if<record::Part>(&record); part != nullptr && !part->data.empty())
      window_.file_part(part->rendition, part->msn, part->index, journal.body());
    if (journal_) journal_->restore(record);
    if (const auto* marker = std::get_if<record::Marker>(&record)) markers_.restore(*marker);
    ended =
        std::holds_alternative<record::End>(record) || (ended && !std::holds_alternative<record::Presentation>(record));
    const auto unnumber = [&](auto& kind) {
      if constexpr (requires { kind.msn; }) {
        newest_msn = std::max(newest_msn, kind.msn);
        kind.msn -= offset;
      }
    };
    std::visit(unnumber, record);
    position_.apply(record);
    newest = std::max(newest, newest_media());
    numbering_ = origin::Numbering(position_.presentation.segment, offset, newest_msn);
  }
  window_.end_reading([](const hls::FiledPart& part) { return archive::read_body(part.place, part.hash); });
  for (record::Position::Rendition& at : position_.renditions) {
    if (at.key_stored.place.size > 0) at.key_part = archive::read_body(at.key_stored.place, at.key_stored.hash);
    at.key_stored = {};
  }
}

}  // namespace channel

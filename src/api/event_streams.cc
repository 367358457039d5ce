#include "api/event_streams.h"

#include <string>
#include <utility>
#include <vector>

#include "events/cloud_event.h"

namespace api {
namespace {

constexpr std::size_t kPage = 100;
// A browser that lost its stream asks again after this time; its own default is some seconds.
constexpr const char* kPreamble = "retry: 2000\n: events of Kickoff\n\n";

std::string text_of(const events::Page& page) {
  std::string text;
  if (page.missed) text += "event: missed\ndata: {\"oldest\":" + std::to_string(page.oldest) + "}\n\n";
  for (const auto& event : page.events) {
    text +=
        "id: " + std::to_string(event->sequence) + "\ndata: " + events::to_cloud_event(*event, page.source) + "\n\n";
  }
  return text;
}

}  // namespace

class EventStreams::Stream final : public http::BodyWriter::Source {
 public:
  Stream(EventStreams& owner, std::uint64_t given_id, events::Query asked, bool live)
      : owner_(owner), id(given_id), query(std::move(asked)), from_now(live), writer(*this, kMostQueued) {}
  void on_writable() override {
    blocked = false;
    owner_.fetch(*this);
  }
  // Last statement: it destroys this.
  void on_gone() override { owner_.streams_.erase(id); }

  bool push(std::string text, base::Micros now) {
    if (writer.push(base::Bytes::adopt(std::move(text))) != http::BodyWriter::Pushed::kQueued) return false;
    sent_at = now;
    return true;
  }

 private:
  EventStreams& owner_;

 public:
  const std::uint64_t id;
  events::Query query;       ///< `after` is its place in the log
  bool from_now = false;     ///< until the first answer of the log
  bool asking = false;       ///< the log has been asked
  bool again = false;        ///< it has grown since
  bool blocked = false;      ///< a page did not fit
  base::Micros sent_at = 0;  ///< steady, of the last push that was taken
  http::BodyWriter writer;
};

EventStreams::EventStreams(Backend& backend, const base::Clock& clock) : backend_(backend), clock_(clock) {}
EventStreams::~EventStreams() = default;

Answer EventStreams::open(events::Query query, bool from_now) {
  if (streams_.size() >= kMost) {
    Answer refused = problem(503, "there are as many event streams as there may be; poll without text/event-stream");
    refused.fields.emplace_back("retry-after", "10");
    return refused;
  }
  query.limit = from_now ? 0 : kPage;
  const std::uint64_t id = next_id_++;
  Stream& stream = *(streams_[id] = std::make_unique<Stream>(*this, id, std::move(query), from_now));
  stream.push(kPreamble, clock_.steady());
  Answer answer{200, "text/event-stream", {}, {}};
  answer.stream = stream.writer.body();
  fetch(stream);
  return answer;
}

void EventStreams::wake() {
  for (auto next = streams_.begin(); next != streams_.end();) fetch(*next++->second);
}

void EventStreams::fetch(Stream& stream) {
  if (stream.blocked) return;
  stream.again = stream.asking;
  if (std::exchange(stream.asking, true)) return;
  backend_.ask_events(stream.query, [this, id = stream.id](const events::Page& page) { take(id, page); });
}

void EventStreams::take(std::uint64_t id, const events::Page& page) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  Stream& stream = *found->second;
  stream.asking = false;
  if (std::exchange(stream.from_now, false)) {
    stream.query.after = page.newest;
    stream.query.limit = kPage;
  } else {
    std::string text = text_of(page);
    if (!text.empty() && !stream.push(std::move(text), clock_.steady())) {
      stream.blocked = true;  // asks for the same page again when the client has taken what waits for it
      return;
    }
    stream.query.after = page.next;
  }
  if (stream.query.after < page.newest || stream.again) fetch(stream);
}

void EventStreams::tick() {
  const base::Micros now = clock_.steady();
  for (auto next = streams_.begin(); next != streams_.end();) {
    Stream& stream = *next++->second;  // it may leave the map
    // What it has not read for so long it will not read.
    const bool waits = stream.writer.queued() != 0;
    if (waits && now - stream.sent_at >= kStuck) {
      streams_.erase(stream.id);
    } else if (!waits && now - stream.sent_at >= kHeartbeat) {
      stream.push(":\n\n", now);
    }
  }
}

}  // namespace api

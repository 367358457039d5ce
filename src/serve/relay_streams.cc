#include "serve/relay_streams.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "relay/cursor.h"
#include "relay/wire.h"

namespace serve {
namespace {

constexpr std::string_view kAfter = "after=";

bool meet(const relay::Path& a, const relay::Path& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](std::uint64_t node) { return std::find(b.begin(), b.end(), node) != b.end(); });
}

}  // namespace

/// One edge's answer.
class RelayStreams::Stream final : public http::BodyWriter::Source {
 public:
  Stream(RelayStreams& owner, std::string name, const std::optional<relay::Place>& from,
         const std::optional<relay::Have>& have)
      : channel(std::move(name)),
        owner_(owner),
        from_(from),
        have_(have),
        since_(owner.clock_.steady()),
        sent_at_(since_),
        writer_(*this, kMostQueued) {}

  const std::shared_ptr<http::GrowingBody>& body() const { return writer_.body(); }
  void update(const std::shared_ptr<const relay::Reel>& reel);
  void tick(base::Micros now);
  /// Ends with an item that says why.
  void refuse(const base::Bytes& last);
  void finish() { writer_.finish(); }
  bool over() const { return over_; }

  const std::string channel;

 private:
  void on_writable() override { send(); }
  void on_gone() override { owner_.drop(*this); }
  void send();
  bool push(base::Bytes slice);
  void cut();

  RelayStreams& owner_;
  const std::optional<relay::Place> from_;
  const std::optional<relay::Have> have_;
  const base::Micros since_;
  base::Micros sent_at_;
  std::optional<relay::Cursor> cursor_;  ///< empty: the channel is awaited
  std::vector<base::Bytes> waiting_;     ///< of the item that the queue had no room for
  std::size_t pushed_ = 0;               ///< slices of it that were taken
  bool over_ = false;                    ///< cut off, or ended
  http::BodyWriter writer_;
};

void RelayStreams::Stream::update(const std::shared_ptr<const relay::Reel>& reel) {
  if (over_) return;
  if (!cursor_) {
    cursor_.emplace(reel, from_, have_);
  } else {
    cursor_->update(reel);
  }
  send();
}

bool RelayStreams::Stream::push(base::Bytes slice) {
  const std::size_t size = slice.size();
  if (writer_.push(std::move(slice)) != http::BodyWriter::Pushed::kQueued) return false;
  owner_.counters_.relay_bytes.add(size);
  sent_at_ = owner_.clock_.steady();
  return true;
}

/// As much as the queue takes.
void RelayStreams::Stream::send() {
  if (over_ || !cursor_) return;
  for (;;) {
    for (; pushed_ < waiting_.size(); ++pushed_) {
      if (!push(waiting_[pushed_])) {
        // Behind what is kept it will not get further than this item.
        if (cursor_->lost()) cut();
        return;
      }
    }
    waiting_.clear();
    pushed_ = 0;
    if (cursor_->lost()) return cut();
    if (!cursor_->next(waiting_)) return;
  }
}

/// The edge comes again: where it was, or from the window's begin.
void RelayStreams::Stream::cut() {
  owner_.counters_.relay_cut.add();
  over_ = true;
  writer_.abort();
}

void RelayStreams::Stream::refuse(const base::Bytes& last) {
  if (over_) return;
  push(last);
  over_ = true;
  writer_.finish();
}

void RelayStreams::Stream::tick(base::Micros now) {
  if (over_) return;
  if (!cursor_ && now - since_ >= owner_.options_.patience) return refuse(relay::unavailable_item());
  if (now - sent_at_ < kBeat || !waiting_.empty()) return;
  push(relay::encode_beat({owner_.clock_.utc(), cursor_ ? cursor_->at() : 0}));
}

RelayStreams::RelayStreams(Options options, const base::Clock& clock, Errors& errors, Counters& counters)
    : options_(std::move(options)),
      clock_(clock),
      errors_(errors),
      counters_(counters),
      head_(std::make_shared<const http::Reply>(
          200, http::HeaderBlock::Fields{{"content-type", "application/vnd.kickoff.relay"},
                                         {"cache-control", "no-store"}})) {}

RelayStreams::~RelayStreams() = default;

void RelayStreams::answer(Viewer& viewer, http::StreamId id, http::Response response) {
  counters_.count_request(ObjectKind::kOther, response->status());
  viewer.answer(id, std::move(response), 0);
}

http::Response RelayStreams::list() const {
  std::string text;
  for (const auto& [name, channel] : channels_)
    if (channel.reel != nullptr) text += name + "\n";
  const std::string length = std::to_string(text.size());
  const http::HeaderBlock::Fields fields{
      {"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}, {"content-length", length}};
  return std::make_shared<const http::Reply>(200, fields, std::vector<base::Bytes>{base::Bytes::copy_of(text)});
}

/// Why the request is not answered with the log; null: it is.
http::Response RelayStreams::refusal(std::string_view name, const http::Request& request, const Channel* channel,
                                     relay::Path& path) {
  if (options_.lock.open()) return errors_.get(404);
  if (!options_.lock.admits(request, false)) {
    counters_.count_cause(Cause::kRelayLocked);
    return errors_.get(403, "Wrong relay secret\n");
  }
  if (request.method != http::Method::kGet) return errors_.get(405);
  if (name.empty()) return options_.patience == 0 ? list() : errors_.get(404);
  const auto asked = relay::parse_path(request.find("x-kickoff-via"));
  if (!asked) return errors_.get(400);
  path = *asked;
  const relay::Path here{options_.node};
  const bool has = channel != nullptr && channel->reel != nullptr;
  if (meet(path, here) || (has && meet(path, channel->reel->path))) {
    counters_.count_cause(Cause::kRelayLoop);
    return errors_.get(508);
  }
  if (open_ >= options_.most) return errors_.get(503);
  if (!has && options_.patience == 0) {
    counters_.count_cause(Cause::kUnknownChannel);
    return errors_.get(404);
  }
  return nullptr;
}

RelayStreams::Asked RelayStreams::start(Viewer& viewer, http::StreamId id, std::string_view channel,
                                        const http::Request& request, relay::Path& path) {
  const auto found = channels_.find(channel);
  if (auto refused = refusal(channel, request, found == channels_.end() ? nullptr : &found->second, path)) {
    answer(viewer, id, std::move(refused));
    return Asked::kAnswered;
  }
  std::optional<relay::Place> from;
  if (request.query.starts_with(kAfter)) from = relay::parse_place(request.query.substr(kAfter.size()));
  const auto have = relay::parse_have(request.find("x-kickoff-have"));
  auto stream = std::make_unique<Stream>(*this, std::string(channel), from, have);
  Stream& made = *stream;
  counters_.count_request(ObjectKind::kOther, 200);
  if (!viewer.answer(id, head_, made.body())) return Asked::kAnswered;
  Channel& of = channels_[made.channel];
  of.streams[&made] = std::move(stream);
  counters_.relay_streams.set(++open_);
  if (of.reel == nullptr) return Asked::kAwaited;
  made.update(of.reel);
  return Asked::kAnswered;
}

void RelayStreams::update(const std::string& channel, std::shared_ptr<const relay::Reel> reel) {
  if (options_.lock.open()) return;
  Channel& of = channels_[channel];
  of.reel = std::move(reel);
  for (const auto& [key, stream] : of.streams) stream->update(of.reel);
}

void RelayStreams::remove(const std::string& channel) { end_all(channel, relay::absent_item()); }

void RelayStreams::give_up(const std::string& channel) { end_all(channel, relay::unavailable_item()); }

void RelayStreams::end_all(const std::string& channel, const base::Bytes& last) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return;
  found->second.reel = nullptr;
  for (const auto& [key, stream] : found->second.streams) stream->refuse(last);
}

void RelayStreams::tick() {
  const base::Micros now = clock_.steady();
  for (auto at = channels_.begin(); at != channels_.end();) {
    std::erase_if(at->second.streams, [&](const auto& entry) {
      entry.second->tick(now);
      if (!entry.second->over()) return false;
      --open_;
      return true;
    });
    at = at->second.streams.empty() && at->second.reel == nullptr ? channels_.erase(at) : std::next(at);
  }
  counters_.relay_streams.set(open_);
}

void RelayStreams::shut_down() {
  for (auto& [name, channel] : channels_) {
    for (const auto& [key, stream] : channel.streams) stream->finish();
  }
}

bool RelayStreams::in_use(const std::string& channel) const {
  const auto found = channels_.find(channel);
  return found != channels_.end() && !found->second.streams.empty();
}

/// Within the stream's own call: it is destroyed when that has ended.
void RelayStreams::drop(const Stream& stream) {
  const auto found = channels_.find(stream.channel);
  if (found == channels_.end()) return;
  if (found->second.streams.erase(&stream) == 0) return;
  counters_.relay_streams.set(--open_);
}

}  // namespace serve

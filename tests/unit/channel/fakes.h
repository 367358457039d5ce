#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "channel/alarm.h"
#include "channel/spawner.h"
#include "events/event.h"
#include "feed/message.h"
#include "ingest/publisher.h"
#include "record/encoding.h"
#include "record/position.h"

/// A machine for channels: a clock, alarms that go by it, workers that are values, publishers that only listen.
namespace channel {

/// A clock that stands until it is moved, and the alarms that go by it.
class FakeTime final : public base::Clock, public Alarms {
 public:
  static constexpr base::Micros kEpoch = 1'700'000'000 * base::kSecond;

  base::Micros utc() const override { return kEpoch + now_; }
  base::Micros steady() const override { return now_; }

  /// Lets time pass; what is due on the way fires at its time, in order.
  void advance(base::Micros span) {
    const base::Micros until = now_ + span;
    while (FakeAlarm* next = first_due(until)) {
      now_ = std::max(now_, next->due);
      next->fire();
    }
    now_ = until;
  }

  std::unique_ptr<Alarm> make(std::function<void()> on_fire) override {
    auto alarm = std::make_unique<FakeAlarm>(*this, std::move(on_fire));
    alarms_.push_back(alarm.get());
    return alarm;
  }

 private:
  struct FakeAlarm final : Alarm {
    FakeAlarm(FakeTime& owner, std::function<void()> callback) : time(owner), on_fire(std::move(callback)) {}
    ~FakeAlarm() override { std::erase(time.alarms_, this); }
    void start(base::Micros delay, base::Micros again) override {
      due = time.now_ + delay;
      repeat = again;
      on = true;
    }
    void stop() override { on = false; }
    bool active() const override { return on; }
    void fire() {
      on = repeat > 0;
      due += repeat;
      const auto callback = on_fire;  // which may destroy this
      callback();
    }

    FakeTime& time;
    std::function<void()> on_fire;
    base::Micros due = 0;
    base::Micros repeat = 0;
    bool on = false;
  };

  FakeAlarm* first_due(base::Micros until) {
    FakeAlarm* first = nullptr;
    for (FakeAlarm* alarm : alarms_) {
      if (alarm->on && alarm->due <= until && (first == nullptr || alarm->due < first->due)) first = alarm;
    }
    return first;
  }

  base::Micros now_ = 1'000 * base::kSecond;
  std::vector<FakeAlarm*> alarms_;
};

/// "9:text" of a message of the primary feed, "b:9:text" of the backup.
inline std::string name_of(const feed::Addressed& message) {
  struct Namer {
    std::string operator()(const feed::Resume&) const { return "resume"; }
    std::string operator()(const feed::Start& m) const {
      return (m.format == feed::Format::kRtmp ? "rtmp" : "ts") + (m.zero ? "@" + std::to_string(*m.zero) : "");
    }
    std::string operator()(const feed::RtmpMessage& m) const {
      return std::to_string(m.type) + ":" + std::string(m.payload.text());
    }
    std::string operator()(const feed::TsBytes& m) const { return "ts:" + std::string(m.payload.text()); }
    std::string operator()(const feed::Tick&) const { return "tick"; }
    std::string operator()(const feed::Stop&) const { return "stop"; }
    std::string operator()(const feed::Finish&) const { return "finish"; }
    std::string operator()(const feed::Dropped& m) const { return "dropped " + std::to_string(m.bytes); }
    std::string operator()(const feed::Slate& m) const {
      return !m.on ? "no-slate" : m.text.empty() ? "slate" : "slate(" + m.text + ")";
    }
    std::string operator()(const feed::Overlay& m) const { return (m.on ? "overlay " : "no-overlay ") + m.overlay.id; }
    std::string operator()(const feed::Caption& m) const { return "caption(" + m.cue.text + ")"; }
    std::string operator()(const feed::TimedEvent& m) const {
      return "event " + std::to_string(static_cast<int>(m.kind)) + " " + std::string(m.data.text());
    }
    std::string operator()(const feed::Economy& m) const { return "economy " + std::to_string(m.level); }
    std::string operator()(const feed::Clock& m) const {
      return "clock " + std::to_string(m.ask) + (m.zero ? " " + std::to_string(*m.zero) : "");
    }
    std::string operator()(const feed::Select& m) const {
      const std::string how = m.how == feed::Select::How::kAsked ? "select" : "select-now";
      return m.reason ? how + "(" + std::string(feed::to_string(*m.reason)) + ")" : how;
    }
  };
  return (message.feed == feed::Id::kBackup ? "b:" : "") + std::visit(Namer{}, message.message);
}

/// What a worker process is to its test: it outlives the channel's handle to it.
struct FakeProcess {
  job::Options options;
  job::Stats stats{};
  int pid = 7;
  SpawnOrder order;
  bool started = true;
  std::function<void()> on_start;
  base::Micros cpu_wait = 0;
  int cpu_wait_asked = 0;
  bool killed = false;
  bool gone = false;  ///< its handle was destroyed
  std::size_t queued = 0;
  feed::Reader reader;
  std::vector<feed::Addressed> heard;
  loop::StreamHandler* records = nullptr;
  std::map<std::uint64_t, base::Bytes> media;  ///< by offset

  /// The messages that it got, without ticks.
  std::string trace() {
    std::string text;
    for (const feed::Addressed& message : heard) {
      if (!std::holds_alternative<feed::Tick>(message.message)) text += (text.empty() ? "" : " ") + name_of(message);
    }
    return text;
  }
  void say(const std::vector<record::Record>& batch) {
    std::vector<std::uint8_t> bytes;
    for (const record::Record& record : batch) {
      const record::Encoded encoded = record::encode(record);
      bytes.insert(bytes.end(), encoded.head.begin(), encoded.head.end());
      bytes.insert(bytes.end(), encoded.body.begin(), encoded.body.end());
    }
    records->on_read(bytes);
  }
  /// A part whose bytes are said to stand at `offset` of the file.
  void say_at(const record::Part& part, std::uint64_t offset) {
    records->on_read(record::encode_without_body(part, offset).head);
  }
  void die() { records->on_end(std::nullopt); }
  void beat() { ++stats.heartbeat; }
  /// Its request is served.
  void start() {
    started = true;
    if (const auto callback = std::exchange(on_start, nullptr)) callback();
  }
};

class FakeWorker final : public Worker, private FeedPipe {
 public:
  explicit FakeWorker(std::shared_ptr<FakeProcess> process) : process_(std::move(process)) {}
  ~FakeWorker() override { process_->gone = true; }

  FeedPipe& feed() override { return *this; }
  void read_records(loop::StreamHandler& handler) override { process_->records = &handler; }
  base::Result<base::Bytes> media(std::uint64_t offset, std::size_t size) override {
    const auto found = process_->media.find(offset);
    if (found != process_->media.end() && found->second.size() == size) return found->second;
    return base::Error{base::Code::kMalformed, "place of media", 0};
  }
  const job::Stats& stats() const override { return process_->stats; }
  bool started() const override { return process_->started; }
  void on_start(std::function<void()> callback) override { process_->on_start = std::move(callback); }
  int pid() const override { return process_->pid; }
  base::Micros cpu_wait() const override {
    ++process_->cpu_wait_asked;
    return process_->cpu_wait;
  }
  void kill() override { process_->killed = true; }

 private:
  void write(std::span<const base::Bytes> slices) override {
    for (const base::Bytes& slice : slices) static_cast<void>(process_->reader.feed(slice.view()).ok());
    feed::Addressed message;
    while (process_->reader.next(message)) process_->heard.push_back(std::move(message));
  }
  std::size_t queued() const override { return process_->queued; }
  base::Micros due() const override { return static_cast<base::Micros>(process_->stats.due_us.load()); }

  std::shared_ptr<FakeProcess> process_;
};

class FakeSpawner final : public Spawner {
 public:
  base::Result<std::unique_ptr<Worker>> spawn(const job::Options& options, const SpawnOrder& order) override {
    if (failing) return base::Error{base::Code::kSystem, "no descriptors"};
    processes.push_back(std::make_shared<FakeProcess>());
    processes.back()->options = options;
    processes.back()->pid = pid;
    processes.back()->order = order;
    processes.back()->started = !queues;
    return std::unique_ptr<Worker>(std::make_unique<FakeWorker>(processes.back()));
  }
  FakeProcess& newest() { return *processes.back(); }

  bool failing = false;
  bool queues = false;  ///< workers wait to be started
  int pid = 7;
  std::vector<std::shared_ptr<FakeProcess>> processes;
};

/// Keeps what happened as text: "outage raised match since=…".
class FakeEvents final : public events::Sink {
 public:
  void append(events::Fact fact) override {
    std::string line(events::to_string(fact.type).substr(events::kPrefix.size()));
    if (fact.state != events::State::kMoment) line += fact.state == events::State::kRaised ? " raised" : " cleared";
    line += " " + fact.channel;
    for (const base::Field& field : fact.data) {
      line += " " + std::string(field.name) + "=";
      if (const auto* text = std::get_if<std::string>(&field.value)) line += *text;
      if (const auto* number = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*number);
      if (const auto* real = std::get_if<double>(&field.value)) line += std::to_string(*real).substr(0, 5);
      if (const auto* yes = std::get_if<bool>(&field.value)) line += *yes ? "yes" : "no";
    }
    lines.push_back(std::move(line));
    whiches.push_back(fact.which);
  }
  /// Those that begin with `type`.
  std::vector<std::string> of(std::string_view type) const {
    std::vector<std::string> found;
    for (const std::string& line : lines)
      if (line.starts_with(type)) found.push_back(line);
    return found;
  }

  std::vector<std::string> lines;
  std::vector<std::string> whiches;  ///< Fact::which of each
};

/// A publisher's connection; close() is carried out when the test says so.
class FakeFeed final : public ingest::Feed {
 public:
  void close(std::string_view reason) override { closed += (closed.empty() ? "" : ", ") + std::string(reason); }
  void tell(std::string_view text) override { told += text; }
  void send(feed::Message message) { sink->on_message(std::move(message)); }
  void start() { send(feed::Start{feed::Format::kRtmp}); }
  void rtmp(feed::Role role, const std::string& text, std::uint8_t track = 0) {
    const bool video = role == feed::Role::kKeyFrame || role == feed::Role::kFrame;
    const std::uint8_t type = video ? feed::kRtmpVideo : feed::kRtmpAudio;
    send(feed::RtmpMessage{type, 0, 0, base::Bytes::copy_of(text), role, track, false});
  }
  void end() { sink->on_feed_end("connection ended"); }

  ingest::FeedSink* sink = nullptr;
  std::string closed;
  std::string told;
};

inline ingest::PublishRequest request_for(const std::string& channel) {
  ingest::PublishRequest request;
  request.app = "live";
  request.channel = channel;
  request.key = "secret";
  request.protocol = "rtmp";
  request.peer = "127.0.0.1:4711";
  request.loopback = true;
  request.encoder = "test encoder";
  return request;
}

/// One audio rendition, AAC at 48 kHz, in segments of 2 s and parts of 24 frames (0.512 s).
inline record::Presentation sound() {
  record::Rendition audio;
  audio.name = "a1";
  audio.track.codec = media::Codec::kAac;
  audio.track.timescale = 48'000;
  audio.track.config = base::Bytes::adopt(std::vector<std::uint8_t>{0x11, 0x90});
  audio.track.codec_string = "mp4a.40.2";
  audio.track.audio = {48'000, 2, 1024, 0};
  audio.init = base::Bytes::copy_of("init");
  audio.bandwidth = 128'000;
  audio.average_bandwidth = 128'000;
  audio.part_ticks = 24 * 1024;
  return {{audio}};
}

/// Part `index` of the segment that covers `utc`, 24 frames long.
inline record::Part part_at(base::Micros utc, std::uint32_t index) {
  record::Part part;
  part.msn = utc / (2 * base::kSecond);
  part.index = index;
  part.start = part.msn * 2 * 48'000 + std::int64_t{index} * 24 * 1024;
  part.duration = 24 * 1024;
  part.independent = true;
  part.captured = utc;
  part.data = base::Bytes::copy_of("sound");
  return part;
}

}  // namespace channel

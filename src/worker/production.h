#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "feed/message.h"
#include "job/options.h"
#include "job/stats.h"
#include "media/event.h"
#include "packager/packager.h"
#include "record/position.h"
#include "record/record.h"
#include "worker/audio_lane.h"
#include "worker/feed_input.h"
#include "worker/lane_outlet.h"
#include "worker/presentation.h"
#include "worker/video_lane.h"

namespace worker {

/// One channel's media, from feed messages to records: an input for the feed, a lane for each of its tracks, and the
/// packager that they publish through.
///
///   feed messages ─► FeedInput ─► events ─► VideoLane ───► Packager ─► records
///                                      └──► AudioLane… ─┘
///
/// Reads no clock and does no I/O: time comes with the messages.
/// Thread: one (encoders have their own; what they produce is taken by on_encoded()).
class Production final : private media::EventSink, private LaneOutlet, private packager::Listener {
 public:
  using OnRecord = std::function<void(const record::Record&)>;

  Production(job::Options options, OnRecord on_record);
  ~Production() override;
  Production(const Production&) = delete;
  Production& operator=(const Production&) = delete;

  /// Takes the next message of the feed pipe. Returns false after Finish: everything is written, leave.
  bool on_message(const feed::Message& message);
  /// Readable while encoders have something to deliver; -1 where nothing is encoded (yet).
  int encoded_descriptor() const { return video_.encoded_descriptor(); }
  /// Takes over what the encoders finished.
  void on_encoded() { video_.on_encoded(); }
  /// Copies the counters to the page shared with the server.
  void report(job::Stats& stats) const;

 private:
  // From the input.
  void on_event(media::Event&& event) override;
  void take(const media::Track& track);
  void take(media::Packet&& packet);
  void take(const media::TrackGone& gone);
  void take(const media::Loss&) {}
  void take(const media::End&) {}
  void take(const media::Announced&) {}
  // From the lanes.
  std::uint32_t add_rendition(const std::string& name, Presentation::Describe describe) override;
  void on_change() override { presentation_.changed(); }
  void publish(std::uint32_t rendition, media::Packet&& packet) override;
  // From the packager.
  void on_record(record::Record&& record) override { on_record_(record); }
  void on_cut(const packager::Cut& cut) override { video_.on_cut(cut.time); }
  void on_key_wanted(std::uint32_t rendition) override { video_.on_key_wanted(rendition); }

  void resume(base::View position);
  void start(feed::Format format);
  void tick(base::Micros utc);
  void finish();
  void forget_early(const media::Track& next);
  void take_audio(const media::Track& track);
  bool may_begin(const media::Packet& newest) const;
  void begin();
  void deliver(media::Packet&& packet);
  void present();

  const job::Options options_;
  const OnRecord on_record_;
  packager::Packager packager_;
  Presentation presentation_;
  FeedInput input_;
  VideoLane video_;
  std::vector<std::unique_ptr<AudioLane>> audio_;
  std::deque<media::Packet> early_;  ///< packets that wait for the first presentation; at most kMostEarly
  std::uint64_t audio_packets_ = 0;
};

}  // namespace worker

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "captions/finder.h"
#include "feed/message.h"
#include "media/event.h"
#include "transcode/picture_probe.h"
#include "worker/delay_line.h"
#include "worker/feed_input.h"
#include "worker/rate_watch.h"
#include "worker/transport_watch.h"

namespace worker {

class Feed;

/// What a feed's tracks and packets go to. Implemented by Production.
class FeedOwner {
 public:
  virtual ~FeedOwner() = default;
  /// The feed's next event, in UTC ticks. Its track ids are unique among the feeds of the channel.
  virtual void on_feed_event(Feed& feed, media::Event&& event) = 0;
  /// The same event before that, as the feed had it.
  virtual void on_feed_heard(Feed& /*feed*/, const media::Event& /*event*/) {}
};

/// One of the channel's feeds: its input, and what the lanes need to go on with it while another one is shown: its
/// tracks, and the packets from which its video can be decoded up to now. Thread: one.
class Feed final : private media::EventSink {
 public:
  /// What is kept of a feed that is not shown: a GOP; a longer or larger one is given up until the next key frame.
  static constexpr base::Micros kMostTime = 12 * base::kSecond;
  static constexpr std::size_t kMostBytes = std::size_t{24} << 20;
  /// Of its splice information, the newest.
  static constexpr std::size_t kMostCues = 16;
  /// Of its audio, which needs no key frame.
  static constexpr base::Micros kMostAudio = base::kSecond;

  /// `owner` outlives this. `health`: how its pictures are judged.
  Feed(feed::Id id, FeedInput::Options options, FeedOwner& owner, transcode::PictureHealth::Options health = {});

  feed::Id id() const { return id_; }
  /// Each continues with the other one's publisher, where both bring the same packets; tracks and time stay.
  void exchange_publishers(Feed& other) { std::swap(id_, other.id_); }
  FeedInput& input() { return input_; }
  const FeedInput& input() const { return input_; }
  /// A publisher has come, or has come back.
  void start(const feed::Start& began);
  /// Messages were dropped before they came here. The owner gets a Loss after what came before it, also where that is
  /// held back.
  void on_loss();
  /// It is `utc`: to be called several times a second.
  void tick(base::Micros utc);

  /// Holds back everything that comes, and shows it so much later than it would be otherwise, until a publisher comes
  /// anew. What is kept moves with it. Rounded to whole frames where the video has a constant rate; nothing happens
  /// where that is less than three quarters of a frame from what holds.
  void set_delay(base::Micros delay);
  base::Micros delay() const { return line_.delay(); }
  /// Gives out what is held back.
  void drain();
  /// Pictures a second of its video; nothing where they do not come at a constant rate.
  std::optional<media::Rational> frame_rate() const;

  /// The tracks of the present publisher, in the order in which it announced them.
  const std::vector<media::Track>& tracks() const { return tracks_; }
  /// The video that is shown of it, the first; null where it has none.
  const media::Track* video() const;

  /// Keeps a packet for take_recent().
  void keep(media::Packet&& packet);
  void keep(media::Cue&& cue);
  struct Recent {
    std::vector<media::Packet> video;  ///< from the newest key frame on
    std::vector<media::Packet> audio;  ///< of all tracks, in the order in which they came
    std::vector<media::Cue> cues;      ///< in the order in which they came
  };
  /// What is kept of its video.
  const std::vector<media::Packet>& since_key() const { return recent_.video; }
  /// What was kept, which is then kept no longer.
  Recent take_recent();

  /// Where nothing else decodes the pictures: whether key frames are, for thumbnails that are asked for, or all of
  /// them, to know what they show.
  enum class Probing : std::uint8_t { kNone, kThumbnails, kAll };
  void set_probing(Probing probing);
  /// What the probe has seen; nothing while there is none.
  transcode::PictureHealth::Report health() const;
  /// The next key frame that is probed makes a thumbnail, which take_thumbnail() gives once.
  void ask_thumbnail();
  std::optional<transcode::Thumbnail> take_thumbnail();

  /// How many pictures it has against those that it usually has.
  const RateWatch& rate() const { return rate_; }
  /// What is wrong with its transport stream now; nothing of another format.
  const TransportWatch& transport() const { return transport_; }

  /// The captions in the pictures of the present publisher.
  const captions::Finder& caption_finder() const { return captions_; }

  /// Arrival of the newest picture, UTC; 0 before the first.
  base::Micros last_picture() const { return last_picture_; }
  std::uint64_t video_packets() const { return video_packets_; }
  std::uint64_t audio_packets() const { return audio_packets_; }

 private:
  void on_event(media::Event&& event) override;
  void release(base::Micros now);
  void give(media::Event&& event);
  void shift(media::Packet& packet, base::Micros by) const;
  const media::Track* find(std::uint32_t track_id) const;
  void note(const media::Track& track);
  void count(const media::Packet& packet);
  void probe(const media::Packet& packet);
  void drop_video();

  feed::Id id_;
  const std::uint32_t first_track_;  ///< ids of its tracks are counted from here
  FeedOwner& owner_;
  const transcode::PictureHealth::Options health_;
  FeedInput input_;
  DelayLine line_;
  base::Micros given_until_ = 0;  ///< UTC end of what was given out with a delay
  std::vector<media::Track> tracks_;
  Recent recent_;
  std::size_t recent_bytes_ = 0;  ///< of its video
  std::unique_ptr<transcode::PictureProbe> probe_;
  Probing probing_ = Probing::kNone;
  bool thumbnail_asked_ = false;
  captions::Finder captions_;
  RateWatch rate_;
  TransportWatch transport_;
  base::Micros last_picture_ = 0;
  std::uint64_t video_packets_ = 0;
  std::uint64_t audio_packets_ = 0;
};

}  // namespace worker

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "channel/admission.h"
#include "channel/channel.h"
#include "channel/refusal_events.h"
#include "channel/report.h"
#include "govern/governor.h"
#include "ingest/auth.h"
#include "ingest/publisher.h"

namespace channel {

/// All channels of an instance. A channel is made when a publisher with a permitted name comes. It is removed when it
/// has ended and none of its media can be requested any more, or at once if it never had media. Decides who may
/// publish.
///
/// Where the CPU is short, it has ladders do less, those of the channels of the lowest priority first: see
/// govern::Governor.
///
/// Channels that the configuration names are always accepted. The number of others is limited (see Admission): at a
/// limit, a publisher that has sent nothing for FeedSlot::kSilent is disconnected to make room for another.
/// Thread: the control loop's.
class Channels final : public ingest::Publisher {
 public:
  /// Settings by channel name; "*" for names without an entry of their own.
  using Settings = std::map<std::string, Options>;
  /// Called when a channel is removed.
  using OnRemove = std::function<void(const std::string& channel)>;

  Channels(const Environment& environment, Settings settings, const Limits& limits, OnRemove on_remove);
  ~Channels() override;

  std::variant<ingest::FeedSink*, Refusal> on_publish(const ingest::PublishRequest& request,
                                                      ingest::Feed& feed) override;

  /// New settings. Running channels apply those that do not concern media at once, the others with their next worker.
  void configure(Settings settings, const Limits& limits);
  /// Ends every channel; `done` is called once when all have, on a later turn; it may destroy this object.
  void stop(std::function<void()> done);

  /// Takes up the channels that the journal in `directory` has and the settings admit, before anybody publishes. Blocks
  /// on the disk, which is asked for several channels at a time. Returns how many.
  int restore(const std::string& directory);
  /// How long a channel with these settings stays after its end.
  static base::Micros retention_of(const Options& options);
  /// How long what it publishes is needed for restore().
  static base::Micros kept_for_restart(const Options& options);

  /// See Channel::order_slate(). nullopt: there is no such channel.
  using Slate = std::optional<Channel::SlateOutcome>;
  Slate order_slate(std::string_view channel, SlateOrder::Request request);
  /// See Channel::order_overlay(). nullopt: there is no such channel.
  using Overlaid = std::optional<Overlays::Outcome>;
  Overlaid order_overlay(std::string_view channel, const Overlays::Order& order);
  /// See Channel::mark(). nullopt: there is no such channel.
  using Marked = std::optional<Channel::Marked>;
  Marked mark(std::string_view channel, const Channel::MarkerOrder& order);
  struct ThumbnailAsk {
    std::optional<feed::Id> feed = std::nullopt;  ///< nullopt: the one that is shown
    std::string rung = {};                        ///< in place of a feed's, a video rendition's; empty: none
  };
  struct ThumbnailFound {
    std::optional<Thumbnails::Thumbnail> newest;
    std::vector<std::string> rungs;  ///< the video renditions that there are
  };
  /// The newest thumbnail, which may not be there. nullopt: there is no such channel.
  using Thumbnail = std::optional<ThumbnailFound>;
  Thumbnail thumbnail(std::string_view channel, const ThumbnailAsk& ask) const;
  /// See Channel::caption(). nullopt: there is no such channel.
  using Captioned = std::optional<LiveCaptions::Outcome>;
  Captioned caption(std::string_view channel, const LiveCaptions::Request& request);
  /// See Channel::add_metadata(). nullopt: there is no such channel.
  using MetadataAdded = std::optional<LiveMetadata::Outcome>;
  MetadataAdded add_metadata(std::string_view channel, const LiveMetadata::Request& request);
  /// See WorkerSource::on_clock(). Of a channel that is gone there is nothing to do.
  void on_clock(const registry::Answer& answer);
  enum class Disconnect : std::uint8_t { kDone, kNoChannel, kNoPublisher };
  /// Disconnects the publisher of a channel's feed. It may come back: an encoder that tries again is accepted.
  Disconnect disconnect(std::string_view channel, feed::Id id, std::string_view reason);
  /// nullopt: there is no such channel.
  using Switch = std::optional<Channel::SwitchOutcome>;
  /// Shows another feed of the channel.
  Switch switch_feed(std::string_view channel, feed::Id to);

  std::vector<Report> reports();
  /// A channel and how it is run: its options stay until the next turn of the loop. nullopt: there is no such
  /// channel.
  struct One {
    Report report;
    const Options* options = nullptr;
  };
  std::optional<One> report(std::string_view channel);
  /// The feeds that would refuse a further publisher. Environment::on_publishers is called when it changes.
  ingest::FeedNames occupied() const;
  /// If no further channel that the configuration does not name can be made, for the limit of their number or of the
  /// CPU: the names of those that exist, whose publishers may come back. nullopt: there is room.
  /// Environment::on_publishers is called when it changes.
  std::optional<std::set<std::string, std::less<>>> accepted_when_full() const;
  std::uint64_t denied() const { return denied_; }
  /// Publishers refused for a limit of channels.
  const LimitCounters& limited() const { return admission_.refused(); }
  /// Sessions that began with a smaller ladder: see Limits::BeyondReserve.
  std::uint64_t reduced() const { return reduced_; }
  /// Name of a channel that has a publisher and has published no part for three part targets (OP-4); empty if all are
  /// well.
  std::string stale() const;

 private:
  bool declared(const std::string& channel) const { return channel != "*" && settings_.contains(channel); }
  std::optional<Options> options_of(const std::string& channel) const;
  bool begins_session(const std::string& channel) const;
  std::variant<LeftOut, Refusal> admit(const ingest::PublishRequest& request);
  void begin_session(const std::string& name, LeftOut left_out);
  struct Restorable;
  std::vector<Restorable> restorable(const std::string& directory) const;
  bool restore(Restorable& at);
  void report_refusal(const std::string& channel, const ingest::PublishRequest& request, const Refusal& refusal);
  Refusal refuse_for(Limit limit, const ingest::PublishRequest& request);
  void report_step(const govern::Governor::Step& step);
  void clear_levels();
  std::optional<Refusal> limit(const ingest::PublishRequest& request);
  std::optional<LeftOut> fit(Options options) const;
  Admission::Count count(std::string_view address) const;
  Channel* longest_without_media(std::optional<std::string_view> address) const;
  bool make_room(std::optional<std::string_view> address);
  void disconnect_revoked(Channel& channel, feed::Id id);
  void sweep();
  void govern();
  void forget_ended();

  Environment environment_;
  Settings settings_;
  ingest::PublishPolicy policy_;
  Admission admission_;
  RefusalEvents refusals_;
  OnRemove on_remove_;
  std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
  std::uint64_t denied_ = 0;
  std::uint64_t reduced_ = 0;
  std::function<void()> on_stopped_;
  ingest::FeedNames last_occupied_;
  std::optional<std::set<std::string, std::less<>>> last_full_;
  std::unique_ptr<Alarm> sweep_;
  govern::Governor governor_;
  std::map<std::string, int> levels_;  ///< of which there are events; none is 0
  govern::CpuBudget budget_;
  std::unique_ptr<Alarm> govern_;
};

}  // namespace channel

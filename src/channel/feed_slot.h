#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "channel/feed_choice.h"
#include "channel/header_cache.h"
#include "feed/message.h"
#include "ingest/publisher.h"

namespace channel {

class FeedSlot;

/// What a slot reports to its channel.
class FeedSlotOwner {
 public:
  virtual ~FeedSlotOwner() = default;
  virtual void on_feed(const FeedSlot& slot, const feed::Message& message) = 0;
  /// The slot is empty again. Not called for a publisher that was replaced.
  virtual void on_feed_gone(const FeedSlot& slot, std::string_view reason) = 0;
  /// As ingest::FeedSink::spare().
  virtual base::Micros spare(base::Micros utc) const = 0;
};

/// One feed of a channel: its publisher, the headers that a new worker needs, and its state. A publisher that is
/// replaced is disconnected, and nothing of it is passed on any more.
class FeedSlot {
 public:
  struct Counters {
    std::uint64_t publishes = 0;
    std::uint64_t takeovers = 0;
    std::uint64_t bytes = 0;
    std::uint64_t video_messages = 0;
    std::uint64_t audio_messages = 0;
    std::uint64_t unplayable_messages = 0;
    std::uint64_t silences = 0;  ///< publishers disconnected because no media came
  };
  /// A publisher without media for this long may be replaced by another one, and its feed counts as silent.
  static constexpr base::Micros kSilent = 2 * base::kSecond;

  FeedSlot(feed::Id id, const base::Clock& clock, FeedSlotOwner& owner);
  ~FeedSlot();
  FeedSlot(const FeedSlot&) = delete;
  FeedSlot& operator=(const FeedSlot&) = delete;

  /// Takes a publisher, in place of the one that is there.
  ingest::FeedSink* take(const ingest::PublishRequest& request, ingest::Feed& feed);
  /// Disconnects the publisher; on_feed_gone follows. False if there is none, or it is being disconnected already.
  bool close(std::string_view reason);
  /// Disconnects a publisher that has sent no media for `limit`.
  void end_silence(base::Micros limit);

  feed::Id id() const { return id_; }
  bool occupied() const { return link_ != nullptr; }
  /// The publisher is being disconnected.
  bool closing() const { return closing_; }
  /// Of the connected publisher, or of the last one; without the key.
  const ingest::PublishRequest& publisher() const { return publisher_; }
  /// The same with its key, to be checked again when keys change: for no log, page or metric.
  const ingest::PublishRequest& asked() const { return asked_; }
  /// UTC; 0 while there is no publisher.
  base::Micros since() const { return since_; }
  /// How long the publisher has sent no media; since it came, if it sent none at all. 0 while there is none.
  base::Micros silence() const;
  bool silent() const { return silence() >= kSilent; }
  /// What FeedChoice goes by.
  FeedState state() const;
  /// Steady time at which media began to come, or came again after a silence; of the publisher's arrival until then.
  base::Micros flowing_since() const { return flowing_since_; }

  /// Empty until the feed has begun.
  const std::optional<feed::Format>& format() const { return format_; }
  std::vector<feed::RtmpMessage> headers() const { return headers_.messages(); }
  const Counters& counters() const { return counters_; }

 private:
  class Link;

  void on_message(const Link& link, const feed::Message& message);
  void on_end(const Link& link, std::string_view reason);
  void note(const feed::RtmpMessage& message);
  void note_media();

  const feed::Id id_;
  const base::Clock& clock_;
  FeedSlotOwner& owner_;
  std::unique_ptr<Link> link_;
  std::vector<std::unique_ptr<Link>> leaving_;  ///< disconnected and not yet gone
  ingest::PublishRequest publisher_;
  ingest::PublishRequest asked_;  ///< the same with its key
  base::Micros since_ = 0;
  base::Micros last_media_ = 0;  ///< steady
  base::Micros flowing_since_ = 0;
  bool has_media_ = false;  ///< of this publisher
  bool closing_ = false;
  std::optional<feed::Format> format_;
  HeaderCache headers_;
  Counters counters_;
};

/// The feeds of a channel, by feed::index().
using FeedSlots = std::array<FeedSlot, feed::kIds.size()>;

}  // namespace channel

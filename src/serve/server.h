#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/session.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/stream.h"
#include "loop/timer.h"
#include "origin/channel_snapshot.h"
#include "serve/address_limits.h"
#include "serve/audience.h"
#include "serve/channel_view.h"
#include "serve/connection.h"
#include "serve/counters.h"
#include "serve/event_reports.h"
#include "serve/file_bodies.h"
#include "serve/gathering.h"
#include "serve/joins.h"
#include "serve/origin_lock.h"
#include "serve/relay_streams.h"
#include "serve/responder.h"
#include "serve/shedding.h"
#include "serve/static_files.h"
#include "serve/token_gate.h"
#include "serve/unknown.h"
#include "serve/wake_pass.h"
#include "tls/context.h"

namespace serve {

/// HTTP for viewers and caches on one loop: its own listening sockets, its own view of every channel. Make one a loop;
/// they share nothing but immutable snapshots, replies' bytes, the TLS context and the web files.
/// Thread: the loop's, except publish, remove, use_tls and shut_down, which are for any, and counters().
class Server final : private ConnectionOwner {
 public:
  struct Options {
    std::string host = "0.0.0.0";
    int plain_port = 8080;  ///< 0: any free one; -1: none
    int tls_port = 8443;    ///< as plain_port; none without a context
    bool reuse_port = true;
    std::size_t most_connections = 18'000;  ///< beyond: 503 with Retry-After
    http::Limits limits;
    Timeouts timeouts;
    ChannelView::Options channels;
    Admission::Options admission;
    AddressLimits<Connection>::Options address;
    OriginLock lock;
    std::shared_ptr<const TokenPolicy> tokens;  ///< null: no channel needs one
    RelayStreams::Options relay;
    /// An edge: called for a channel that is not here, and every kDemand for one that is asked for. `path`: of the edge
    /// that asks; empty: a viewer does. Null: what is not here is 404. Thread: the loop's.
    std::function<void(const std::string& channel, const relay::Path& path)> on_demand;
    std::size_t most_awaited = 64;  ///< channels that an edge asks its origins for at a time; more get 503
    std::size_t most_file_bodies = FileBodies::kMost;
    std::shared_ptr<loop::ReadPool> reads;  ///< shared by all loops; null: one of its own
  };

  /// How often an edge says that a channel is asked for.
  static constexpr base::Micros kDemand = 5 * base::kSecond;

  /// Listens. `context` may be null (no TLS), `files` too (no player page). `clock` must outlive it.
  /// Errors: kSystem, naming host and port.
  static base::Result<std::unique_ptr<Server>> make(loop::Loop& loop, const base::Clock& clock, const Options& options,
                                                    std::shared_ptr<const tls::Context> context,
                                                    std::shared_ptr<const StaticFiles> files);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Replaces what viewers see of the channel `snapshot->name`, and answers the requests that waited for it, in one
  /// pass.
  void publish(std::shared_ptr<const origin::ChannelSnapshot> snapshot);
  /// What edges can get of a channel.
  void relay(std::string channel, std::shared_ptr<const relay::Reel> reel);
  /// The channel is gone: requests that wait get 404.
  void remove(std::string channel);
  /// An edge has no origin that can be asked for the channel: requests that wait get 503.
  void give_up(std::string channel);
  /// How much of memory and egress the whole instance has left; the loop knows its own busy share and connections.
  void set_shared_headroom(double memory, double egress);
  /// From now on joins and depth are shed by these limits.
  void set_admission(Admission::Options options);
  /// From now on requests have to pass this lock; those that wait already are answered.
  void set_lock(OriginLock lock);
  /// From now on this policy holds for requests; null: none needs a token.
  void set_tokens(std::shared_ptr<const TokenPolicy> policy);
  /// New connections use this certificate from now on.
  void use_tls(std::shared_ptr<const tls::Context> context);
  /// Listens no more, ends idle connections, lets the others finish; `on_idle` is called on the loop once the last one
  /// has gone, or at once.
  void shut_down(std::function<void()> on_idle);

  const Audiences& audiences() const { return audiences_; }
  const Counters& counters() const { return loop_context_.counters; }
  std::uint16_t plain_port() const { return plain_ == nullptr ? 0 : plain_->port(); }
  std::uint16_t tls_port() const { return tls_ == nullptr ? 0 : tls_->port(); }

 private:
  Server(loop::Loop& loop, const base::Clock& clock, const Options& options,
         std::shared_ptr<const tls::Context> context, std::shared_ptr<const StaticFiles> files);

  base::Status listen();
  void on_accept(std::unique_ptr<loop::Stream> stream, const std::shared_ptr<const tls::Context>& context);
  void on_tick();

  void on_request(Viewer& viewer, http::StreamId id, const http::Request& request) override;
  http::Response on_malformed(int status) override;
  void on_output(Viewer& viewer) override;
  void on_first_request(Connection& connection) override { address_limits_.remove(connection); }
  void retire(Connection& connection) override;

  void decide(Viewer& viewer, http::StreamId id, const http::Request& request);
  void serve_page(Viewer& viewer, http::StreamId id, const Route& route, const ObjectRequest& wanted);
  void serve_channel(Viewer& viewer, http::StreamId id, const Route& route, ObjectRequest wanted,
                     const http::Request& request, std::string_view token);
  std::unique_ptr<ChannelView> make_view(std::string_view channel);
  std::optional<TokenGate::Pass> pass(Viewer& viewer, http::StreamId id, const Route& route,
                                      const ObjectRequest& wanted, const http::Request& request,
                                      std::string_view token);
  void refuse_token(Viewer& viewer, http::StreamId id, const ObjectRequest& wanted, tokens::Fault fault);
  ChannelView* await(std::string_view channel, const relay::Path& path);
  bool exists_nowhere(std::string_view channel) const;
  void demand(ChannelView& channel, base::Micros now);
  void relay_channel(Viewer& viewer, http::StreamId id, const Route& route, const http::Request& request);
  void drop(const std::string& channel, int status, Cause cause);
  void take_reports(Viewer& viewer, http::StreamId id, const Route& route, const ObjectRequest& wanted,
                    const http::Request& request);
  Audience& audience_of(ChannelView& channel);
  void note_report(ChannelView& channel, const http::Request& request, base::Micros now);
  void refuse(Viewer& viewer, http::StreamId id, const ObjectRequest& wanted, int status, Cause cause);
  void measure_headroom();
  void arrive(std::shared_ptr<const origin::ChannelSnapshot> snapshot, base::Micros published);
  http::Response listing(bool gzip);

  loop::Loop& loop_;
  const Options options_;
  LoopContext loop_context_;
  Errors errors_;
  Joins joins_;
  Shedding shedding_;
  AddressLimits<Connection> address_limits_;
  loop::Mailbox reads_done_;
  FileBodies file_bodies_;
  Responder responder_;
  OriginLock lock_;
  TokenGate gate_;
  Audiences audiences_;
  EventReports event_reports_;
  WakePass wake_pass_;
  RelayStreams relay_;
  Unknown unknown_;
  Gathering gathering_;
  const http::Response preflight_;
  std::shared_ptr<const tls::Context> context_;
  std::shared_ptr<const StaticFiles> files_;
  std::map<std::string, std::unique_ptr<ChannelView>, std::less<>> channels_;
  std::array<http::Response, 2> listing_;
  std::vector<std::unique_ptr<Connection>> connections_;  ///< each knows its place
  std::vector<std::unique_ptr<Connection>> retired_;
  bool pump_posted_ = false;
  bool shutting_down_ = false;
  std::function<void()> on_idle_;
  std::unique_ptr<loop::TcpListener> plain_;
  std::unique_ptr<loop::TcpListener> tls_;
  loop::Timer tick_;
  loop::Mailbox mailbox_;
};

}  // namespace serve

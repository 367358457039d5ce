#include "serve/server.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "http/negotiation.h"
#include "serve/listing.h"

namespace serve {
namespace {

// A held request keeps its conditions. Ours have 20 bytes (an entity tag) and 40 (a range); a longer one can match
// nothing of ours.
constexpr std::size_t kMostCondition = 256;

constexpr std::size_t kLongestChannel = 64;

/// Whether a channel can have such a name: of others an edge asks nobody.
bool possible_channel(std::string_view name) {
  return !name.empty() && name.size() <= kLongestChannel && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// Takes from the fields what the decision needs, in one pass.
ObjectRequest make_object_request(const Route& route, const http::Request& request) {
  ObjectRequest wanted;
  wanted.kind = route.kind;
  wanted.msn = route.msn;
  wanted.part = route.part;
  wanted.container = route.container;
  wanted.file = route.file;
  wanted.rendition = route.rendition;
  if (route.kind == Route::Kind::kPlaylist || route.kind == Route::Kind::kIframes)
    wanted.directives = hls::parse_directives(request.query);
  if (is_playlist(route.kind) && !request.query.empty()) {
    hls::TimeShift shift = hls::parse_time_shift(request.query);
    if (shift.any()) wanted.shift = std::make_unique<hls::TimeShift>(shift);
    if (route.kind == Route::Kind::kMultivariant || route.kind == Route::Kind::kPlaylist)
      wanted.view = hls::parse_view(request.query);
  }
  const auto conditions = [&wanted]() -> Conditions& {
    if (wanted.conditions == nullptr) wanted.conditions = std::make_unique<Conditions>();
    return *wanted.conditions;
  };
  for (const http::Field& field : request.fields) {
    if (http::same_name(field.name, "accept-encoding")) {
      wanted.gzip = wanted.gzip || http::accepts_gzip(field.value);
    } else if (http::same_name(field.name, "if-none-match")) {
      if (field.value.size() <= kMostCondition) conditions().if_none_match = field.value;
    } else if (http::same_name(field.name, "range")) {
      if (field.value.size() <= kMostCondition) conditions().range = field.value;
    } else if (http::same_name(field.name, "if-range")) {
      // Cut, it still equals no tag of ours: the range is not given.
      conditions().if_range = field.value.substr(0, kMostCondition);
    }
  }
  return wanted;
}

/// Whether the request is for what the token's views have: their playlists, and the renditions that those list.
bool has_view(const tokens::Claims& claims, const ChannelView& channel, const Route& route,
              const ObjectRequest& wanted) {
  if (claims.views.empty()) return true;
  return std::any_of(claims.views.begin(), claims.views.end(), [&](const std::string& name) {
    if (!wanted.view.empty() && wanted.view != name) return false;
    if (route.rendition.empty()) return wanted.kind == Route::Kind::kThumbnail || wanted.view == name;
    if (route.rendition == hls::kImages) return true;
    const origin::NamedView* const view = channel.snapshot().find_view(name);
    return view != nullptr && view->multivariant != nullptr &&
           lists_rendition(view->multivariant->identity.text(), route.rendition);
  });
}

/// A viewer's connection holds one report's body or two, so that ten thousand cannot be made to hold much.
http::Limits with_bodies_of_reports(http::Limits limits) {
  limits.keep_bodies = true;
  limits.bodies_below = EventReports::kPath;
  limits.kept = 2 * limits.body;
  return limits;
}

}  // namespace

Server::Server(loop::Loop& loop, const base::Clock& clock, const Options& options,
               std::shared_ptr<const tls::Context> context, std::shared_ptr<const StaticFiles> files)
    : loop_(loop),
      options_(options),
      loop_context_(clock, with_bodies_of_reports(options.limits), options.timeouts),
      joins_(loop_context_.counters),
      shedding_({options.most_connections, options.admission}, joins_, errors_, loop_context_.counters),
      address_limits_(options.address),
      reads_done_(loop),
      file_bodies_(
          {options.most_file_bodies, options.reads != nullptr ? options.reads : std::make_shared<loop::ReadPool>(),
           reads_done_.poster()},
          errors_, loop_context_.counters),
      responder_(clock, loop_context_.counters, joins_, &file_bodies_),
      lock_(options.lock),
      gate_(loop_context_.counters),
      event_reports_(loop_context_.counters),
      wake_pass_(clock, loop_context_.counters, errors_, responder_),
      relay_(options.relay, clock, errors_, loop_context_.counters),
      preflight_(make_preflight()),
      context_(std::move(context)),
      files_(std::move(files)),
      tick_(loop, [this] { on_tick(); }),
      mailbox_(loop) {
  gate_.use(options.tokens);
}

Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::make(loop::Loop& loop, const base::Clock& clock, const Options& options,
                                                   std::shared_ptr<const tls::Context> context,
                                                   std::shared_ptr<const StaticFiles> files) {
  std::unique_ptr<Server> server(new Server(loop, clock, options, std::move(context), std::move(files)));
  TRY_OK(server->listen());
  server->tick_.start(TimerWheel::kTick, TimerWheel::kTick);
  return server;
}

base::Status Server::listen() {
  loop::TcpListener::Options where{.host = options_.host, .reuse_port = options_.reuse_port};
  if (options_.plain_port >= 0) {
    where.port = static_cast<std::uint16_t>(options_.plain_port);
    TRY(plain_, loop::TcpListener::make(loop_, where, [this](std::unique_ptr<loop::Stream> stream) {
          on_accept(std::move(stream), nullptr);
        }));
  }
  if (options_.tls_port >= 0 && context_ != nullptr) {
    where.port = static_cast<std::uint16_t>(options_.tls_port);
    TRY(tls_, loop::TcpListener::make(loop_, where, [this](std::unique_ptr<loop::Stream> stream) {
          on_accept(std::move(stream), context_);
        }));
  }
  return base::Ok{};
}

void Server::on_accept(std::unique_ptr<loop::Stream> stream, const std::shared_ptr<const tls::Context>& context) {
  const std::string peer = stream->peer();
  const bool loopback = stream->peer_is_loopback();
  if (!address_limits_.admit(peer, loopback, loop_context_.clock.steady())) {
    loop_context_.counters.connections_limited[Counters::kByRate].add();
    return;
  }
  const Shedding::Accept accept = shedding_.accept(connections_.size());
  if (shutting_down_ || accept == Shedding::Accept::kClose) return;
  std::unique_ptr<Connection> connection = Connection::make(*this, loop_context_, std::move(stream), context);
  if (connection == nullptr) return;
  connection->refused = accept == Shedding::Accept::kRefuse;
  connection->index = connections_.size();
  Connection& accepted = *connections_.emplace_back(std::move(connection));
  Connection* const one_too_many = address_limits_.add(accepted, peer, loopback);
  if (one_too_many == nullptr) return;
  loop_context_.counters.connections_limited[Counters::kByHalfOpen].add();
  one_too_many->close();
}

void Server::retire(Connection& connection) {
  joins_.on_closed(connection.join);
  address_limits_.remove(connection);
  const std::size_t index = connection.index;
  retired_.push_back(std::move(connections_[index]));
  if (index + 1 != connections_.size()) {
    connections_[index] = std::move(connections_.back());
    connections_[index]->index = index;
  }
  connections_.pop_back();
}

void Server::on_tick() {
  const base::Micros now = loop_context_.clock.steady();
  loop_context_.wheel.advance(now);
  joins_.tick(now);
  measure_headroom();
  for (auto& [name, channel] : channels_) wake_pass_.expire(*channel, now);
  relay_.tick();
  if (options_.on_demand) {
    for (auto& [name, channel] : channels_)
      if (relay_.in_use(name)) demand(*channel, now);
  }
  wake_pass_.pump();
  // Retired ones are destroyed here, where none of their functions is running.
  retired_.clear();
  if (shutting_down_ && connections_.empty() && on_idle_) std::exchange(on_idle_, nullptr)();
}

void Server::measure_headroom() { shedding_.measure({loop_.busy_share(), loop_.longest_turn(), connections_.size()}); }

void Server::set_shared_headroom(double memory, double egress) {
  mailbox_.post([this, memory, egress] {
    shedding_.set_shared_headroom(memory, egress);
    measure_headroom();
  });
}

void Server::set_admission(Admission::Options options) {
  mailbox_.post([this, options = std::move(options)] {
    shedding_.configure(options);
    for (auto& [name, channel] : channels_) channel->forget_overflow();
    measure_headroom();
  });
}

void Server::set_lock(OriginLock lock) {
  mailbox_.post([this, lock = std::move(lock)] { lock_ = lock; });
}

void Server::set_tokens(std::shared_ptr<const TokenPolicy> policy) {
  mailbox_.post([this, policy = std::move(policy)] {
    gate_.use(policy);
    for (auto& [name, channel] : channels_) channel->guard(gate_.guards(name));
  });
}

http::Response Server::on_malformed(int status) {
  loop_context_.counters.count_request(ObjectKind::kOther, status);
  loop_context_.counters.count_cause(Cause::kMalformed);
  return errors_.get(status);
}

void Server::on_output(Viewer& viewer) {
  wake_pass_.pump_later(viewer);
  if (std::exchange(pump_posted_, true)) return;
  mailbox_.post([this] {
    pump_posted_ = false;
    wake_pass_.pump();
  });
}

void Server::on_request(Viewer& viewer, http::StreamId id, const http::Request& request) {
  const Counter& parked = loop_context_.counters.parked;
  const std::uint64_t before = parked.get();
  decide(viewer, id, request);
  const bool held = parked.get() > before;
  loop_.rest(held ? gathering_.on_held(loop_.now(), parked.get()) : gathering_.on_answered(loop_.now()));
}

void Server::decide(Viewer& viewer, http::StreamId id, const http::Request& request) {
  std::string_view path = request.path;
  const std::string_view token = gate_.on() ? TokenGate::cut_token(path) : std::string_view();
  const Route route = parse_route(path);
  ObjectRequest wanted = make_object_request(route, request);
  if (viewer.refused) {
    viewer.shut_down_after_answer();
    return responder_.finish(viewer, id, wanted, shedding_.too_many_connections());
  }
  if (route.kind == Route::Kind::kRelay) return relay_channel(viewer, id, route, request);
  if (!lock_.admits(request, viewer.certified)) return refuse(viewer, id, wanted, 403, Cause::kLocked);
  if (route.kind == Route::Kind::kReports) return take_reports(viewer, id, route, wanted, request);
  if (request.method == http::Method::kOptions) return responder_.finish(viewer, id, wanted, {preflight_});
  if (request.method == http::Method::kOther) return refuse(viewer, id, wanted, 405, Cause::kMethod);
  switch (route.kind) {
    case Route::Kind::kNone: return refuse(viewer, id, wanted, 404, Cause::kUnknownPath);
    case Route::Kind::kListing:
    case Route::Kind::kPlay:
    case Route::Kind::kStatic: return serve_page(viewer, id, route, wanted);
    default: return serve_channel(viewer, id, route, std::move(wanted), request, token);
  }
}

void Server::refuse(Viewer& viewer, http::StreamId id, const ObjectRequest& wanted, int status, Cause cause) {
  responder_.finish(viewer, id, wanted, {errors_.get(status), cause});
}

void Server::serve_page(Viewer& viewer, http::StreamId id, const Route& route, const ObjectRequest& wanted) {
  http::Response page;
  if (route.kind == Route::Kind::kListing) {
    page = listing(wanted.gzip);
  } else if (files_ != nullptr) {
    page = files_->find(route.kind == Route::Kind::kPlay ? "play.html" : route.file, wanted.gzip);
  }
  if (page == nullptr) return refuse(viewer, id, wanted, 404, Cause::kUnknownPath);
  responder_.finish(viewer, id, wanted, {std::move(page)});
}

http::Response Server::listing(bool gzip) {
  if (listing_[0] == nullptr) {
    std::vector<std::pair<std::string_view, origin::State>> rows;
    for (const auto& [name, channel] : channels_) rows.emplace_back(name, channel->snapshot().state);
    const origin::Rendered page = origin::make_rendered(render_listing(rows));
    const Description description{"text/html; charset=utf-8", CacheControl::seconds(1), "", loop_context_.clock.utc(),
                                  Urgency::kPage};
    listing_ = {make_text(page, false, description), make_text(page, true, description)};
  }
  return listing_[gzip ? 1 : 0];
}

void Server::serve_channel(Viewer& viewer, http::StreamId id, const Route& route, ObjectRequest wanted,
                           const http::Request& request, std::string_view token) {
  const auto passed = pass(viewer, id, route, wanted, request, token);
  if (!passed) return;
  const base::Micros now = loop_context_.clock.steady();
  const auto found = channels_.find(route.channel);
  ChannelView* const known = found == channels_.end() ? await(route.channel, {}) : found->second.get();
  if (known == nullptr) {
    return exists_nowhere(route.channel)
               ? refuse(viewer, id, wanted, 404, Cause::kUnknownChannel)
               : responder_.finish(viewer, id, wanted, {errors_.get_busy(), Cause::kTooManyHeld});
  }
  ChannelView& channel = *known;
  if (passed->claims != nullptr && !has_view(*passed->claims, channel, route, wanted))
    return refuse_token(viewer, id, wanted, tokens::Fault::kView);
  if (passed->claims != nullptr) gate_.count(tokens::Fault::kNone);
  demand(channel, now);
  note_report(channel, request, now);
  if (const auto shed = shedding_.admit(viewer, channel, wanted, request, now))
    return responder_.finish(viewer, id, wanted, *shed);
  const Verdict verdict = channel.look_up(wanted);
  if (!verdict.wait_for) return responder_.finish(viewer, id, wanted, verdict);
  wake_pass_.hold(viewer, id, channel, std::move(wanted), verdict, now);
}

/// Of a channel that is not here: whether there is none, as far as can be told without asking.
bool Server::exists_nowhere(std::string_view channel) const {
  return !options_.on_demand || !possible_channel(channel) || unknown_.has(channel, loop_context_.clock.steady());
}

/// What the request's token allows; nothing where it allows nothing, which is answered. Of a channel that needs none
/// there are no claims.
std::optional<TokenGate::Pass> Server::pass(Viewer& viewer, http::StreamId id, const Route& route,
                                            const ObjectRequest& wanted, const http::Request& request,
                                            std::string_view token) {
  if (!gate_.guards(route.channel)) return TokenGate::Pass{};
  const TokenGate::Origin from{viewer.peer(), !lock_.open()};
  const TokenGate::Pass passed =
      gate_.check(route.channel, request, token, from, loop_context_.clock.utc(), loop_context_.clock.steady());
  if (passed.fault == tokens::Fault::kNone) return passed;
  refuse_token(viewer, id, wanted, passed.fault);
  return std::nullopt;
}

void Server::refuse_token(Viewer& viewer, http::StreamId id, const ObjectRequest& wanted, tokens::Fault fault) {
  gate_.count(fault);
  const tokens::Refusal refusal = tokens::refusal_of(fault);
  responder_.finish(viewer, id, wanted, {errors_.get(refusal.status, refusal.text), Cause::kToken});
}

std::unique_ptr<ChannelView> Server::make_view(std::string_view channel) {
  auto view = std::make_unique<ChannelView>(options_.channels, errors_);
  view->guard(gate_.guards(channel));
  return view;
}

/// A channel that an edge asks its origins for: those who want it wait. Null: it is not asked for.
ChannelView* Server::await(std::string_view channel, const relay::Path& path) {
  const base::Micros now = loop_context_.clock.steady();
  if (exists_nowhere(channel)) return nullptr;
  const auto awaited = std::count_if(channels_.begin(), channels_.end(), [](const auto& entry) {
    return entry.second->snapshot().multivariant == nullptr;
  });
  if (static_cast<std::size_t>(awaited) >= options_.most_awaited) return nullptr;
  auto snapshot = std::make_shared<origin::ChannelSnapshot>();
  snapshot->name = channel;
  ChannelView& view = *(channels_[snapshot->name] = make_view(snapshot->name));
  view.update(snapshot, loop_context_.clock.utc());
  view.demanded = now;
  options_.on_demand(snapshot->name, path);
  return &view;
}

void Server::demand(ChannelView& channel, base::Micros now) {
  if (!options_.on_demand || now - channel.demanded < kDemand) return;
  channel.demanded = now;
  options_.on_demand(channel.snapshot().name, {});
}

void Server::relay_channel(Viewer& viewer, http::StreamId id, const Route& route, const http::Request& request) {
  relay::Path path;
  if (relay_.start(viewer, id, route.channel, request, path) == RelayStreams::Asked::kAnswered) return;
  if (channels_.find(route.channel) != channels_.end() || await(route.channel, path) != nullptr) return;
  const std::string name(route.channel);
  if (exists_nowhere(name)) return relay_.remove(name);
  relay_.give_up(name);
}

void Server::relay(std::string channel, std::shared_ptr<const relay::Reel> reel) {
  mailbox_.post([this, channel = std::move(channel), reel = std::move(reel)] { relay_.update(channel, reel); });
}

void Server::take_reports(Viewer& viewer, http::StreamId id, const Route& route, const ObjectRequest& wanted,
                          const http::Request& request) {
  const auto find = [this](std::string_view name) {
    const auto found = channels_.find(name);
    return found == channels_.end() ? nullptr : &audience_of(*found->second);
  };
  const base::Micros now = loop_context_.clock.steady();
  responder_.finish(viewer, id, wanted, event_reports_.take(request, route.channel, find, now));
}

Audience& Server::audience_of(ChannelView& channel) {
  if (channel.audience == nullptr) channel.audience = audiences_.of(channel.snapshot().name);
  return *channel.audience;
}

void Server::note_report(ChannelView& channel, const http::Request& request, base::Micros now) {
  cmcd::Report report;
  const cmcd::Found found = cmcd::read_report(request, report);
  if (found == cmcd::Found::kNone) return;
  audience_of(channel).note(found, report, now);
}

void Server::publish(std::shared_ptr<const origin::ChannelSnapshot> snapshot) {
  mailbox_.post([this, snapshot = std::move(snapshot), published = loop_context_.clock.steady()] {
    arrive(snapshot, published);
  });
}

void Server::arrive(std::shared_ptr<const origin::ChannelSnapshot> snapshot, base::Micros published) {
  if (options_.on_demand) unknown_.remove(snapshot->name);
  auto& channel = channels_[snapshot->name];
  const bool listed_otherwise = channel == nullptr || channel->snapshot().state != snapshot->state;
  if (channel == nullptr) channel = make_view(snapshot->name);
  channel->update(std::move(snapshot), loop_context_.clock.utc());
  if (listed_otherwise) listing_ = {};
  loop_context_.counters.snapshots.add();
  wake_pass_.wake(*channel, published);
}

void Server::remove(std::string channel) {
  mailbox_.post([this, name = std::move(channel)] {
    if (options_.on_demand) unknown_.add(name, loop_context_.clock.steady());
    drop(name, 404, Cause::kUnknownChannel);
  });
}

void Server::give_up(std::string channel) {
  mailbox_.post([this, name = std::move(channel)] { drop(name, 503, Cause::kNoOrigin); });
}

void Server::drop(const std::string& name, int status, Cause cause) {
  if (status == 404) {
    relay_.remove(name);
  } else {
    relay_.give_up(name);
  }
  const auto found = channels_.find(name);
  if (found == channels_.end()) return;
  // Out of the directory first: a request pipelined behind a dismissed one must not find it.
  const std::unique_ptr<ChannelView> gone = std::move(found->second);
  channels_.erase(found);
  audiences_.remove(name);
  listing_ = {};
  wake_pass_.dismiss(*gone, status, cause);
}

void Server::use_tls(std::shared_ptr<const tls::Context> context) {
  mailbox_.post([this, context = std::move(context)] { context_ = context; });
}

void Server::shut_down(std::function<void()> on_idle) {
  mailbox_.post([this, on_idle = std::move(on_idle)] {
    shutting_down_ = true;
    on_idle_ = on_idle;
    plain_.reset();
    tls_.reset();
    relay_.shut_down();
    for (auto& [name, channel] : channels_) wake_pass_.dismiss(*channel, 503, Cause::kShuttingDown);
    // Closing takes a connection out of the list: from the back each is met once.
    for (std::size_t i = connections_.size(); i-- > 0;)
      if (i < connections_.size()) connections_[i]->shut_down();
  });
}

}  // namespace serve

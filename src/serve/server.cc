#include "serve/server.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "http/negotiation.h"
#include "serve/listing.h"

namespace serve {
namespace {

// Connections past the limit that are told so with 503; beyond these they are just closed.
constexpr std::size_t kMostRefusing = 256;

/// Reads what deciding takes out of the fields, in one pass.
Ask make_ask(const Route& route, const http::Request& request) {
  Ask ask;
  ask.kind = route.kind;
  ask.msn = route.msn;
  ask.part = route.part;
  ask.file = route.file;
  ask.rendition = route.rendition;
  if (route.kind == Route::Kind::kPlaylist) ask.directives = hls::parse_directives(request.query);
  const auto conditions = [&ask]() -> Conditions& {
    if (ask.conditions == nullptr) ask.conditions = std::make_unique<Conditions>();
    return *ask.conditions;
  };
  for (const http::Field& field : request.fields) {
    if (http::same_name(field.name, "accept-encoding")) {
      ask.gzip = ask.gzip || http::accepts_gzip(field.value);
    } else if (http::same_name(field.name, "if-none-match")) {
      conditions().if_none_match = field.value;
    } else if (http::same_name(field.name, "range")) {
      conditions().range = field.value;
    } else if (http::same_name(field.name, "if-range")) {
      conditions().if_range = field.value;
    }
  }
  return ask;
}

}  // namespace

Server::Server(loop::Loop& loop, const base::Clock& clock, const Options& options,
               std::shared_ptr<const tls::Context> context, std::shared_ptr<const StaticFiles> files)
    : loop_(loop),
      options_(options),
      around_(clock, options.limits, options.timeouts),
      admission_(options.admission),
      joins_(around_.counters),
      preflight_(make_preflight()),
      context_(std::move(context)),
      files_(std::move(files)),
      tick_(loop, [this] { on_tick(); }),
      mailbox_(loop) {}

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
  const bool refused = connections_.size() >= options_.most_connections;
  if (refused) around_.counters.connections_refused.add();
  if (shutting_down_ || connections_.size() >= options_.most_connections + kMostRefusing) return;
  std::unique_ptr<Connection> connection = Connection::make(*this, around_, std::move(stream), context);
  if (connection == nullptr) return;
  connection->refused = refused;
  connection->index = connections_.size();
  connections_.push_back(std::move(connection));
}

void Server::retire(Connection& connection) {
  joins_.on_closed(connection.join);
  const std::size_t index = connection.index;
  retired_.push_back(std::move(connections_[index]));
  if (index + 1 != connections_.size()) {
    connections_[index] = std::move(connections_.back());
    connections_[index]->index = index;
  }
  connections_.pop_back();
}

void Server::on_tick() {
  const base::Micros now = around_.clock.steady();
  around_.wheel.advance(now);
  joins_.tick(now);
  measure_room();
  for (auto& [name, channel] : channels_)
    if (channel->waiters.next_deadline() <= now) expire(*channel, now);
  // Retired ones are destroyed here, where none of their functions is running.
  retired_.clear();
  if (shutting_down_ && connections_.empty() && on_idle_) std::exchange(on_idle_, nullptr)();
}

void Server::measure_room() {
  Room room = shared_room_;
  room[Resource::kLoop] = loop_room(loop_.busy_share());
  const double open = static_cast<double>(connections_.size());
  room[Resource::kConnections] = std::max(0.0, 1 - open / static_cast<double>(options_.most_connections));
  for (std::size_t i = 0; i < kResources; ++i)
    around_.counters.room[i].set(static_cast<std::uint64_t>(room.left[i] * 1e6));
  room[Resource::kLoop] = loop_room(loop_.busy_share(), loop_.longest_turn());
  admission_.update(room);
}

void Server::set_shared_room(double memory, double egress) {
  mailbox_.post([this, memory, egress] {
    shared_room_[Resource::kMemory] = memory;
    shared_room_[Resource::kEgress] = egress;
    measure_room();
  });
}

void Server::set_admission(Admission::Options options) {
  mailbox_.post([this, options = std::move(options)] {
    admission_.configure(options);
    for (auto& [name, channel] : channels_) channel->forget_overflow();
    measure_room();
  });
}

http::Response Server::on_malformed(int status) {
  around_.counters.count_request(ObjectKind::kOther, status);
  around_.counters.count_cause(Cause::kMalformed);
  return errors_.get(status);
}

void Server::on_request(Connection& connection, http::StreamId id, const http::Request& request) {
  const Route route = parse_route(request.path);
  Ask ask = make_ask(route, request);
  if (connection.refused) {
    connection.shut_down_after_answer();
    return finish(connection, id, ask, {errors_.get(503), Cause::kTooManyConnections, {}, false});
  }
  if (request.method == http::Method::kOptions) return finish(connection, id, ask, {preflight_});
  if (request.method == http::Method::kOther)
    return finish(connection, id, ask, {errors_.get(405), Cause::kMethod, {}, false});
  switch (route.kind) {
    case Route::Kind::kNone: return finish(connection, id, ask, {errors_.get(404), Cause::kUnknownPath, {}, false});
    case Route::Kind::kListing:
    case Route::Kind::kPlay:
    case Route::Kind::kStatic: return serve_page(connection, id, route, ask);
    default: return serve_channel(connection, id, route, std::move(ask), request);
  }
}

void Server::serve_page(Connection& connection, http::StreamId id, const Route& route, const Ask& ask) {
  http::Response page;
  if (route.kind == Route::Kind::kListing) {
    page = listing(ask.gzip);
  } else if (files_ != nullptr) {
    page = files_->find(route.kind == Route::Kind::kPlay ? "play.html" : route.file, ask.gzip);
  }
  if (page == nullptr) return finish(connection, id, ask, {errors_.get(404), Cause::kUnknownPath, {}, false});
  finish(connection, id, ask, {std::move(page)});
}

http::Response Server::listing(bool gzip) {
  if (listing_[0] == nullptr) {
    std::vector<std::pair<std::string_view, origin::State>> rows;
    for (const auto& [name, channel] : channels_) rows.emplace_back(name, channel->snapshot().state);
    const origin::Rendered page = origin::make_rendered(render_listing(rows));
    const Description description{"text/html; charset=utf-8", CacheControl::seconds(1), "", around_.clock.utc(),
                                  Urgency::kPage};
    listing_ = {make_text(page, false, description), make_text(page, true, description)};
  }
  return listing_[gzip ? 1 : 0];
}

std::optional<Verdict> Server::shed(const Connection& connection, ChannelView& channel, const Ask& ask,
                                    const http::Request& request) {
  if (admission_.refuses_joins() && ask.kind == Route::Kind::kMultivariant && joins_.is_new(connection.join, request)) {
    http::Response elsewhere;
    if (!admission_.overflow().empty()) elsewhere = channel.overflow(admission_.overflow(), ask.gzip);
    if (elsewhere != nullptr) {
      around_.counters.joins_redirected.add();
      return Verdict{std::move(elsewhere), Cause::kNone, {}, false};
    }
    return Verdict{errors_.get_busy(), Cause::kNoHeadroom, {}, false};
  }
  if (admission_.sheds_depth() && channel.is_deep(ask))
    return Verdict{errors_.get_busy(), Cause::kDepthShed, {}, false};
  return std::nullopt;
}

void Server::serve_channel(Connection& connection, http::StreamId id, const Route& route, Ask ask,
                           const http::Request& request) {
  const auto found = channels_.find(route.channel);
  if (found == channels_.end())
    return finish(connection, id, ask, {errors_.get(404), Cause::kUnknownChannel, {}, false});
  if (const auto shed_instead = shed(connection, *found->second, ask, request))
    return finish(connection, id, ask, *shed_instead);
  if (ask.kind == Route::Kind::kMultivariant && joins_.is_new(connection.join, request))
    joins_.admit(connection.join, request, around_.clock.steady());
  const Verdict verdict = found->second->look_up(ask);
  if (!verdict.wish) return finish(connection, id, ask, verdict);
  park(connection, id, *found->second, std::move(ask), verdict, around_.clock.steady());
}

void Server::finish(Connection& connection, http::StreamId id, const Ask& ask, const Verdict& verdict,
                    base::Micros part_published) {
  http::Response response = verdict.response;
  if (response->status() == 200 && ask.conditions != nullptr) response = conditional(response, *ask.conditions);
  around_.counters.count_request(object_of(ask.kind), response->status());
  if (verdict.cause != Cause::kNone) around_.counters.count_cause(verdict.cause);
  const bool media = ask.kind == Route::Kind::kPart || ask.kind == Route::Kind::kSegment;
  if (media && response->status() < 300 && (!connection.join.known || connection.join.since != 0))
    joins_.on_media(connection.join, around_.clock.steady());
  connection.answer(id, std::move(response), part_published);
}

void Server::park(Connection& connection, http::StreamId id, ChannelView& channel, Ask ask, const Verdict& verdict,
                  base::Micros since) {
  std::unique_ptr<Held> held = connection.make_held();
  const base::Micros deadline = since + channel.snapshot().hold_limit();
  if (!channel.waiters.add(*held, *verdict.wish, deadline))
    return finish(connection, id, ask, {errors_.get(503), Cause::kTooManyHeld, {}, false});
  held->connection = &connection;
  held->id = id;
  held->channel = &channel;
  held->starting = verdict.starting;
  held->since = since;
  held->ask = std::move(ask);
  connection.hold(std::move(held));
}

void Server::publish(std::shared_ptr<const origin::ChannelSnapshot> snapshot) {
  mailbox_.post(
      [this, snapshot = std::move(snapshot), published = around_.clock.steady()] { arrive(snapshot, published); });
}

void Server::arrive(std::shared_ptr<const origin::ChannelSnapshot> snapshot, base::Micros published) {
  auto& channel = channels_[snapshot->name];
  const bool listed_otherwise = channel == nullptr || channel->snapshot().state != snapshot->state;
  if (channel == nullptr) channel = std::make_unique<ChannelView>(options_.channels, errors_);
  channel->update(std::move(snapshot), around_.clock.utc());
  if (listed_otherwise) listing_ = {};
  around_.counters.snapshots.add();
  origin::Ready ready;
  channel->waiters.take_ready(channel->snapshot(), ready);
  if (ready.empty()) return;
  wake(ready, published);
  around_.counters.wake_pass.observe(around_.clock.steady() - published);
}

void Server::wake(origin::Ready& ready, base::Micros published) {
  const base::Micros now = around_.clock.steady();
  while (origin::Waiter* waiter = ready.pop()) {
    // A crowd's connections lie all over memory: the next ones are on their way while this one is answered.
    ready.prefetch(3);
    if (const auto* third = static_cast<const Held*>(ready.peek(2))) third->connection->prefetch();
    if (const auto* second = static_cast<const Held*>(ready.peek(1))) second->connection->prefetch_parts();
    if (const auto* first = static_cast<const Held*>(ready.peek(0))) first->connection->prefetch_socket();
    auto& held = static_cast<Held&>(*waiter);
    Connection& connection = *held.connection;
    std::unique_ptr<Held> mine = connection.release(held);
    const Verdict verdict = mine->channel->look_up(mine->ask);
    if (verdict.wish) {
      park(connection, mine->id, *mine->channel, std::move(mine->ask), verdict, mine->since);
      continue;
    }
    around_.counters.blocked_wait.observe(now - mine->since);
    finish(connection, mine->id, mine->ask, verdict, mine->ask.kind == Route::Kind::kPart ? published : 0);
    connection.keep(std::move(mine));
    resume(connection);
  }
  pump_pass();
}

void Server::resume(Connection& connection) {
  if (!connection.multiplexed()) return connection.pump();
  if (!std::exchange(connection.in_pass, true)) pass_.push_back(&connection);
}

void Server::pump_pass() {
  // A connection that closes meanwhile is retired, not destroyed: the pointers hold until the next tick.
  for (Connection* connection : pass_) {
    connection->in_pass = false;
    connection->pump();
  }
  pass_.clear();
}

void Server::turn_away(origin::Waiter& waiter, int status, Cause cause) {
  auto& held = static_cast<Held&>(waiter);
  Connection& connection = *held.connection;
  const std::unique_ptr<Held> mine = connection.release(held);
  around_.counters.blocked_wait.observe(around_.clock.steady() - mine->since);
  finish(connection, mine->id, mine->ask, {errors_.get(status), cause, {}, false});
  resume(connection);
}

void Server::expire(ChannelView& channel, base::Micros now) {
  origin::Ready ready;
  channel.waiters.take_expired(now, ready);
  while (origin::Waiter* waiter = ready.pop()) {
    // LL-111: a channel that never got its first parts is not there; everything else comes in a moment (LL-103).
    const bool starting = static_cast<Held&>(*waiter).starting;
    turn_away(*waiter, starting ? 404 : 503, starting ? Cause::kNotStarted : Cause::kHeldTooLong);
  }
  pump_pass();
}

void Server::dismiss(ChannelView& channel, int status, Cause cause) {
  origin::Ready ready;
  channel.waiters.take_all(ready);
  while (origin::Waiter* waiter = ready.pop()) turn_away(*waiter, status, cause);
  pump_pass();
}

void Server::remove(std::string channel) {
  mailbox_.post([this, name = std::move(channel)] {
    const auto found = channels_.find(name);
    if (found == channels_.end()) return;
    // Out of the directory first: a request pipelined behind a dismissed one must not find it.
    const std::unique_ptr<ChannelView> gone = std::move(found->second);
    channels_.erase(found);
    listing_ = {};
    dismiss(*gone, 404, Cause::kUnknownChannel);
  });
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
    for (auto& [name, channel] : channels_) dismiss(*channel, 503, Cause::kShuttingDown);
    // Closing takes a connection out of the list: from the back each is met once.
    for (std::size_t i = connections_.size(); i-- > 0;)
      if (i < connections_.size()) connections_[i]->shut_down();
  });
}

}  // namespace serve

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "relay/edge.h"
#include "relay/wire.h"
#include "unit/relay/taped.h"

namespace relay::testing {

/// Requests that are open, and those that were stopped.
class FakeTransport final : public client::StreamTransport {
 public:
  void start(client::StreamId id, client::Request request) override {
    (request.url.ends_with("/relay/v1/") ? lists : started).emplace_back(id, std::move(request));
  }
  void stop(client::StreamId id) override { stopped.push_back(id); }
  void taken(client::StreamId, std::size_t bytes) override { taken_bytes += bytes; }

  std::vector<std::pair<client::StreamId, client::Request>> started;
  std::vector<std::pair<client::StreamId, client::Request>> lists;  ///< requests for lists of channels
  std::vector<client::StreamId> stopped;
  std::size_t taken_bytes = 0;
};

class Events final : public events::Sink {
 public:
  void append(events::Fact fact) override { facts.push_back(std::move(fact)); }
  std::vector<events::Fact> facts;
};

struct Node {
  explicit Node(std::vector<std::string> origins = {"http://one", "http://two"}) {
    Edge::Options options;
    options.origins = std::move(origins);
    options.secret = "a secret of edges";
    options.node = 90;
    edge = std::make_unique<Edge>(
        options, Edge::Context{clock, transport, events, [this](auto snapshot) { snapshots.push_back(snapshot); },
                               [this](const std::string& name, const auto&) { said.push_back("reel of " + name); },
                               [this](const std::string& name) { said.push_back(name + " absent"); },
                               [this](const std::string& name) { said.push_back(name + " given up"); }});
  }

  const client::Request& asked() const { return transport.started.back().second; }
  client::StreamId stream() const { return transport.started.back().first; }
  std::size_t requests() const { return transport.started.size(); }
  /// The open request gets what an origin has.
  void greet(Taped& origin) {
    edge->on_head(stream(), 200);
    const std::size_t at = asked().url.find("?after=");
    Cursor cursor(origin.reel(), at == std::string::npos ? std::nullopt : parse_place(asked().url.substr(at + 7)));
    edge->on_body(stream(), base::Bytes::adopt(drain(cursor)));
  }
  /// Somebody asks for a channel that its origin does not have.
  void miss(const std::string& channel) {
    edge->demand(channel, {});
    edge->on_head(stream(), 404);
  }
  /// The last request for a list is answered.
  void list(const std::string& text) {
    const client::StreamId id = transport.lists.back().first;
    edge->on_head(id, 200);
    if (!text.empty()) edge->on_body(id, base::Bytes::copy_of(text));
    edge->on_end(id, "");
  }
  void pass(base::Micros span) {
    clock.now += span;
    edge->tick();
  }
  std::uint64_t failures(std::size_t origin) const { return edge->report().origins.at(origin).failures; }

  testing::FakeClock clock;
  FakeTransport transport;
  Events events;
  std::vector<std::shared_ptr<const origin::ChannelSnapshot>> snapshots;
  std::vector<std::string> said;
  std::unique_ptr<Edge> edge;
};

struct Live : Taped {
  Live() {
    begin();
    segments(kFirst, kFirst + 8);
  }
};

}  // namespace relay::testing

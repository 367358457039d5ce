#include "api/routes.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/alarm_routes.h"
#include "api/caption_request.h"
#include "api/channels_json.h"
#include "api/check_routes.h"
#include "api/declaration_routes.h"
#include "api/event_streams.h"
#include "api/events_json.h"
#include "api/instance_json.h"
#include "api/job_routes.h"
#include "api/json_body.h"
#include "api/marker_request.h"
#include "api/metadata_request.h"
#include "api/overlay_request.h"
#include "api/webhooks_json.h"
#include "job/slate_text.h"

namespace api {
namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kPlain = "text/plain; charset=utf-8";

Answer readiness(const Backend::Health& health) {
  if (health.stopping) return {503, kPlain, "stopping\n", {}};
  if (health.stale_channel.empty()) return {200, kPlain, "ready\n", {}};
  return {503, kPlain, "channel " + health.stale_channel + " has a publisher and no fresh part\n", {}};
}

void add_health(Dispatcher& dispatcher, Backend& backend) {
  // It takes the control loop's word: a process that is there and does not turn is not alive.
  dispatcher.add({"GET", "/livez", Role::kNobody, [&backend](const Request&, Respond respond) {
                    backend.ask_health([respond = std::move(respond)](const Backend::Health&) {
                      respond({200, kPlain, "alive\n", {}});
                    });
                  }});
  dispatcher.add({"GET", "/readyz", Role::kNobody, [&backend](const Request&, Respond respond) {
                    backend.ask_health(
                        [respond = std::move(respond)](const Backend::Health& health) { respond(readiness(health)); });
                  }});
  dispatcher.add({"GET", "/metrics", Role::kNobody, [&backend](const Request&, Respond respond) {
                    backend.ask_metrics([respond = std::move(respond)](const std::string& text) {
                      respond({200, "text/plain; version=0.0.4; charset=utf-8", text, {}});
                    });
                  }});
}

void give_events(Backend& backend, EventStreams& streams, const Request& request, Respond respond) {
  const std::optional<events::Query> query = events_query(request);
  if (!query) return respond(problem(400, "after has to be a sequence number, and limit a number from 1 to 1000"));
  if (request.accept.find("text/event-stream") != std::string::npos) {
    return respond(streams.open(*query, request.last_event_id.empty() && !request.query_of("after")));
  }
  backend.ask_events(*query, [respond = std::move(respond)](const events::Page& page) {
    respond({200, kJson, events_json(page), {{"vary", "accept"}}});
  });
}

void add_state(Dispatcher& dispatcher, Backend& backend, EventStreams& streams, const base::Clock& clock) {
  dispatcher.add({"GET", "/api/v1/channels", Role::kNobody, [&backend, &clock](const Request&, Respond respond) {
                    backend.ask_channels(
                        [&clock, respond = std::move(respond)](const std::vector<channel::Report>& reports) {
                          respond({200, kJson, channels_json(reports, clock.utc()), {}});
                        });
                  }});
  dispatcher.add({"GET", "/api/v1/instance", Role::kNobody, [&backend, &clock](const Request&, Respond respond) {
                    backend.ask_load([&clock, respond = std::move(respond)](const Backend::Load& load) {
                      respond({200, kJson, instance_json(load.loops, load.control_busy, clock.utc()), {}});
                    });
                  }});
  dispatcher.add(
      {"GET", "/api/v1/events", Role::kNobody, [&backend, &streams](const Request& request, Respond respond) {
         give_events(backend, streams, request, std::move(respond));
       }});
  dispatcher.add({"GET", "/api/v1/openapi.json", Role::kNobody,
                  [](const Request&, Respond respond) { respond({200, kJson, std::string(openapi_json()), {}}); }});
}

void replay_webhook(Backend& backend, const Request& request, Respond respond) {
  const std::string& name = request.parameter("name");
  backend.replay_webhook(name, [name, respond = std::move(respond)](const std::optional<std::size_t>& count) {
    if (!count) return respond(problem(404, "there is no webhook " + name));
    respond({200, kJson, nlohmann::json{{"replayed", *count}}.dump() + "\n", {}});
  });
}

void add_webhooks(Dispatcher& dispatcher, Backend& backend) {
  dispatcher.add({"GET", "/api/v1/webhooks", Role::kNobody, [&backend](const Request&, Respond respond) {
                    backend.ask_webhooks([respond = std::move(respond)](const std::vector<webhook::Report>& reports) {
                      respond({200, kJson, webhooks_json(reports), {}});
                    });
                  }});
  dispatcher.add(
      {"POST", "/api/v1/webhooks/{name}/replay", Role::kOperate,
       [&backend](const Request& request, Respond respond) { replay_webhook(backend, request, std::move(respond)); }});
}

constexpr const char* kFeeds = "a channel's feeds are primary and backup";

Answer disconnected(const std::string& channel, channel::Channels::Disconnect outcome) {
  switch (outcome) {
    case channel::Channels::Disconnect::kDone: return {204, {}, {}, {}};
    case channel::Channels::Disconnect::kNoChannel: return problem(404, "there is no channel " + channel);
    case channel::Channels::Disconnect::kNoPublisher:
      return problem(409, "no publisher is connected to this feed of channel " + channel);
  }
  return problem(500, "no such outcome");
}

void disconnect_publisher(Backend& backend, const Request& request, Respond respond) {
  const std::optional<feed::Id> feed = feed::id_from(request.query_of("feed").value_or("primary"));
  if (!feed) return respond(problem(400, kFeeds));
  const std::string& channel = request.parameter("name");
  backend.disconnect_publisher(channel, *feed,
                               [channel, respond = std::move(respond)](const channel::Channels::Disconnect& outcome) {
                                 respond(disconnected(channel, outcome));
                               });
}

Answer switched(const std::string& channel, feed::Id to, const channel::Channels::Switch& outcome) {
  using Outcome = channel::Channel::SwitchOutcome;
  if (!outcome) return problem(404, "there is no channel " + channel);
  const std::string feed(feed::to_string(to));
  switch (*outcome) {
    case Outcome::kDone: return {204, {}, {}, {}};
    case Outcome::kShownAlready:
      return problem(409, "the " + feed + " feed of channel " + channel + " is shown already");
    case Outcome::kNoMedia:
      return problem(409, "the " + feed + " feed of channel " + channel + " has no publisher that sends media");
    case Outcome::kNotLive: return problem(409, "channel " + channel + " is not live");
  }
  return problem(500, "no such outcome");
}

/// The feed that the body names: {"to": "backup"}.
std::optional<feed::Id> feed_named(std::string_view body) {
  const auto given = parse_json(body);
  if (!given.is_object() || given.size() != 1 || !given.contains("to") || !given["to"].is_string()) return std::nullopt;
  return feed::id_from(given["to"].get_ref<const std::string&>());
}

void switch_feed(Backend& backend, const Request& request, Respond respond) {
  const std::optional<feed::Id> to = feed_named(request.body);
  if (!to) return respond(problem(400, "the body has to be {\"to\": \"primary\"} or {\"to\": \"backup\"}"));
  const std::string& channel = request.parameter("name");
  backend.switch_feed(channel, *to,
                      [channel, to = *to, respond = std::move(respond)](const channel::Channels::Switch& outcome) {
                        respond(switched(channel, to, outcome));
                      });
}

constexpr const char* kSlateBody =
    R"(the body has to be {"on": true} or {"on": false}; with true it may have "for", seconds up to 86400, and )"
    R"("reason", up to 200 bytes for people, and "text", 1 to 500 bytes that viewers see, with no control characters )"
    R"(but \n)";
constexpr double kLongestSlate = 86'400;
constexpr std::size_t kLongestReason = 200;

/// That a slate is ordered, and is not all that viewers see.
Answer slate_held(std::initializer_list<const char*> shown, const char* detail) {
  return {202,
          kJson,
          nlohmann::json{{"shown", std::vector<std::string>(shown.begin(), shown.end())}, {"detail", detail}}.dump(),
          {}};
}

Answer slate_ordered(const std::string& channel, const channel::Channels::Slate& outcome) {
  using Outcome = channel::Channel::SlateOutcome;
  if (!outcome) return problem(404, "there is no channel " + channel);
  switch (*outcome) {
    case Outcome::kDone: return {204, {}, {}, {}};
    case Outcome::kCopyHeld:
      return slate_held({"slate", "last_picture"},
                        "the encoded renditions show the slate; the copied one holds its last picture, because a slate "
                        "would need another decoder configuration");
    case Outcome::kHeldAlone:
      return slate_held({"last_picture"},
                        "the channel copies its video: viewers see the last picture without sound, and no slate; to "
                        "have one shown, give the channel a ladder");
    case Outcome::kNoSlate:
      return problem(409, "channel " + channel +
                              " has no slate; give it one in the configuration (slate: FILE or slate_text), or the "
                              "order a text; with outage: gap there is none");
    case Outcome::kNoFont:
      return problem(409,
                     "there is no font for the slate's text: install the package fonts-dejavu-core, or name a font "
                     "in the channel's slate_font; a channel that is live takes it up with a reload");
    case Outcome::kNotLive: return problem(409, "channel " + channel + " is not live");
  }
  return problem(500, "no such outcome");
}

/// Nothing where the body is not what kSlateBody says.
std::optional<channel::SlateOrder::Request> slate_request(std::string_view body) {
  const auto given = parse_json(body);
  if (!given.is_object() || !given.contains("on") || !given["on"].is_boolean()) return std::nullopt;
  channel::SlateOrder::Request request{.on = given["on"].get<bool>()};
  for (const auto& [name, value] : given.items()) {
    if (name == "on") continue;
    if (name == "for" && value.is_number() && value.get<double>() > 0 && value.get<double>() <= kLongestSlate) {
      request.duration = std::max<base::Micros>(1, static_cast<base::Micros>(value.get<double>() * base::kSecond));
    } else if (name == "text" && value.is_string() && job::is_slate_text(value.get_ref<const std::string&>())) {
      request.text = value.get<std::string>();
    } else if (name == "reason" && value.is_string() && value.get_ref<const std::string&>().size() <= kLongestReason) {
      request.reason = value.get<std::string>();
    } else {
      return std::nullopt;
    }
  }
  return request;
}

void order_slate(Backend& backend, const Request& request, Respond respond) {
  std::optional<channel::SlateOrder::Request> order = slate_request(request.body);
  if (!order) return respond(problem(400, kSlateBody));
  const std::string& channel = request.parameter("name");
  backend.order_slate(channel, std::move(*order),
                      [channel, respond = std::move(respond)](const channel::Channels::Slate& outcome) {
                        respond(slate_ordered(channel, outcome));
                      });
}

Answer overlaid(const std::string& channel, const std::string& id, const channel::Channels::Overlaid& outcome) {
  using Outcome = channel::Overlays::Outcome;
  if (!outcome) return problem(404, "there is no channel " + channel);
  switch (*outcome) {
    case Outcome::kDone: return {204, {}, {}, {}};
    case Outcome::kBesideCopy:
      return {202, kJson, R"({"detail": "the encoded renditions have it; the copied one is the feed's own"})", {}};
    case Outcome::kUnknown:
      return problem(404,
                     "channel " + channel + " has no overlay " + id +
                         " of that kind: PUT one with a \"text\" or a \"png\", or declare it in the configuration");
    case Outcome::kTooMany: return problem(409, "a channel has at most 8 overlays: DELETE one");
    case Outcome::kNoFont:
      return problem(409,
                     "there is no font for the text: install the package fonts-dejavu-core, or name a font in the "
                     "channel's slate_font");
    case Outcome::kNotEncoded:
      return problem(409,
                     "channel " + channel + " copies its video, and a copy cannot have an overlay: give it a ladder");
    case Outcome::kNotLive: return problem(409, "channel " + channel + " is not live");
  }
  return problem(500, "no such outcome");
}

void order_overlay(Backend& backend, const Request& request, channel::Overlays::Order order, Respond respond) {
  const std::string& channel = request.parameter("name");
  const std::string id = order.id;
  backend.order_overlay(channel, std::move(order),
                        [channel, id, respond = std::move(respond)](const channel::Channels::Overlaid& outcome) {
                          respond(overlaid(channel, id, outcome));
                        });
}

void put_overlay(Backend& backend, const Request& request, Respond respond) {
  auto order = parse_overlay(request.parameter("id"), request.body);
  if (!order.ok()) return respond(problem(400, order.error().what));
  order_overlay(backend, request, order.take(), std::move(respond));
}

void take_overlay_back(Backend& backend, const Request& request, Respond respond) {
  order_overlay(backend, request, {.id = request.parameter("id"), .taken_back = true}, std::move(respond));
}

std::string why_refused(channel::MarkerRefusal refusal) {
  using Why = channel::MarkerRefusal;
  switch (refusal) {
    case Why::kDamaged: return "the section cannot be read";
    case Why::kPast: return "its time is more than a minute ago";
    case Why::kFuture: return "its time is too far ahead: a section's may be an hour, another marker's a day";
    case Why::kTooLarge: return "the section is longer than 1024 bytes";
    case Why::kTooMany: return "there are too many markers: 60 at once are taken, and one a second";
    case Why::kConflict:
      return "there is a marker with this id, and what it says cannot be changed: class, start, duration, attributes";
  }
  return "no such reason";
}

Answer marked(const std::string& channel, const channel::Channels::Marked& outcome) {
  using Why = channel::Channel::Marked::Why;
  if (!outcome) return problem(404, "there is no channel " + channel);
  switch (outcome->why) {
    case Why::kTaken: return {201, kJson, nlohmann::ordered_json{{"ids", outcome->outcome.ids}}.dump(2) + "\n", {}};
    case Why::kRefused: {
      const channel::MarkerRefusal refusal = outcome->outcome.refusal.value_or(channel::MarkerRefusal::kDamaged);
      return problem(refusal == channel::MarkerRefusal::kTooMany ? 429 : 409, why_refused(refusal));
    }
    case Why::kNotLive: return problem(409, "channel " + channel + " is not live");
    case Why::kNoClock:
      return problem(409,
                     "the section has a time on the clock of a transport stream, and the feed that is shown has no "
                     "such clock: give it a \"start\", or make it immediate");
    case Why::kNoCuts:
      return problem(409, "channel " + channel + " moves no cuts: set splice_cuts, which counts when it begins anew");
  }
  return problem(500, "no such outcome");
}

void add_marker(Backend& backend, const Request& request, Respond respond) {
  auto order = parse_marker(request.body);
  if (!order.ok()) return respond(problem(400, order.error().what));
  const std::string& channel = request.parameter("name");
  backend.mark(channel, order.take(),
               [channel, respond = std::move(respond)](const channel::Channels::Marked& outcome) {
                 respond(marked(channel, outcome));
               });
}

Answer no_thumbnail(const std::string& channel, const std::string& rung, const std::vector<std::string>& rungs) {
  std::string of = "this feed";
  if (!rung.empty()) {
    if (std::find(rungs.begin(), rungs.end(), rung) == rungs.end()) {
      std::string names;
      for (const std::string& name : rungs) names += (names.empty() ? "" : ", ") + name;
      return problem(404, "channel " + channel + " has no rung of this name: " +
                              (rungs.empty() ? "it has no video" : "its rungs are " + names));
    }
    of = "rung " + rung;
  }
  return problem(404, "there is no thumbnail of " + of + " of channel " + channel +
                          ": they are made where the configuration has \"thumbnails\", a while after video has come, "
                          "and none while the CPU is short");
}

Answer thumbnail_of(const std::string& channel, const std::string& rung, const channel::Channels::Thumbnail& found) {
  if (!found) return problem(404, "there is no channel " + channel);
  if (!found->newest) return no_thumbnail(channel, rung, found->rungs);
  // It is replaced every few seconds, under the same address.
  return {200, "image/jpeg", std::string(found->newest->jpeg.text()), {{"cache-control", "no-store"}}};
}

void give_thumbnail(Backend& backend, const Request& request, Respond respond) {
  const std::optional<std::string> asked = request.query_of("feed");
  const std::optional<feed::Id> feed = asked ? feed::id_from(*asked) : std::nullopt;
  if (asked && !feed) return respond(problem(400, kFeeds));
  const std::optional<std::string> rung = request.query_of("rung");
  if (rung && (asked || rung->empty()))
    return respond(problem(400, "rung has to be the name of a video rendition, and does not go with feed"));
  const std::string& channel = request.parameter("name");
  backend.ask_thumbnail(
      channel, {feed, rung.value_or("")},
      [channel, rung = rung.value_or(""), respond = std::move(respond)](const channel::Channels::Thumbnail& found) {
        respond(thumbnail_of(channel, rung, found));
      });
}

Answer captioned(const std::string& channel, const std::string& language, const channel::Channels::Captioned& outcome) {
  using Why = channel::CaptionRefusal;
  if (!outcome) return problem(404, "there is no channel " + channel);
  if (!outcome->refusal) {
    return {201,
            kJson,
            nlohmann::ordered_json{{"start", base::format_utc(outcome->start)}, {"end", base::format_utc(outcome->end)}}
                    .dump(2) +
                "\n",
            {}};
  }
  switch (*outcome->refusal) {
    case Why::kNotLive: return problem(409, "channel " + channel + " is not live");
    case Why::kNoRendition:
      return problem(404, "channel " + channel + " has no text rendition for captions in " + language +
                              ": declare one in the configuration (subtitles: [{from: api, language: " + language +
                              "}]); a channel that is live takes it up with its next worker");
    case Why::kPast: return problem(409, "it is over already, or began more than a minute ago");
    case Why::kFuture: return problem(409, "it begins more than ten minutes from now");
    case Why::kTooMany: return problem(429, "there are too many captions: 50 at once are taken, and 10 a second");
  }
  return problem(500, "no such outcome");
}

void add_caption(Backend& backend, const Request& request, Respond respond) {
  auto caption = parse_caption(request.body);
  if (!caption.ok()) return respond(problem(400, caption.error().what));
  const std::string& channel = request.parameter("name");
  const std::string& language = request.parameter("language");
  channel::LiveCaptions::Request order = caption.take();
  order.language = language;
  backend.caption(channel, std::move(order),
                  [channel, language, respond = std::move(respond)](const channel::Channels::Captioned& outcome) {
                    respond(captioned(channel, language, outcome));
                  });
}

Answer metadata_added(const std::string& channel, const channel::Channels::MetadataAdded& outcome) {
  using Why = channel::MetadataRefusal;
  if (!outcome) return problem(404, "there is no channel " + channel);
  if (!outcome->refusal) {
    return {201, kJson, nlohmann::ordered_json{{"start", base::format_utc(outcome->start)}}.dump(2) + "\n", {}};
  }
  switch (*outcome->refusal) {
    case Why::kNotLive: return problem(409, "channel " + channel + " is not live");
    case Why::kNotCarried:
      return problem(409, "the media of channel " + channel +
                              " carries no ID3: set markers: {emsg: id3} or all, which counts with its next worker, or "
                              "send it with \"as\": \"daterange\"");
    case Why::kPast: return problem(409, "its time is more than five seconds ago");
    case Why::kFuture: return problem(409, "its time is more than ten minutes from now");
    case Why::kTooMany: return problem(429, "there are too many metadata: 20 at once are taken, and 5 a second");
  }
  return problem(500, "no such outcome");
}

void add_metadata(Backend& backend, const Request& request, Respond respond) {
  auto parsed = parse_metadata(request.body);
  if (!parsed.ok()) return respond(problem(400, parsed.error().what));
  const std::string& channel = request.parameter("name");
  MetadataOrder order = parsed.take();
  if (auto* marker = std::get_if<channel::Channel::MarkerOrder>(&order)) {
    backend.mark(channel, std::move(*marker),
                 [channel, respond = std::move(respond)](const channel::Channels::Marked& outcome) {
                   respond(marked(channel, outcome));
                 });
    return;
  }
  backend.add_metadata(channel, std::move(std::get<channel::LiveMetadata::Request>(order)),
                       [channel, respond = std::move(respond)](const channel::Channels::MetadataAdded& outcome) {
                         respond(metadata_added(channel, outcome));
                       });
}

// The page runs its own files alone, asks nobody else, and is part of no other page.
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void add_page(Dispatcher& dispatcher, Page page) {
  dispatcher.add({"GET", "/", Role::kNobody, [html = std::move(page.html)](const Request&, const Respond& respond) {
                    respond({200, "text/html; charset=utf-8", html, {{"content-security-policy", kPagePolicy}}});
                  }});
  dispatcher.add({"GET", "/operations/{file}", Role::kNobody,
                  [files = std::move(page.files)](const Request& request, const Respond& respond) {
                    const auto found = files.find(request.parameter("file"));
                    if (found == files.end())
                      return respond({404, kPlain, "the operations page has no such file\n", {}});
                    const bool style = found->first.ends_with(".css");
                    respond(
                        {200, style ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8", found->second, {}});
                  }});
}

}  // namespace

void add_routes(Dispatcher& dispatcher, Backend& backend, EventStreams& streams, const base::Clock& clock, Page page) {
  add_health(dispatcher, backend);
  add_state(dispatcher, backend, streams, clock);
  add_webhooks(dispatcher, backend);
  dispatcher.add(
      {"GET", "/api/v1/channels/{name}/thumbnail.jpg", Role::kNobody,
       [&backend](const Request& request, Respond respond) { give_thumbnail(backend, request, std::move(respond)); }});
  dispatcher.add({"DELETE", "/api/v1/channels/{name}/publisher", Role::kOperate,
                  [&backend](const Request& request, Respond respond) {
                    disconnect_publisher(backend, request, std::move(respond));
                  }});
  dispatcher.add(
      {"POST", "/api/v1/channels/{name}/switch", Role::kOperate,
       [&backend](const Request& request, Respond respond) { switch_feed(backend, request, std::move(respond)); }});
  dispatcher.add(
      {"POST", "/api/v1/channels/{name}/slate", Role::kOperate,
       [&backend](const Request& request, Respond respond) { order_slate(backend, request, std::move(respond)); }});
  dispatcher.add(
      {"PUT", "/api/v1/channels/{name}/overlays/{id}", Role::kOperate,
       [&backend](const Request& request, Respond respond) { put_overlay(backend, request, std::move(respond)); }});
  dispatcher.add({"DELETE", "/api/v1/channels/{name}/overlays/{id}", Role::kOperate,
                  [&backend](const Request& request, Respond respond) {
                    take_overlay_back(backend, request, std::move(respond));
                  }});
  dispatcher.add(
      {"POST", "/api/v1/channels/{name}/markers", Role::kOperate,
       [&backend](const Request& request, Respond respond) { add_marker(backend, request, std::move(respond)); }});
  dispatcher.add(
      {"POST", "/api/v1/channels/{name}/captions/{language}", Role::kOperate,
       [&backend](const Request& request, Respond respond) { add_caption(backend, request, std::move(respond)); }});
  dispatcher.add(
      {"POST", "/api/v1/channels/{name}/metadata", Role::kOperate,
       [&backend](const Request& request, Respond respond) { add_metadata(backend, request, std::move(respond)); }});
  add_alarms(dispatcher, backend, clock);
  add_job_routes(dispatcher, backend, clock);
  add_check_routes(dispatcher, backend);
  add_declarations(dispatcher, backend);
  add_page(dispatcher, std::move(page));
}

}  // namespace api

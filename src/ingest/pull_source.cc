#include "ingest/pull_source.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "ingest/network.h"
#include "loop/udp_receiver.h"

namespace ingest {
namespace {

using Kind = PullSource::Kind;
using Setters = std::map<std::string_view, std::function<base::Status(std::string)>>;

constexpr std::size_t kLongestStreamId = 512;  // SRTO_STREAMID
constexpr int kLeastLatencyMs = 20;
constexpr int kMostLatencyMs = 8000;

base::Error fault(std::string text) { return base::Error{base::Code::kMalformed, std::move(text)}; }

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<char> hex_pair(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

base::Result<std::string> percent_decoded(std::string_view text, std::string_view key) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = hex_pair(text.substr(i + 1, 2));
    if (!byte) return fault(std::string(key) + " has a % that no two hexadecimal digits follow; write %25 for a %");
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

/// "host:port", "[v6]:port", ":port" and, as some players write groups, "@host:port".
base::Status read_host(std::string_view text, PullSource& source) {
  if (text.starts_with('@')) text.remove_prefix(1);
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto port = colon == std::string_view::npos ? std::nullopt : number(text.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return fault("a port from 1 to 65535 has to follow the host: HOST:PORT");
  source.port = static_cast<std::uint16_t>(*port);
  source.host = bracket == std::string_view::npos ? text.substr(0, colon) : text.substr(1, bracket - 1);
  if (bracket != std::string_view::npos && colon != bracket + 1)
    return fault("an IPv6 address is written [ADDRESS]:PORT");
  const bool plain = std::all_of(source.host.begin(), source.host.end(),
                                 [](unsigned char c) { return c > ' ' && c < 0x7f && c != '@' && c != '/'; });
  if (!plain || source.host.size() > 253) return fault("the host is no name and no address");
  return base::Ok{};
}

base::Status set_mode(const std::string& mode) {
  if (mode == "caller") return base::Ok{};
  return fault(
      "mode has to be caller: the server calls. An encoder that calls publishes to the server's own SRT port "
      "(srt.port) "
      "instead");
}

base::Status set_latency(PullSource& source, const std::string& text) {
  const auto milliseconds = number(text);
  if (!milliseconds || *milliseconds < kLeastLatencyMs || *milliseconds > kMostLatencyMs) {
    return fault("latency has to be a whole number of milliseconds from 20 to 8000 (ffmpeg's is in microseconds)");
  }
  source.latency = *milliseconds * base::kMillisecond;
  return base::Ok{};
}

base::Status set_key_length(PullSource& source, const std::string& text) {
  const auto bytes = number(text);
  if (!bytes || (*bytes != 0 && *bytes != 16 && *bytes != 24 && *bytes != 32)) {
    return fault("pbkeylen has to be 16, 24 or 32, or 0: as the listener says");
  }
  source.key_length = *bytes;
  return base::Ok{};
}

base::Status set_passphrase(PullSource& source, std::string text) {
  if (text.size() < 10 || text.size() > 80) return fault("passphrase has to have 10 to 80 characters (SRT, SR-8)");
  source.passphrase = std::move(text);
  return base::Ok{};
}

base::Status set_stream_id(PullSource& source, std::string text) {
  if (text.size() > kLongestStreamId) return fault("streamid may have at most 512 bytes");
  source.stream_id = std::move(text);
  return base::Ok{};
}

base::Status set_sources(PullSource& source, const std::string& text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    source.sources.push_back(text.substr(at, end - at));
    // An address with a zone would be none for the filter.
    if (loop::host_kind(source.sources.back()) != loop::HostKind::kUnicast ||
        !parse_network(source.sources.back()).ok()) {
      return fault("sources has to be a list of IP addresses, separated by commas");
    }
    at = end + 1;
  }
  return base::Ok{};
}

base::Status set_interface(PullSource& source, std::string text) {
  if (!source.multicast()) return fault("localaddr is the interface of a multicast group; " + source.host + " is none");
  source.interface = std::move(text);
  return base::Ok{};
}

Setters setters_of(PullSource& source) {
  if (source.kind != Kind::kSrt) {
    return {{"localaddr", [&](std::string text) { return set_interface(source, std::move(text)); }},
            {"sources", [&](const std::string& text) { return set_sources(source, text); }}};
  }
  return {{"streamid", [&](std::string text) { return set_stream_id(source, std::move(text)); }},
          {"passphrase", [&](std::string text) { return set_passphrase(source, std::move(text)); }},
          {"pbkeylen", [&](const std::string& text) { return set_key_length(source, text); }},
          {"latency", [&](const std::string& text) { return set_latency(source, text); }},
          {"mode", [](const std::string& text) { return set_mode(text); }}};
}

std::string names_of(const Setters& setters) {
  std::string names;
  for (const auto& [name, setter] : setters) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

base::Status read_query(std::string_view query, PullSource& source) {
  Setters setters = setters_of(source);
  const std::string known = names_of(setters);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::string_view key = pair.substr(0, pair.find('='));
    const bool has_value = key.size() < pair.size();
    const auto found = setters.find(key);
    // A passphrase with an & in it leaves its rest as a key: such a text is not repeated.
    if (found == setters.end() || !has_value) {
      return fault("unknown, repeated or empty key in the query; the keys of " + std::string(source.protocol()) +
                   " are " + known + "; & in a value is written %26");
    }
    TRY(std::string value, percent_decoded(pair.substr(key.size() + 1), key));
    if (!value.empty()) TRY_OK(found->second(std::move(value)));
    setters.erase(found);
  }
  return base::Ok{};
}

base::Status check_host(PullSource& source) {
  if (source.kind == Kind::kSrt) {
    if (!source.host.empty()) return base::Ok{};
    return fault("srt:// needs the host of an SRT listener; an encoder that calls publishes to srt.port instead");
  }
  if (source.host.empty()) source.host = "0.0.0.0";
  if (loop::host_kind(source.host) != loop::HostKind::kName) return base::Ok{};
  return fault("the host has to be an IP address of this machine (0.0.0.0: all) or a multicast group");
}

}  // namespace

std::string_view PullSource::protocol() const {
  switch (kind) {
    case Kind::kSrt: return "srt-caller";
    case Kind::kUdp: return "udp";
    case Kind::kRtp: return "rtp";
  }
  return "unknown";
}

std::string PullSource::place() const {
  const std::string scheme = kind == Kind::kSrt ? "srt" : std::string(protocol());
  const bool v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool PullSource::multicast() const { return loop::host_kind(host) == loop::HostKind::kMulticast; }

base::Result<PullSource> parse_pull_source(std::string_view url) {
  PullSource source;
  constexpr std::pair<std::string_view, Kind> kSchemes[] = {
      {"srt://", Kind::kSrt}, {"udp://", Kind::kUdp}, {"rtp://", Kind::kRtp}};
  const auto* scheme = std::find_if(std::begin(kSchemes), std::end(kSchemes),
                                    [&](const auto& one) { return url.starts_with(one.first); });
  if (scheme == std::end(kSchemes)) return fault("a source begins with srt://, udp:// or rtp://");
  source.kind = scheme->second;
  url.remove_prefix(scheme->first.size());
  const std::string_view place = url.substr(0, url.find('?'));
  const std::string_view host = place.ends_with('/') ? place.substr(0, place.size() - 1) : place;
  TRY_OK(read_host(host, source));
  TRY_OK(check_host(source));
  TRY_OK(read_query(url.substr(std::min(url.size(), place.size() + 1)), source));
  if (!source.passphrase.empty() || source.key_length == 0) return source;
  return fault("pbkeylen needs a passphrase");
}

}  // namespace ingest

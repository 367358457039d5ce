#include "viewers/options.h"

#include <charconv>
#include <functional>
#include <string_view>

namespace viewers {
namespace {

// At most: playlist and media of video and of audio at once.
constexpr double kWatchConnections = 4;

base::Error wrong(std::string what) { return {base::Code::kMalformed, std::move(what), 0}; }

template <typename T>
base::Status read_number(std::string_view text, T least, T most, T& out) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return wrong("not a number in range: " + std::string(text));
  }
  out = value;
  return base::Ok{};
}

template <typename T>
auto number(T Options::* member, T least, T most) {
  return [=](Options& o, std::string_view text) { return read_number(text, least, most, o.*member); };
}

auto seconds(Micros Options::* member) {
  return [=](Options& o, std::string_view text) -> base::Status {
    double value = 0;
    TRY_OK(read_number(text, 0.0, 1e6, value));
    o.*member = static_cast<Micros>(value * base::kSecond);
    return base::Ok{};
  };
}

base::Status read_mode(Options& o, std::string_view text) {
  for (const Mode mode : {Mode::kWatch, Mode::kReload, Mode::kPart, Mode::kJoin}) {
    if (name_of(mode) != text) continue;
    o.mode = mode;
    return base::Ok{};
  }
  return wrong("no mode " + std::string(text) + ": watch, reload, part, join");
}

base::Status read_http(Options& o, std::string_view text) {
  if (text != "1.1" && text != "2") return wrong("--http is 1.1 or 2");
  o.h2 = text == "2";
  return base::Ok{};
}

base::Status read_skip(Options& o, std::string_view text) {
  if (text != "yes" && text != "no") return wrong("--skip is yes or no");
  o.skip = text == "yes";
  return base::Ok{};
}

base::Status read_pids(Options& o, std::string_view text) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    int pid = 0;
    TRY_OK(read_number(text.substr(0, comma), 1, 1 << 30, pid));
    o.server_pids.push_back(pid);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return base::Ok{};
}

struct Entry {
  std::string_view name;
  std::string_view argument;  ///< empty: a flag
  std::string_view help;
  std::function<base::Status(Options&, std::string_view)> read;
};

auto flag(bool Options::* member) {
  return [=](Options& o, std::string_view) -> base::Status {
    o.*member = true;
    return base::Ok{};
  };
}

const std::vector<Entry>& entries() {
  constexpr std::size_t kMany = 10'000'000;
  static const std::vector<Entry> kEntries{
      {"--viewers", "N", "viewers; in mode join: joins in flight at most (100)",
       number(&Options::viewers, std::size_t{0}, kMany)},
      {"--join-rate", "R", "viewers that join a second; 0: all at once (0)", number(&Options::join_rate, 0.0, 1e6)},
      {"--duration", "S", "seconds measured, after the warm-up (20)", seconds(&Options::duration)},
      {"--warmup", "S", "seconds before the measured span; with a join rate add the ramp (2)",
       seconds(&Options::warmup)},
      {"--timeout", "S", "seconds without an answer that are an error (30)", seconds(&Options::timeout)},
      {"--http", "V", "1.1, or 2: by prior knowledge on http://, by ALPN on https:// (1.1)", read_http},
      {"--per-connection", "K", "HTTP/2: viewers that share a connection (1)",
       number(&Options::per_connection, std::size_t{1}, kMany)},
      {"--mode", "M",
       "watch: whole players (default); reload: each only waits for the next playlist;\n"
       "part: each waits for the hinted part; join: connect, playlists, init, two parts, close",
       read_mode},
      {"--avplayer", "F", "share of the viewers that behave like AVPlayer, the others like hls.js (0.3)",
       number(&Options::avplayer, 0.0, 1.0)},
      {"--rendition", "I", "index of the variant to watch (spread over all; modes reload, part and join: 0)",
       number(&Options::rendition, 0, 1000)},
      {"--skip", "yes|no", "whether half of the viewers ask for delta updates (yes)", read_skip},
      {"--switch-every", "S", "seconds after which a viewer takes the next variant; 0: never (0)",
       seconds(&Options::switch_every)},
      {"--churn", "F", "share of the viewers that leave each second and are replaced (0)",
       number(&Options::churn, 0.0, 1.0)},
      {"--slow", "N", "more viewers, which read slowly, counted separately (0)",
       number(&Options::slow, std::size_t{0}, kMany)},
      {"--slow-rate", "B", "bytes a second that each of them reads (10000)",
       number(&Options::slow_rate, std::size_t{1}, kMany * 100)},
      {"--resume", "", "mode join over TLS: resume the session before", flag(&Options::resume)},
      {"--rtt", "MS", "modes reload and part: network time from an answer to the viewer's next request (0)",
       [](Options& o, std::string_view text) -> base::Status {
         TRY_OK(read_number(text, Micros{0}, 10 * base::kSecond / base::kMillisecond, o.rtt));
         o.rtt *= base::kMillisecond;
         return base::Ok{};
       }},
      {"--processes", "P", "processes to spread over (1)",
       number(&Options::processes, std::size_t{1}, std::size_t{256})},
      {"--server-pid", "PID[,PID]", "processes whose CPU time is reported; may be repeated", read_pids},
      {"--json", "FILE", "results for programs; - for standard output, without the table",
       [](Options& o, std::string_view text) -> base::Status {
         o.json = text;
         return base::Ok{};
       }},
      {"--help", "", "this", flag(&Options::help)},
  };
  return kEntries;
}

/// `at` is left on the last argument used.
base::Status read_option(Options& options, std::string_view word, int argc, const char* const* argv, int& at) {
  const std::size_t equals = word.find('=');
  for (const Entry& entry : entries()) {
    if (entry.name != word.substr(0, equals)) continue;
    if (entry.argument.empty()) {
      if (equals != std::string_view::npos) return wrong(std::string(entry.name) + " takes no value");
      return entry.read(options, "");
    }
    if (equals == std::string_view::npos && at + 1 >= argc) return wrong(std::string(word) + " needs a value");
    const base::Status status =
        entry.read(options, equals == std::string_view::npos ? argv[++at] : word.substr(equals + 1));
    if (!status.ok()) return wrong(std::string(entry.name) + ": " + status.error().what);
    return base::Ok{};
  }
  return wrong("unknown option " + std::string(word));
}

}  // namespace

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::kWatch: return "watch";
    case Mode::kReload: return "reload";
    case Mode::kPart: return "part";
    case Mode::kJoin: return "join";
  }
  return "";
}

double Options::descriptors_per_viewer() const {
  if (h2) return 1.0 / static_cast<double>(mode == Mode::kJoin ? 1 : per_connection);
  return mode == Mode::kWatch ? kWatchConnections : 1;
}

Options Options::share(std::size_t index) const {
  const auto part = [&](std::size_t whole) { return whole / processes + (index < whole % processes ? 1 : 0); };
  Options mine = *this;
  mine.viewers = part(viewers);
  mine.slow = part(slow);
  mine.join_rate = join_rate / static_cast<double>(processes);
  return mine;
}

base::Result<Options> parse_options(int argc, const char* const* argv) {
  Options options;
  bool has_url = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.substr(0, 2) == "--") {
      TRY_OK(read_option(options, word, argc, argv, i));
      continue;
    }
    if (has_url) return wrong("more than one URL");
    TRY(options.url, parse_url(word));
    has_url = true;
  }
  if (!has_url && !options.help) return wrong("no URL of a multivariant playlist");
  if (options.per_connection > 1 && !options.h2) return wrong("--per-connection needs --http 2");
  if (options.mode != Mode::kWatch && options.churn > 0) return wrong("--churn needs --mode watch");
  return options;
}

std::string help_text() {
  std::string out =
      "usage: kickoff-viewers [OPTION…] URL\n\n"
      "Viewers of a low-latency HLS channel, to load a server on this machine and to check what it sends.\n"
      "URL: the multivariant playlist, http or https, on a loopback address.\n\n";
  for (const Entry& entry : entries()) {
    std::string left =
        "  " + std::string(entry.name) + (entry.argument.empty() ? "" : " ") + std::string(entry.argument);
    left.resize(std::max<std::size_t>(left.size() + 1, 26), ' ');
    out += left;
    for (const char c : entry.help) {
      out += c;
      if (c == '\n') out.append(26, ' ');
    }
    out += '\n';
  }
  return out + "\nExit status: 0 all was right, 1 errors were found, 2 wrong usage or too few descriptors.\n";
}

}  // namespace viewers

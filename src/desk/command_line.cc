#include "desk/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace desk {

const char* const kHelp =
    R"(  kickoff channel list          the channels, their feeds and what is wrong with them
  kickoff channel show NAME     one of them, with its feeds and renditions
  kickoff channel slate NAME on|off [--for S] [--reason TEXT] [--text TEXT]
                                show the channel's slate, or its feed again
  kickoff channel declared      the channels that the API has declared, and those of the configuration file
  kickoff channel settings NAME what it has declared of one, with its ETag
  kickoff channel declare NAME FILE|- [--if-match ETAG] [--dry-run]
                                declare a channel: an entry of channels as JSON
  kickoff channel remove NAME [--if-match ETAG] [--dry-run]
                                take that back
  kickoff channel harvest NAME --start UTC --end UTC --to disk:NAME|s3:NAME [--mp4]
                                make video on demand of what it published
  kickoff job list              what is being harvested
  kickoff job cancel ID
  kickoff alarm list            what is wrong now
  kickoff alarm silence ID|KIND --for S [--channel NAME] [--reason TEXT]
                                an alarm, or a kind of alarms, for so many seconds
  kickoff alarm unsilence ID|KIND [--channel NAME]
  kickoff feed switch CHANNEL primary|backup
                                show another feed
  kickoff feed disconnect CHANNEL [FEED]
                                disconnect the publisher
  kickoff feed check CHANNEL [--feed primary|backup] [--seconds N]
                                measure what comes in and judge it: exit 1 if anything fails
  kickoff events [--channel NAME] [--type TYPE] [--after N] [--limit N] [--follow]
                                what has happened
  kickoff webhook list          receivers of events
  kickoff webhook replay NAME   send a receiver its dead letters again
  kickoff instance              load and headroom
  kickoff completion bash|zsh   a script for the shell: source <(kickoff completion bash)
  They take --config FILE or --server URL, --token-file FILE or KICKOFF_ADMIN_TOKEN, and --json or --table.
)";

namespace {

using nlohmann::json;

constexpr int kUsage = 2;
// The API's own (docs/api.md).
constexpr int kLongestPage = 1000;
constexpr double kLongestSlate = 86'400;
constexpr int kLongestSilence = 604'800;
constexpr int kShortestCheck = 5;
constexpr int kLongestCheck = 600;

/// Escaped for a path or a query. Spec: [RFC 3986 2.1]
std::string escaped(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string channel_path(const std::string& channel, const char* what) {
  return "/api/v1/channels/" + escaped(channel) + what;
}

/// The values of all options, and the order that the command which was given makes of them.
struct CommandLine {
  CLI::App app{"", "kickoff"};
  Order order;
  bool as_json = false;
  bool as_table = false;
  std::string channel, feed, state, reason, text, type, id, shell, start, end, destination, if_match;
  double seconds = 0;
  int silence = 0;
  int check_seconds = 120;
  bool mp4 = false;
  bool dry_run = false;

  CommandLine();

 private:
  CLI::App* command(CLI::App& in, const char* name, const char* what);
  CLI::App* asks(CLI::App* verb);
  CLI::App* group(const char* name, const char* what);
  void add_channel();
  void add_feed();
  void add_events();
  void add_webhook();
  void add_harvest(CLI::App& channels);
  void add_declarations(CLI::App& channels);
  CLI::App* changes_settings(CLI::App& channels, const char* name, const char* what);
  void add_job();
  void add_alarm();

  void show_slate();
  void harvest();
  void change_settings(const char* method);
  void silence_alarm();
  void unsilence_alarm();
  void disconnect();
  void check_feed();
  void list_events();
};

CommandLine::CommandLine() {
  app.require_subcommand(1);
  add_channel();
  add_feed();
  add_events();
  add_webhook();
  add_job();
  add_alarm();
  asks(command(app, "instance", "Load and headroom"))->callback([this] {
    order.path = "/api/v1/instance";
    order.view = View::kInstance;
  });
  command(app, "completion", "A script that completes commands")
      ->add_option("SHELL", shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
}

CLI::App* CommandLine::command(CLI::App& in, const char* name, const char* what) {
  return in.add_subcommand(name, what);
}

CLI::App* CommandLine::group(const char* name, const char* what) {
  return app.add_subcommand(name, what)->require_subcommand(1);
}

/// A verb that needs a server: which, and how its answer is shown.
CLI::App* CommandLine::asks(CLI::App* verb) {
  auto* config = verb->add_option("--config", order.config, "The server's configuration: where its port is");
  verb->add_option("--server", order.server, "The server's administration port, such as http://127.0.0.1:9090")
      ->excludes(config);
  verb->add_option("--token-file", order.token_file, "File with the bearer token, in place of KICKOFF_ADMIN_TOKEN");
  auto* table = verb->add_flag("--table", as_table, "A table, also for pipes");
  verb->add_flag("--json", as_json, "JSON, also on a terminal")->excludes(table);
  return verb;
}

void CommandLine::add_channel() {
  CLI::App* channels = group("channel", "Channels");
  asks(command(*channels, "list", "All of them"))->callback([this] {
    order.path = "/api/v1/channels";
    order.view = View::kChannels;
  });
  CLI::App* show = asks(command(*channels, "show", "One of them"));
  show->add_option("NAME", channel, "The channel")->required();
  show->callback([this] {
    order.path = "/api/v1/channels";
    order.view = View::kChannel;
    order.channel = channel;
  });
  CLI::App* slate = asks(command(*channels, "slate", "Shows the slate, or the feed again"));
  slate->add_option("NAME", channel, "The channel")->required();
  slate->add_option("STATE", state, "on or off")->required()->check(CLI::IsMember({"on", "off"}));
  slate->add_option("--for", seconds, "Seconds, after which the feed is shown again")
      ->check(CLI::Range(0.001, kLongestSlate));
  slate->add_option("--reason", reason, "Why: for the operations page and the log");
  slate->add_option("--text", text, "What viewers read, in place of the channel's text");
  slate->callback([this] { show_slate(); });
  add_harvest(*channels);
  add_declarations(*channels);
}

void CommandLine::add_declarations(CLI::App& channels) {
  asks(command(channels, "declared", "Which are declared, and where"))->callback([this] {
    order.path = "/api/v1/declarations";
    order.view = View::kDeclarations;
  });
  CLI::App* settings = asks(command(channels, "settings", "What the API has declared of one"));
  settings->add_option("NAME", channel, "The channel")->required();
  settings->callback([this] {
    order.path = channel_path(channel, "/settings");
    order.view = View::kDeclaration;
  });
  CLI::App* declare = changes_settings(channels, "declare", "Declares one, or changes its declaration");
  declare->add_option("FILE", order.body_file, "An entry of channels as JSON; -: standard input")->required();
  declare->callback([this] { change_settings("PUT"); });
  CLI::App* remove = changes_settings(channels, "remove", "Takes its declaration back");
  remove->callback([this] { change_settings("DELETE"); });
}

CLI::App* CommandLine::changes_settings(CLI::App& channels, const char* name, const char* what) {
  CLI::App* verb = asks(command(channels, name, what));
  verb->add_option("NAME", channel, "The channel")->required();
  verb->add_option("--if-match", if_match, "Only what has this ETag is replaced; *: whatever there is");
  verb->add_flag("--dry-run", dry_run, "Says what would change, and when that takes effect; changes nothing");
  return verb;
}

void CommandLine::change_settings(const char* method) {
  order.method = method;
  order.path = channel_path(channel, "/settings");
  if (dry_run) order.path += "?dry_run=true";
  order.view = View::kChange;
  // A shell takes the quotes away that belong to a tag.
  const bool bare = !if_match.empty() && if_match != "*" && if_match.front() != '"';
  order.if_match = bare ? '"' + if_match + '"' : if_match;
  order.done = "the declaration is removed";
}

void CommandLine::add_harvest(CLI::App& channels) {
  CLI::App* verb = asks(command(channels, "harvest", "Makes video on demand of what it published"));
  verb->add_option("NAME", channel, "The channel")->required();
  verb->add_option("--start", start, "UTC, such as 2026-11-30T20:15:00Z")->required();
  verb->add_option("--end", end, "Likewise; not later than now")->required();
  verb->add_option("--to", destination, "disk:NAME, in the state directory, or s3:NAME")->required();
  verb->add_flag("--mp4", mp4, "An MP4 file a rendition, too; on disk alone");
  verb->callback([this] { harvest(); });
}

void CommandLine::harvest() {
  json body = {{"start", start}, {"end", end}, {"destination", destination}};
  if (mp4) body["mp4"] = true;
  order.method = "POST";
  order.path = channel_path(channel, "/harvest");
  order.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  order.view = View::kJob;
}

void CommandLine::add_job() {
  CLI::App* jobs = group("job", "Jobs of the server");
  asks(command(*jobs, "list", "All of them"))->callback([this] {
    order.path = "/api/v1/jobs";
    order.view = View::kJobs;
  });
  CLI::App* cancel = asks(command(*jobs, "cancel", "Ends one"));
  cancel->add_option("ID", id, "The job")->required();
  cancel->callback([this] {
    order.method = "DELETE";
    order.path = "/api/v1/jobs/" + escaped(id);
    order.done = order.accepted = "the job is being canceled";
  });
}

void CommandLine::add_alarm() {
  CLI::App* alarms = group("alarm", "What is wrong now");
  asks(command(*alarms, "list", "All that are set"))->callback([this] {
    order.path = "/api/v1/alarms";
    order.view = View::kAlarms;
  });
  CLI::App* quiet = asks(command(*alarms, "silence", "Silences one, or a kind"));
  quiet->add_option("ID", id, "The alarm, or its kind, such as feed.fault")->required();
  quiet->add_option("--for", silence, "Seconds")->required()->check(CLI::Range(1, kLongestSilence));
  quiet->add_option("--channel", channel, "Of a kind: alarms of this channel alone");
  quiet->add_option("--reason", reason, "Why: for people");
  quiet->callback([this] { silence_alarm(); });
  CLI::App* loud = asks(command(*alarms, "unsilence", "Takes a silence back"));
  loud->add_option("ID", id, "As it was silenced")->required();
  loud->add_option("--channel", channel, "Likewise");
  loud->callback([this] { unsilence_alarm(); });
}

void CommandLine::silence_alarm() {
  json body = {{"for", silence}};
  if (!channel.empty()) body["channel"] = channel;
  if (!reason.empty()) body["reason"] = reason;
  order.method = "POST";
  order.path = "/api/v1/alarms/" + escaped(id) + "/silence";
  order.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  order.done = "it is silenced";
}

void CommandLine::unsilence_alarm() {
  order.method = "DELETE";
  order.path = "/api/v1/alarms/" + escaped(id) + "/silence";
  if (!channel.empty()) order.path += "?channel=" + escaped(channel);
  order.done = "it is silenced no more";
}

void CommandLine::show_slate() {
  json body = {{"on", state == "on"}};
  if (seconds > 0) body["for"] = seconds;
  if (!reason.empty()) body["reason"] = reason;
  if (!text.empty()) body["text"] = text;
  order.method = "POST";
  order.path = channel_path(channel, "/slate");
  order.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  order.accepted = "the order holds; copied video holds its last picture: a slate would need another decoder";
  order.done = state == "on" ? "the slate is shown" : "the feed is shown";
}

void CommandLine::add_feed() {
  CLI::App* feeds = group("feed", "Feeds of a channel");
  CLI::App* other = asks(command(*feeds, "switch", "Shows another feed"));
  other->add_option("CHANNEL", channel, "The channel")->required();
  other->add_option("FEED", feed, "primary or backup")->required()->check(CLI::IsMember({"primary", "backup"}));
  other->callback([this] {
    order.method = "POST";
    order.path = channel_path(channel, "/switch");
    order.body = json{{"to", feed}}.dump();
    order.done = "the " + feed + " is shown";
  });
  CLI::App* away = asks(command(*feeds, "disconnect", "Disconnects the publisher"));
  away->add_option("CHANNEL", channel, "The channel")->required();
  away->add_option("FEED", feed, "primary, which it is if none is given, or backup")
      ->check(CLI::IsMember({"primary", "backup"}));
  away->callback([this] { disconnect(); });
  CLI::App* check = asks(command(*feeds, "check", "Measures what comes in, and judges it"));
  check->add_option("CHANNEL", channel, "The channel")->required();
  check->add_option("--feed", feed, "primary, which it is if none is given, or backup")
      ->check(CLI::IsMember({"primary", "backup"}));
  check->add_option("--seconds", check_seconds, "For so long")
      ->check(CLI::Range(kShortestCheck, kLongestCheck))
      ->capture_default_str();
  check->callback([this] { check_feed(); });
}

void CommandLine::check_feed() {
  order.method = "POST";
  order.path = channel_path(channel, "/check");
  order.body = json{{"feed", feed.empty() ? "primary" : feed}, {"seconds", check_seconds}}.dump();
  order.view = View::kCheck;
  order.channel = channel;
}

void CommandLine::disconnect() {
  order.method = "DELETE";
  order.path = channel_path(channel, "/publisher");
  if (!feed.empty()) order.path += "?feed=" + feed;
  order.done = "the publisher is being disconnected";
}

void CommandLine::add_events() {
  CLI::App* events = asks(command(app, "events", "What has happened"));
  events->add_option("--channel", channel, "Of this channel alone");
  events->add_option("--type", type, "Of types that begin so: feed., publisher.connected");
  events->add_option("--after", order.after, "Those after this sequence number; else the newest")
      ->check(CLI::NonNegativeNumber);
  events->add_option("--limit", order.limit, "At most so many")->check(CLI::Range(1, 100'000))->capture_default_str();
  events->add_flag("--follow", order.follow, "Waits for more, until it is interrupted");
  events->callback([this] { list_events(); });
}

void CommandLine::list_events() {
  order.view = View::kEvents;
  order.path = "/api/v1/events?limit=" + std::to_string(kLongestPage);
  if (!channel.empty()) order.path += "&channel=" + escaped(channel);
  if (!type.empty()) order.path += "&type=" + escaped(type);
}

void CommandLine::add_webhook() {
  CLI::App* webhooks = group("webhook", "Receivers of events");
  asks(command(*webhooks, "list", "All of them"))->callback([this] {
    order.path = "/api/v1/webhooks";
    order.view = View::kWebhooks;
  });
  CLI::App* replay = asks(command(*webhooks, "replay", "Sends its dead letters again"));
  replay->add_option("NAME", id, "The receiver")->required();
  replay->callback([this] {
    order.method = "POST";
    order.path = "/api/v1/webhooks/" + escaped(id) + "/replay";
    order.done = "the dead letters are being sent";
  });
}

using Words = std::vector<std::string>;

/// What can follow on the words of each command: {"channel", "channel list --config …"}.
void list_words(const CLI::App& app, const std::string& path, std::vector<std::pair<std::string, Words>>& to) {
  Words words;
  for (const CLI::App* sub : app.get_subcommands({})) words.push_back(sub->get_name());
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  to.emplace_back(path, std::move(words));
  for (const CLI::App* sub : app.get_subcommands({}))
    list_words(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), to);
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// A script for "bash" or "zsh" that completes commands and options.
std::string completion(std::string_view shell, const std::vector<std::string>& others) {
  std::vector<std::pair<std::string, Words>> commands;
  list_words(CommandLine().app, "", commands);
  Words& first = commands.front().second;
  first.insert(first.end(), others.begin(), others.end());
  std::string out = shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
  out += "_kickoff() {\n  local words=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" choice=\"\"\n  case \"$words\" in\n";
  // The longest first: a word more than a command is its argument.
  for (auto command = commands.rbegin(); command != commands.rend(); ++command) {
    const std::string& path = command->first;
    const std::string pattern = path.empty() ? "''" : "'" + path + "' | '" + path + " '*";
    out += "    " + pattern + ") choice=\"" + joined(command->second) + "\" ;;\n";
  }
  out +=
      "  esac\n  COMPREPLY=($(compgen -W \"$choice\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
      "complete -o default -F _kickoff kickoff\n";
  return out;
}

}  // namespace

bool knows(std::string_view command) {
  constexpr std::array<std::string_view, 8> kCommands = {"channel",  "feed", "events", "webhook",
                                                         "instance", "job",  "alarm",  "completion"};
  return std::find(kCommands.begin(), kCommands.end(), command) != kCommands.end();
}

std::variant<Order, Said> parse(const std::vector<std::string>& words, const std::vector<std::string>& others) {
  CommandLine line;
  try {
    line.app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::Success& help) {
    std::ostringstream text;
    line.app.exit(help, text, text);
    return Said{text.str(), 0};
  } catch (const CLI::ParseError& problem) {
    return Said{std::string("kickoff: ") + problem.what() + "\n\n" + kHelp, kUsage};
  }
  if (!line.shell.empty()) return Said{completion(line.shell, others), 0};
  if (line.as_json) line.order.format = Format::kJson;
  if (line.as_table) line.order.format = Format::kTable;
  return line.order;
}

}  // namespace desk

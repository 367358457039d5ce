#pragma once

#include <cstdint>
#include <string>

namespace desk {

/// How an answer is laid out for people.
enum class View : std::uint8_t {
  kNothing,  ///< there is no content: Order::done is said
  kChannels,
  kChannel,
  kInstance,
  kEvents,
  kWebhooks,
  kAlarms,
  kJobs,
  kJob,
  kCheck,  ///< a facility check: ordered, waited for, and shown when it is done
  kDeclarations,
  kDeclaration,
  kChange,
};

enum class Format : std::uint8_t {
  kAuto,  ///< a table on a terminal, JSON for pipes and files
  kTable,
  kJson,
};

/// What a command line asks of a server that runs.
struct Order {
  std::string method = "GET";
  std::string path;       ///< of the administration port, with its query
  std::string body;       ///< JSON; empty: none
  std::string body_file;  ///< that the body is read from; "-": standard input; empty: there is none
  std::string if_match;   ///< header field; empty: none
  View view = View::kNothing;
  std::string channel;      ///< kChannel: the one that is shown; kCheck: the one whose feed is checked
  std::string done;         ///< what has been done, where the answer has no content
  std::string accepted;     ///< the same where it was only accepted (202)
  bool follow = false;      ///< kEvents: waits for more, until it is interrupted
  std::int64_t after = -1;  ///< kEvents: those after this sequence number, the oldest first; -1: the newest
  int limit = 100;          ///< kEvents: at most so many
  Format format = Format::kAuto;

  std::string config;      ///< file that says where the server's administration port is; empty: the defaults do
  std::string server;      ///< "http://127.0.0.1:9090" in place of that; empty: none
  std::string token_file;  ///< of the bearer token; empty: KICKOFF_ADMIN_TOKEN is it
};

}  // namespace desk

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace api {

/// At most so many channels are declared by the API.
inline constexpr std::size_t kMostDeclared = 500;

/// A change of what a channel is declared to be.
struct DeclarationOrder {
  std::string channel;
  std::optional<std::string> text;  ///< JSON as it was sent; nullopt: the declaration is removed
  std::string if_match;             ///< header fields as they were sent; empty: none
  std::string if_none_match;
  bool dry_run = false;  ///< only says what would change
  std::string by;        ///< the name of the token
};

/// A key whose value is another one, and when that takes effect.
struct DeclaredChange {
  std::string key;   ///< below the entry: "subtitles", "audio.bitrate"
  std::string when;  ///< "at_once", "next_publisher", "next_worker", "channel_starts_anew", "restart"
};

/// What became of an order.
struct DeclarationOutcome {
  enum class Kind : std::uint8_t {
    kCreated,
    kChanged,
    kUnchanged,  ///< it was declared so already; nothing was done
    kRemoved,
    kInvalid,         ///< `problems` has them all, each with its place
    kInFile,          ///< the configuration file declares it: `file`
    kNotDeclared,     ///< there is nothing to remove
    kNoMatch,         ///< If-Match or If-None-Match does not hold: `etag` is what counts now
    kNeedsCondition,  ///< a change of what is declared, without If-Match
    kTooMany,         ///< kMostDeclared are
    kBusy,            ///< too many changes wait
    kDisk,            ///< it cannot be written: `problems`
  };

  Kind kind = Kind::kInvalid;
  std::vector<std::string> problems = {};
  std::string file = {};
  std::string etag = {};  ///< of what is declared now; empty: nothing is
  std::vector<DeclaredChange> changes = {};
};

/// A channel that the API has declared.
struct Declaration {
  std::string channel;
  std::string text;                        ///< JSON, or what is in a file that is damaged
  std::string etag;                        ///< strong. Spec: [RFC 9110 8.8.3]
  bool in_force = true;                    ///< false: `problems` say why
  std::vector<std::string> problems = {};  ///< sentences
};

/// All that the API has declared, by name.
struct Declared {
  std::vector<Declaration> channels;
  std::string file;                  ///< the configuration file
  std::vector<std::string> in_file;  ///< the channels that it declares
};

}  // namespace api

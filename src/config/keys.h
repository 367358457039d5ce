#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/value.h"

namespace config {

/// When a running server takes up a changed value that a reload (SIGHUP) brings.
enum class Reload : std::uint8_t {
  kAtOnce,
  kNextPublisher,  ///< publishers that are connected keep the old one
  kNextWorker,     ///< a channel's worker keeps the old one until it ends
  kNextChannel,    ///< a channel keeps the old one until it has ended and is started anew
  kRestart,        ///< the server keeps the old one until it is restarted; the reload logs the key's name
};

/// What is said of a key beside its value.
struct Key {
  const char* name;
  Reload reload;
  const char* help;              ///< for people: what it sets, with its unit where the value has none; may be empty
  const char* sample = nullptr;  ///< a value to show in the documentation; null: the default is shown
};

class Keys;

/// A list of mappings, or a mapping of names to them, each of which is one more object.
struct Items {
  std::function<void(Keys&)> item;    ///< declares the keys of one more object, and keeps it
  std::function<void(Keys&)> sample;  ///< declares the keys of one that the documentation shows
  std::optional<Value> word;          ///< what may stand in place of the list
  /// Where it is set the objects are a mapping by name in place of a list, which needs a word. Says what is wrong with
  /// the name of the object that `item` declares next.
  std::function<Complaint(const std::string& name)> named;
  const char* sample_name = "";  ///< of the one that the documentation shows
};

/// A mapping of names to mappings. The name "*" stands for all others, and is there if no name is.
struct Entries {
  std::vector<std::string> names;  ///< of the objects that there are
  std::function<Complaint(const std::string& name)> check;
  std::function<void(Keys&, const std::string& name)> entry;  ///< declares the keys of that name's object
};

/// Receives the declarations of a configuration's keys, each bound to the variable that holds its value. What is done
/// with them is up to the receiver: one reads a file, one writes the documentation, one lists values for a comparison.
/// See declare_keys() for the declarations.
class Keys {
 public:
  Keys() = default;
  virtual ~Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  /// A key with one value.
  virtual void key(const Key& key, const Value& value) = 0;
  /// A key with a list of texts. `check`: what is wrong with one of them, as what follows "an item of NAME".
  virtual void texts(const Key& key, std::vector<std::string>& values,
                     const std::function<Complaint(const std::string&)>& check) = 0;
  /// A key with the name of an environment variable, whose text `take` takes.
  virtual void variable(const Key& key, const std::function<Complaint(const std::string& text)>& take) = 0;
  virtual void items(const Key& key, const Items& items) = 0;
  virtual void entries(const Key& key, const Entries& entries) = 0;
  /// A mapping within this one, whose keys `declare` declares.
  virtual void section(const char* name, const char* help, const std::function<void(Keys&)>& declare) = 0;
  /// What holds between keys that are declared before it. `find` gives what is wrong, a whole sentence each.
  virtual void check(const std::function<std::vector<std::string>()>& find) = 0;
};

/// The name of a mapping in messages, and of the environment variables that override its keys.
struct Place {
  std::string path;      ///< "http.admission"; empty: the whole configuration
  std::string variable;  ///< "KICKOFF_HTTP_ADMISSION"; empty: no variable overrides these keys

  /// That of a key or of a section in this mapping.
  Place below(const std::string& name) const;
  /// That of an entry of this mapping. Only "*" can be overridden; its variables have DEFAULT for it.
  Place entry(const std::string& name) const;
  /// That of an item of the list that is here.
  Place item() const { return {path, ""}; }
};

/// That of the whole configuration.
inline const Place kRoot{"", "KICKOFF"};

}  // namespace config

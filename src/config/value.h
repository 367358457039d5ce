#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "media/time.h"

namespace config {

/// What follows a key's name in a message about its value, such as " has to be true or false, not \"yes\"". Empty:
/// nothing is wrong.
using Complaint = std::string;

/// The text form of a setting, bound to the variable that holds it. The variable outlives the Value.
struct Value {
  /// What follows "has to be" in messages: "a whole number from 0 to 256".
  std::string wanted;
  /// The values that are allowed, as documentation names them: "0 to 256". Empty: evident, or any.
  std::string allowed;
  /// Takes a text over into the variable, or leaves the variable alone and says what is wrong with the text.
  std::function<Complaint(const std::string& text)> read;
  /// The variable's value, in a form that `read` takes.
  std::function<std::string()> write;
  /// The text is the path of a file or a directory: in a configuration file it is relative to that file's directory.
  bool is_path = false;

  /// true or false.
  static Value flag(bool& variable);
  static Value number(int& variable, std::int64_t least, std::int64_t most);
  /// For a variable of another type than int.
  static Value integer(std::int64_t least, std::int64_t most, const std::function<void(std::int64_t)>& set,
                       const std::function<std::int64_t()>& get);
  static Value port(std::uint16_t& variable);
  /// "500ms", "2s", "1.5s", "10m".
  static Value duration(base::Micros& variable, base::Micros least, base::Micros most);
  /// An instant of RFC 3339, such as "2026-12-01T18:00:00Z"; empty: none.
  static Value instant(std::optional<base::Micros>& variable);
  /// "800k", "2.5M", "64000". Units: bit/s, or bits; at most 1000M.
  static Value bitrate(int& variable);
  /// "none", or "-23 LUFS", "-24 LKFS", "-16.5", from -40 to -8. Units: LUFS.
  static Value loudness(std::optional<double>& variable);
  /// "-1 dBTP", "-1.5", from -9 to 0. Units: dBTP.
  static Value true_peak(double& variable);
  /// "25", "29.97" (which is 30000/1001), "30000/1001"; 1 to 120 frames a second.
  static Value frame_rate(media::Rational& variable);
  /// "512MiB", "2GiB", or 0. Units: bytes. `least`: MiB, unless it is 0; at most 1024GiB.
  static Value memory(std::uint64_t& variable, std::int64_t least);
  static Value text(std::string& variable);
  /// A text for which `good` holds, or an empty one. `what` completes "has to be …".
  static Value text(std::string& variable, const std::string& what, bool (*good)(const std::string&));
  /// The tag of a language, RFC 5646, such as "en" or "pt-BR", by its characters; empty: none.
  static Value language(std::string& variable);
  /// A text of at most `most` bytes that an attribute of a playlist can quote; empty: none.
  static Value label(std::string& variable, std::size_t most);
  static Value path(std::string& variable);
  /// An IPv4 or IPv6 address in figures: names would have to be looked up.
  static Value address(std::string& variable);
  /// One of `words`.
  static Value word(std::string& variable, std::initializer_list<const char*> words);
  /// One of several words, each of which stands for a value.
  template <typename T>
  static Value choice(T& variable, std::initializer_list<std::pair<const char*, T>> choices);
  /// Only acts on the text that is given; there is no variable, and so no default.
  static Value action(const std::string& wanted, std::function<Complaint(const std::string&)> act);

 private:
  static Value one_of(std::vector<std::string> words, std::function<void(std::size_t)> set,
                      std::function<std::size_t()> get);
};

template <typename T>
Value Value::choice(T& variable, std::initializer_list<std::pair<const char*, T>> choices) {
  std::vector<std::string> words;
  std::vector<T> values;
  for (const auto& [word, value] : choices) {
    words.emplace_back(word);
    values.push_back(value);
  }
  return one_of(
      std::move(words), [&variable, values](std::size_t chosen) { variable = values[chosen]; },
      [&variable, values] {
        std::size_t at = 0;
        while (at + 1 < values.size() && !(values[at] == variable)) ++at;
        return at;
      });
}

/// ` has to be WANTED, not "TEXT"`.
Complaint not_wanted(const std::string& wanted, const std::string& text);

/// Letters, digits, - and _, at least one and at most `most`.
bool valid_name(const std::string& name, std::size_t most);

}  // namespace config

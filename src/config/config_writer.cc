#include "config/config_writer.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "config/config.h"
#include "config/config_keys.h"

namespace config {
namespace {

constexpr std::size_t kWidth = 120;
constexpr std::size_t kCommentColumn = 31;

constexpr const char* kHead =
    R"(# Kickoff's configuration: every key with its default, as `kickoff config` prints it. A file may leave out any of
# them. An unknown key is an error, and so is a file without any key (all defaults: {}).
#
# [Brackets] hold the values that are allowed, and when a reload (SIGHUP) applies a new value: at once; to the next
# publisher; with the channel's next worker; when the channel has ended and starts anew; or only with a restart.
# Durations: 500ms, 2s, 10m. Bit rates: 800k, 2.5M.
#
# Relative paths are relative to the directory of this file. `kickoff check FILE` checks a file and the files that it
# names, which are regular files of at most 1 MiB.
#
# The environment replaces every key with one value: KICKOFF_ and the key's path in capitals, with _ for the dots, such
# as KICKOFF_HTTP_PORT=18080, or KICKOFF_CHANNELS_DEFAULT_SEGMENT=1s for the channel "*". Lists and other channels have
# no variables. Relative paths in variables are relative to the working directory. A reload keeps what they set.
)";

const char* words_of(Reload rule) {
  switch (rule) {
    case Reload::kAtOnce: return "at once";
    case Reload::kNextPublisher: return "next publisher";
    case Reload::kNextWorker: return "next worker";
    case Reload::kNextChannel: return "channel starts anew";
    case Reload::kRestart: return "restart";
  }
  return "";
}

/// Wraps words to rows of at most `width` characters. What stands in brackets is one word.
std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> rows;
  std::istringstream in(text);
  for (std::string word; in >> word;) {
    if (word.starts_with('[') && word.find(']') == std::string::npos) {
      std::string rest;
      std::getline(in, rest, ']');
      word += rest + "]";
    }
    const bool fits = !rows.empty() && rows.back().size() + 1 + word.size() <= width;
    if (fits) {
      rows.back() += " " + word;
    } else {
      rows.push_back(word);
    }
  }
  return rows;
}

/// A scalar as YAML has it: in quotes where it has other characters than those of words, numbers and paths.
std::string quoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '/' || c == '-' || c == '_';
  });
  return plain ? text : "\"" + text + "\"";
}

}  // namespace

std::string ConfigWriter::margin() const {
  if (comment_at_ == std::string::npos) return std::string(indent_, ' ');
  return std::string(comment_at_, ' ') + "# " + std::string(indent_ - comment_at_, ' ');
}

void ConfigWriter::line(const std::string& content) {
  std::string start = margin();
  if (starts_item_) start.replace(start.size() - 2, 2, "- ");
  starts_item_ = false;
  text_ += start + content + "\n";
}

void ConfigWriter::comment(const std::string& words) {
  const std::string start = margin() + "# ";
  for (const std::string& row : wrap(words, kWidth - start.size())) text_ += start + row + "\n";
}

// What is allowed, and when a reload applies it; for an item of a list the list says that.
std::string ConfigWriter::help_of(const Key& key, const std::string& allowed) const {
  const std::string rule = comment_at_ == std::string::npos ? words_of(key.reload) : "";
  const std::string facts = allowed + (allowed.empty() || rule.empty() ? "" : "; ") + rule;
  if (facts.empty()) return key.help;
  return std::string(key.help) + (*key.help == '\0' ? "[" : " [") + facts + "]";
}

// Behind the content where two rows are enough for it, else above the content.
void ConfigWriter::with_help(const std::string& content, const std::string& help) {
  if (gap_) text_ += "\n";
  gap_ = false;
  const std::size_t used = margin().size() + content.size();
  const std::size_t column = std::max(used + 2, kCommentColumn);
  const auto rows = wrap(help, kWidth - std::min(column + 2, kWidth));
  const bool fits = column <= kCommentColumn ? rows.size() <= 2 : rows.size() == 1;
  if (!fits) {
    comment(help);
    return line(content);
  }
  line(content + std::string(column - used, ' ') + "# " + rows.front());
  const std::string start = margin();
  if (rows.size() == 2) text_ += start + std::string(kCommentColumn - start.size(), ' ') + "# " + rows.back() + "\n";
}

void ConfigWriter::key(const Key& key, const Value& value) {
  const bool sample = key.sample != nullptr;
  const std::string content = std::string(key.name) + ": " + quoted(sample ? key.sample : value.write());
  with_help((sample ? "# " : "") + content, help_of(key, value.allowed));
}

void ConfigWriter::texts(const Key& key, std::vector<std::string>& values,
                         const std::function<Complaint(const std::string&)>& /*check*/) {
  std::string all;
  for (const std::string& value : values) all += (all.empty() ? "" : ", ") + quoted(value);
  with_help(std::string(key.name) + ": [" + all + "]", help_of(key, ""));
}

void ConfigWriter::variable(const Key& key, const std::function<Complaint(const std::string&)>& take) {
  this->key(key, Value::action("", take));
}

void ConfigWriter::items(const Key& key, const Items& items) {
  with_help(std::string(key.name) + ": " + (items.word ? items.word->write() : "[]"), help_of(key, ""));
  comment_at_ = indent_;
  line(std::string(key.name) + ":");
  if (items.named) {
    nested([&](Keys&) {
      line(std::string(items.sample_name) + ":");
      nested(items.sample);
    });
  } else {
    indent_ += 4;
    starts_item_ = true;
    items.sample(*this);
    indent_ -= 4;
  }
  comment_at_ = std::string::npos;
  gap_ = true;
}

void ConfigWriter::entries(const Key& key, const Entries& entries) {
  section(key.name, (std::string(key.help) + " [" + words_of(key.reload) + "]").c_str(), [&](Keys&) {
    line("\"*\":");
    nested([&](Keys& keys) { entries.entry(keys, "*"); });
  });
}

void ConfigWriter::section(const char* name, const char* help, const std::function<void(Keys&)>& declare) {
  const bool first = text_.empty() || text_.ends_with(":\n");
  if (!first) text_ += "\n";
  gap_ = false;
  comment(help);
  line(std::string(name) + ":");
  nested(declare);
  gap_ = true;
}

void ConfigWriter::nested(const std::function<void(Keys&)>& declare) {
  indent_ += 2;
  declare(*this);
  indent_ -= 2;
}

void ConfigWriter::check(const std::function<std::vector<std::string>()>& /*find*/) {}

std::string commented_defaults() {
  Config config;
  ConfigWriter writer;
  declare_keys(writer, config);
  return std::string(kHead) + "\n" + writer.text();
}

}  // namespace config

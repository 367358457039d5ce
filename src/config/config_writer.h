#pragma once

#include <string>
#include <vector>

#include "config/keys.h"

namespace config {

/// Writes the keys that are declared to it as YAML with their documentation in comments. Keys with a sample, and lists
/// of mappings, are commented out.
class ConfigWriter final : public Keys {
 public:
  void key(const Key& key, const Value& value) override;
  void texts(const Key& key, std::vector<std::string>& values,
             const std::function<Complaint(const std::string&)>& check) override;
  void variable(const Key& key, const std::function<Complaint(const std::string&)>& take) override;
  void items(const Key& key, const Items& items) override;
  void entries(const Key& key, const Entries& entries) override;
  void section(const char* name, const char* help, const std::function<void(Keys&)>& declare) override;
  void check(const std::function<std::vector<std::string>()>& find) override;

  /// Lines of at most 120 characters.
  const std::string& text() const { return text_; }

 private:
  void line(const std::string& content);
  void comment(const std::string& words);
  void with_help(const std::string& content, const std::string& help);
  void nested(const std::function<void(Keys&)>& declare);
  std::string margin() const;
  std::string help_of(const Key& key, const std::string& allowed) const;

  std::string text_;
  std::size_t indent_ = 0;
  std::size_t comment_at_ = std::string::npos;  ///< the column from which lines are commented out; npos: they are not
  bool starts_item_ = false;                    ///< the next line is the first of an item of a list
  bool gap_ = false;                            ///< an empty line comes before the next key
};

/// The configuration with every key, its default and its documentation: what conf/kickoff.yaml is.
std::string commented_defaults();

}  // namespace config

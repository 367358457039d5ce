#include "config/secrets.h"

#include <algorithm>

#include "config/text_file.h"

namespace config {
namespace {

/// Takes the secret of that place (": key 2 of FILE"), or says what is wrong with it.
using Take = std::function<Complaint(std::string secret, const std::string& place)>;

Complaint read_lines(const std::string& path, const char* noun, const Take& take) {
  auto lines = read_secrets(path);
  if (!lines.ok()) return ": " + lines.error().what;
  int number = 0;
  for (std::string& line : lines.take()) {
    const std::string place = ": " + std::string(noun) + " " + std::to_string(++number) + " of " + path;
    if (Complaint complaint = take(std::move(line), place); !complaint.empty()) return complaint;
  }
  return "";
}

Complaint read_variable(const std::string& text, const char* noun, const Take& take) {
  for (std::size_t at = 0, number = 1; at <= text.size(); ++number) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string place = ": " + std::string(noun) + " " + std::to_string(number);
    if (Complaint complaint = take(text.substr(at, end - at), place); !complaint.empty()) return complaint;
    at = end + 1;
  }
  return "";
}

}  // namespace

void declare_secrets(Keys& keys, const SecretKeys& names, const char* noun, std::vector<std::string>& values,
                     const std::function<Complaint(const std::string&)>& fault) {
  const Take take = [&values, fault](std::string secret, const std::string& place) -> Complaint {
    const Complaint complaint = fault(secret);
    if (!complaint.empty()) return place + complaint;
    values.push_back(std::move(secret));
    return "";
  };
  keys.texts(names.list, values, fault);
  keys.variable(names.variable, [noun, take](const std::string& text) { return read_variable(text, noun, take); });
  Value file = Value::action("a path", [noun, take](const std::string& path) { return read_lines(path, noun, take); });
  file.is_path = true;
  keys.key(names.file, file);
}

}  // namespace config

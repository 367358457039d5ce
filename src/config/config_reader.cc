#include "config/config_reader.h"

#include <utility>

namespace config {
namespace {

Problem problem_of(const std::string& variable, std::string text) {
  return {"environment variable " + variable, 0, 0, std::move(text)};
}

}  // namespace

ConfigReader::ConfigReader(const YAML::Node& node, Place place, Shared& shared)
    : place_(std::move(place)), shared_(shared), section_(node, place_.path, shared.report) {}

// The text that replaces the file's value of this key; null if there is none.
const std::string* ConfigReader::override_of(const char* name) {
  const std::string variable = place_.below(name).variable;
  if (variable.empty()) return nullptr;
  shared_.known.insert(variable);
  const auto found = shared_.environment.find(variable);
  return found == shared_.environment.end() ? nullptr : &found->second;
}

void ConfigReader::key(const Key& key, const Value& value) {
  const auto node = section_.take(key.name);
  if (const std::string* text = override_of(key.name)) {
    const Complaint complaint = value.read(*text);
    if (!complaint.empty())
      shared_.report.problems.push_back(problem_of(place_.below(key.name).variable, key.name + complaint));
    return;
  }
  if (!node) return;
  if (!node->IsScalar()) return problem(*node, std::string(key.name) + " has to be " + value.wanted);
  const Complaint complaint = value.read(value.is_path ? resolved(node->Scalar()) : node->Scalar());
  if (!complaint.empty()) problem(*node, key.name + complaint);
}

void ConfigReader::warn_of_override(const char* name) {
  const std::string variable = place_.below(name).variable;
  if (override_of(name) == nullptr) return;
  shared_.left_out[variable] = "environment variable " + variable + " is left out: " + place_.below(name).path +
                               " is a list, which only the file can have";
}

void ConfigReader::texts(const Key& key, std::vector<std::string>& values,
                         const std::function<Complaint(const std::string&)>& check) {
  warn_of_override(key.name);
  const auto node = section_.take(key.name);
  if (!node) return;
  if (!node->IsSequence()) return problem(*node, std::string(key.name) + " has to be a list");
  values.clear();
  const std::string item_name = std::string("an item of ") + key.name;
  for (const YAML::Node& item : *node) {
    const Complaint complaint = item.IsScalar() ? check(item.Scalar()) : " has to be a text";
    if (!complaint.empty()) {
      problem(item, item_name + complaint);
    } else {
      values.push_back(item.Scalar());
    }
  }
}

void ConfigReader::variable(const Key& key, const std::function<Complaint(const std::string&)>& take) {
  this->key(key, Value::action("the name of an environment variable", [&](const std::string& name) -> Complaint {
              shared_.known.insert(name);
              shared_.named.insert(name);
              const auto found = shared_.environment.find(name);
              if (found == shared_.environment.end() || found->second.empty())
                return ": no such environment variable, or it is empty";
              return take(found->second);
            }));
}

void ConfigReader::items(const Key& key, const Items& items) {
  if (items.word) {
    const auto node = section_.take(key.name);
    const bool several = override_of(key.name) == nullptr && node && node->size() > 0;
    if (several && items.named && node->IsMap()) return read_named(*node, key, items);
    if (several && !items.named && node->IsSequence()) return read_items(*node, key, items);
    return this->key(key, *items.word);
  }
  warn_of_override(key.name);
  const auto node = section_.take(key.name);
  if (!node) return;
  if (!node->IsSequence()) return problem(*node, std::string(key.name) + " has to be a list");
  read_items(*node, key, items);
}

void ConfigReader::read_items(const YAML::Node& node, const Key& key, const Items& items) {
  for (const YAML::Node& item : node) inner(item, place_.below(key.name).item(), items.item);
}

void ConfigReader::read_named(const YAML::Node& node, const Key& key, const Items& items) {
  const Place place = place_.below(key.name);
  Section names(node, place.path, shared_.report);
  names.each([&](const std::string& name, const YAML::Node& key_node, const YAML::Node& value) {
    if (const Complaint complaint = items.named(name); !complaint.empty()) return problem(key_node, complaint);
    inner(value, place.below(name).item(), items.item);
  });
}

void ConfigReader::entries(const Key& key, const Entries& entries) {
  const Place place = place_.below(key.name);
  const auto node = section_.take(key.name);
  Section names(node.value_or(YAML::Node()), place.path, shared_.report);
  bool any = false;
  bool others = false;
  names.each([&](const std::string& name, const YAML::Node& key_node, const YAML::Node& value) {
    any = true;
    others = others || name == "*";
    if (const Complaint complaint = entries.check(name); !complaint.empty()) return problem(key_node, complaint);
    inner(value, place.entry(name), [&](Keys& keys) { entries.entry(keys, name); });
  });
  const Place rest = place.entry("*");
  if (!any) return inner({}, rest, [&](Keys& keys) { entries.entry(keys, "*"); });
  if (others) return;
  for (const auto& [variable, text] : shared_.environment) {
    if (!variable.starts_with(rest.variable + "_")) continue;
    shared_.known.insert(variable);
    shared_.report.problems.push_back(
        problem_of(variable, "the configuration has no " + place.path + " entry \"*\", whose keys it could set"));
  }
}

void ConfigReader::section(const char* name, const char* /*help*/, const std::function<void(Keys&)>& declare) {
  inner(section_.take(name).value_or(YAML::Node()), place_.below(name), declare);
}

void ConfigReader::inner(const YAML::Node& node, const Place& place, const std::function<void(Keys&)>& declare) {
  ConfigReader reader(node, place, shared_);
  declare(reader);
  reader.finish();
}

void ConfigReader::check(const std::function<std::vector<std::string>()>& find) {
  const std::string prefix = place_.path.empty() ? "" : place_.path + ": ";
  for (const std::string& text : find()) shared_.report.add(section_.mark(), prefix + text);
}

std::string ConfigReader::resolved(const std::string& path) const {
  const bool as_it_is = path.empty() || path.front() == '/' || shared_.directory.empty();
  return as_it_is ? path : shared_.directory + "/" + path;
}

}  // namespace config

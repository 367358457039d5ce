#include "config/config_listing.h"

#include <utility>

#include "config/config_keys.h"

namespace config {
namespace {

class ConfigListing final : public Keys {
 public:
  ConfigListing(Place place, std::vector<ListedKey>& listed) : place_(std::move(place)), listed_(listed) {}

  void key(const Key& key, const Value& value) override {
    const Place place = place_.below(key.name);
    listed_.push_back({place.path, place.variable, key.reload, value.write()});
  }
  void variable(const Key& key, const std::function<Complaint(const std::string&)>& take) override {
    this->key(key, Value::action("", take));
  }
  void texts(const Key& /*key*/, std::vector<std::string>& /*values*/,
             const std::function<Complaint(const std::string&)>& /*check*/) override {}
  void items(const Key& key, const Items& items) override {
    if (items.word) this->key(key, *items.word);
  }
  void entries(const Key& key, const Entries& entries) override {
    for (const std::string& name : entries.names) {
      ConfigListing inner(place_.below(key.name).entry(name), listed_);
      entries.entry(inner, name);
    }
  }
  void section(const char* name, const char* /*help*/, const std::function<void(Keys&)>& declare) override {
    ConfigListing inner(place_.below(name), listed_);
    declare(inner);
  }
  void check(const std::function<std::vector<std::string>()>& /*find*/) override {}

 private:
  const Place place_;
  std::vector<ListedKey>& listed_;
};

}  // namespace

std::vector<ListedKey> list_keys(const Config& config) {
  Config copy = config;  // declarations are bound to variables
  std::vector<ListedKey> listed;
  ConfigListing listing(kRoot, listed);
  declare_keys(listing, copy);
  return listed;
}

}  // namespace config

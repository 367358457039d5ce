#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace api {

/// Which names the administration port answers to. A page of the web can have its own name resolve to an address of
/// this machine or network (DNS rebinding) and would then be of the same origin as the port; its browser still tells
/// the name in Host. So a name is good only if it is known; an address cannot be rebound.
class HostRule {
 public:
  /// `hosts`: names without a port; "*.example.com" stands for every name below it.
  explicit HostRule(std::vector<std::string> hosts = {});

  /// `host`: a Host field or :authority, with or without a port. True of an IP literal, of localhost, of the names
  /// given, and of an empty one: every browser tells a name.
  bool admits(std::string_view host) const;

 private:
  std::vector<std::string> hosts_;  ///< lower case
};

/// True where a name can stand in HostRule's list: no port, no scheme, no blank.
bool valid_host_name(std::string_view name);

/// True where the Origin field of a request is the server's own: scheme aside, what Host says. "null" is not.
bool same_origin(std::string_view origin, std::string_view host);

}  // namespace api

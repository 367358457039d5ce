#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/request.h"

namespace api {

/// One method of one resource.
struct Route {
  std::string method;  ///< "GET" answers HEAD as well
  /// "/api/v1/channels/{name}": what stands in braces is any one segment that is not empty.
  std::string path;
  /// Needed at least. Every method but GET needs a token: kNobody is then kAdmin.
  Role role = Role::kNobody;
  Handler handler;
};

/// Finds the route of a request. Of two paths that fit, the one that says more literally holds: "/a/b" before "/a/{x}".
class Router {
 public:
  struct Match {
    const Route* route = nullptr;  ///< null: the path or the method is not known
    Texts parameters;
    std::string allow;       ///< "GET, HEAD, DELETE": what the path knows; empty: there is no such path
    bool malformed = false;  ///< a parameter cannot be decoded
  };

  void add(Route route);
  /// The route stays valid until the next add().
  Match match(std::string_view method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace api

#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

#include "client/transport.h"
#include "desk/order.h"

namespace desk {

/// Carries out an order: asks the server, and prints its answer.
/// Thread: one; it waits.
class Desk {
 public:
  /// Where its words go. All of them outlive it.
  struct World {
    client::Transport& transport;
    std::function<void(const std::string&)> out;
    std::function<void(const std::string&)> complain;  ///< a whole line for standard error
    std::function<bool()> wait;                        ///< before a follower asks again; false: it ends
    bool terminal = false;                             ///< `out` is one
  };

  /// `base_url`: "http://127.0.0.1:9090". `token`: the bearer token, empty: none.
  Desk(World world, std::string base_url, std::string token)
      : world_(std::move(world)), base_url_(std::move(base_url)), token_(std::move(token)) {}

  /// Returns: the exit status: 0; 1 where the server cannot be asked, refuses, or has no such channel, and where a
  /// check fails.
  int carry_out(const Order& order);

 private:
  client::Answer ask(const Order& order, const std::string& path);
  int fail(const client::Answer& answer);
  int show(const Order& order, const std::string& body);
  int list_events(const Order& order);
  int check_feed(const Order& order);
  void print_event(const Order& order, const nlohmann::json& event);
  bool for_people(const Order& order) const;

  const World world_;
  const std::string base_url_;
  const std::string token_;
};

}  // namespace desk

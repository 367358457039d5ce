#include "desk/run.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <variant>

#include "base/printable.h"
#include "base/regular_file.h"
#include "client/curl_transport.h"
#include "config/admin_address.h"
#include "config/text_file.h"
#include "desk/command_line.h"
#include "desk/desk.h"

namespace desk {
namespace {

constexpr int kNoInput = 2;
constexpr std::chrono::seconds kFollow{1};
// The list of channels on a large server.
constexpr std::size_t kMostBody = std::size_t{64} << 20;

void complain(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

/// Where the server of the order listens for administrators.
std::string base_url_of(const Order& order) {
  if (!order.server.empty()) return order.server.substr(0, order.server.find_last_not_of('/') + 1);
  const auto admin = order.config.empty() ? config::admin_address_in("", "", config::environment_of_this_process())
                                          : config::find_admin_address(order.config);
  if (!order.config.empty()) {
    for (const config::Problem& problem : admin.problems) complain("kickoff: warning: " + problem.message());
  }
  std::string host = admin.listen;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(admin.port);
}

base::Result<std::string> token_of(const Order& order) {
  if (order.token_file.empty()) {
    const char* const token = std::getenv("KICKOFF_ADMIN_TOKEN");
    return std::string(token == nullptr ? "" : token);
  }
  auto lines = config::read_secrets(order.token_file);
  if (!lines) return lines.error();
  return lines->front();
}

/// The body that the order names a file for.
base::Result<std::string> body_of(const Order& order) {
  if (order.body_file.empty()) return order.body;
  if (order.body_file != "-") return base::read_regular_file(order.body_file);
  std::string text;
  char buffer[4096];
  for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
    text.append(buffer, count);
    if (text.size() > base::kLongestOwnFile) return base::Error{base::Code::kTooLarge, "standard input is too long"};
  }
  return text;
}

}  // namespace

int run(const std::vector<std::string>& words, const std::vector<std::string>& others) {
  const auto parsed = parse(words, others);
  if (const auto* said = std::get_if<Said>(&parsed)) {
    std::fputs(said->text.c_str(), said->status == 0 ? stdout : stderr);
    return said->status;
  }
  Order order = std::get<Order>(parsed);
  const auto token = token_of(order);
  auto body = body_of(order);
  if (!token || !body) {
    complain("kickoff: " + base::printable((token ? body.error() : token.error()).what));
    return kNoInput;
  }
  order.body = body.take();
  client::CurlTransport transport({.most_body = kMostBody});
  const auto out = [](const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  };
  const auto wait = [] {
    std::this_thread::sleep_for(kFollow);
    return std::ferror(stdout) == 0;
  };
  Desk desk({transport, out, complain, wait, isatty(STDOUT_FILENO) == 1}, base_url_of(order), *token);
  return desk.carry_out(order);
}

}  // namespace desk

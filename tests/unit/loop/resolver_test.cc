#include "loop/resolver.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <vector>

#include "loop/timer.h"

namespace loop {
namespace {

/// A name server that answers when it is told to.
class SlowServer {
 public:
  Resolver::LookUp look_up() const {
    return [answer = answer_](const std::string& host) -> base::Result<Addresses> {
      answer.wait();
      return Addresses{"192.0.2.1 of " + host};
    };
  }
  void answer() { promise_.set_value(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> answer_{promise_.get_future()};
};

std::string text(const base::Result<Addresses>& found) { return found.ok() ? found->front() : found.error().what; }

TEST(Resolver, TakesAnAddressAsItsOwnAnswerOnALaterTurn) {
  Loop loop;
  Resolver resolver(loop, [](const std::string&) -> base::Result<Addresses> { return Addresses{"looked up"}; });
  std::vector<std::string> trace;
  resolver.start("192.0.2.7", [&](const base::Result<Addresses>& found) {
    trace.push_back(text(found));
    resolver.start("2001:db8::1", [&](const base::Result<Addresses>& again) { trace.push_back(text(again)); });
  });
  trace.emplace_back("started");
  loop.run();
  EXPECT_EQ(trace, (std::vector<std::string>{"started", "192.0.2.7", "2001:db8::1"}));
}

TEST(Resolver, LooksNamesUp) {
  EXPECT_TRUE(look_up("localhost").ok());
  EXPECT_FALSE(look_up("").ok());
}

TEST(Resolver, DoesNotHoldUpTheLoop) {
  Loop loop;
  SlowServer server;
  Resolver resolver(loop, server.look_up());
  std::vector<std::string> trace;
  resolver.start("encoder", [&](const base::Result<Addresses>& found) { trace.push_back(text(found)); });
  loop.post([&] {
    trace.emplace_back("turn");
    server.answer();
  });
  loop.run();
  EXPECT_EQ(trace, (std::vector<std::string>{"turn", "192.0.2.1 of encoder"}));
}

TEST(Resolver, MayBeDestroyedWhileALookUpHangs) {
  SlowServer server;
  {
    Loop loop;
    Resolver resolver(loop, server.look_up());
    resolver.start("encoder", [](const base::Result<Addresses>&) { ADD_FAILURE(); });
  }
  server.answer();
}

TEST(Resolver, ForgetsTheAnswerOfACallThatWasReplaced) {
  Loop loop;
  SlowServer server;
  Resolver resolver(loop, server.look_up());
  resolver.start("first", [](const base::Result<Addresses>&) { ADD_FAILURE(); });
  std::string second;
  resolver.start("second", [&](const base::Result<Addresses>& found) { second = text(found); });
  server.answer();
  loop.run();
  EXPECT_EQ(second, "192.0.2.1 of second");
}

TEST(Resolver, RefusesALookUpWhileTooManyHang) {
  Loop loop;
  SlowServer server;
  Resolver resolver(loop, server.look_up());
  // Those of other tests may still be on their way out.
  for (int i = 0; i < Resolver::kMost; ++i) resolver.start("hangs", [](const base::Result<Addresses>&) {});
  std::string refused;
  resolver.start("encoder", [&](const base::Result<Addresses>& found) { refused = text(found); });
  loop.run();
  EXPECT_EQ(refused, "encoder: too many names are being looked up");
  server.answer();
}

}  // namespace
}  // namespace loop

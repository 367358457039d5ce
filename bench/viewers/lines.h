#pragma once

#include <memory>
#include <vector>

#include "viewers/engine.h"
#include "viewers/transport.h"

namespace viewers {

/// An HTTP/2 connection that several viewers share.
struct SharedLine {
  std::unique_ptr<Connection> connection;
};

/// The connections of one viewer: over HTTP/1.1 one for each request under way, as browsers do; over HTTP/2 one.
class Lines {
 public:
  /// `shared`: null for a connection of the viewer's own.
  Lines(Engine& engine, SharedLine* shared, Transport::Pace pace) : engine_(engine), shared_(shared), pace_(pace) {}
  ~Lines() { hang_up(); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  /// Asks over a connection that is free, or a new one.
  void ask(Exchange& exchange);
  /// Closes what is the viewer's own. The exchanges have been canceled before.
  void hang_up();
  void read_paced(Micros now);

 private:
  std::unique_ptr<Connection> dial();
  Connection& free_one();
  Connection& shared_one();

  Engine& engine_;
  SharedLine* shared_;
  Transport::Pace pace_;
  std::vector<std::unique_ptr<Connection>> own_;
};

}  // namespace viewers

#include "serve/file_bodies.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace serve {

/// One answer. What a read that runs has of it is a weak pointer: one that nobody waits for any more ends in nothing.
class FileBodies::Body final : public http::BodyWriter::Source, public std::enable_shared_from_this<Body> {
 public:
  Body(FileBodies& owner, http::Response response)
      : owner_(owner), response_(std::move(response)), writer_(*this, kPiece) {}

  const std::shared_ptr<http::GrowingBody>& body() const { return writer_.body(); }
  void read_next();

 private:
  void on_writable() override { push(std::move(ready_)); }
  void on_gone() override { owner_.drop(*this); }
  void on_read(base::Result<base::Bytes> bytes);
  void push(base::Bytes bytes);

  FileBodies& owner_;
  const http::Response response_;
  http::BodyWriter writer_;
  std::shared_ptr<loop::ReadPool::File> file_;
  std::size_t next_ = 0;    ///< place in the response's files
  std::uint32_t done_ = 0;  ///< bytes of it that were read
  base::Bytes ready_;       ///< that the viewer's queue had no room for
};

void FileBodies::Body::read_next() {
  const auto& files = response_->files();
  if (next_ == files.size()) {
    writer_.finish();
    return owner_.drop(*this);
  }
  base::FilePlace piece = files[next_];
  piece.offset += done_;
  piece.size = static_cast<std::uint32_t>(std::min<std::size_t>(piece.size - done_, kPiece));
  done_ += piece.size;
  if (done_ == files[next_].size) {
    ++next_;
    done_ = 0;
  }
  owner_.options_.reads->read(file_, piece, owner_.options_.post,
                              [body = weak_from_this()](base::Result<base::Bytes> bytes) {
                                if (const auto self = body.lock()) self->on_read(std::move(bytes));
                              });
}

void FileBodies::Body::on_read(base::Result<base::Bytes> bytes) {
  if (bytes.ok()) {
    owner_.counters_.file_bytes.add(bytes->size());
    return push(bytes.take());
  }
  owner_.counters_.file_errors.add();
  base::log_warn("serve", "media cannot be read from the journal", {{"why", bytes.error().what}});
  writer_.abort();
  owner_.drop(*this);
}

void FileBodies::Body::push(base::Bytes bytes) {
  switch (writer_.push(bytes)) {
    case http::BodyWriter::Pushed::kFull: ready_ = std::move(bytes); return;
    case http::BodyWriter::Pushed::kGone: return;  // on_gone() has come
    case http::BodyWriter::Pushed::kQueued: return read_next();
  }
}

FileBodies::FileBodies(Options options, Errors& errors, Counters& counters)
    : options_(std::move(options)), errors_(errors), counters_(counters) {}

FileBodies::~FileBodies() = default;

void FileBodies::start(Viewer& viewer, http::StreamId id, http::Response response) {
  const auto body = std::make_shared<Body>(*this, response);
  bodies_[body.get()] = body;
  counters_.file_bodies.set(bodies_.size());
  if (!viewer.answer(id, std::move(response), body->body())) return drop(*body);
  body->read_next();
}

/// The body may be one whose function runs: it is held until that has ended by whoever called it.
void FileBodies::drop(Body& body) {
  const auto found = bodies_.find(&body);
  if (found == bodies_.end()) return;
  const std::shared_ptr<Body> last = std::move(found->second);
  bodies_.erase(found);
  counters_.file_bodies.set(bodies_.size());
}

}  // namespace serve

#pragma once

#include <functional>
#include <utility>

namespace ingest {

/// What a fake calls on every change, for as long as the test that said so looks: its lambda may refer to the test's
/// own variables, which are gone when the fixture ends what it holds.
class Hook {
 public:
  class Lease {
   public:
    explicit Lease(Hook& hook) : hook_(hook) {}
    ~Lease() { hook_.call_ = nullptr; }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

   private:
    Hook& hook_;
  };

  [[nodiscard]] Lease calls(std::function<void()> call) {
    call_ = std::move(call);
    return Lease(*this);
  }
  void operator()() const {
    if (call_) call_();
  }

 private:
  std::function<void()> call_;
};

}  // namespace ingest

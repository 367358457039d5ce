#include "viewers/crowd.h"

#include <algorithm>

#include "viewers/joiner.h"
#include "viewers/player.h"
#include "viewers/slow_reader.h"

namespace viewers {
namespace {

constexpr std::size_t kSlices = 10;  ///< each viewer is ticked every tenth tick
// "All at once" is as fast as a listening socket's queue of 4,096 takes them: 20,000 a second.
constexpr std::size_t kMostJoinsATick = 200;

}  // namespace

Crowd::Crowd(Engine& engine, std::size_t process) : engine_(engine), process_(process), dice_(process * 7919 + 1) {
  const Options& options = engine.options;
  if (options.h2 && options.per_connection > 1) {
    shared_.resize((options.viewers + options.per_connection - 1) / options.per_connection);
  }
  if (options.mode == Mode::kReload || options.mode == Mode::kPart) {
    finder_ = std::make_unique<RenditionFinder>(engine, target_);
    finder_->join(steady_now());
  }
  viewers_.reserve(options.viewers);
  for (std::size_t i = 0; i < options.viewers; ++i) viewers_.push_back(make_viewer(i));
  for (std::size_t i = viewers_.size(); i-- > 0;) outside_.push_back(viewers_[i].get());
  for (std::size_t i = 0; i < options.slow; ++i) slow_.push_back(std::make_unique<SlowReader>(engine));
}

Crowd::~Crowd() {
  // Before the connections they share.
  viewers_.clear();
  for (SharedLine& line : shared_) engine_.buried.push_back(std::move(line.connection));
}

std::unique_ptr<Viewer> Crowd::make_viewer(std::size_t number) {
  const Options& options = engine_.options;
  SharedLine* shared = shared_.empty() ? nullptr : &shared_[number / options.per_connection];
  switch (options.mode) {
    case Mode::kReload:
    case Mode::kPart: return std::make_unique<Parked>(engine_, shared, target_);
    case Mode::kJoin: return std::make_unique<Joiner>(engine_, [this](Joiner& joiner) { outside_.push_back(&joiner); });
    case Mode::kWatch: break;
  }
  const std::size_t global = number * options.processes + process_;
  // Spread evenly: of any stretch of viewers the share is right.
  const auto avplayers = [&](std::size_t n) {
    return static_cast<std::size_t>(static_cast<double>(n) * options.avplayer);
  };
  const Track::Manners manners{avplayers(global + 1) > avplayers(global), options.skip && (global / 2) % 2 == 0};
  return std::make_unique<Player>(engine_, shared, global, manners);
}

std::size_t Crowd::allowance(Micros now) {
  const double rate = engine_.options.join_rate;
  if (rate == 0) return kMostJoinsATick;
  // Those that could not join because all were in flight are not made up for later.
  const double due = rate * static_cast<double>(now - began_) / base::kSecond;
  const double behind = std::min(due - joined_, std::max(1.0, rate / 10));
  joined_ = due - behind + static_cast<double>(static_cast<std::size_t>(std::max(behind, 0.0)));
  return static_cast<std::size_t>(std::max(behind, 0.0));
}

void Crowd::let_join(Micros now) {
  for (std::size_t left = allowance(now); left > 0 && !outside_.empty(); --left) {
    Viewer* viewer = outside_.back();
    outside_.pop_back();
    viewer->join(now);
  }
}

void Crowd::churn(Micros now) {
  const double share = engine_.options.churn;
  if (share == 0 || viewers_.empty()) return;
  churned_ += share * static_cast<double>(viewers_.size()) * static_cast<double>(now - churned_at_) / base::kSecond;
  churned_at_ = now;
  for (; churned_ >= 1; churned_ -= 1) {
    dice_ = dice_ * 6364136223846793005ull + 1442695040888963407ull;
    Viewer& viewer = *viewers_[(dice_ >> 33) % viewers_.size()];
    if (std::find(outside_.begin(), outside_.end(), &viewer) != outside_.end()) continue;
    viewer.leave(now);
    engine_.tally.add(Count::kLeft);
    viewer.join(now);
  }
}

void Crowd::tick(Micros now) {
  if (began_ == 0) {
    began_ = churned_at_ = now;
    for (auto& reader : slow_) reader->join(now);
  }
  let_join(now);
  target_.tick(now);
  churn(now);
  slice_ = (slice_ + 1) % kSlices;
  for (std::size_t i = slice_; i < viewers_.size(); i += kSlices) viewers_[i]->tick(now);
  for (std::size_t i = slice_; i < slow_.size(); i += kSlices) slow_[i]->tick(now);
  if (finder_ != nullptr && slice_ == 0) finder_->tick(now);
}

void Crowd::leave(Micros now) {
  for (auto& viewer : viewers_) viewer->leave(now);
  for (auto& reader : slow_) reader->leave(now);
  if (finder_ != nullptr) finder_->leave(now);
}

}  // namespace viewers

#include "upload/repair.h"

#include <set>
#include <utility>

#include "upload/journal_walk.h"
#include "upload/objects.h"
#include "upload/state_file.h"
#include "upload/uploader.h"

namespace upload {
namespace {

using Pause = std::function<void(base::Micros)>;

/// Puts objects in batches, each of them a few times.
class Putter {
 public:
  Putter(s3::Store& store, const Pause& pause) : store_(store), pause_(pause) {}

  void add(s3::Object object) {
    bytes_ += object.body.size();
    batch_.push_back(std::move(object));
    if (bytes_ >= Uploader::kBatchBytes || batch_.size() >= Uploader::kBatchObjects) flush();
  }
  void flush() {
    std::vector<s3::Object> left = std::exchange(batch_, {});
    bytes_ = 0;
    base::Micros wait = kRepairPause;
    for (int attempt = 1; !left.empty(); ++attempt, wait *= 2) {
      const auto failures = store_.put(left);
      std::vector<s3::Object> failed;
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (!failures[i]) {
          ++made_.objects;
          made_.bytes += left[i].body.size();
        } else if (attempt < kRepairAttempts) {
          failed.push_back(std::move(left[i]));
        } else {
          made_.failures.push_back(left[i].name + ": " + std::string(s3::to_string(failures[i]->reason)) + ": " +
                                   failures[i]->text);
        }
      }
      left = std::move(failed);
      if (!left.empty()) pause_(wait);
    }
  }
  Repair take() { return std::move(made_); }

 private:
  s3::Store& store_;
  const Pause& pause_;
  std::vector<s3::Object> batch_;
  std::size_t bytes_ = 0;
  Repair made_;
};

}  // namespace

Repair repair(const Reconciled& of, const Comparison& found, s3::Store& store, const Pause& pause) {
  std::set<std::string> wanted;
  for (const Finding& finding : found.findings) {
    if (repairable(finding.fault)) wanted.insert(finding.name);
  }
  Putter putter(store, pause);
  if (wanted.empty()) return putter.take();
  const auto put_wanted = [&](s3::Object object) {
    if (wanted.erase(object.name) > 0) putter.add(std::move(object));
  };
  JournalWalk walk(of.journal, of.log);
  walk.run([&](const std::string& rendition, media::Kind kind, const hls::Segment& segment) {
    if (segment.gap()) return;
    put_wanted(segment_object(of.channel, rendition, kind, segment));
    if (segment.init) put_wanted(init_object(of.channel, rendition, kind, segment));
  });
  putter.flush();
  Listing listing(of.type, of.log.window);
  StateFile(of.state, of.place).load(listing);
  const int target = walk.end() ? walk.end()->target_duration : 1;
  for (const std::string& rendition : listing.renditions()) {
    std::string name = playlist_name(of.channel, rendition);
    if (wanted.contains(name)) putter.add(playlist_object(name, listing.render(rendition, target), target));
  }
  putter.flush();
  const std::string name = playlist_name(of.channel);
  std::string text = walk.end() ? multivariant_text(*walk.end(), listing) : "";
  if (wanted.contains(name) && !text.empty()) putter.add(playlist_object(name, std::move(text), target));
  putter.flush();
  return putter.take();
}

}  // namespace upload

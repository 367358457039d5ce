#include "harvest/run.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.h"
#include "hls/uri.h"
#include "upload/objects.h"

namespace harvest {
namespace {

using archive::VodExport;

// What is put at a time: a few segments of each rendition.
constexpr std::size_t kBatch = std::size_t{16} << 20;
constexpr std::size_t kMostObjects = 64;
// Of what is denied: keys may have been changed meanwhile.
constexpr int kAttemptsDenied = 2;
constexpr base::Micros kPause = base::kSecond;
constexpr base::Micros kLongestPause = 30 * base::kSecond;

VodExport::Options options_of(const Order& order) { return {.from = order.from, .to = order.to, .mp4 = order.mp4}; }

/// A part of the journal that cannot be read is a hole of the presentation, and in the log.
void tell_damage(const Order& order, const std::string& what) {
  base::log_warn("harvest", "a part of the journal cannot be read", {{"channel", order.channel}, {"why", what}});
}

int attempts_for(s3::Reason reason) {
  switch (reason) {
    case s3::Reason::kDenied:
    case s3::Reason::kBucket:
    case s3::Reason::kCredentials: return kAttemptsDenied;
    default: return kMostAttempts;
  }
}

/// Puts files as objects: media in batches, a playlist when all before it is there.
class ObjectFiles {
 public:
  ObjectFiles(std::string folder, s3::Bucket& bucket, const std::function<void(base::Micros)>& pause)
      : folder_(std::move(folder)), bucket_(bucket), pause_(pause) {}

  /// All but the multivariant playlist, which waits for publish().
  base::Status add(const std::string& path, media::Kind kind, base::View bytes) {
    if (path.ends_with(hls::kPlaylistFile)) {
      TRY_OK(flush());
      batch_.push_back({folder_ + path, base::Bytes::copy_of(bytes), upload::kPlaylistType, kPlaylistLife});
      return path == hls::kPlaylistFile ? base::Ok{} : flush();
    }
    batch_.push_back({folder_ + path, base::Bytes::copy_of(bytes), upload::media_type(kind), upload::kForGood});
    size_ += bytes.size();
    return size_ >= kBatch || batch_.size() >= kMostObjects ? flush() : base::Ok{};
  }
  base::Status publish() { return flush(); }

 private:
  // What a name has is the same for good, but the name may be given again once its objects were deleted.
  static constexpr const char* kPlaylistLife = "public, max-age=300";

  base::Status flush() {
    std::vector<s3::Object> left = std::exchange(batch_, {});
    size_ = 0;
    base::Micros wait = kPause;
    for (int attempt = 1; !left.empty(); ++attempt, wait = std::min(2 * wait, kLongestPause)) {
      const auto failures = bucket_.put(left);
      std::vector<s3::Object> failed;
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (!failures[i]) continue;
        if (attempt >= attempts_for(failures[i]->reason))
          return base::Error{
              base::Code::kSystem,
              left[i].name + ": " + std::string(s3::to_string(failures[i]->reason)) + ": " + failures[i]->text};
        failed.push_back(std::move(left[i]));
      }
      left = std::move(failed);
      if (!left.empty()) pause_(wait);
    }
    return base::Ok{};
  }

  const std::string folder_;
  s3::Bucket& bucket_;
  const std::function<void(base::Micros)>& pause_;
  std::vector<s3::Object> batch_;
  std::size_t size_ = 0;
};

/// What the bucket has of a harvest. A bucket that is not there is no journal without media: no kNotFound.
base::Result<std::vector<s3::Bucket::Listed>> list_folder(s3::Bucket& bucket, const std::string& folder,
                                                          const std::function<void(base::Micros)>& pause) {
  base::Micros wait = kPause;
  for (int attempt = 1;; ++attempt) {
    auto listed = bucket.list(folder);
    if (listed.ok()) return listed;
    const base::Error& error = listed.error();
    const std::string what = bucket.address().url() + ": " + error.what;
    if (error.code == base::Code::kNotFound) return base::Error{base::Code::kSystem, what};
    const bool denied = error.code == base::Code::kDenied;
    if (attempt == (denied ? kAttemptsDenied : kMostAttempts)) return base::Error{error.code, what};
    // After a first request the bucket knows how far the clock is off.
    const bool clock = attempt == 1 && bucket.clock_difference() != 0;
    if (!clock) pause(std::exchange(wait, std::min(2 * wait, kLongestPause)));
  }
}

}  // namespace

std::string directory_of(const std::string& root, const Order& order) {
  return root + "/" + order.channel + "/" + order.destination.name;
}

std::string key_of(const Order& order) { return order.channel + "/vod/" + order.destination.name; }

base::Result<VodExport::Totals> run_to_disk(const Order& order, const std::string& journal,
                                            const std::string& directory, const Permit& permit, const Notes& notes) {
  std::error_code error;
  if (std::filesystem::exists(directory, error)) {
    if (notes.before.claimed && notes.before.made) return *notes.before.made;
    return base::Error{base::Code::kBusy, directory + " is there already"};
  }
  if (!notes.before.claimed) notes.claim();
  // A name has no dot: this is what a job before left that was killed.
  const std::string made = directory + ".new";
  std::filesystem::remove_all(made, error);
  TRY(const VodExport::Append append, archive::files_below(made));
  auto totals = archive::export_journal(
      journal, options_of(order),
      [&](const std::string& path, media::Kind kind, base::View bytes) -> base::Status {
        TRY_OK(permit(bytes.size()));
        return append(path, kind, bytes);
      },
      [&](const std::string& what) { tell_damage(order, what); });
  if (totals.ok()) {
    notes.complete(*totals);
    std::filesystem::rename(made, directory, error);
    if (!error) return totals;
    totals = base::Error{base::Code::kSystem, directory + ": " + error.message()};
  }
  std::filesystem::remove_all(made, error);
  return totals;
}

base::Result<VodExport::Totals> run_to_bucket(const Order& order, const std::string& journal, s3::Bucket& bucket,
                                              const Permit& permit, const Notes& notes,
                                              const std::function<void(base::Micros)>& pause) {
  const std::string folder = key_of(order) + "/";
  TRY(const auto there, list_folder(bucket, folder, pause));
  if (!there.empty() && !notes.before.claimed)
    return base::Error{base::Code::kBusy, bucket.address().url() + "/" + folder + " has objects already"};
  const std::string last = folder + std::string(hls::kPlaylistFile);
  const bool published = std::any_of(there.begin(), there.end(), [&](const auto& at) { return at.name == last; });
  if (published && notes.before.made) return *notes.before.made;
  if (!notes.before.claimed) notes.claim();
  ObjectFiles files(folder, bucket, pause);
  auto totals = archive::export_journal(
      journal, options_of(order),
      [&](const std::string& path, media::Kind kind, base::View bytes) -> base::Status {
        TRY_OK(permit(bytes.size()));
        return files.add(path, kind, bytes);
      },
      [&](const std::string& what) { tell_damage(order, what); });
  if (!totals.ok()) return totals;
  notes.complete(*totals);
  TRY_OK(files.publish());
  return totals;
}

}  // namespace harvest

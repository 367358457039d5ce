#include "upload/comparison.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "crypto/md5.h"
#include "hls/uri.h"
#include "upload/journal_walk.h"
#include "upload/state_file.h"

namespace upload {
namespace {

constexpr std::array<std::string_view, 6> kFaultNames{"missing", "lost", "bytes", "headers", "old", "unreadable"};

/// An object as the journal has it.
struct Expected {
  std::uint64_t size = 0;
  std::string md5;
  std::string content_type;
  std::string cache_control;
};

/// One comparison of one channel.
class Comparing {
 public:
  Comparing(const Reconciled& of, s3::Bucket& bucket) : of_(of), bucket_(bucket), listing_(of.type, of.log.window) {}

  base::Result<Comparison> run() {
    StateFile(of_.state, of_.place).load(listing_);
    made_.begun = listing_.size() > 0;
    if (!made_.begun) {  // there is nothing to look for, but whether the bucket can be read is to be told
      const auto listed = bucket_.list(playlist_name(of_.channel));
      if (!listed.ok()) return listed.error();
    }
    read_journal();
    for (const Entry& entry : listing_.entries()) note_entry(entry);
    for (const std::string& rendition : listing_.renditions()) TRY_OK(compare_playlist(rendition));
    if (!multivariant_.empty()) TRY_OK(compare_multivariant());
    for (const auto& [rendition, names] : referenced_) renditions_.insert(rendition);
    for (const std::string& rendition : renditions_) TRY_OK(compare_media(rendition));
    return std::move(made_);
  }

 private:
  void find(const std::string& name, Fault fault, std::string detail = "") {
    made_.findings.push_back({name, fault, std::move(detail)});
  }

  void read_journal() {
    JournalWalk walk(of_.journal, of_.log);
    walk.run([this](const std::string& rendition, media::Kind kind, const hls::Segment& segment) {
      if (segment.gap()) return;
      if (segment.msn > listing_.newest_msn(rendition)) {
        ++made_.waiting;
        return;
      }
      renditions_.insert(rendition);
      const s3::Object object = segment_object(of_.channel, rendition, kind, segment);
      expect(object);
      newest_[rendition] = object.name;
      if (segment.init) expect(init_object(of_.channel, rendition, kind, segment));
    });
    if (walk.end()) multivariant_ = multivariant_text(*walk.end(), listing_);
  }
  void expect(const s3::Object& object) {
    const auto [at, added] = expected_.try_emplace(object.name);
    if (!added) return;
    at->second = {object.body.size(), crypto::md5_hex(object.body.view()), object.content_type, object.cache_control};
  }
  void note_entry(const Entry& entry) {
    if (entry.segment->gap()) return;
    std::string name;
    hls::write_segment_uri(name, entry.segment->msn, entry.segment->container);
    referenced_[entry.rendition].insert(name);
    if (entry.segment->init) referenced_[entry.rendition].insert(entry.segment->init->uri);
  }

  /// A playlist as it is in the bucket; nothing where that is a finding.
  base::Result<std::optional<References>> read_playlist(const std::string& name) {
    ++made_.objects;
    auto got = bucket_.get(name);
    if (!got.ok() && got.error().code == base::Code::kNotFound) {
      find(name, Fault::kMissing);
      return std::optional<References>();
    }
    if (!got.ok()) return got.error();
    made_.bytes += got->body.size();
    References references = references_of(got->body.text());
    if (!references.playlist) {
      find(name, Fault::kBytes, "it is no playlist of an upload");
      return std::optional<References>();
    }
    if (!has_playlist_headers(*got)) find(name, Fault::kHeaders, got->content_type + "; " + got->cache_control);
    return std::optional<References>(std::move(references));
  }
  base::Status compare_playlist(const std::string& rendition) {
    const std::string name = playlist_name(of_.channel, rendition);
    TRY(const std::optional<References> found, read_playlist(name));
    if (!found) return base::Ok{};
    const std::int64_t newest = listing_.newest(rendition)->msn;
    if (found->newest < newest) {
      find(name, Fault::kOld, "it ends with " + std::to_string(found->newest) + ", not " + std::to_string(newest));
    } else if (found->newest == newest && listing_.ended() && !found->ended) {
      find(name, Fault::kOld, "it has no EXT-X-ENDLIST");
    }
    referenced_[rendition].insert(found->names.begin(), found->names.end());
    return base::Ok{};
  }
  base::Status compare_multivariant() {
    TRY(const auto found, read_playlist(playlist_name(of_.channel)));
    static_cast<void>(found);
    return base::Ok{};
  }

  base::Status compare_media(const std::string& rendition) {
    const std::string folder = of_.channel + "/" + rendition + "/";
    std::set<std::string> names;
    for (const std::string& name : referenced_[rendition]) names.insert(folder + name);
    for (auto at = expected_.lower_bound(folder); at != expected_.end() && at->first.starts_with(folder); ++at)
      names.insert(at->first);
    TRY(const auto listed, bucket_.list(folder, before(folder, names)));
    std::map<std::string_view, const s3::Bucket::Listed*> there;
    for (const auto& object : listed) there[object.name] = &object;
    for (const std::string& name : names) {
      ++made_.objects;
      const auto found = there.find(name);
      const auto expected = expected_.find(name);
      if (found == there.end()) {
        find(name, expected == expected_.end() ? Fault::kLost : Fault::kMissing);
      } else {
        made_.bytes += found->second->size;
        if (expected != expected_.end()) TRY_OK(compare_object(*found->second, expected->second));
      }
    }
    return base::Ok{};
  }
  /// A name in front of all that are looked for, so that a bucket's old days are not listed. Numbers of as many digits
  /// stand in order of their text.
  static std::string before(const std::string& folder, const std::set<std::string>& names) {
    std::optional<std::int64_t> oldest;
    std::int64_t newest = 0;
    for (const std::string& name : names) {
      const auto file = hls::parse_file(std::string_view(name).substr(folder.size()));
      if (!file || file->kind != hls::File::Kind::kSegment) continue;
      oldest = std::min(oldest.value_or(file->msn), file->msn);
      newest = std::max(newest, file->msn);
    }
    if (!oldest || *oldest < 1) return "";
    const std::string first = std::to_string(*oldest - 1);
    return first.size() == std::to_string(newest).size() ? folder + first + ".~" : "";
  }

  /// An ETag that is another than the MD5 tells nothing: an object that was put in parts or is encrypted has such a
  /// one. Then, and for the newest of a rendition, the object is fetched.
  base::Status compare_object(const s3::Bucket::Listed& there, const Expected& expected) {
    if (there.size != expected.size) {
      find(there.name, Fault::kBytes, std::to_string(there.size) + " bytes, not " + std::to_string(expected.size));
      return base::Ok{};
    }
    const bool newest =
        std::any_of(newest_.begin(), newest_.end(), [&](const auto& at) { return at.second == there.name; });
    if (there.etag == expected.md5 && !newest && !of_.fetch_all) return base::Ok{};
    const auto got = bucket_.get(there.name);
    if (!got.ok()) {
      find(there.name, Fault::kUnreadable, got.error().message());
    } else if (crypto::md5_hex(got->body.view()) != expected.md5) {
      find(there.name, Fault::kBytes, "as many, but others");
    } else if (got->content_type != expected.content_type || got->cache_control != expected.cache_control) {
      find(there.name, Fault::kHeaders, got->content_type + "; " + got->cache_control);
    }
    return base::Ok{};
  }

  const Reconciled& of_;
  s3::Bucket& bucket_;
  Listing listing_;
  Comparison made_;
  std::map<std::string, Expected> expected_;                 ///< by name
  std::map<std::string, std::string> newest_;                ///< of `expected_` that of a rendition
  std::map<std::string, std::set<std::string>> referenced_;  ///< names of files by rendition, which playlists have
  std::set<std::string> renditions_;
  std::string multivariant_;  ///< empty: there need not be one
};

}  // namespace

std::string_view to_string(Fault fault) { return kFaultNames[static_cast<std::size_t>(fault)]; }

base::Result<Comparison> compare(const Reconciled& of, s3::Bucket& bucket) { return Comparing(of, bucket).run(); }

}  // namespace upload

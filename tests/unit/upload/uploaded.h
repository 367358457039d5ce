#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "hls/uri.h"
#include "unit/s3/fake_s3.h"
#include "unit/upload/journals.h"
#include "upload/comparison.h"
#include "upload/uploader.h"

namespace upload::testing {

/// A channel "match" that is uploaded to a bucket in memory.
class Uploaded : public ::testing::Test {
 protected:
  Uploaded() : journal_(scratch_.path() + "/match") {
    journal_.begin(0, false, kFirst - 1);
    journal_.segments(kFirst, kFirst + 4);
  }

  /// Uploads all that there is, as a server that was started does.
  void upload() {
    Uploader uploader({.channel = "match",
                       .journal = of_.journal,
                       .state = of_.state,
                       .place = of_.place,
                       .type = of_.type,
                       .log = of_.log},
                      {bucket_, clock_, [] { return 1.0; }});
    for (int i = 0; i < 100 && uploader.step() != Uploader::kPoll; ++i) {
    }
  }
  static std::string name(std::int64_t number, const std::string& rendition = "v720") {
    return "match/" + rendition + "/" + std::to_string(kFirst + number) + ".m4s";
  }
  s3::testing::FakeServer::Stored& stored(const std::string& name) { return server_.objects.at("/edge/live/" + name); }
  void lose(const std::string& name) { server_.objects.erase("/edge/live/" + name); }

  /// What is wrong: "NAME fault, …".
  std::string faults() {
    const auto found = compare(of_, bucket_);
    if (!found.ok()) return found.error().message();
    found_ = found.value();
    std::string text;
    for (const Finding& at : found_.findings)
      text += (text.empty() ? "" : ", ") + at.name + " " + std::string(to_string(at.fault));
    return text;
  }
  /// Requests of a method since they were cleared.
  std::size_t seen(const std::string& method) const {
    std::size_t count = 0;
    for (const client::Request& request : server_.seen) count += request.method == method ? 1 : 0;
    return count;
  }

  ScratchDirectory scratch_;
  Journal journal_;
  StepClock clock_;
  s3::testing::FakeServer server_;
  s3::Credentials credentials_{
      {.source = s3::Source::kEnvironment, .variable = [](const char*) { return std::optional<std::string>("x"); }},
      server_};
  s3::Bucket bucket_{*s3::parse_address("s3://edge/live", "http://h:1", "r"), credentials_, server_, clock_};
  Reconciled of_{.channel = "match",
                 .journal = scratch_.path() + "/match",
                 .state = scratch_.path() + "/match.upload",
                 .place = "s3://edge/live",
                 .type = hls::PlaylistType::kSliding,
                 .log = {.window = 20 * base::kSecond},
                 .fetch_all = false};
  Comparison found_;
};

}  // namespace upload::testing

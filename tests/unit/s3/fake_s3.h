#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "client/transport.h"
#include "crypto/md5.h"
#include "s3/bucket.h"
#include "s3/xml.h"

namespace s3::testing {

class FixedClock final : public base::Clock {
 public:
  base::Micros utc() const override { return at; }
  base::Micros steady() const override { return at; }
  base::Micros at = 1'369'353'600 * base::kSecond;  ///< 2013-05-24T00:00:00Z
};

/// A server of objects in a test's memory. It does not check signatures: see signature_test.cc.
class FakeServer final : public client::Transport {
 public:
  struct Stored {
    std::string body;
    std::string content_type;
    std::string cache_control;
  };

  std::vector<client::Answer> perform(const std::vector<client::Request>& requests) override {
    std::vector<client::Answer> answers;
    for (const client::Request& request : requests) {
      seen.push_back(request);
      answers.push_back(answer(request));
    }
    return answers;
  }

  static std::string header(const client::Request& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
      if (key == name) return value;
    }
    return "";
  }
  static client::Answer error(int status, const std::string& code) {
    return {status, {}, "<Error><Code>" + code + "</Code><Message>no</Message></Error>"};
  }

  std::map<std::string, Stored> objects;  ///< by path
  std::map<std::string, std::vector<std::string>> uploads;
  std::vector<client::Request> seen;
  std::deque<client::Answer> next;           ///< in place of the answers that would come
  std::map<std::string, std::string> etags;  ///< by path; of others it is the MD5
  std::size_t page = 1000;

 private:
  client::Answer answer(const client::Request& request) {
    if (!next.empty()) {
      client::Answer given = next.front();
      next.pop_front();
      if (given.status != 200 || !given.body.empty()) return given;
    }
    const std::size_t host = request.url.find('/', 8);
    const std::string path = request.url.substr(host, request.url.find('?') - host);
    const std::size_t mark = request.url.find('?');
    const std::string query = mark == request.url.npos ? "" : request.url.substr(mark + 1);
    const std::string body(request.body.text());
    if (request.method == "POST" && query == "uploads=") {
      uploads["up 1"] = {};
      types_["up 1"] = header(request, "content-type");
      return {200, {}, "<R><UploadId>up 1</UploadId></R>"};
    }
    if (request.method == "PUT" && query.find("uploadId=up%201") != query.npos) {
      uploads.at("up 1").push_back(body);
      return {200, {{"etag", "\"e" + std::to_string(uploads["up 1"].size()) + "\""}}, ""};
    }
    if (request.method == "POST") return complete(path, body);
    if (request.method == "DELETE") {
      uploads.clear();
      return {204, {}, ""};
    }
    if (request.method == "PUT") {
      objects[path] = {body, header(request, "content-type"), header(request, "cache-control")};
      return {200, {{"etag", "\"e\""}}, ""};
    }
    if (query.starts_with("continuation-token") || query.starts_with("list-type")) return list(query);
    const auto found = objects.find(path);
    if (found == objects.end()) return error(404, "NoSuchKey");
    return {200,
            {{"content-type", found->second.content_type}, {"cache-control", found->second.cache_control}},
            found->second.body};
  }
  client::Answer complete(const std::string& path, const std::string& list) {
    std::string all;
    for (const std::string& part : uploads.at("up 1")) all += part;
    completed = list;
    objects[path] = {all, types_["up 1"], ""};
    uploads.clear();
    return {200, {}, "<R><ETag>e</ETag></R>"};
  }
  /// The value of a parameter, decoded.
  static std::string parameter(const std::string& query, const std::string& name) {
    const std::string all = "&" + query;
    const std::size_t at = all.find("&" + name + "=");
    if (at == all.npos) return "";
    std::string value;
    for (std::size_t i = at + name.size() + 2; i < all.size() && all[i] != '&'; ++i) {
      const bool coded = all[i] == '%';
      value += coded ? static_cast<char>(std::stoi(all.substr(i + 1, 2), nullptr, 16)) : all[i];
      if (coded) i += 2;
    }
    return value;
  }
  client::Answer list(const std::string& query) const {
    const std::string token = parameter(query, "continuation-token");
    const std::string after = token.empty() ? parameter(query, "start-after") : token;
    std::string xml = "<ListBucketResult>";
    std::size_t given = 0;
    std::string last;
    bool more = false;
    for (const auto& [path, stored] : objects) {
      const std::string key = path.substr(path.find('/', 1) + 1);
      if (!key.starts_with(parameter(query, "prefix")) || key <= after) continue;
      more = given == page;
      if (more) break;
      const std::string etag = etags.contains(path) ? etags.at(path) : crypto::md5_hex(base::view_of(stored.body));
      xml += "<Contents><Key>" + with_entities(key) + "</Key><Size>" + std::to_string(stored.body.size()) +
             "</Size><ETag>&quot;" + etag + "&quot;</ETag></Contents>";
      last = key;
      ++given;
    }
    xml += std::string("<IsTruncated>") + (more ? "true" : "false") + "</IsTruncated>";
    if (more) xml += "<NextContinuationToken>" + with_entities(last) + "</NextContinuationToken>";
    return {200, {}, xml + "</ListBucketResult>"};
  }

  std::map<std::string, std::string> types_;

 public:
  std::string completed;  ///< the list of the last upload in parts
};

}  // namespace s3::testing

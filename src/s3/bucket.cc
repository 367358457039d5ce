#include "s3/bucket.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/date.h"
#include "base/printable.h"
#include "crypto/sha256.h"
#include "s3/xml.h"

namespace s3 {
namespace {

// Less is what an answer took on its way.
constexpr base::Micros kLeastDifference = base::kSecond;
// Pages of a listing that are asked for: 1,000 keys each.
constexpr int kMostPages = 10'000;

constexpr std::array<std::string_view, kReasons> kReasonNames{"network",   "credentials", "denied", "clock",
                                                              "slow_down", "server",      "bucket", "other"};

bool is_any(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

Reason reason_of(int status, std::string_view code) {
  if (code == "RequestTimeTooSkewed") return Reason::kClock;
  if (status == 503 || status == 429 || is_any(code, {"SlowDown", "TooManyRequests", "RequestLimitExceeded"}))
    return Reason::kSlowDown;
  if (code == "NoSuchBucket") return Reason::kBucket;
  if (status == 401 || status == 403 || is_any(code, {"ExpiredToken", "InvalidToken", "TokenRefreshRequired"}))
    return Reason::kDenied;
  return status >= 500 ? Reason::kServer : Reason::kOther;
}

}  // namespace

std::string_view to_string(Reason reason) { return kReasonNames[static_cast<std::size_t>(reason)]; }

std::optional<base::Micros> parse_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const std::size_t month = kMonths.find(text.substr(8, 3));
  if (month == kMonths.npos || month % 3 != 0) return std::nullopt;
  const std::string number = std::to_string(101 + month / 3).substr(1);
  return base::parse_utc(std::string(text.substr(12, 4)) + "-" + number + "-" + std::string(text.substr(5, 2)) + "T" +
                         std::string(text.substr(17, 8)) + "Z");
}

struct Bucket::Call {
  std::string method;
  std::string key = {};  ///< whole; empty: the bucket
  Pairs query = {};
  client::Headers headers = {};
  base::Bytes body = {};
};

client::Request Bucket::sign(const Call& call, const Keys& keys) const {
  const base::Micros now = clock_.utc() + difference_;
  Unsigned plain{call.method, address_.path_of(call.key), call.query, call.headers,
                 crypto::to_hex(crypto::sha256(call.body.view()))};
  plain.headers.emplace_back("host", address_.host);
  plain.headers.emplace_back("x-amz-content-sha256", plain.payload_hash);
  plain.headers.emplace_back("x-amz-date", amz_date(now));
  if (!keys.token.empty()) plain.headers.emplace_back("x-amz-security-token", keys.token);
  client::Request request{call.method, address_.scheme + "://" + address_.host + encode_path(plain.path)};
  if (!call.query.empty()) request.url += "?" + encode_query(call.query);
  request.headers = plain.headers;
  request.headers.emplace_back("authorization", authorization(plain, keys, {address_.region}, now));
  request.body = call.body;
  return request;
}

std::vector<client::Answer> Bucket::perform(const std::vector<Call>& calls, const Keys& keys) {
  std::vector<client::Request> requests;
  requests.reserve(calls.size());
  for (const Call& call : calls) requests.push_back(sign(call, keys));
  return transport_.perform(requests);
}

Failure Bucket::failure_of(const client::Answer& answer) {
  if (answer.status == 0) return {Reason::kNetwork, base::printable(answer.error)};
  const std::string code = text_of_element(answer.body, "Code");
  const std::string message = text_of_element(answer.body, "Message");
  Failure failure{reason_of(answer.status, code), std::to_string(answer.status)};
  if (!code.empty()) failure.text += " " + base::printable(code);
  if (!message.empty()) failure.text += ": " + base::printable(message);
  const auto date = parse_http_date(answer.header("date"));
  if (failure.reason == Reason::kClock && date) {
    const base::Micros difference = *date - clock_.utc();
    difference_ = std::abs(difference) < kLeastDifference ? 0 : difference;
  }
  if (failure.reason == Reason::kDenied) credentials_.refused();
  return failure;
}

std::vector<std::optional<Failure>> Bucket::put(const std::vector<Object>& objects) {
  auto keys = credentials_.keys(clock_.utc() + difference_);
  if (!keys.ok()) {
    const Failure failure{Reason::kCredentials, base::printable(keys.error().what)};
    return std::vector<std::optional<Failure>>(objects.size(), failure);
  }
  std::vector<std::optional<Failure>> failures(objects.size());
  std::vector<Call> calls;
  std::vector<std::size_t> whole;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const Object& object = objects[i];
    if (object.body.size() > kMostWhole) {
      failures[i] = put_in_parts(object, *keys);
      continue;
    }
    whole.push_back(i);
    calls.push_back({"PUT",
                     address_.key_of(object.name),
                     {},
                     {{"content-type", object.content_type}, {"cache-control", object.cache_control}},
                     object.body});
  }
  const std::vector<client::Answer> answers = perform(calls, *keys);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) failures[whole[i]] = failure_of(answers[i]);
  }
  return failures;
}

/// Until it is completed the object does not exist; what was put of one that is given up is deleted, as far as the
/// server can be reached. Spec: S3, CreateMultipartUpload, UploadPart, CompleteMultipartUpload.
std::optional<Failure> Bucket::put_in_parts(const Object& object, const Keys& keys) {
  const std::string key = address_.key_of(object.name);
  const client::Headers headers{{"content-type", object.content_type}, {"cache-control", object.cache_control}};
  const client::Answer begun = perform({{"POST", key, {{"uploads", ""}}, headers}}, keys).front();
  const std::string id = text_of_element(begun.body, "UploadId");
  if (!begun.ok() || id.empty()) return failure_of(begun);
  std::vector<Call> parts;
  for (std::size_t at = 0; at < object.body.size(); at += kPart) {
    const Pairs query{{"partNumber", std::to_string(parts.size() + 1)}, {"uploadId", id}};
    parts.push_back({"PUT", key, query, {}, object.body.slice(at, kPart)});
  }
  std::optional<Failure> failure;
  std::string list = "<CompleteMultipartUpload>";
  const std::vector<client::Answer> answers = perform(parts, keys);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok() && !failure) failure = failure_of(answers[i]);
    list += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
            with_entities(answers[i].header("etag")) + "</ETag></Part>";
  }
  list += "</CompleteMultipartUpload>";
  if (!failure) {
    const Pairs query{{"uploadId", id}};
    const client::Answer done =
        perform({{"POST", key, query, {{"content-type", "application/xml"}}, base::Bytes::adopt(std::move(list))}},
                keys)
            .front();
    // It may answer 200 at first and an error as the body.
    if (done.ok() && !find_element(done.body, "Code")) return std::nullopt;
    failure = failure_of(done);
  }
  static_cast<void>(perform({{"DELETE", key, {{"uploadId", id}}}}, keys));
  return failure;
}

base::Result<client::Answer> Bucket::ask(const Call& call) {
  TRY(const Keys keys, credentials_.keys(clock_.utc() + difference_));
  client::Answer answer = perform({call}, keys).front();
  if (answer.ok()) return answer;
  const Failure failure = failure_of(answer);
  const base::Code code = answer.status == 404                ? base::Code::kNotFound
                          : failure.reason == Reason::kDenied ? base::Code::kDenied
                                                              : base::Code::kSystem;
  return base::Error{code, failure.text};
}

base::Result<Object> Bucket::get(const std::string& name) {
  TRY(client::Answer answer, ask({"GET", address_.key_of(name)}));
  Object object{name, {}, std::string(answer.header("content-type")), std::string(answer.header("cache-control"))};
  object.body = base::Bytes::adopt(std::move(answer.body));
  return object;
}

/// Spec: S3, ListObjectsV2.
base::Result<std::vector<Bucket::Listed>> Bucket::list(const std::string& start, const std::string& after) {
  std::vector<Listed> found;
  std::string next;
  for (int page = 0; page < kMostPages; ++page) {
    Pairs query{{"list-type", "2"}, {"prefix", address_.key_of(start)}};
    if (!next.empty()) query.emplace_back("continuation-token", next);
    if (next.empty() && !after.empty()) query.emplace_back("start-after", address_.key_of(after));
    TRY(const client::Answer answer, ask({"GET", "", query}));
    const std::size_t skip = address_.prefix.empty() ? 0 : address_.prefix.size() + 1;
    for (const std::string_view entry : find_elements(answer.body, "Contents")) {
      Listed listed;
      const std::string key = text_of_element(entry, "Key");
      const std::string_view size = find_element(entry, "Size").value_or("");
      std::from_chars(size.begin(), size.end(), listed.size);
      listed.etag = text_of_element(entry, "ETag");
      std::erase(listed.etag, '"');
      if (key.size() >= skip) listed.name = key.substr(skip);
      found.push_back(std::move(listed));
    }
    next = text_of_element(answer.body, "NextContinuationToken");
    if (next.empty() || text_of_element(answer.body, "IsTruncated") != "true") return found;
  }
  return base::Error{base::Code::kTooLarge, "list of " + address_.url()};
}

}  // namespace s3

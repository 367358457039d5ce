#include "http/repeated_answers.h"

#include <utility>

namespace http {
namespace {

base::Bytes join(const Reply& reply, const base::Bytes& ending) {
  const base::View head = reply.block().http1();
  std::vector<std::uint8_t> whole;
  whole.reserve(head.size() + ending.size() + reply.body_size());
  whole.insert(whole.end(), head.begin(), head.end());
  whole.insert(whole.end(), ending.begin(), ending.end());
  for (const base::Bytes& slice : reply.body()) whole.insert(whole.end(), slice.begin(), slice.end());
  return base::Bytes::adopt(std::move(whole));
}

}  // namespace

base::Bytes RepeatedAnswers::find(const Response& response, const base::Bytes& ending) {
  if (response->body_size() > kMostBody) return {};
  for (Answer& answer : answers_) {
    if (answer.response != response || answer.ending.data() != ending.data()) continue;
    if (answer.whole.empty()) answer.whole = join(*response, ending);
    return answer.whole;
  }
  answers_[oldest_] = {response, ending, {}};
  oldest_ = (oldest_ + 1) % kAnswers;
  return {};
}

}  // namespace http

#pragma once

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace http_test {

/// A small HTTP/2 client over nghttp2; what it says is moved to the server session by hand.
class Http2Client {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  struct Answer {
    std::string fields;
    std::string body;
    bool complete = false;
    std::uint32_t error = 0;
  };

  Http2Client() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_length,
                      const std::uint8_t* value, std::size_t value_length, std::uint8_t, void* user) {
          static_cast<Http2Client*>(user)->answers[frame->hd.stream_id].fields +=
              std::string(reinterpret_cast<const char*>(name), name_length) + "=" +
              std::string(reinterpret_cast<const char*>(value), value_length) + ";";
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks,
        [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t length, void* user) {
          auto& client = *static_cast<Http2Client*>(user);
          client.answers[id].body.append(reinterpret_cast<const char*>(bytes), length);
          client.order.push_back(id);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, [](nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
          auto& answer = static_cast<Http2Client*>(user)->answers[id];
          answer.complete = true;
          answer.error = error;
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          auto& client = *static_cast<Http2Client*>(user);
          if (frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) ++client.pongs;
          if (frame->hd.type == NGHTTP2_GOAWAY) client.goaway = static_cast<int>(frame->goaway.error_code);
          return 0;
        });
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_session_client_new2(&session, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, 0, nullptr, 0);
  }
  ~Http2Client() { nghttp2_session_del(session); }

  std::int32_t ask(const std::string& path, const std::string& method = "GET", Fields more = {},
                   const std::string& body = "") {
    Fields fields = head(path, method, std::move(more));
    const std::vector<nghttp2_nv> nv = pointers(fields);
    sending = body;
    nghttp2_data_provider provider = sender();
    return nghttp2_submit_request(session, nullptr, nv.data(), nv.size(), body.empty() ? nullptr : &provider, nullptr);
  }
  /// Asks with END_HEADERS alone: a body may follow by send_body.
  std::int32_t begin(const std::string& path, const std::string& method = "GET", Fields more = {}) {
    Fields fields = head(path, method, std::move(more));
    const std::vector<nghttp2_nv> nv = pointers(fields);
    return nghttp2_submit_headers(session, NGHTTP2_FLAG_NONE, -1, nullptr, nv.data(), nv.size(), nullptr);
  }
  void send_body(std::int32_t id, const std::string& body, bool whole) {
    sending = body;
    const nghttp2_data_provider provider = sender();
    ASSERT_EQ(nghttp2_submit_data(session, whole ? NGHTTP2_FLAG_END_STREAM : NGHTTP2_FLAG_NONE, id, &provider), 0);
  }
  nghttp2_data_provider sender() {
    nghttp2_data_provider provider{};
    provider.source.ptr = this;
    provider.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t length,
                                std::uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
      auto& left = static_cast<Http2Client*>(source->ptr)->sending;
      const std::size_t taken = std::min(length, left.size());
      std::copy_n(left.begin(), taken, to);
      left.erase(0, taken);
      if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return static_cast<ssize_t>(taken);
    };
    return provider;
  }
  std::string say() {
    std::string all;
    const std::uint8_t* data = nullptr;
    for (ssize_t length = 0; (length = nghttp2_session_mem_send(session, &data)) > 0;)
      all.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(length));
    return all;
  }
  void hear(const std::string& bytes) {
    ASSERT_EQ(nghttp2_session_mem_recv(session, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }

  nghttp2_session* session = nullptr;
  std::map<std::int32_t, Answer> answers;
  std::vector<std::int32_t> order;
  std::string sending;
  int pongs = 0;
  int goaway = -1;

 private:
  static Fields head(const std::string& path, const std::string& method, Fields more) {
    Fields fields{{":method", method}, {":scheme", "https"}, {":authority", "edge"}, {":path", path}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  }
  static std::vector<nghttp2_nv> pointers(Fields& fields) {
    std::vector<nghttp2_nv> nv;
    for (auto& [name, value] : fields)
      nv.push_back({reinterpret_cast<std::uint8_t*>(name.data()), reinterpret_cast<std::uint8_t*>(value.data()),
                    name.size(), value.size(), 0});
    return nv;
  }
};

}  // namespace http_test

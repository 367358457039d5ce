#include "viewers/tls.h"

#include <cstdlib>

namespace viewers {
namespace {

constexpr unsigned char kH2[] = {2, 'h', '2'};
constexpr unsigned char kH1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

}  // namespace

TlsClient::TlsClient(bool h2, Resume resume) : context_(SSL_CTX_new(TLS_client_method())), h2_(h2) {
  if (context_ == nullptr) std::abort();
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr);
  // Buffers of idle connections are given back: a crowd of them is what this is for.
  SSL_CTX_set_mode(context_,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_protos(context_, h2 ? kH2 : kH1, h2 ? sizeof kH2 : sizeof kH1);
  SSL_CTX_set_app_data(context_, this);
  if (resume == Resume::kYes) {
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_, &TlsClient::keep_session);
  }
}

TlsClient::~TlsClient() {
  SSL_SESSION_free(session_);
  SSL_CTX_free(context_);
}

int TlsClient::keep_session(SSL* tls, SSL_SESSION* session) {
  auto* client = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)));
  SSL_SESSION_free(client->session_);
  client->session_ = session;
  return 1;  // the reference is ours now
}

SSL* TlsClient::connect(int descriptor) {
  SSL* tls = SSL_new(context_);
  if (tls == nullptr) std::abort();
  SSL_set_fd(tls, descriptor);
  SSL_set_tlsext_host_name(tls, "localhost");
  if (session_ != nullptr) SSL_set_session(tls, session_);
  SSL_set_connect_state(tls);
  return tls;
}

}  // namespace viewers

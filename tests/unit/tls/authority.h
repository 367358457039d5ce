#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <string>

#include "tls/owned.h"
#include "tls/self_signed.h"

namespace tls_test {

/// An authority that signs certificates of clients, as a CDN or an operator runs one. Its files and theirs lie in a
/// directory of the test's.
class Authority {
 public:
  Authority(std::string directory, std::string name)
      : directory_(std::move(directory)), name_(std::move(name)), key_(EVP_EC_gen("P-256")) {
    certificate_ = certificate(name_, key_.get(), {NID_basic_constraints, "critical,CA:TRUE"});
    write(file(), [this](std::FILE* to) { PEM_write_X509(to, certificate_.get()); });
  }

  /// PEM of its certificate.
  std::string file() const { return directory_ + "/" + name_ + ".crt"; }
  /// A certificate for TLS clients that it signed, good until `days` from now.
  tls::CertificateFiles issue(const std::string& client, int days = 1) const {
    const tls::CertificateFiles files{directory_ + "/" + client + ".crt", directory_ + "/" + client + ".key"};
    const tls::Key key(EVP_EC_gen("P-256"));
    const tls::Certificate made = certificate(client, key.get(), {NID_ext_key_usage, "clientAuth"}, days);
    write(files.certificate, [&](std::FILE* to) { PEM_write_X509(to, made.get()); });
    write(files.key,
          [&](std::FILE* to) { PEM_write_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    return files;
  }

 private:
  struct Extension {
    int id;
    const char* value;
  };
  tls::Certificate certificate(const std::string& name, EVP_PKEY* key, const Extension& extension, int days = 1) const {
    tls::Certificate made(X509_new());
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * 86400L);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), days * 86400L);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(certificate_ == nullptr ? made.get() : certificate_.get()));
    X509_set_pubkey(made.get(), key);
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509_EXTENSION* const one = X509V3_EXT_conf_nid(nullptr, &context, extension.id, extension.value);
    X509_add_ext(made.get(), one, -1);
    X509_EXTENSION_free(one);
    X509_sign(made.get(), key_.get(), EVP_sha256());
    return made;
  }
  template <typename Writing>
  static void write(const std::string& path, const Writing& writing) {
    std::FILE* const to = std::fopen(path.c_str(), "w");
    writing(to);
    std::fclose(to);
  }

  std::string directory_;
  std::string name_;
  tls::Key key_;
  tls::Certificate certificate_;
};

}  // namespace tls_test

#include "tls/self_signed.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "tls/credentials.h"
#include "tls/owned.h"

namespace tls {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// Browsers refuse server certificates valid for more than 398 days.
constexpr long kValidSeconds = 397L * 24 * 3600;
constexpr long kRenewBefore = 30L * 24 * 3600;

base::Error system_error(const std::string& what) {
  return base::Error{base::Code::kSystem, what + ": " + std::strerror(errno)};
}

bool still_good(const CertificateFiles& files) {
  const auto credentials = Credentials::read(files.certificate, files.key);
  if (!credentials.ok()) return false;
  // Whole and a pair: a start that was killed between the two files leaves a key that is not the certificate's.
  const Rules context(SSL_CTX_new(TLS_server_method()));
  return context != nullptr && use_credentials(context.get(), *credentials).ok() &&
         validity_of(context.get()).until > std::time(nullptr) + kRenewBefore;
}

/// Empty where the machine has none.
std::string host_name() {
  char host[256] = {};
  return gethostname(host, sizeof host - 1) == 0 ? host : "";
}

bool add_extension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

Certificate sign_for(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  std::uint8_t serial[16] = {};
  if (certificate == nullptr || RAND_bytes(serial, sizeof serial) != 1) return nullptr;
  serial[0] &= 0x7f;  // serial numbers are positive (RFC 5280 4.1.2.2)
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);  // clients whose clock is a little behind
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("Kickoff"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const bool complete =
      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") &&
      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
      add_extension(certificate.get(), NID_subject_alt_name, alternative_names(host_name()).c_str()) &&
      X509_sign(certificate.get(), key, EVP_sha256()) != 0;
  return complete ? std::move(certificate) : nullptr;
}

/// Writes through a file beside it and a rename, so that a reader never meets half a file.
template <typename Write>
base::Status write_file(const std::string& path, mode_t mode, Write write) {
  const std::string beside = path + ".new";
  const int descriptor = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (descriptor < 0) return system_error("cannot write " + beside);
  File file(fdopen(descriptor, "w"));
  if (file == nullptr || !write(file.get()) || std::fflush(file.get()) != 0)
    return system_error("cannot write " + beside);
  file.reset();
  if (std::rename(beside.c_str(), path.c_str()) != 0) return system_error("cannot write " + path);
  return base::Ok{};
}

}  // namespace

std::string alternative_names(std::string_view host) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  const bool plain = host.find_first_not_of(kPlain) == std::string_view::npos;
  if (plain && !host.empty() && host != "localhost") names += ",DNS:" + std::string(host);
  return names;
}

base::Result<CertificateFiles> self_signed_certificate(const std::string& directory) {
  CertificateFiles files{directory + "/tls-self-signed.crt", directory + "/tls-self-signed.key"};
  if (still_good(files)) return files;
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return base::Error{base::Code::kSystem, "cannot make " + directory + ": " + failed.message()};

  Key key(EVP_EC_gen("P-256"));
  Certificate certificate = key == nullptr ? nullptr : sign_for(key.get());
  if (certificate == nullptr) return base::Error{base::Code::kSystem, "cannot make a self-signed certificate"};
  TRY_OK(write_file(files.key, 0600, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  }));
  TRY_OK(write_file(files.certificate, 0644,
                    [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()) == 1; }));
  return files;
}

}  // namespace tls

#include "crypto/public_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <utility>

namespace crypto {
namespace {

using base::Code;
using base::Error;

base::Status check_kind(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < PublicKey::kLeastModulus || bits > PublicKey::kMostModulus)
      return Error{Code::kUnsupported, "the RSA key has " + std::to_string(bits) + " bits; 2048 to 8192 are wanted"};
    return base::Ok{};
  }
  std::array<char, 64> curve{};
  const bool named = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
                     EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1;
  if (!named || std::string_view(curve.data()) != "prime256v1")
    return Error{Code::kUnsupported, "the key is neither RSA nor on the curve P-256"};
  return base::Ok{};
}

}  // namespace

base::Result<PublicKey> PublicKey::parse(std::string_view pem) {
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    return Error{Code::kUnsupported, "it has a private key: give the public one"};
  const std::unique_ptr<BIO, void (*)(BIO*)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                  [](BIO* bio) { BIO_free(bio); });
  EVP_PKEY* const read = text == nullptr ? nullptr : PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr);
  ERR_clear_error();
  if (read == nullptr) return Error{Code::kMalformed, "no public key in PEM (\"BEGIN PUBLIC KEY\")"};
  std::shared_ptr<void> key(read, [](void* one) { EVP_PKEY_free(static_cast<EVP_PKEY*>(one)); });
  TRY_OK(check_kind(read));
  return PublicKey(std::move(key));
}

bool PublicKey::has_signed(base::View message, base::View signature, SignatureHash hash) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> check(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* const digest = hash == SignatureHash::kSha1 ? EVP_sha1() : EVP_sha256();
  auto* const key = static_cast<EVP_PKEY*>(key_.get());
  const bool good =
      check != nullptr && EVP_DigestVerifyInit(check.get(), nullptr, digest, nullptr, key) == 1 &&
      EVP_DigestVerify(check.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace crypto

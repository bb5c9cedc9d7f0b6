#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace tallinn {
namespace {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;

constexpr std::string_view kAlpn = "\x10tallinn-ledger/1";  // with its length

std::unexpected<Error> failed(std::string_view what) {
  char text[256] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  return refuse(Code::unavailable, "TLS: " + std::string(what) + ": " + text);
}

std::optional<PublicKey> key_of(X509* certificate) {
  EVP_PKEY* key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) return std::nullopt;
  PublicKey raw;
  std::size_t size = raw.bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.bytes.data(), &size) != 1 || size != raw.bytes.size())
    return std::nullopt;
  return raw;
}

int allowed_index() {
  static const int index = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* allowed, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<AllowedKey*>(allowed);
      });
  return index;
}

bool is_allowed(SSL_CTX* context, const PublicKey& key) {
  const auto* allowed =
      static_cast<const AllowedKey*>(SSL_CTX_get_ex_data(context, allowed_index()));
  return allowed != nullptr && (*allowed)(key);
}

/// Instead of a chain: is the key one of those? That the peer has its secret half, the handshake
/// itself proves.
int verify_by_key(X509_STORE_CTX* store, void*) {
  auto* connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto key = key_of(X509_STORE_CTX_get0_cert(store));
  if (connection != nullptr && key && is_allowed(SSL_get_SSL_CTX(connection), *key)) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(kAlpn.data());
  const int found = SSL_select_next_proto(&chosen, out_size, ours,
                                          static_cast<unsigned>(kAlpn.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<Certificate> self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  if (!certificate) return failed("no memory for a certificate");
  X509* raw = certificate.get();
  X509_set_version(raw, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), 1);
  X509_NAME* name = X509_get_subject_name(raw);
  const bool filled =
      ASN1_TIME_set_string(X509_getm_notBefore(raw), "20200101000000Z") == 1 &&
      ASN1_TIME_set_string(X509_getm_notAfter(raw), "99991231235959Z") == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>("tallinn-ledger"), -1, -1,
                                 0) == 1 &&
      X509_set_issuer_name(raw, name) == 1 && X509_set_pubkey(raw, key) == 1;
  if (!filled || X509_sign(raw, key, nullptr) == 0)
    return failed("the certificate could not be made");
  return certificate;
}

}  // namespace

void FreeTlsContext::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

Result<TlsContext> make_tls_context(const SigningKey& transport, AllowedKey allowed) {
  const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, transport.seed().data(),
                                             transport.seed().size()));
  if (!key) return failed("the transport key was not taken");
  const auto certificate = self_signed(key.get());
  if (!certificate) return std::unexpected(certificate.error());
  TlsContext context(SSL_CTX_new(TLS_method()));
  SSL_CTX* raw = context.get();
  const bool set =
      raw != nullptr && SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION) == 1 &&
      SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION) == 1 &&
      SSL_CTX_use_certificate(raw, certificate->get()) == 1 &&
      SSL_CTX_use_PrivateKey(raw, key.get()) == 1 &&
      SSL_CTX_set_alpn_protos(raw, reinterpret_cast<const unsigned char*>(kAlpn.data()),
                              static_cast<unsigned>(kAlpn.size())) == 0 &&
      SSL_CTX_set_num_tickets(raw, 0) == 1 && SSL_CTX_set1_sigalgs_list(raw, "ed25519") == 1;
  if (!set) return failed("the context could not be set up");
  SSL_CTX_set_session_cache_mode(
      raw, SSL_SESS_CACHE_OFF);  // a resumed session would skip the look at the key
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, choose_alpn, nullptr);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(raw, verify_by_key, nullptr);
  auto keys = std::make_unique<AllowedKey>(std::move(allowed));
  if (SSL_CTX_set_ex_data(raw, allowed_index(), keys.get()) != 1)
    return failed("the context could not be set up");
  keys.release();  // the context frees it
  return context;
}

std::optional<PublicKey> tls_peer_key(ssl_st* connection) {
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(connection, &protocol, &size);
  if (std::string_view(reinterpret_cast<const char*>(protocol), size) != kAlpn.substr(1))
    return std::nullopt;
  const auto key = key_of(SSL_get0_peer_certificate(connection));
  return key && is_allowed(SSL_get_SSL_CTX(connection), *key) ? key : std::nullopt;
}

}  // namespace tallinn

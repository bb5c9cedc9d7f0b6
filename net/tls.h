// TLS between offices: TLS 1.3 only, both sides show a self-signed certificate of their transport
// key, and the key itself is compared with those of the offices. No certificate authority, no
// names, no dates, no resumption. Shell. ALPN "tallinn-ledger/1". OpenSSL's types stay in
// tls.cpp and peer_link*.cpp.
#pragma once

#include <functional>
#include <memory>

#include "events/signing.h"

struct ssl_ctx_st;
struct ssl_st;

namespace tallinn {

struct FreeTlsContext {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;

/// Whose keys may connect now; asked in every handshake, by any thread.
using AllowedKey = std::function<bool(const PublicKey&)>;

/// For dialling and listening alike. Only peers with an `allowed` key finish the handshake. Error
/// unavailable when OpenSSL cannot do what is needed.
Result<TlsContext> make_tls_context(const SigningKey& transport, AllowedKey allowed);

/// After the handshake: whose key it is. Nothing when no allowed key was shown or the protocol was
/// not agreed on.
std::optional<PublicKey> tls_peer_key(ssl_st* connection);

}  // namespace tallinn

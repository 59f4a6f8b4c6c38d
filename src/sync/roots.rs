//! By whom a hub's certificate may be signed.
//!
//! By whoever the system trusts: a district that runs an authority of its own installs it there once, and every program
//! takes it. The environment variables `SSL_CERT_FILE` and `SSL_CERT_DIR` name others, as they do for OpenSSL. A system
//! that names nobody, such as a bare one, gets the authorities of the web (Mozilla's list, built in).

use std::sync::Arc;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The client's side of TLS.
pub(crate) fn config() -> TlsConfig {
    TlsConfig::builder().root_certs(roots()).build()
}

fn roots() -> RootCerts {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some authorities for certificates can't be read");
    }
    let certificates: Vec<Certificate<'static>> = found
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    if certificates.is_empty() {
        RootCerts::WebPki
    } else {
        RootCerts::Specific(Arc::new(certificates))
    }
}

//! Which certificates a TLS connection accepts.

use std::sync::{Arc, OnceLock};

use rustls_platform_verifier::Verifier;
use serde::Deserialize;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};

use super::Fault;

/// What a function says about the TLS of a connection: a part of `tls.connect`'s options.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Trust {
    /// The name the certificate is checked against, when it is not the host's.
    pub servername: Option<String>,
    /// Whether any certificate will do (`rejectUnauthorized: false`).
    pub unverified: bool,
    /// Certificates in PEM that are trusted instead of the system's.
    pub ca: Vec<String>,
    /// The function's own certificate in PEM.
    pub cert: Option<String>,
    /// Its key in PEM.
    pub key: Option<String>,
}

impl Trust {
    /// The settings of a connection.
    ///
    /// # Errors
    /// When a certificate or key cannot be read, or the system's certificates cannot.
    pub fn config(&self) -> Result<Arc<ClientConfig>, Fault> {
        static USUAL: OnceLock<Arc<ClientConfig>> = OnceLock::new();
        let usual = Trust {
            servername: self.servername.clone(),
            ..Trust::default()
        };
        if *self != usual {
            return self.build().map(Arc::new);
        }
        if let Some(config) = USUAL.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.build()?);
        Ok(Arc::clone(USUAL.get_or_init(|| config)))
    }

    fn build(&self) -> Result<ClientConfig, Fault> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?;
        let builder = if self.unverified {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Unverified(provider)))
        } else if self.ca.is_empty() {
            let verifier = Verifier::new(provider).map_err(|error| unusable(&error))?;
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
        } else {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(self.named(provider)?))
        };
        match (&self.cert, &self.key) {
            (Some(cert), Some(key)) => {
                let chain = certificates(cert)?;
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
                    .map_err(|error| unreadable("key", &error))?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| unusable(&error))
            }
            _ => Ok(builder.with_no_client_auth()),
        }
    }

    fn named(&self, provider: Arc<CryptoProvider>) -> Result<Named, Fault> {
        let mut roots = RootCertStore::empty();
        let mut certificates = Vec::new();
        for text in &self.ca {
            certificates.extend(self::certificates(text)?);
        }
        for certificate in &certificates {
            roots
                .add(certificate.clone())
                .map_err(|error| unusable(&error))?;
        }
        let chains = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| Fault::new("ERR_TLS_INVALID_CONTEXT", error.to_string()))?;
        Ok(Named {
            certificates,
            chains,
        })
    }
}

fn certificates(text: &str) -> Result<Vec<CertificateDer<'static>>, Fault> {
    CertificateDer::pem_slice_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable("certificate", &error))
}

fn unreadable(what: &str, error: &dyn std::fmt::Display) -> Fault {
    Fault::new(
        "ERR_OSSL_PEM_NO_START_LINE",
        format!("the {what} is not PEM: {error}"),
    )
}

fn unusable(error: &TlsError) -> Fault {
    Fault::new("ERR_TLS_INVALID_CONTEXT", error.to_string())
}

/// Trusts the certificates of `ca`: those they signed, and a server that shows one of them itself, as OpenSSL
/// does. (The verifier of rustls takes no authority for a server.)
#[derive(Debug)]
struct Named {
    certificates: Vec<CertificateDer<'static>>,
    chains: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        if self.certificates.iter().any(|known| known == end_entity) {
            let parsed = ParsedCertificate::try_from(end_entity)?;
            verify_server_name(&parsed, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        self.chains
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.chains.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.chains.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// Takes every certificate: what `rejectUnauthorized: false` asks for.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

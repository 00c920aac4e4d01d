//! Asymmetric keys: read from and written as PEM, DER and JWK.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{SigningKey, VerifyingKey};
use rsa::pkcs1::{
    DecodeRsaPrivateKey, DecodeRsaPublicKey, EncodeRsaPrivateKey, EncodeRsaPublicKey,
};
use rsa::pkcs8::der::asn1::{AnyRef, ContextSpecific};
use rsa::pkcs8::der::{Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use rsa::rand_core::OsRng;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};

use super::crypto::Fault;
use super::text;

/// The longest modulus of an RSA key with which anything is done, in bits: it bounds how long it takes.
const MAX_RSA_BITS: usize = 4096;

/// A private key.
pub enum Private {
    /// RSA.
    Rsa(Box<RsaPrivateKey>),
    /// On the curve P-256.
    P256(p256::SecretKey),
    /// On the curve P-384.
    P384(p384::SecretKey),
    /// On the curve P-521.
    P521(p521::SecretKey),
    /// Ed25519.
    Ed25519(SigningKey),
}

/// A public key.
pub enum Public {
    /// RSA.
    Rsa(RsaPublicKey),
    /// On the curve P-256.
    P256(p256::PublicKey),
    /// On the curve P-384.
    P384(p384::PublicKey),
    /// On the curve P-521.
    P521(p521::PublicKey),
    /// Ed25519.
    Ed25519(VerifyingKey),
}

fn undecodable() -> Fault {
    Fault::new(
        "ERR_OSSL_UNSUPPORTED",
        "error:1E08010C:DECODER routines::unsupported",
    )
}

fn bad_jwk() -> Fault {
    Fault::new("ERR_CRYPTO_INVALID_JWK", "Invalid JWK data")
}

fn failed(error: impl std::fmt::Display) -> Fault {
    Fault::new("", &error.to_string())
}

/// The label and the bytes of the first PEM block.
fn pem(data: &[u8]) -> Result<(String, Vec<u8>), Fault> {
    let text = String::from_utf8_lossy(data);
    let (_, rest) = text.split_once("-----BEGIN ").ok_or_else(undecodable)?;
    let (label, rest) = rest.split_once("-----").ok_or_else(undecodable)?;
    let (body, _) = rest.split_once("-----END ").ok_or_else(undecodable)?;
    if body.contains("Proc-Type") || label == "ENCRYPTED PRIVATE KEY" {
        return Err(Fault::unsupported("a private key with a passphrase"));
    }
    let der = text::encode("base64", body.to_owned()).map_err(|_| undecodable())?;
    Ok((label.to_owned(), der))
}

/// The public key in a certificate (RFC 5280: the seventh member of what is signed, counting the version).
fn certified(certificate: &[u8]) -> Option<Vec<u8>> {
    let certificate = AnyRef::from_der(certificate).ok()?;
    let signed: AnyRef = SliceReader::new(certificate.value()).ok()?.decode().ok()?;
    let mut members = SliceReader::new(signed.value()).ok()?;
    let version = ContextSpecific::<AnyRef>::decode_explicit(&mut members, TagNumber::N0);
    version.ok()?;
    // Serial number, algorithm, issuer, validity, subject.
    for _ in 0..5 {
        members.decode::<AnyRef>().ok()?;
    }
    let key: AnyRef = members.decode().ok()?;
    (key.tag() == Tag::Sequence).then_some(())?;
    key.to_der().ok()
}

/// A SEC 1 key with the name of its curve (RFC 5915: `parameters`, after the `length` bytes of the number),
/// without which OpenSSL does not read it.
fn named(key: &[u8], length: usize, curve: &[u8]) -> Result<Vec<u8>, Fault> {
    let key = AnyRef::from_der(key).map_err(failed)?;
    // The version takes 3 bytes, the number's tag and length 2.
    let (before, after) = key
        .value()
        .split_at_checked(5 + length)
        .ok_or_else(undecodable)?;
    let name = AnyRef::new(Tag::ObjectIdentifier, curve).and_then(|name| name.to_der());
    let name = name.map_err(failed)?;
    let body = [before, &[0xa0, name.len() as u8], &name, after].concat();
    AnyRef::new(Tag::Sequence, &body)
        .and_then(|key| key.to_der())
        .map_err(failed)
}

fn member(jwk: &Value, name: &str) -> Result<Vec<u8>, Fault> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or_else(bad_jwk)?;
    text::encode("base64", text.to_owned()).map_err(|_| bad_jwk())
}

fn number(jwk: &Value, name: &str) -> Result<BigUint, Fault> {
    Ok(BigUint::from_bytes_be(&member(jwk, name)?))
}

fn url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn kind(jwk: &Value) -> (&str, &str) {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    (text("kty"), text("crv"))
}

fn bounded(key: RsaPrivateKey) -> Result<Private, Fault> {
    if key.n().bits() > MAX_RSA_BITS {
        return Err(Fault::unsupported("an RSA key of more than 4096 bits"));
    }
    Ok(Private::Rsa(Box::new(key)))
}

impl Private {
    /// A key in PKCS #8, PKCS #1 or SEC 1.
    ///
    /// # Errors
    /// When it is none of these, or of a kind that is not there.
    pub fn from_der(der: &[u8]) -> Result<Self, Fault> {
        if let Ok(key) = RsaPrivateKey::from_pkcs8_der(der) {
            return bounded(key);
        }
        if let Ok(key) = RsaPrivateKey::from_pkcs1_der(der) {
            return bounded(key);
        }
        if let Ok(key) = SigningKey::from_pkcs8_der(der) {
            return Ok(Private::Ed25519(key));
        }
        macro_rules! curve {
            ($curve:ident, $variant:ident) => {
                if let Ok(key) = $curve::SecretKey::from_pkcs8_der(der) {
                    return Ok(Private::$variant(key));
                }
                if let Ok(key) = $curve::SecretKey::from_sec1_der(der) {
                    return Ok(Private::$variant(key));
                }
            };
        }
        curve!(p256, P256);
        curve!(p384, P384);
        curve!(p521, P521);
        Err(undecodable())
    }

    /// A key in PEM.
    ///
    /// # Errors
    /// When there is no private key, or of a kind that is not there.
    pub fn from_pem(data: &[u8]) -> Result<Self, Fault> {
        let (label, der) = pem(data)?;
        match label.ends_with("PRIVATE KEY") {
            true => Private::from_der(&der),
            false => Err(undecodable()),
        }
    }

    /// A key as a JSON Web Key (RFC 7517).
    ///
    /// # Errors
    /// When members are missing or the kind is not there.
    pub fn from_jwk(jwk: &Value) -> Result<Self, Fault> {
        macro_rules! curve {
            ($curve:ident, $variant:ident) => {
                Ok(Private::$variant(
                    $curve::SecretKey::from_slice(&member(jwk, "d")?).map_err(|_| bad_jwk())?,
                ))
            };
        }
        match kind(jwk) {
            ("RSA", _) => {
                let primes = vec![number(jwk, "p")?, number(jwk, "q")?];
                let (n, e, d) = (number(jwk, "n")?, number(jwk, "e")?, number(jwk, "d")?);
                if n.bits() > MAX_RSA_BITS {
                    return Err(Fault::unsupported("an RSA key of more than 4096 bits"));
                }
                bounded(RsaPrivateKey::from_components(n, e, d, primes).map_err(|_| bad_jwk())?)
            }
            ("EC", "P-256") => curve!(p256, P256),
            ("EC", "P-384") => curve!(p384, P384),
            ("EC", "P-521") => curve!(p521, P521),
            ("OKP", "Ed25519") => {
                let secret = member(jwk, "d")?.try_into().map_err(|_| bad_jwk())?;
                Ok(Private::Ed25519(SigningKey::from_bytes(&secret)))
            }
            (kty, crv) => Err(Fault::unsupported(&format!(
                "a JWK of the kind {kty} {crv}"
            ))),
        }
    }

    /// A new key other than RSA.
    ///
    /// # Errors
    /// When the kind or curve is not there.
    pub fn generate(kind: &str, curve: &str) -> Result<Self, Fault> {
        Ok(match (kind, curve) {
            ("ec", "prime256v1" | "P-256") => Private::P256(p256::SecretKey::random(&mut OsRng)),
            ("ec", "secp384r1" | "P-384") => Private::P384(p384::SecretKey::random(&mut OsRng)),
            ("ec", "secp521r1" | "P-521") => Private::P521(p521::SecretKey::random(&mut OsRng)),
            ("ed25519", _) => Private::Ed25519(SigningKey::generate(&mut OsRng)),
            _ => {
                return Err(Fault::unsupported(&format!(
                    "a new key of the kind {kind} {curve}"
                )));
            }
        })
    }

    /// Its public half.
    pub fn public(&self) -> Public {
        match self {
            Private::Rsa(key) => Public::Rsa(key.to_public_key()),
            Private::P256(key) => Public::P256(key.public_key()),
            Private::P384(key) => Public::P384(key.public_key()),
            Private::P521(key) => Public::P521(key.public_key()),
            Private::Ed25519(key) => Public::Ed25519(key.verifying_key()),
        }
    }

    /// As DER of the kind `pkcs8`, `pkcs1` or `sec1`.
    ///
    /// # Errors
    /// When this key has no such form.
    pub fn to_der(&self, kind: &str) -> Result<Vec<u8>, Fault> {
        let secret = match (self, kind) {
            (Private::Rsa(key), "pkcs8") => key.to_pkcs8_der().map_err(failed)?.to_bytes(),
            (Private::Rsa(key), "pkcs1") => key.to_pkcs1_der().map_err(failed)?.to_bytes(),
            (Private::P256(key), "pkcs8") => key.to_pkcs8_der().map_err(failed)?.to_bytes(),
            (Private::P384(key), "pkcs8") => key.to_pkcs8_der().map_err(failed)?.to_bytes(),
            (Private::P521(key), "pkcs8") => key.to_pkcs8_der().map_err(failed)?.to_bytes(),
            (Private::P256(key), "sec1") => {
                return named(
                    &key.to_sec1_der().map_err(failed)?,
                    key.to_bytes().len(),
                    &[42, 134, 72, 206, 61, 3, 1, 7],
                );
            }
            (Private::P384(key), "sec1") => {
                return named(
                    &key.to_sec1_der().map_err(failed)?,
                    key.to_bytes().len(),
                    &[43, 129, 4, 0, 34],
                );
            }
            (Private::P521(key), "sec1") => {
                return named(
                    &key.to_sec1_der().map_err(failed)?,
                    key.to_bytes().len(),
                    &[43, 129, 4, 0, 35],
                );
            }
            // Version 1, without the public half, as OpenSSL writes it (RFC 8410, section 7).
            (Private::Ed25519(key), "pkcs8") => {
                let prefix = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
                return Ok([&prefix[..], &key.to_bytes()].concat());
            }
            _ => {
                return Err(Fault::new(
                    "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS",
                    &format!("The selected key encoding {kind} does not fit this key."),
                ));
            }
        };
        Ok(secret.to_vec())
    }

    /// As a JSON Web Key.
    pub fn to_jwk(&self) -> Value {
        let mut jwk = self.public().to_jwk();
        let d = match self {
            Private::Rsa(key) => key.d().to_bytes_be(),
            Private::P256(key) => key.to_bytes().to_vec(),
            Private::P384(key) => key.to_bytes().to_vec(),
            Private::P521(key) => key.to_bytes().to_vec(),
            Private::Ed25519(key) => key.to_bytes().to_vec(),
        };
        jwk["d"] = json!(url(&d));
        if let Private::Rsa(key) = self
            && let [p, q, ..] = key.primes()
        {
            let one = BigUint::from(1_u8);
            jwk["p"] = json!(url(&p.to_bytes_be()));
            jwk["q"] = json!(url(&q.to_bytes_be()));
            jwk["dp"] = json!(url(&(key.d() % (p - &one)).to_bytes_be()));
            jwk["dq"] = json!(url(&(key.d() % (q - &one)).to_bytes_be()));
            if let Some(inverse) = key.crt_coefficient() {
                jwk["qi"] = json!(url(&inverse.to_bytes_be()));
            }
        }
        jwk
    }
}

impl Public {
    /// A key as SubjectPublicKeyInfo, PKCS #1, or in a certificate; of a private key the public half.
    ///
    /// # Errors
    /// When it is none of these, or of a kind that is not there.
    pub fn from_der(der: &[u8]) -> Result<Self, Fault> {
        let certified = certified(der);
        let der = certified.as_deref().unwrap_or(der);
        if let Ok(key) = RsaPublicKey::from_public_key_der(der) {
            return Ok(Public::Rsa(key));
        }
        if let Ok(key) = RsaPublicKey::from_pkcs1_der(der) {
            return Ok(Public::Rsa(key));
        }
        if let Ok(key) = p256::PublicKey::from_public_key_der(der) {
            return Ok(Public::P256(key));
        }
        if let Ok(key) = p384::PublicKey::from_public_key_der(der) {
            return Ok(Public::P384(key));
        }
        if let Ok(key) = p521::PublicKey::from_public_key_der(der) {
            return Ok(Public::P521(key));
        }
        if let Ok(key) = VerifyingKey::from_public_key_der(der) {
            return Ok(Public::Ed25519(key));
        }
        Private::from_der(der).map(|key| key.public())
    }

    /// A key in PEM: a public or private key or a certificate.
    ///
    /// # Errors
    /// When there is none, or of a kind that is not there.
    pub fn from_pem(data: &[u8]) -> Result<Self, Fault> {
        let (_, der) = pem(data)?;
        Public::from_der(&der)
    }

    /// A key as a JSON Web Key (RFC 7517).
    ///
    /// # Errors
    /// When members are missing or the kind is not there.
    pub fn from_jwk(jwk: &Value) -> Result<Self, Fault> {
        macro_rules! curve {
            ($curve:ident, $variant:ident, $length:expr) => {{
                let mut point = vec![4];
                for name in ["x", "y"] {
                    let bytes = member(jwk, name)?;
                    if bytes.len() != $length {
                        return Err(bad_jwk());
                    }
                    point.extend(bytes);
                }
                let key = $curve::PublicKey::from_sec1_bytes(&point).map_err(|_| bad_jwk())?;
                Ok(Public::$variant(key))
            }};
        }
        match kind(jwk) {
            ("RSA", _) => {
                let key = RsaPublicKey::new(number(jwk, "n")?, number(jwk, "e")?);
                Ok(Public::Rsa(key.map_err(|_| bad_jwk())?))
            }
            ("EC", "P-256") => curve!(p256, P256, 32),
            ("EC", "P-384") => curve!(p384, P384, 48),
            ("EC", "P-521") => curve!(p521, P521, 66),
            ("OKP", "Ed25519") => {
                let x = member(jwk, "x")?.try_into().map_err(|_| bad_jwk())?;
                VerifyingKey::from_bytes(&x)
                    .map(Public::Ed25519)
                    .map_err(|_| bad_jwk())
            }
            (kty, crv) => Err(Fault::unsupported(&format!(
                "a JWK of the kind {kty} {crv}"
            ))),
        }
    }

    /// OpenSSL's name of its curve; empty when it has none.
    pub fn curve(&self) -> &'static str {
        match self {
            Public::P256(_) => "prime256v1",
            Public::P384(_) => "secp384r1",
            Public::P521(_) => "secp521r1",
            Public::Rsa(_) | Public::Ed25519(_) => "",
        }
    }

    /// As DER of the kind `spki` or `pkcs1`.
    ///
    /// # Errors
    /// When this key has no such form.
    pub fn to_der(&self, kind: &str) -> Result<Vec<u8>, Fault> {
        let document = match (self, kind) {
            (Public::Rsa(key), "pkcs1") => {
                return Ok(key.to_pkcs1_der().map_err(failed)?.into_vec());
            }
            (_, "pkcs1") => {
                return Err(Fault::new(
                    "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS",
                    "The selected key encoding pkcs1 can only be used for RSA keys.",
                ));
            }
            (Public::Rsa(key), _) => key.to_public_key_der(),
            (Public::P256(key), _) => key.to_public_key_der(),
            (Public::P384(key), _) => key.to_public_key_der(),
            (Public::P521(key), _) => key.to_public_key_der(),
            (Public::Ed25519(key), _) => key.to_public_key_der(),
        };
        Ok(document.map_err(failed)?.into_vec())
    }

    /// As a JSON Web Key.
    pub fn to_jwk(&self) -> Value {
        let of_curve = |crv: &str, point: &[u8]| {
            // The first byte says that both coordinates follow.
            let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
            json!({"kty": "EC", "x": url(x), "y": url(y), "crv": crv})
        };
        match self {
            Public::Rsa(key) => json!({
                "kty": "RSA", "n": url(&key.n().to_bytes_be()), "e": url(&key.e().to_bytes_be()),
            }),
            Public::P256(key) => of_curve("P-256", p256::EncodedPoint::from(key).as_bytes()),
            Public::P384(key) => of_curve("P-384", p384::EncodedPoint::from(key).as_bytes()),
            Public::P521(key) => of_curve("P-521", p521::EncodedPoint::from(key).as_bytes()),
            Public::Ed25519(key) => {
                json!({"crv": "Ed25519", "x": url(key.as_bytes()), "kty": "OKP"})
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_every_form() {
        for (kind, curve, form) in [
            ("ec", "P-256", "sec1"),
            ("ec", "P-384", "sec1"),
            ("ec", "P-521", "sec1"),
            ("ed25519", "", "pkcs8"),
        ] {
            let key = Private::generate(kind, curve).unwrap();
            let der = key.to_der("pkcs8").unwrap();
            let again = Private::from_der(&key.to_der(form).unwrap()).unwrap();
            assert_eq!(again.to_der("pkcs8").unwrap(), der);
            let again = Private::from_jwk(&key.to_jwk()).unwrap();
            assert_eq!(again.to_der("pkcs8").unwrap(), der);
            let public = key.public();
            let again = Public::from_jwk(&public.to_jwk()).unwrap();
            assert_eq!(
                again.to_der("spki").unwrap(),
                public.to_der("spki").unwrap()
            );
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(
            Public::from_pem(b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")
                .is_err()
        );
        assert!(Public::from_pem(b"no key").is_err());
        for length in 0..64 {
            assert!(Private::from_der(&vec![0x30; length]).is_err());
        }
        assert!(Private::from_jwk(&json!({"kty": "EC", "crv": "P-256", "d": "AA"})).is_err());
    }
}

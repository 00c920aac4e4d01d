//! Signatures, and encryption with RSA.

use ed25519_dalek::Signer;
use rsa::rand_core::OsRng;
use rsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use rsa::traits::PublicKeyParts;
use rsa::{Oaep, Pkcs1v15Encrypt, Pkcs1v15Sign, Pss, RsaPrivateKey, RsaPublicKey};
use serde::Deserialize;

use super::crypto::Fault;
use super::digest::{digest, with_digest};
use super::key::{Private, Public};

/// Node's `RSA_PKCS1_PADDING`.
const PKCS1: u32 = 1;
/// Node's `RSA_PKCS1_OAEP_PADDING`.
const OAEP: u32 = 4;
/// Node's `RSA_PKCS1_PSS_PADDING`.
const PSS: u32 = 6;
/// Node's `RSA_PSS_SALTLEN_DIGEST`.
const SALT_OF_DIGEST: i64 = -1;

/// How to sign.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Options {
    digest: String,
    padding: u32,
    /// Bytes of PSS's salt; below zero Node's constants.
    salt_length: Option<i64>,
    /// Both numbers side by side (IEEE P1363) instead of DER.
    plain: bool,
}

fn unknown(digest: &str) -> Fault {
    Fault::new(
        "ERR_CRYPTO_INVALID_DIGEST",
        &format!("Invalid digest: {digest}"),
    )
}

fn failed(error: impl std::fmt::Display) -> Fault {
    Fault::new("", &error.to_string())
}

/// The digest as ECDSA takes it: at least as long as half of the field, which zeros before it do not change.
fn padded(options: &Options, data: &[u8], field: usize) -> Result<Vec<u8>, Fault> {
    let hash = digest(&options.digest, data).map_err(|_| unknown(&options.digest))?;
    let mut out = vec![0; field.saturating_sub(hash.len())];
    out.extend(hash);
    Ok(out)
}

/// The signature of `data`.
///
/// # Errors
/// When the digest or the padding is not there, or does not fit the key.
pub fn sign(key: &Private, options: &Options, data: &[u8]) -> Result<Vec<u8>, Fault> {
    macro_rules! curve {
        ($curve:ident, $key:expr, $field:expr) => {{
            let hash = padded(options, data, $field)?;
            let signer = $curve::ecdsa::SigningKey::from_bytes(&$key.to_bytes()).map_err(failed)?;
            let signature: $curve::ecdsa::Signature = signer.sign_prehash(&hash).map_err(failed)?;
            Ok(match options.plain {
                true => signature.to_bytes().to_vec(),
                false => signature.to_der().as_bytes().to_vec(),
            })
        }};
    }
    match key {
        Private::Rsa(key) => rsa_sign(key, options, data),
        Private::P256(key) => curve!(p256, key, 32),
        Private::P384(key) => curve!(p384, key, 48),
        Private::P521(key) => curve!(p521, key, 66),
        Private::Ed25519(key) if options.digest.is_empty() => {
            Ok(key.sign(data).to_bytes().to_vec())
        }
        Private::Ed25519(_) => Err(no_digest()),
    }
}

/// Whether `signature` is that of `data`.
///
/// # Errors
/// When the digest or the padding is not there, or does not fit the key.
pub fn verify(
    key: &Public,
    options: &Options,
    data: &[u8],
    signature: &[u8],
) -> Result<bool, Fault> {
    macro_rules! curve {
        ($curve:ident, $key:expr, $field:expr) => {{
            let hash = padded(options, data, $field)?;
            let point = $curve::EncodedPoint::from($key);
            let verifier =
                $curve::ecdsa::VerifyingKey::from_encoded_point(&point).map_err(failed)?;
            let read = match options.plain {
                true => $curve::ecdsa::Signature::from_slice(signature),
                false => $curve::ecdsa::Signature::from_der(signature),
            };
            Ok(read.is_ok_and(|signature| verifier.verify_prehash(&hash, &signature).is_ok()))
        }};
    }
    match key {
        Public::Rsa(key) => rsa_verify(key, options, data, signature),
        Public::P256(key) => curve!(p256, key, 32),
        Public::P384(key) => curve!(p384, key, 48),
        Public::P521(key) => curve!(p521, key, 66),
        Public::Ed25519(key) if options.digest.is_empty() => {
            let read = ed25519_dalek::Signature::from_slice(signature);
            Ok(read.is_ok_and(|signature| key.verify_strict(data, &signature).is_ok()))
        }
        Public::Ed25519(_) => Err(no_digest()),
    }
}

fn no_digest() -> Fault {
    Fault::new(
        "ERR_CRYPTO_UNSUPPORTED_OPERATION",
        "Unsupported crypto operation: Ed25519 takes no digest",
    )
}

fn wrong_padding() -> Fault {
    Fault::unsupported("a padding other than PKCS #1 v1.5, PSS and OAEP")
}

/// The salt's length in bytes of a PSS signature that is made.
fn salt_length(key: &RsaPrivateKey, options: &Options, hash: usize) -> Result<usize, Fault> {
    let most = key.size().checked_sub(hash + 2).ok_or_else(too_large)?;
    match options.salt_length {
        Some(SALT_OF_DIGEST) => Ok(hash),
        Some(length) if length >= 0 => usize::try_from(length)
            .ok()
            .filter(|length| *length <= most)
            .ok_or_else(too_large),
        _ => Ok(most),
    }
}

fn too_large() -> Fault {
    Fault::new(
        "ERR_OSSL_RSA_DATA_TOO_LARGE_FOR_KEY_SIZE",
        "error:0200006E:rsa routines::data too large for key size",
    )
}

fn rsa_sign(key: &RsaPrivateKey, options: &Options, data: &[u8]) -> Result<Vec<u8>, Fault> {
    let hash = digest(&options.digest, data).map_err(|_| unknown(&options.digest))?;
    let name = options.digest.as_str();
    let signed = match options.padding {
        PKCS1 => with_digest!(name, D => key.sign(Pkcs1v15Sign::new::<D>(), &hash)),
        PSS => {
            let salt = salt_length(key, options, hash.len())?;
            with_digest!(name, D => {
                key.sign_with_rng(&mut OsRng, Pss::new_with_salt::<D>(salt), &hash)
            })
        }
        _ => return Err(wrong_padding()),
    };
    signed.ok_or_else(|| unknown(name))?.map_err(failed)
}

fn rsa_verify(
    key: &RsaPublicKey,
    options: &Options,
    data: &[u8],
    signature: &[u8],
) -> Result<bool, Fault> {
    let hash = digest(&options.digest, data).map_err(|_| unknown(&options.digest))?;
    let name = options.digest.as_str();
    let verified = match (options.padding, options.salt_length) {
        (PKCS1, _) => with_digest!(name, D => {
            key.verify(Pkcs1v15Sign::new::<D>(), &hash, signature)
        }),
        (PSS, Some(length)) if length >= SALT_OF_DIGEST => {
            let salt = usize::try_from(length).unwrap_or(hash.len());
            with_digest!(name, D => key.verify(Pss::new_with_salt::<D>(salt), &hash, signature))
        }
        // Any length: there are no more than the key has bytes.
        (PSS, _) => with_digest!(name, D => {
            let most = key.size().saturating_sub(hash.len() + 2);
            let fits = |salt| key.verify(Pss::new_with_salt::<D>(salt), &hash, signature).is_ok();
            match [hash.len(), most].into_iter().chain(0..=most).any(fits) {
                true => Ok(()),
                false => Err(rsa::Error::Verification),
            }
        }),
        _ => return Err(wrong_padding()),
    };
    Ok(verified.ok_or_else(|| unknown(name))?.is_ok())
}

fn oaep(digest: &str, label: &[u8]) -> Result<Oaep, Fault> {
    let mut padding = with_digest!(digest, D => Oaep::new::<D>()).ok_or_else(|| unknown(digest))?;
    if !label.is_empty() {
        let label = std::str::from_utf8(label)
            .map_err(|_| Fault::unsupported("an oaepLabel that is not UTF-8"))?;
        padding.label = Some(label.to_owned());
    }
    Ok(padding)
}

/// Encrypts with RSA; `digest` and `label` are OAEP's.
///
/// # Errors
/// When the data are too long or the padding is not there.
pub fn rsa_encrypt(
    key: &RsaPublicKey,
    padding: u32,
    digest: &str,
    data: &[u8],
    label: &[u8],
) -> Result<Vec<u8>, Fault> {
    match padding {
        OAEP => key.encrypt(&mut OsRng, oaep(digest, label)?, data),
        PKCS1 => key.encrypt(&mut OsRng, Pkcs1v15Encrypt, data),
        _ => return Err(wrong_padding()),
    }
    .map_err(|_| too_large())
}

/// Decrypts with RSA; `digest` and `label` are OAEP's.
///
/// # Errors
/// When the data do not decrypt or the padding is not there.
pub fn rsa_decrypt(
    key: &RsaPrivateKey,
    padding: u32,
    digest: &str,
    data: &[u8],
    label: &[u8],
) -> Result<Vec<u8>, Fault> {
    let undone = match padding {
        OAEP => key.decrypt(oaep(digest, label)?, data),
        PKCS1 => key.decrypt(Pkcs1v15Encrypt, data),
        _ => return Err(wrong_padding()),
    };
    undone.map_err(|_| {
        Fault::new(
            "ERR_OSSL_RSA_OAEP_DECODING_ERROR",
            "error:02000079:rsa routines::oaep decoding error",
        )
    })
}

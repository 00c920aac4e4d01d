//! Digests and keyed digests by Node's names.

use hmac::{Hmac, Mac};
use sha2::Digest as _;

/// Runs `$body` with `$digest` standing for the type of the digest called `$name`; gives None for a name
/// that is not there.
macro_rules! with_digest {
    ($name:expr, $digest:ident => $body:expr) => {{
        macro_rules! run {
            ($of:ty) => {{
                type $digest = $of;
                Some($body)
            }};
        }
        match $name {
            "md5" => run!(md5::Md5),
            "ripemd160" => run!(ripemd::Ripemd160),
            "sha1" => run!(sha1::Sha1),
            "sha224" => run!(sha2::Sha224),
            "sha256" => run!(sha2::Sha256),
            "sha384" => run!(sha2::Sha384),
            "sha512" => run!(sha2::Sha512),
            "sha512-224" => run!(sha2::Sha512_224),
            "sha512-256" => run!(sha2::Sha512_256),
            "sha3-224" => run!(sha3::Sha3_224),
            "sha3-256" => run!(sha3::Sha3_256),
            "sha3-384" => run!(sha3::Sha3_384),
            "sha3-512" => run!(sha3::Sha3_512),
            _ => None,
        }
    }};
}
pub(super) use with_digest;

/// A digest by Node's name for the algorithm.
///
/// # Errors
/// When there is none of this name.
pub fn digest(algorithm: &str, data: &[u8]) -> Result<Vec<u8>, String> {
    // BLAKE2 is not among those a signature or an HMAC can be made with.
    match algorithm {
        "blake2b512" => return Ok(blake2::Blake2b512::digest(data).to_vec()),
        "blake2s256" => return Ok(blake2::Blake2s256::digest(data).to_vec()),
        _ => (),
    }
    with_digest!(algorithm, D => D::digest(data).to_vec())
        .ok_or_else(|| format!("unknown digest {algorithm}"))
}

/// A keyed digest by Node's name for the algorithm. Keys may have any length.
///
/// # Errors
/// When there is none of this name.
pub fn hmac(algorithm: &str, key: &[u8], data: &[u8]) -> Result<Vec<u8>, String> {
    with_digest!(algorithm, D => {
        let mut mac = Hmac::<D>::new_from_slice(key).map_err(|error| error.to_string())?;
        mac.update(data);
        mac.finalize().into_bytes().to_vec()
    })
    .ok_or_else(|| format!("unknown digest {algorithm}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_the_standards() {
        let of_abc = |name| hex::encode(digest(name, b"abc").unwrap());
        assert_eq!(of_abc("md5"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(of_abc("sha1"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            of_abc("ripemd160"),
            "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"
        );
        assert_eq!(
            of_abc("sha3-256"),
            "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"
        );
        assert_eq!(
            of_abc("blake2s256"),
            "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"
        );
        assert!(digest("nonsense", b"").is_err());
    }

    #[test]
    fn keyed_digests_are_those_of_rfc_4231() {
        assert_eq!(
            hex::encode(hmac("sha256", b"Jefe", b"what do ya want for nothing?").unwrap()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(hmac("nonsense", b"", b"").is_err());
    }
}

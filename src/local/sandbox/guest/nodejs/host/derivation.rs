//! Keys from passwords. Made to take long, so they come in slices: between two of them the function's
//! timeout can end the invocation.

use hmac::{Hmac, Mac};
use tokio::task::yield_now;

use super::crypto::Fault;
use super::digest::with_digest;

/// Rounds between two chances for others to run: a fraction of a millisecond.
const SLICE: u32 = 1024;

/// The longest key in bytes.
const MAX_LENGTH: usize = 1 << 20;

/// The most memory of one `scrypt`, in bytes, whatever the function's `maxmem`: it is the host's.
const MAX_SCRYPT: u64 = 256 << 20;

/// PBKDF2 (RFC 8018) with an HMAC.
///
/// # Errors
/// When the digest is unknown or the key longer than a megabyte.
pub async fn pbkdf2(
    digest: &str,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Result<Vec<u8>, Fault> {
    if length > MAX_LENGTH {
        return Err(Fault::unsupported("a key longer than 1 MB from pbkdf2"));
    }
    let key = with_digest!(digest, D => {
        let keyed = Hmac::<D>::new_from_slice(password)
            .map_err(|error| Fault::new("", &error.to_string()))?;
        let mut key = Vec::with_capacity(length);
        let mut block = 0_u32;
        let mut rounds = 0_u32;
        while key.len() < length {
            block += 1;
            let first = keyed.clone().chain_update(salt).chain_update(block.to_be_bytes());
            let mut last = first.finalize().into_bytes();
            let mut sum = last;
            for _ in 1..iterations {
                last = keyed.clone().chain_update(last).finalize().into_bytes();
                sum.iter_mut().zip(last).for_each(|(byte, other)| *byte ^= other);
                rounds = rounds.wrapping_add(1);
                if rounds.is_multiple_of(SLICE) {
                    yield_now().await;
                }
            }
            key.extend_from_slice(&sum);
        }
        key.truncate(length);
        key
    });
    key.ok_or_else(|| {
        Fault::new(
            "ERR_CRYPTO_INVALID_DIGEST",
            &format!("Invalid digest: {digest}"),
        )
    })
}

/// The cost of `scrypt`.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
pub struct Cost {
    /// Rounds and blocks of memory: a power of two.
    n: u32,
    /// The size of a block, in 128 bytes.
    r: u32,
    /// How often all of it is done.
    p: u32,
    /// The most memory to use, in bytes.
    maxmem: u64,
}

impl Cost {
    /// Whether the parameters are allowed (RFC 7914, section 6, and OpenSSL's reckoning of memory).
    fn check(&self) -> Result<(), Fault> {
        let invalid = |message: &str| Fault::new("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", message);
        if self.n < 2 || !self.n.is_power_of_two() || self.r == 0 || self.p == 0 {
            return Err(invalid("Invalid scrypt params"));
        }
        let memory = u128::from(self.r) * 128 * (u128::from(self.n) + 2 + u128::from(self.p));
        if memory > u128::from(self.maxmem) {
            return Err(invalid(
                "Invalid scrypt params: error:030000AC:digital envelope routines::memory limit exceeded",
            ));
        }
        if memory > u128::from(MAX_SCRYPT) {
            return Err(Fault::unsupported("scrypt with more than 256 MB of memory"));
        }
        Ok(())
    }
}

/// scrypt (RFC 7914).
///
/// # Errors
/// When the cost is not allowed or the key longer than a megabyte.
pub async fn scrypt(
    password: &[u8],
    salt: &[u8],
    cost: Cost,
    length: usize,
) -> Result<Vec<u8>, Fault> {
    cost.check()?;
    let lane = 128 * cost.r as usize;
    if lane * cost.p as usize > MAX_LENGTH {
        return Err(Fault::unsupported(
            "scrypt with more than 1 MB of lanes (128·r·p)",
        ));
    }
    let mut lanes = pbkdf2("sha256", password, salt, 1, lane * cost.p as usize).await?;
    for bytes in lanes.chunks_exact_mut(lane) {
        mix(bytes, cost.n as usize).await;
    }
    pbkdf2("sha256", password, &lanes, 1, length).await
}

/// scryptROMix over one lane.
async fn mix(lane: &mut [u8], n: usize) {
    let mut x: Vec<u32> = lane
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
        .collect();
    let words = x.len();
    let slice = (SLICE as usize * 16 / words).max(1);
    let mut spare = vec![0; words];
    let mut seen = Vec::with_capacity(words * n);
    for round in 1..=n {
        seen.extend_from_slice(&x);
        mix_block(&mut x, &mut spare);
        if round.is_multiple_of(slice) {
            yield_now().await;
        }
    }
    for round in 1..=n {
        // The last 64 bytes as a number; n is a power of two of at most 32 bits by its memory.
        let at = (x[words - 16] as usize & (n - 1)) * words;
        x.iter_mut()
            .zip(&seen[at..at + words])
            .for_each(|(word, other)| *word ^= other);
        mix_block(&mut x, &mut spare);
        if round.is_multiple_of(slice) {
            yield_now().await;
        }
    }
    for (bytes, word) in lane.chunks_exact_mut(4).zip(x) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
}

/// scryptBlockMix: even blocks come first.
fn mix_block(x: &mut [u32], spare: &mut [u32]) {
    let blocks = x.len() / 16;
    let mut last = [0; 16];
    last.copy_from_slice(&x[(blocks - 1) * 16..]);
    for (index, block) in x.chunks_exact(16).enumerate() {
        for (word, other) in last.iter_mut().zip(block) {
            *word ^= other;
        }
        salsa(&mut last);
        let at = (index / 2 + (index % 2) * (blocks / 2)) * 16;
        spare[at..at + 16].copy_from_slice(&last);
    }
    x.copy_from_slice(spare);
}

/// The quarter rounds of Salsa20: the columns, then the rows.
const QUARTERS: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [5, 9, 13, 1],
    [10, 14, 2, 6],
    [15, 3, 7, 11],
    [0, 1, 2, 3],
    [5, 6, 7, 4],
    [10, 11, 8, 9],
    [15, 12, 13, 14],
];

/// Salsa20/8.
fn salsa(block: &mut [u32; 16]) {
    let mut x = *block;
    for _ in 0..4 {
        for [a, b, c, d] in QUARTERS {
            x[b] ^= x[a].wrapping_add(x[d]).rotate_left(7);
            x[c] ^= x[b].wrapping_add(x[a]).rotate_left(9);
            x[d] ^= x[c].wrapping_add(x[b]).rotate_left(13);
            x[a] ^= x[d].wrapping_add(x[c]).rotate_left(18);
        }
    }
    for (word, mixed) in block.iter_mut().zip(x) {
        *word = word.wrapping_add(mixed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::decode;
    use super::*;

    fn hex(bytes: Vec<u8>) -> String {
        decode("hex", bytes).unwrap()
    }

    #[tokio::test]
    async fn pbkdf2_is_that_of_rfc_6070() {
        let key = pbkdf2("sha1", b"password", b"salt", 4096, 20)
            .await
            .unwrap();
        assert_eq!(hex(key), "4b007901b765489abead49d926f721d065a429c1");
        assert!(pbkdf2("nonsense", b"", b"", 1, 1).await.is_err());
    }

    #[tokio::test]
    async fn scrypt_is_that_of_rfc_7914() {
        let cost = |n, r, p| Cost {
            n,
            r,
            p,
            maxmem: 32 << 20,
        };
        let key = scrypt(b"password", b"NaCl", cost(1024, 8, 16), 16)
            .await
            .unwrap();
        assert_eq!(hex(key), "fdbabe1c9d3472007856e7190d01e9fe");
        let empty = scrypt(b"", b"", cost(16, 1, 1), 16).await.unwrap();
        assert_eq!(hex(empty), "77d6576238657b203b19ca42c18a0497");
    }

    #[tokio::test]
    async fn a_cost_beyond_the_limit_is_refused() {
        for (n, r, p) in [(3, 1, 1), (1 << 20, 8, 1), (2, 0, 1), (2, 1, u32::MAX)] {
            let cost = Cost {
                n,
                r,
                p,
                maxmem: 32 << 20,
            };
            assert!(scrypt(b"", b"", cost, 16).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_long_derivation_can_be_ended() {
        let long = pbkdf2("sha256", b"", b"", u32::MAX, 32);
        assert!(
            tokio::time::timeout(std::time::Duration::ZERO, long)
                .await
                .is_err()
        );
    }
}

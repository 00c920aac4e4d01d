//! AES, a piece at a time: what is kept between pieces (the chaining block, the counter) lies in the guest.

use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;

use super::crypto::Fault;

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// Blocks of a counter mode's key stream that are made at once.
const BATCH: usize = 64;

/// How blocks depend on each other.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    /// Not at all.
    Ecb,
    /// Each on the one before.
    Cbc,
    /// A key stream from a counter of 128 bits.
    Ctr,
    /// A key stream from a counter whose last 32 bits count: GCM without its tag.
    Gcm,
}

impl Mode {
    /// The mode of a name such as `cbc`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "ecb" => Mode::Ecb,
            "cbc" => Mode::Cbc,
            "ctr" => Mode::Ctr,
            "gcm" => Mode::Gcm,
            _ => return None,
        })
    }
}

/// AES with a key of any of its lengths.
enum Aes {
    Bits128(Box<Aes128>),
    Bits192(Box<Aes192>),
    Bits256(Box<Aes256>),
}

impl Aes {
    fn new(key: &[u8]) -> Result<Self, Fault> {
        let wrong = |_| Fault::new("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
        Ok(match key.len() {
            16 => Aes::Bits128(Box::new(Aes128::new_from_slice(key).map_err(wrong)?)),
            24 => Aes::Bits192(Box::new(Aes192::new_from_slice(key).map_err(wrong)?)),
            _ => Aes::Bits256(Box::new(Aes256::new_from_slice(key).map_err(wrong)?)),
        })
    }

    fn encrypt(&self, blocks: &mut [Block]) {
        match self {
            Aes::Bits128(aes) => aes.encrypt_blocks(blocks),
            Aes::Bits192(aes) => aes.encrypt_blocks(blocks),
            Aes::Bits256(aes) => aes.encrypt_blocks(blocks),
        }
    }

    fn decrypt(&self, blocks: &mut [Block]) {
        match self {
            Aes::Bits128(aes) => aes.decrypt_blocks(blocks),
            Aes::Bits192(aes) => aes.decrypt_blocks(blocks),
            Aes::Bits256(aes) => aes.decrypt_blocks(blocks),
        }
    }
}

/// Encrypts or decrypts whole blocks (any length in the counter modes) from the state `iv` on; gives the
/// result and the next state. A piece that ends within a block ends a counter mode's stream.
///
/// # Errors
/// When the key, the state or the data have a length that does not fit.
pub fn apply(
    mode: Mode,
    encrypt: bool,
    key: &[u8],
    iv: &[u8],
    mut data: Vec<u8>,
) -> Result<(Vec<u8>, Vec<u8>), Fault> {
    let aes = Aes::new(key)?;
    if mode == Mode::Ecb {
        each_block(&mut data, |block| match encrypt {
            true => aes.encrypt(std::slice::from_mut(block)),
            false => aes.decrypt(std::slice::from_mut(block)),
        })?;
        return Ok((data, Vec::new()));
    }
    let state: [u8; BLOCK] = iv
        .try_into()
        .map_err(|_| Fault::new("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector"))?;
    if mode == Mode::Cbc {
        let next = chain(&aes, encrypt, state, &mut data)?;
        return Ok((data, next.to_vec()));
    }
    let next = count(&aes, mode, u128::from_be_bytes(state), &mut data);
    Ok((data, next.to_be_bytes().to_vec()))
}

fn each_block(data: &mut [u8], mut change: impl FnMut(&mut Block)) -> Result<(), Fault> {
    if !data.len().is_multiple_of(BLOCK) {
        return Err(Fault::new(
            "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH",
            "error:1C80006B:Provider routines::wrong final block length",
        ));
    }
    for bytes in data.chunks_exact_mut(BLOCK) {
        change(Block::from_mut_slice(bytes));
    }
    Ok(())
}

fn chain(
    aes: &Aes,
    encrypt: bool,
    mut last: [u8; BLOCK],
    data: &mut [u8],
) -> Result<[u8; BLOCK], Fault> {
    each_block(data, |block| {
        let before: [u8; BLOCK] = (*block).into();
        if encrypt {
            xor(block, &last);
            aes.encrypt(std::slice::from_mut(block));
            last = (*block).into();
        } else {
            aes.decrypt(std::slice::from_mut(block));
            xor(block, &last);
            last = before;
        }
    })?;
    Ok(last)
}

fn count(aes: &Aes, mode: Mode, mut counter: u128, data: &mut [u8]) -> u128 {
    for piece in data.chunks_mut(BLOCK * BATCH) {
        let mut stream = [Block::default(); BATCH];
        let blocks = piece.len().div_ceil(BLOCK);
        for block in &mut stream[..blocks] {
            *block = counter.to_be_bytes().into();
            counter = match mode {
                Mode::Gcm => {
                    (counter & !0xffff_ffff) | u128::from((counter as u32).wrapping_add(1))
                }
                _ => counter.wrapping_add(1),
            };
        }
        aes.encrypt(&mut stream[..blocks]);
        for (bytes, block) in piece.chunks_mut(BLOCK).zip(&stream) {
            xor(bytes, block);
        }
    }
    counter
}

fn xor(bytes: &mut [u8], with: &[u8]) {
    for (byte, other) in bytes.iter_mut().zip(with) {
        *byte ^= other;
    }
}

/// GCM's first counter for `iv` (NIST SP 800-38D, 7.1: J0).
fn first_counter(aes: &Aes, iv: &[u8]) -> [u8; BLOCK] {
    if let Ok(iv) = <[u8; 12]>::try_from(iv) {
        let mut counter = [0; BLOCK];
        counter[..12].copy_from_slice(&iv);
        counter[BLOCK - 1] = 1;
        return counter;
    }
    hash(aes, &[], iv)
}

/// GHASH of both texts, each padded, and of their lengths.
fn hash(aes: &Aes, associated: &[u8], text: &[u8]) -> [u8; BLOCK] {
    let mut key = [Block::default()];
    aes.encrypt(&mut key);
    let mut ghash = GHash::new(&key[0]);
    ghash.update_padded(associated);
    ghash.update_padded(text);
    let bits = |bytes: &[u8]| (bytes.len() as u64).wrapping_mul(8).to_be_bytes();
    let mut lengths = [0; BLOCK];
    lengths[..8].copy_from_slice(&bits(associated));
    lengths[8..].copy_from_slice(&bits(text));
    ghash.update(&[lengths.into()]);
    ghash.finalize().into()
}

/// The counter that GCM's key stream starts with.
///
/// # Errors
/// When the key has no length of AES.
pub fn gcm_start(key: &[u8], iv: &[u8]) -> Result<Vec<u8>, Fault> {
    let first = u128::from_be_bytes(first_counter(&Aes::new(key)?, iv));
    let next = (first & !0xffff_ffff) | u128::from((first as u32).wrapping_add(1));
    Ok(next.to_be_bytes().to_vec())
}

/// GCM's tag (16 bytes) over the encrypted text.
///
/// # Errors
/// When the key has no length of AES.
pub fn gcm_tag(key: &[u8], iv: &[u8], associated: &[u8], text: &[u8]) -> Result<Vec<u8>, Fault> {
    let aes = Aes::new(key)?;
    let mut tag = hash(&aes, associated, text).to_vec();
    let mut mask = [Block::from(first_counter(&aes, iv))];
    aes.encrypt(&mut mask);
    xor(&mut tag, &mask[0]);
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::super::text::encode;
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        encode("hex", text.to_owned()).unwrap()
    }

    #[test]
    fn modes_are_those_of_sp_800_38a() {
        let key = hex("2b7e151628aed2a6abf7158809cf4f3c");
        let iv = hex("000102030405060708090a0b0c0d0e0f");
        let text = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let ecb = "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf";
        let cbc = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2";
        for (mode, expected) in [(Mode::Ecb, ecb), (Mode::Cbc, cbc)] {
            let (out, _) = apply(mode, true, &key, &iv, text.clone()).unwrap();
            assert_eq!(out, hex(expected));
            assert_eq!(apply(mode, false, &key, &iv, out).unwrap().0, text);
        }
        let start = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        let ctr = "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff";
        let (one, next) = apply(Mode::Ctr, true, &key, &start, text[..16].to_vec()).unwrap();
        let (two, _) = apply(Mode::Ctr, true, &key, &next, text[16..].to_vec()).unwrap();
        assert_eq!([one, two].concat(), hex(ctr));
    }

    #[test]
    fn tags_are_those_of_gcm_s_authors() {
        // Test case 4 of "The Galois/Counter Mode of Operation".
        let key = hex("feffe9928665731c6d6a8f9467308308");
        let iv = hex("cafebabefacedbaddecaf888");
        let text = hex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let associated = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let start = gcm_start(&key, &iv).unwrap();
        let (out, _) = apply(Mode::Gcm, true, &key, &start, text).unwrap();
        assert_eq!(out[..4], hex("42831ec2")[..]);
        assert_eq!(
            gcm_tag(&key, &iv, &associated, &out).unwrap(),
            hex("5bc94fbc3221a5db94fae95ae7121a47")
        );
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        assert!(apply(Mode::Cbc, true, &[0; 5], &[0; 16], vec![]).is_err());
        assert!(apply(Mode::Cbc, true, &[0; 16], &[0; 3], vec![]).is_err());
        assert!(apply(Mode::Cbc, true, &[0; 16], &[0; 16], vec![0; 17]).is_err());
    }
}

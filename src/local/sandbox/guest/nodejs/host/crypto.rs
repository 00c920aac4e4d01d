//! The operations behind `node:crypto` that JavaScript leaves to the host.

use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cipher::{self, Mode};
use super::derivation::{self, Cost};
use super::key::{Private, Public};
use super::signature;

/// An error with Node's code (empty for none) and words.
#[derive(Debug)]
pub struct Fault {
    code: &'static str,
    message: String,
}

impl Fault {
    /// An error of Node.
    pub fn new(code: &'static str, message: &str) -> Self {
        Fault {
            code,
            message: message.to_owned(),
        }
    }

    /// Something that is not there in the sandbox.
    pub fn unsupported(what: &str) -> Self {
        Fault {
            code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
            message: format!("{what} is not available in Hoist's sandbox"),
        }
    }

    /// The text alone.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// As the guest reads it.
    pub fn to_json(&self) -> String {
        json!({"code": self.code, "message": self.message}).to_string()
    }
}

type Parts = Vec<Vec<u8>>;

/// What operations may be told beside bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Arguments {
    mode: String,
    encrypt: bool,
    digest: String,
    iterations: u32,
    length: usize,
    cost: Option<Cost>,
    format: String,
    kind: String,
    private: bool,
    signing: signature::Options,
    bits: usize,
    curve: String,
    padding: u32,
}

/// Runs one operation over its bytes.
///
/// # Errors
/// What Node would throw.
pub async fn operation(name: &str, arguments: &str, parts: Parts) -> Result<Parts, Fault> {
    let arguments: Arguments =
        serde_json::from_str(arguments).map_err(|error| Fault::new("", &error.to_string()))?;
    let part = |index: usize| parts.get(index).map_or(&[][..], Vec::as_slice);
    match name {
        "cipher" => {
            let mode = Mode::parse(&arguments.mode)
                .ok_or_else(|| Fault::unsupported(&format!("the mode {}", arguments.mode)))?;
            let data = part(2).to_vec();
            cipher::apply(mode, arguments.encrypt, part(0), part(1), data)
                .map(|(out, next)| vec![out, next])
        }
        "gcm-start" => Ok(vec![cipher::gcm_start(part(0), part(1))?]),
        "gcm-tag" => Ok(vec![cipher::gcm_tag(part(0), part(1), part(2), part(3))?]),
        "pbkdf2" => {
            let Arguments {
                digest,
                iterations,
                length,
                ..
            } = &arguments;
            let key = derivation::pbkdf2(digest, part(0), part(1), *iterations, *length).await?;
            Ok(vec![key])
        }
        "scrypt" => {
            let cost = arguments
                .cost
                .ok_or_else(|| Fault::new("", "scrypt without a cost"))?;
            let key = derivation::scrypt(part(0), part(1), cost, arguments.length).await?;
            Ok(vec![key])
        }
        "key-import" => {
            if part(0).len() > MAX_KEY {
                return Err(Fault::unsupported("a key longer than 64 KB"));
            }
            import(&arguments, part(0))
        }
        "key-public" => described(&Private::from_der(part(0))?.public()),
        "key-export" => export(&arguments, part(0)),
        "sign" => {
            let key = Private::from_der(part(0))?;
            Ok(vec![signature::sign(&key, &arguments.signing, part(1))?])
        }
        "verify" => {
            let key = Public::from_der(part(0))?;
            let good = signature::verify(&key, &arguments.signing, part(1), part(2))?;
            Ok(vec![vec![u8::from(good)]])
        }
        "encrypt" => {
            let Public::Rsa(key) = Public::from_der(part(0))? else {
                return Err(Fault::unsupported(
                    "encrypting with a key that is no RSA key",
                ));
            };
            signature::rsa_encrypt(&key, arguments.padding, &arguments.digest, part(1), part(2))
                .map(|out| vec![out])
        }
        "decrypt" => {
            let Private::Rsa(key) = Private::from_der(part(0))? else {
                return Err(Fault::unsupported(
                    "decrypting with a key that is no RSA key",
                ));
            };
            signature::rsa_decrypt(&key, arguments.padding, &arguments.digest, part(1), part(2))
                .map(|out| vec![out])
        }
        "generate" => generate(&arguments).await,
        _ => Err(Fault::unsupported(&format!("crypto operation {name}"))),
    }
}

/// The longest key that is read, in bytes.
const MAX_KEY: usize = 65_536;

/// The longest RSA keys that are made, in bits. Making one cannot be interrupted, so it must end by itself.
const RSA_BITS: std::ops::RangeInclusive<usize> = 512..=4096;

fn import(arguments: &Arguments, data: &[u8]) -> Result<Parts, Fault> {
    if arguments.private {
        let key = match arguments.format.as_str() {
            "pem" => Private::from_pem(data)?,
            "jwk" => Private::from_jwk(&parse(data)?)?,
            _ => Private::from_der(data)?,
        };
        return Ok(vec![key.to_der("pkcs8")?, details(&key.public())]);
    }
    let key = match arguments.format.as_str() {
        "pem" => Public::from_pem(data)?,
        "jwk" => Public::from_jwk(&parse(data)?)?,
        _ => Public::from_der(data)?,
    };
    described(&key)
}

fn parse(data: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(data)
        .map_err(|_| Fault::new("ERR_CRYPTO_INVALID_JWK", "Invalid JWK data"))
}

fn described(key: &Public) -> Result<Parts, Fault> {
    Ok(vec![key.to_der("spki")?, details(key)])
}

/// The kind of a key, as JSON with Node's names.
fn details(key: &Public) -> Vec<u8> {
    let details = match key {
        Public::Rsa(key) => json!({
            "type": "rsa",
            "modulusLength": key.n().bits(),
            "publicExponent": key.e().to_string(),
        }),
        Public::Ed25519(_) => json!({"type": "ed25519"}),
        other => json!({"type": "ec", "namedCurve": other.curve()}),
    };
    details.to_string().into_bytes()
}

fn export(arguments: &Arguments, der: &[u8]) -> Result<Parts, Fault> {
    let Arguments { format, kind, .. } = arguments;
    let out = match (arguments.private, format.as_str()) {
        (true, "jwk") => Private::from_der(der)?.to_jwk().to_string().into_bytes(),
        (false, "jwk") => Public::from_der(der)?.to_jwk().to_string().into_bytes(),
        (true, _) => Private::from_der(der)?.to_der(kind)?,
        (false, _) => Public::from_der(der)?.to_der(kind)?,
    };
    Ok(vec![out])
}

async fn generate(arguments: &Arguments) -> Result<Parts, Fault> {
    let key = match arguments.kind.as_str() {
        "rsa" if RSA_BITS.contains(&arguments.bits) => {
            let bits = arguments.bits;
            // Aside, so that the function's timeout still ends the invocation.
            let made = tokio::task::spawn_blocking(move || {
                rsa::RsaPrivateKey::new(&mut OsRng, bits).map(|key| Private::Rsa(Box::new(key)))
            });
            made.await
                .map_err(|error| Fault::new("", &error.to_string()))?
                .map_err(|error| Fault::new("", &error.to_string()))?
        }
        "rsa" => {
            return Err(Fault::unsupported(
                "an RSA key of this length (512 to 4096 bits are)",
            ));
        }
        kind => Private::generate(kind, &arguments.curve)?,
    };
    Ok(vec![
        key.to_der("pkcs8")?,
        key.public().to_der("spki")?,
        details(&key.public()),
    ])
}

//! Packages of npm straight from the registry, where npm itself is not installed.

mod registry;
mod tree;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use sha1::Sha1;
use sha2::{Digest, Sha512};
use tokio::task::JoinSet;

use super::error::LibraryError;
use super::fetch::{Web, base};
use super::package::Wanted;
use super::{Step, unpack};
use registry::{Dist, Registry};
use tree::Node;

/// The registry that npm asks when it is not told otherwise.
const REGISTRY: &str = "https://registry.npmjs.org/";

/// Largest archive, in MB.
const LARGEST_ARCHIVE_MB: u64 = 128;

/// Downloads at the same time.
const AT_ONCE: usize = 8;

/// Installs packages and what they need into `folder`/`node_modules`, as npm would lay them out.
///
/// `registry` is an address other than npm's own.
///
/// # Errors
/// When the registry cannot be asked, the packages do not fit together, or an archive is refused.
pub async fn install(
    wanted: &[Wanted],
    folder: &Path,
    registry: Option<&str>,
    notify: &(dyn Fn(Step) + Send + Sync),
) -> Result<(), LibraryError> {
    let web = Web::new()?;
    let address = base(registry.unwrap_or(REGISTRY))?;
    let registry = Registry::new(web.clone(), address.clone());
    let tree = tree::resolve(wanted, registry, |found| notify(Step::Resolving(found))).await?;
    let total = tree.len();
    let mut done = 0;
    let mut downloads = JoinSet::new();
    let mut pending = tree.into_iter();
    notify(Step::Fetching { done, total });
    loop {
        while downloads.len() < AT_ONCE
            && let Some(node) = pending.next()
        {
            let (web, address) = (web.clone(), address.clone());
            let place = folder.join(node.path());
            downloads.spawn(async move { fetch(&web, &address, node, &place).await });
        }
        match downloads.join_next().await {
            None => return Ok(()),
            Some(Ok(ended)) => ended?,
            Some(Err(error)) => {
                return Err(LibraryError::Endless(format!(
                    "a download broke off: {error}"
                )));
            }
        }
        done += 1;
        notify(Step::Fetching { done, total });
    }
}

/// Gets one package and unpacks it.
async fn fetch(web: &Web, registry: &Url, node: Node, place: &Path) -> Result<(), LibraryError> {
    let name = format!("{}@{}", node.name(), node.version());
    let refused = |why: String| LibraryError::Archive {
        name: name.clone(),
        why,
    };
    let url = archive_address(node.dist(), registry)
        .ok_or_else(|| refused(format!("`{}` is no address", node.dist().tarball)))?;
    let bytes = web.get(&url, "*/*", LARGEST_ARCHIVE_MB).await?;
    check(&bytes, node.dist()).map_err(refused)?;
    let place = place.to_owned();
    let unpacking = tokio::task::spawn_blocking(move || unpack::tarball(&bytes, &place, &name));
    unpacking.await.unwrap_or_else(|error| {
        Err(LibraryError::Endless(format!(
            "unpacking broke off: {error}"
        )))
    })
}

/// Where an archive lies. As npm does, an address of npm's own registry is asked for at the registry in use.
///
/// Source: <https://docs.npmjs.com/cli/v11/using-npm/config#replace-registry-host>.
fn archive_address(dist: &Dist, registry: &Url) -> Option<Url> {
    let mut url: Url = registry.join(&dist.tarball).ok()?;
    if url.host_str() == Some("registry.npmjs.org") && registry.host_str() != url.host_str() {
        url = registry.join(url.path().trim_start_matches('/')).ok()?;
    }
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Compares an archive with the sum that the registry gives for it: SHA-512, or SHA-1 for packages from
/// before 2017 that have nothing else.
fn check(bytes: &[u8], dist: &Dist) -> Result<(), String> {
    let sums = dist.integrity.as_deref().unwrap_or_default();
    let sha512: Vec<&str> = sums
        .split_whitespace()
        .filter_map(|sum| sum.strip_prefix("sha512-"))
        .map(|sum| sum.split('?').next().unwrap_or(sum))
        .collect();
    let fits = if !sha512.is_empty() {
        let own = STANDARD.encode(Sha512::digest(bytes));
        sha512.contains(&own.as_str())
    } else if let Some(sum) = &dist.shasum {
        let own = hex::encode(Sha1::digest(bytes));
        own.eq_ignore_ascii_case(sum)
    } else {
        return Err("the registry gives no checksum for it".into());
    };
    if fits {
        Ok(())
    } else {
        Err("its checksum is not the one that the registry gives".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(tarball: &str, integrity: Option<&str>, shasum: Option<&str>) -> Dist {
        Dist {
            tarball: tarball.into(),
            integrity: integrity.map(str::to_owned),
            shasum: shasum.map(str::to_owned),
        }
    }

    #[test]
    fn checksums_are_compared_with_the_strongest_that_is_given() {
        // `printf hello | openssl dgst -sha512 -binary | base64` and `printf hello | sha1sum`.
        const SHA512: &str = "sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==";
        const SHA1: &str = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
        let both = format!("sha1-AAAA {SHA512}");
        let check = |bytes: &[u8], integrity: Option<&str>, shasum: Option<&str>| {
            check(bytes, &dist("", integrity, shasum)).is_ok()
        };
        assert!(check(b"hello", Some(SHA512), None));
        assert!(check(b"hello", Some(&both), Some("0000")));
        assert!(check(b"hello", None, Some(SHA1)));
        assert!(!check(b"hellO", Some(SHA512), Some(SHA1)));
        assert!(!check(b"hellO", None, Some(SHA1)));
        assert!(!check(b"hello", None, None));
        assert!(!check(b"hello", Some("sha512-"), None));
    }

    #[test]
    fn archives_are_asked_for_at_the_registry_in_use() {
        let address = |registry: &str, tarball: &str| {
            archive_address(&dist(tarball, None, None), &base(registry).unwrap()).map(String::from)
        };
        let npm = "https://registry.npmjs.org/x/-/x-1.0.0.tgz";
        assert_eq!(address(REGISTRY, npm).as_deref(), Some(npm));
        assert_eq!(
            address("http://localhost:1/npm", npm).as_deref(),
            Some("http://localhost:1/npm/x/-/x-1.0.0.tgz")
        );
        let elsewhere = "https://cdn.example.com/x.tgz";
        assert_eq!(
            address("http://localhost:1", elsewhere).as_deref(),
            Some(elsewhere)
        );
        assert_eq!(address(REGISTRY, "file:///etc/passwd"), None);
    }
}

//! Whose account it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aws_credential_types::provider::ProvideCredentials;

use super::fault::reasons;
use super::{Cloud, Fault, FaultKind};

/// How often it is asked whose the credentials are. Nothing was begun yet, and whoever waits has seen nothing: a server that is
/// not there is said soon.
const TRIES: u32 = 3;

/// Whose credentials they are.
#[derive(Debug)]
pub(super) struct Caller {
    account: String,
    /// `aws`, `aws-cn`, …
    partition: Option<String>,
}

impl Cloud {
    /// The account's twelve digits: from the credentials where they say it, from what was remembered of their access key, or
    /// asked of AWS. An access key belongs to one account for as long as it exists.
    ///
    /// # Errors
    /// When the credentials are missing or refused, or AWS cannot be reached.
    pub async fn account(&self) -> Result<&str, Fault> {
        let account = self.account.get_or_try_init(|| self.find_account()).await;
        account.map(String::as_str)
    }

    async fn find_account(&self) -> Result<String, Fault> {
        let Some(provider) = self.config.credentials_provider() else {
            return Ok(self.caller().await?.account.clone());
        };
        let credentials = provider
            .provide_credentials()
            .await
            .map_err(|error| Fault {
                kind: FaultKind::Credentials,
                ..Fault::unexpected("sts", "GetCallerIdentity", &reasons(&error))
            })?;
        if let Some(account) = credentials.account_id() {
            return Ok(account.as_str().to_owned());
        }
        // An emulator's accounts and keys mean nothing beyond its life.
        let remembered = self
            .accounts
            .as_deref()
            .filter(|_| !self.has_own_endpoint());
        let Some(file) = remembered else {
            return Ok(self.caller().await?.account.clone());
        };
        let key = credentials.access_key_id();
        if let Some(account) = read(file).remove(key) {
            return Ok(account);
        }
        let account = &self.caller().await?.account;
        remember(file, key, account);
        Ok(account.clone())
    }

    /// What AWS says of the credentials. It is asked once.
    async fn caller(&self) -> Result<&Caller, Fault> {
        let asked = self.caller.get_or_try_init(|| async {
            let answer = aws_sdk_sts::Client::new(&self.config_of_tries(TRIES))
                .get_caller_identity()
                .send()
                .await
                .map_err(|error| Fault::of("sts", "GetCallerIdentity", &error))?;
            let nameless =
                || Fault::unexpected("sts", "GetCallerIdentity", "the answer names no account");
            let partition = answer.arn().and_then(|arn| arn.split(':').nth(1));
            Ok(Caller {
                account: answer.account().ok_or_else(nameless)?.to_owned(),
                partition: partition.map(str::to_owned),
            })
        });
        asked.await
    }

    /// The ARN of something of this account in this region: `resource` is all that stands behind the account. The account and the
    /// partition are asked of AWS.
    ///
    /// # Errors
    /// As [`Cloud::account`].
    pub async fn arn(&self, service: &str, resource: &str) -> Result<String, Fault> {
        let Caller { account, partition } = self.caller().await?;
        let partition = partition.as_deref().ok_or_else(|| {
            Fault::unexpected("sts", "GetCallerIdentity", "the answer names no partition")
        })?;
        let region = self.region();
        Ok(format!(
            "arn:{partition}:{service}:{region}:{account}:{resource}"
        ))
    }
}

/// Accounts by access key. A file that is missing or damaged knows nothing.
fn read(file: &Path) -> BTreeMap<String, String> {
    let text = fs::read(file).unwrap_or_default();
    let known: BTreeMap<String, String> = serde_json::from_slice(&text).unwrap_or_default();
    known
        .into_iter()
        .filter(|(_, account)| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
        .collect()
}

/// Failing to remember only costs the next run a call.
fn remember(file: &Path, key: &str, account: &str) {
    const MOST: usize = 100;
    let mut known = read(file);
    while known.len() >= MOST {
        known.pop_first();
    }
    known.insert(key.to_owned(), account.to_owned());
    let Some(folder) = file.parent() else { return };
    let written = fs::create_dir_all(folder)
        .and_then(|()| tempfile::NamedTempFile::new_in(folder))
        .and_then(|mut kept| {
            serde_json::to_writer(&mut kept, &known)?;
            kept.persist(file).map_err(|error| error.error)
        });
    drop(written);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_read_and_damage_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("below").join("accounts.json");
        assert!(read(&file).is_empty());
        remember(&file, "AKIA1", "123456789012");
        remember(&file, "AKIA2", "210987654321");
        assert_eq!(read(&file).get("AKIA1").unwrap(), "123456789012");
        assert_eq!(read(&file).len(), 2);
        fs::write(&file, "{\"AKIA1\": \"12345").unwrap();
        assert!(read(&file).is_empty());
    }
}

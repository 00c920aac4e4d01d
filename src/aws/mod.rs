//! The connection to AWS: where it goes, as whom, how often a call is tried, and what a refusal means.
//!
//! Profiles, SSO, `credential_process`, endpoints (`AWS_ENDPOINT_URL*`) and proxies are the SDK's own doing.

mod account;
pub mod action;
mod fault;
mod invoke;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use tokio::sync::OnceCell;

pub use fault::{Fault, FaultKind, Refused, gone};
pub use invoke::{Answer, Call, Wait};

/// How often one call is tried when AWS throttles it or does not answer. The SDK waits between tries, longer each
/// time and by chance: about a minute altogether.
const TRIES: u32 = 10;

/// What the user says about the connection.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `eu-central-1`.
    pub region: String,
    /// The profile of `~/.aws/config`; else `AWS_PROFILE` or `default`, as the SDK does.
    pub profile: Option<String>,
    /// A file that remembers whose access keys are, so that AWS need not be asked every time.
    pub accounts: Option<PathBuf>,
}

/// A connection to one account in one region.
#[derive(Debug, Clone)]
pub struct Cloud {
    config: SdkConfig,
    region: String,
    accounts: Option<PathBuf>,
    /// Whose the credentials are, once it was found out.
    account: Arc<OnceCell<String>>,
    caller: Arc<OnceCell<account::Caller>>,
}

impl Cloud {
    /// Reads the settings of the SDK. Nothing is sent yet: wrong credentials show with the first call.
    pub async fn connect(settings: &Settings) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(65))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(settings.region.clone()))
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
            .timeout_config(timeouts);
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        Cloud {
            accounts: settings.accounts.clone(),
            ..Cloud::new(loader.load().await, &settings.region)
        }
    }

    /// A connection with a configuration made elsewhere.
    pub fn new(config: SdkConfig, region: &str) -> Self {
        Cloud {
            config,
            region: region.to_owned(),
            accounts: None,
            account: Arc::default(),
            caller: Arc::default(),
        }
    }

    /// A connection that nothing is sent over: to ask providers what they know of their types.
    pub fn offline(region: &str) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .build();
        Cloud::new(config, region)
    }

    /// What each service's client is made from.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The same for calls that make something anew each time: the SDK does not send them again when the answer is lost, because then
    /// there would be two. Whoever makes such a call looks first whether the lost one succeeded.
    pub fn config_of_one_try(&self) -> SdkConfig {
        self.config_of_tries(1)
    }

    /// The same for calls that are tried so often at most.
    fn config_of_tries(&self, tries: u32) -> SdkConfig {
        let retry = RetryConfig::standard().with_max_attempts(tries);
        self.config.to_builder().retry_config(retry).build()
    }

    /// `eu-central-1`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether calls go to an address of the user's instead of AWS: an emulator, a proxy.
    pub fn has_own_endpoint(&self) -> bool {
        self.config.endpoint_url().is_some()
    }

    /// A client of S3. With an endpoint of the user's, buckets stand in the path: names before such a host rarely resolve.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config)
            .force_path_style(self.has_own_endpoint())
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }
}

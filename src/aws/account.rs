//! Whose account it is.

use super::{Cloud, Fault};

impl Cloud {
    /// The account's twelve digits, asked of AWS.
    ///
    /// # Errors
    /// When the credentials are missing or refused, or AWS cannot be reached.
    pub async fn account(&self) -> Result<String, Fault> {
        let answer = aws_sdk_sts::Client::new(self.config())
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| Fault::of("sts", "GetCallerIdentity", &error))?;
        answer.account().map(str::to_owned).ok_or_else(|| {
            Fault::unexpected("sts", "GetCallerIdentity", "the answer names no account")
        })
    }

    /// The ARN of something of this account in this region: `resource` is all that stands behind the account. The account and the
    /// partition are asked of AWS.
    ///
    /// # Errors
    /// As [`Cloud::account`].
    pub async fn arn(&self, service: &str, resource: &str) -> Result<String, Fault> {
        let answer = aws_sdk_sts::Client::new(self.config())
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| Fault::of("sts", "GetCallerIdentity", &error))?;
        let partition = answer.arn().and_then(|arn| arn.split(':').nth(1));
        let (Some(partition), Some(account)) = (partition, answer.account()) else {
            return Err(Fault::unexpected(
                "sts",
                "GetCallerIdentity",
                "the answer names no account",
            ));
        };
        let region = self.region();
        Ok(format!(
            "arn:{partition}:{service}:{region}:{account}:{resource}"
        ))
    }
}

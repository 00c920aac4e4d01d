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
}

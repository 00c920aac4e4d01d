//! `AWS::Lambda::Version`: a function as it is now, under a number.
//!
//! Lambda publishes no second version of a function that has not changed, so that publishing again gives the same one. Where
//! CloudFormation fails then, we take it: the function it was wanted of is exactly this.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Wanted};

use super::live::{as_sent, object, put};
use super::standing::Standing;
use super::{Lambda, live, touches};

const READABLE: [&str; 2] = ["CodeSha256", "ProvisionedConcurrencyConfig"];

impl Lambda {
    pub(super) async fn publish_version(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let name = properties.required("FunctionName")?;
        let answer = self
            .client
            .publish_version()
            .function_name(&name)
            .set_code_sha256(properties.text("CodeSha256")?)
            .set_description(properties.text("Description")?)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "PublishVersion", &error))?;
        let standing = Standing::from(&answer);
        let version = standing.version.clone();
        let standing = self.ready(&name, Some(&version), standing).await?;
        if let Some(policy) = properties.object("RuntimePolicy")? {
            self.manage_runtime(&name, Some(&version), &policy).await?;
        }
        self.scale(&name, &version, &properties, false).await?;
        if properties.get("ProvisionedConcurrencyConfig").is_some() {
            self.provision(&name, &version, &properties).await?;
        }
        Ok(existing(&standing))
    }

    /// The version itself never changes. What can be changed is what was set beside it.
    pub(super) async fn update_version(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let (name, version) = place(held)?;
        if touches(changes, &["RuntimePolicy"])
            && let Some(policy) = properties.object("RuntimePolicy")?
        {
            self.manage_runtime(&name, Some(&version), &policy).await?;
        }
        if touches(changes, &["FunctionScalingConfig"]) {
            let was_set = held.properties().get("FunctionScalingConfig").is_some();
            self.scale(&name, &version, &properties, was_set).await?;
        }
        if touches(changes, &["ProvisionedConcurrencyConfig"]) {
            self.provision(&name, &version, &properties).await?;
        }
        Ok(live::unchanged(held))
    }

    pub(super) async fn read_version(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let (name, version) = place(held)?;
        let answer = self
            .client
            .get_function_configuration()
            .function_name(&name)
            .qualifier(&version)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("lambda", "GetFunctionConfiguration", &error).unless_missing();
            }
        };
        let mut found = Map::new();
        put(&mut found, "CodeSha256", answer.code_sha256());
        if held
            .properties()
            .get("ProvisionedConcurrencyConfig")
            .is_some()
        {
            let count = self.provisioned(&name, &version).await?;
            found.insert("ProvisionedConcurrencyConfig".into(), config(count));
        }
        Ok(Some(as_sent(held, found, &READABLE)))
    }

    pub(super) async fn delete_version(&self, held: &Held) -> Result<(), Fault> {
        let (name, version) = place(held)?;
        let answer = self
            .client
            .delete_function()
            .function_name(name)
            .qualifier(version)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "DeleteFunction", &error)))
    }
}

/// `ProvisionedConcurrencyConfig` as the template writes it.
pub(super) fn config(count: Option<i32>) -> Json {
    match count {
        Some(count) => object([("ProvisionedConcurrentExecutions", Some(json!(count)))]),
        None => Json::Null,
    }
}

/// The function's name and the version's number.
fn place(held: &Held) -> Result<(String, String), Fault> {
    let (function, version) = held
        .reference
        .rsplit_once(':')
        .ok_or_else(|| Fault::unexpected("hoist", "state", "the version's ARN is not known"))?;
    let map = &held.properties;
    let name = Properties::new(&held.id, map).text("FunctionName")?;
    Ok((
        name.unwrap_or_else(|| function.to_owned()),
        version.to_owned(),
    ))
}

fn existing(standing: &Standing) -> Existing {
    let attributes = [
        ("FunctionArn".to_owned(), json!(standing.arn)),
        ("Version".to_owned(), json!(standing.version)),
    ];
    Existing {
        reference: standing.arn.clone(),
        handle: Json::Null,
        attributes: Map::from_iter(attributes),
    }
}

//! The role with which API Gateway writes logs: one for the whole account in a region.

use serde_json::{Map, Value as Json};

use crate::aws::Fault;

use super::super::setter::Live;
use super::super::{Existing, Wanted};
use super::patch::{Op, operations};
use super::{ApiGateway, SERVICE, existing};

impl ApiGateway {
    pub(super) async fn put_account(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let role = wanted.properties().text("CloudWatchRoleArn")?;
        let op = Op::replace("/cloudwatchRoleArn", role.unwrap_or_default());
        let answer = self
            .client
            .update_account()
            .set_patch_operations(operations(vec![op]))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(existing(&wanted.id, Some("Id"), Json::Null)),
            Err(error) => Err(Fault::of(SERVICE, "UpdateAccount", &error)),
        }
    }

    pub(super) async fn read_account(&self) -> Result<Option<Map<String, Json>>, Fault> {
        let account = self
            .client
            .get_account()
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "GetAccount", &error))?;
        let role = account.cloudwatch_role_arn();
        Ok(Some(Live::default().text("CloudWatchRoleArn", role).done()))
    }
}

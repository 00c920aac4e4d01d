//! Links to a VPC, which integrations reach private addresses through.

use std::time::Duration;

use aws_sdk_apigatewayv2::operation::get_vpc_link::GetVpcLinkOutput;
use aws_sdk_apigatewayv2::types::VpcLinkStatus;
use serde_json::{Map, Value as Json};

use crate::aws::{Fault, gone};
use crate::deploy::wait;

use super::super::setter::{Live, Sent, set};
use super::super::tag;
use super::super::{Existing, Held, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, id, owns};

/// How long API Gateway may take to reach into a VPC: it makes network interfaces there.
const PATIENCE: Duration = Duration::from_secs(900);

impl ApiGatewayV2 {
    pub(super) async fn create_link(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        // A call that is repeated must not make a second one.
        let made = match self.own_link(&wanted.tags).await? {
            Some(made) => made,
            None => {
                let sent = Sent::new(wanted);
                let request = set!(self.once.create_vpc_link(), sent;
                    texts "SecurityGroupIds" => set_security_group_ids,
                    texts "SubnetIds" => set_subnet_ids,
                );
                let answer = request
                    .name(&wanted.name)
                    .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
                    .send()
                    .await
                    .map_err(|error| Fault::of(SERVICE, "CreateVpcLink", &error))?;
                id("CreateVpcLink", answer.vpc_link_id())?.to_owned()
            }
        };
        wait::until("GetVpcLink", PATIENCE, || self.is_available(&made)).await?;
        Ok(existing(&made, Some("VpcLinkId"), Json::Null))
    }

    async fn is_available(&self, id: &str) -> Result<Option<()>, Fault> {
        let link = self.link(id).await?;
        let link =
            link.ok_or_else(|| Fault::unexpected(SERVICE, "GetVpcLink", "the link is gone"))?;
        match link.vpc_link_status() {
            Some(VpcLinkStatus::Pending) => Ok(None),
            Some(VpcLinkStatus::Failed) => {
                let why = link.vpc_link_status_message().unwrap_or("it failed");
                Err(Fault::invalid(SERVICE, "CreateVpcLink", why.to_owned()))
            }
            _ => Ok(Some(())),
        }
    }

    pub(super) async fn update_link(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let id = &held.reference;
        self.client
            .update_vpc_link()
            .vpc_link_id(id)
            .name(&wanted.name)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateVpcLink", &error))?;
        let change = tag::change(held, wanted)?;
        self.change_tags(&format!("/vpclinks/{id}"), change).await?;
        Ok(existing(id, Some("VpcLinkId"), Json::Null))
    }

    pub(super) async fn find_link(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let found = self.own_link(&sought.tags).await?;
        Ok(found.map(|id| existing(&id, Some("VpcLinkId"), Json::Null)))
    }

    async fn own_link(
        &self,
        own: &std::collections::BTreeMap<String, String>,
    ) -> Result<Option<String>, Fault> {
        let mut token = None;
        loop {
            let request = self.client.get_vpc_links().max_results("500");
            let page = request
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| Fault::of(SERVICE, "GetVpcLinks", &error))?;
            let mut items = page.items.unwrap_or_default().into_iter();
            let found = items.find(|link| {
                link.tags().is_some_and(|tags| owns(own, tags))
                    && link.vpc_link_status() != Some(&VpcLinkStatus::Deleting)
            });
            if let Some(id) = found.and_then(|link| link.vpc_link_id) {
                return Ok(Some(id));
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    async fn link(&self, id: &str) -> Result<Option<GetVpcLinkOutput>, Fault> {
        match self.client.get_vpc_link().vpc_link_id(id).send().await {
            Ok(link) => Ok(Some(link)),
            Err(error) => Fault::of(SERVICE, "GetVpcLink", &error).unless_missing(),
        }
    }

    pub(super) async fn read_link(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let link = self.link(&held.reference).await?;
        Ok(link.map(|link| {
            Live::default()
                .text("Name", link.name())
                .texts("SecurityGroupIds", link.security_group_ids())
                .texts("SubnetIds", link.subnet_ids())
                .done()
        }))
    }

    pub(super) async fn delete_link(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_vpc_link();
        let answer = request.vpc_link_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteVpcLink", &error)))
    }
}

//! The user's own domain names, and which API each of their paths goes to.

use aws_sdk_apigatewayv2::operation::get_domain_name::GetDomainNameOutput;
use aws_sdk_apigatewayv2::types::{DomainNameConfiguration, MutualTlsAuthenticationInput};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};

use super::super::setter::{Live, Sent, set};
use super::super::tag;
use super::super::{Existing, Held, Properties, Sought, Wanted};
use super::{ApiGatewayV2, SERVICE, existing, id, owns, part};

impl ApiGatewayV2 {
    pub(super) async fn create_domain(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let name = wanted.properties().required("DomainName")?;
        let request = set!(self.once.create_domain_name(), sent;
            choice("") "RoutingMode" => set_routing_mode,
        );
        request
            .domain_name(&name)
            .set_domain_name_configurations(Some(configurations(sent.wanted())?))
            .set_mutual_tls_authentication(mutual_tls(&sent)?)
            .set_tags(Some(tag::merged(wanted)?.into_iter().collect()))
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateDomainName", &error))?;
        self.existing_domain(&name).await
    }

    pub(super) async fn update_domain(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let name = &held.reference;
        let sent = Sent::change(held, wanted);
        let request = set!(self.client.update_domain_name(), sent;
            choice("API_MAPPING_ONLY") "RoutingMode" => set_routing_mode,
        );
        request
            .domain_name(name)
            .set_domain_name_configurations(Some(configurations(sent.wanted())?))
            .set_mutual_tls_authentication(mutual_tls(&sent)?)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateDomainName", &error))?;
        let change = tag::change(held, wanted)?;
        self.change_tags(&format!("/domainnames/{name}"), change)
            .await?;
        self.existing_domain(name).await
    }

    async fn domain(&self, name: &str) -> Result<Option<GetDomainNameOutput>, Fault> {
        let request = self.client.get_domain_name().domain_name(name);
        match request.send().await {
            Ok(domain) => Ok(Some(domain)),
            Err(error) => Fault::of(SERVICE, "GetDomainName", &error).unless_missing(),
        }
    }

    async fn existing_domain(&self, name: &str) -> Result<Existing, Fault> {
        match self.domain(name).await? {
            Some(domain) => Ok(self.made_domain(name, &domain)),
            None => Err(Fault::unexpected(
                SERVICE,
                "GetDomainName",
                "the domain name is gone",
            )),
        }
    }

    fn made_domain(&self, name: &str, domain: &GetDomainNameOutput) -> Existing {
        let first = domain.domain_name_configurations().first();
        let regional = first.and_then(|first| first.api_gateway_domain_name());
        let zone = first.and_then(|first| first.hosted_zone_id());
        let arn = domain.domain_name_arn().map(str::to_owned);
        let attributes = json!({
            "DomainNameArn": arn.unwrap_or_else(|| self.arn(&format!("/domainnames/{name}"))),
            "RegionalDomainName": regional.unwrap_or_default(),
            "RegionalHostedZoneId": zone.unwrap_or_default(),
        });
        Existing {
            reference: name.to_owned(),
            handle: Json::Null,
            attributes: attributes.as_object().cloned().unwrap_or_default(),
        }
    }

    pub(super) async fn find_domain(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let Some(name) = properties.text("DomainName")? else {
            return Ok(None);
        };
        let domain = self.domain(&name).await?;
        let own =
            domain.filter(|domain| domain.tags().is_some_and(|tags| owns(&sought.tags, tags)));
        Ok(own.map(|domain| self.made_domain(&name, &domain)))
    }

    pub(super) async fn read_domain(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(domain) = self.domain(&held.reference).await? else {
            return Ok(None);
        };
        let each = domain.domain_name_configurations().iter();
        let configurations: Vec<Json> = each.map(live_configuration).collect();
        let tls = domain.mutual_tls_authentication().and_then(|tls| {
            Live::default()
                .text("TruststoreUri", tls.truststore_uri())
                .text("TruststoreVersion", tls.truststore_version())
                .value()
        });
        let live = Live::default()
            .with("DomainNameConfigurations", Some(configurations))
            .with("MutualTlsAuthentication", tls)
            .text("RoutingMode", domain.routing_mode().map(|it| it.as_str()));
        Ok(Some(live.done()))
    }

    pub(super) async fn delete_domain(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_domain_name();
        let answer = request.domain_name(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteDomainName", &error)))
    }

    pub(super) async fn create_mapping(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let sent = Sent::new(wanted);
        let domain = wanted.properties().required("DomainName")?;
        let request = set!(self.once.create_api_mapping(), sent;
            text "ApiId" => set_api_id,
            text "ApiMappingKey" => set_api_mapping_key,
            text "Stage" => set_stage,
        );
        let answer = request
            .domain_name(&domain)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "CreateApiMapping", &error))?;
        let id = id("CreateApiMapping", answer.api_mapping_id())?;
        Ok(made_mapping(&domain, id))
    }

    pub(super) async fn update_mapping(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let domain = part(held, "DomainName")?;
        let sent = Sent::change(held, wanted);
        let request = set!(self.client.update_api_mapping(), sent;
            text "ApiId" => set_api_id,
            text "ApiMappingKey" => set_api_mapping_key,
            text "Stage" => set_stage,
        );
        request
            .domain_name(domain)
            .api_mapping_id(&held.reference)
            .send()
            .await
            .map_err(|error| Fault::of(SERVICE, "UpdateApiMapping", &error))?;
        Ok(made_mapping(domain, &held.reference))
    }

    /// A mapping is known by its path in its domain name, and is ours when it leads to our API.
    pub(super) async fn find_mapping(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let Some(domain) = properties.text("DomainName")? else {
            return Ok(None);
        };
        let key = properties.text("ApiMappingKey")?.unwrap_or_default();
        let api = properties.text("ApiId")?;
        let mut token = None;
        loop {
            let request = self.client.get_api_mappings().domain_name(&domain);
            let answer = request.max_results("500").set_next_token(token).send();
            let page = match answer.await {
                Ok(page) => page,
                Err(error) => return Fault::of(SERVICE, "GetApiMappings", &error).unless_missing(),
            };
            let mut items = page.items.unwrap_or_default().into_iter();
            let found = items.find(|one| {
                one.api_mapping_key().unwrap_or_default() == key && one.api_id() == api.as_deref()
            });
            if let Some(id) = found.and_then(|one| one.api_mapping_id) {
                return Ok(Some(made_mapping(&domain, &id)));
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(None);
            }
        }
    }

    pub(super) async fn read_mapping(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let request = self.client.get_api_mapping();
        let answer = request
            .domain_name(part(held, "DomainName")?)
            .api_mapping_id(&held.reference)
            .send();
        match answer.await {
            Ok(one) => Ok(Some(
                Live::default()
                    .text("ApiId", one.api_id())
                    .text("ApiMappingKey", one.api_mapping_key())
                    .text("Stage", one.stage())
                    .done(),
            )),
            Err(error) => Fault::of(SERVICE, "GetApiMapping", &error).unless_missing(),
        }
    }

    pub(super) async fn delete_mapping(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_api_mapping();
        let request = request.domain_name(part(held, "DomainName")?);
        let answer = request.api_mapping_id(&held.reference).send().await;
        gone(answer.map_err(|error| Fault::of(SERVICE, "DeleteApiMapping", &error)))
    }
}

fn made_mapping(domain: &str, id: &str) -> Existing {
    existing(id, Some("ApiMappingId"), json!({ "DomainName": domain }))
}

fn configurations(properties: &Properties<'_>) -> Result<Vec<DomainNameConfiguration>, Fault> {
    let each = properties.objects("DomainNameConfigurations")?.into_iter();
    let built = each.map(|given| {
        let sent = Sent::of(given);
        let built = set!(DomainNameConfiguration::builder(), sent;
            text "CertificateArn" => set_certificate_arn,
            text "CertificateName" => set_certificate_name,
            choice("") "EndpointType" => set_endpoint_type,
            choice("") "IpAddressType" => set_ip_address_type,
            text "OwnershipVerificationCertificateArn" => set_ownership_verification_certificate_arn,
            choice("") "SecurityPolicy" => set_security_policy,
        );
        Ok(built.build())
    });
    built.collect()
}

fn live_configuration(one: &DomainNameConfiguration) -> Json {
    let live = Live::default()
        .text("CertificateArn", one.certificate_arn())
        .text("CertificateName", one.certificate_name())
        .text("EndpointType", one.endpoint_type().map(|it| it.as_str()))
        .text("IpAddressType", one.ip_address_type().map(|it| it.as_str()))
        .text(
            "OwnershipVerificationCertificateArn",
            one.ownership_verification_certificate_arn(),
        )
        .text(
            "SecurityPolicy",
            one.security_policy().map(|it| it.as_str()),
        );
    live.done().into()
}

/// Mutual TLS is switched off by an empty truststore.
fn mutual_tls(sent: &Sent<'_>) -> Result<Option<MutualTlsAuthenticationInput>, Fault> {
    let Some(given) = sent.wanted().object("MutualTlsAuthentication")? else {
        let off = MutualTlsAuthenticationInput::builder().truststore_uri("");
        return Ok(sent.is_gone("MutualTlsAuthentication").then(|| off.build()));
    };
    let sent = Sent::of(given);
    let built = set!(MutualTlsAuthenticationInput::builder(), sent;
        text "TruststoreUri" => set_truststore_uri,
        text "TruststoreVersion" => set_truststore_version,
    );
    Ok(Some(built.build()))
}

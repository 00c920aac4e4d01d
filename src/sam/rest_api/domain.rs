//! `Domain`: a REST API under a name of one's own.

use crate::template::{Map, Node, Value};

use crate::sam::build::{list, map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::intrinsic;
use crate::sam::logical_id;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{is_truthy, repr_texts, truthy};
use crate::sam::work::Work;

use super::route53::{self, Named};

const ENDPOINTS: [&str; 3] = ["EDGE", "REGIONAL", "PRIVATE"];

/// What the property `Domain` becomes.
#[derive(Default)]
pub(super) struct Domain {
    /// The domain, the paths below it, its records, the endpoint that may reach it.
    pub resources: Vec<Resource>,
    /// The property as it was worked on: a change of it deploys the API again.
    pub config: Option<Node>,
}

pub(super) fn resources(work: &mut Work<'_>, sam: &SamResource) -> Result<Domain> {
    let Some(config) = sam.get("Domain") else {
        return Ok(Domain::default());
    };
    let owner = Owner::Resource(&sam.id);
    let domain = owner.map(Some(config), "Domain")?;
    let name = owner.present(domain.get("DomainName"), "Domain.DomainName")?;
    let certificate = owner.present(domain.get("CertificateArn"), "Domain.CertificateArn")?;
    let endpoint = endpoint(sam, domain)?;
    let is_private = endpoint == "PRIVATE";
    let (prefix, kind) = match is_private {
        true => ("ApiGatewayDomainNameV2", "AWS::ApiGateway::DomainNameV2"),
        false => ("ApiGatewayDomainName", "AWS::ApiGateway::DomainName"),
    };
    let id = logical_id::with_hash(prefix, name);
    let certificate_property = match endpoint {
        "REGIONAL" => "RegionalCertificateArn",
        _ => "CertificateArn",
    };
    let mut made = Resource::new(&id, kind, config.span)
        .with_attributes(sam.passed_attributes())
        .with("DomainName", name)
        .with(certificate_property, certificate)
        .with(
            "EndpointConfiguration",
            map!(config.span;
                "Types" => list!(config.span; endpoint),
                "IpAddressType" => truthy(domain.get("IpAddressType"))),
        );
    if !is_private {
        made.set("MutualTlsAuthentication", mutual_tls(sam, domain)?);
    }
    set_optional(&mut made, domain, is_private);
    let paths = path_mappings(sam, domain, &made, is_private)?;
    let association = match is_private {
        true => access_association(sam, domain, &id)?,
        false => None,
    };
    let named = Named {
        domain,
        id: &id,
        endpoint,
    };
    let records = route53::group(work, sam, &named)?;
    let mut changed = domain.clone();
    if !is_private {
        put(&mut changed, config.span, "ApiDomainName", &id);
        put(&mut changed, config.span, "EndpointConfiguration", endpoint);
    }
    let mut resources = vec![made];
    resources.extend(paths);
    resources.extend(records);
    resources.extend(association);
    Ok(Domain {
        resources,
        config: Some(Node::new(config.span, Value::Map(changed))),
    })
}

fn endpoint(sam: &SamResource, domain: &Map) -> Result<&'static str> {
    let Some(given) = domain
        .get("EndpointConfiguration")
        .filter(|node| node.value != Value::Null)
    else {
        return Ok("REGIONAL");
    };
    ENDPOINTS
        .into_iter()
        .find(|endpoint| given.as_str() == Some(endpoint))
        .ok_or_else(|| {
            sam.fault(format!(
                "EndpointConfiguration for Custom Domains must be one of {}.",
                repr_texts(ENDPOINTS)
            ))
            .at(given.span)
        })
}

/// The trust store against which callers' certificates are checked.
fn mutual_tls(sam: &SamResource, domain: &Map) -> Result<Option<Node>> {
    const FIELDS: [&str; 2] = ["TruststoreUri", "TruststoreVersion"];
    let Some(given) = truthy(domain.get("MutualTlsAuthentication")) else {
        return Ok(None);
    };
    let span = given.span;
    let given = Owner::Resource(&sam.id).map(Some(given), "Domain.MutualTlsAuthentication")?;
    if given.keys().any(|key| !FIELDS.contains(&key)) {
        return Err(sam
            .fault(format!(
                "Available Domain.MutualTlsAuthentication fields are {}.",
                repr_texts(FIELDS)
            ))
            .at(span));
    }
    let mut kept = Map::new();
    for field in FIELDS {
        put(&mut kept, span, field, truthy(given.get(field)));
    }
    Ok(Some(Node::new(span, Value::Map(kept))))
}

fn set_optional(made: &mut Resource, domain: &Map, is_private: bool) {
    made.set("SecurityPolicy", truthy(domain.get("SecurityPolicy")));
    made.set(
        "EndpointAccessMode",
        truthy(domain.get("EndpointAccessMode")),
    );
    // The one type has no policy, the other no second certificate.
    let own = match is_private {
        true => "Policy",
        false => "OwnershipVerificationCertificateArn",
    };
    made.set(own, truthy(domain.get(own)));
}

/// The mappings from paths of the domain to the API: one for the whole domain, or one for each `BasePath`.
fn path_mappings(
    sam: &SamResource,
    domain: &Map,
    made: &Resource,
    is_private: bool,
) -> Result<Vec<Resource>> {
    let span = made.span;
    let mapping = |path: &str| {
        let kind = match is_private {
            true => "AWS::ApiGateway::BasePathMappingV2",
            false => "AWS::ApiGateway::BasePathMapping",
        };
        let property = if is_private {
            "DomainNameArn"
        } else {
            "DomainName"
        };
        Resource::new(format!("{}{path}BasePathMapping", sam.id), kind, span)
            .with_attributes(sam.passed_attributes())
            .with(property, made.reference())
            .with("RestApiId", intrinsic::reference(span, &sam.id))
            .with(
                "Stage",
                intrinsic::reference(span, format!("{}.Stage", sam.id)),
            )
    };
    let given = truthy(domain.get("BasePath"));
    let paths = match given.map(|given| &given.value) {
        Some(Value::String(path)) => vec![path.clone()],
        Some(Value::List(items)) => {
            let owner = Owner::Resource(&sam.id);
            items
                .iter()
                .enumerate()
                .map(|(at, item)| {
                    owner
                        .text(Some(item), &format!("Domain.BasePath[{at}]"))
                        .map(str::to_owned)
                })
                .collect::<Result<Vec<String>>>()?
        }
        _ => return Ok(vec![mapping("")]),
    };
    let is_normalised = domain.get("NormalizeBasePath").is_none_or(is_truthy);
    Ok(paths
        .into_iter()
        .map(|path| {
            let plain: String = path.chars().filter(|c| c.is_alphanumeric()).collect();
            let mapped = if is_normalised { &plain } else { &path };
            mapping(&plain).with("BasePath", mapped)
        })
        .collect())
}

/// The VPC endpoint that may reach a private domain.
fn access_association(sam: &SamResource, domain: &Map, id: &str) -> Result<Option<Resource>> {
    let Some(given) = domain
        .get("AccessAssociation")
        .filter(|node| node.value != Value::Null)
    else {
        return Ok(None);
    };
    let span = given.span;
    let given = Owner::Resource(&sam.id).map(Some(given), "Domain.AccessAssociation")?;
    let null = Node::new(span, Value::Null);
    let endpoint = given.get("VpcEndpointId").unwrap_or(&null);
    let association_id =
        logical_id::with_hash("DomainNameAccessAssociation", &list!(span; endpoint, id));
    Ok(Some(
        Resource::new(
            association_id,
            "AWS::ApiGateway::DomainNameAccessAssociation",
            span,
        )
        .with_attributes(sam.passed_attributes())
        .with("DomainNameArn", intrinsic::reference(span, id))
        .with("AccessAssociationSourceType", "VPCE")
        .with("AccessAssociationSource", endpoint),
    ))
}

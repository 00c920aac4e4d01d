//! The domain of a REST API, and the paths under which it answers there.

use crate::sam::build::{IntoNode, list, map};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::{attribute, reference};
use crate::sam::logical_id;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{is_text, repr_texts, truthy};
use crate::template::{Map, Node, Value};

use super::record_set;
use super::shared::Shared;

/// The hosted zone of every CloudFront distribution. Source: AWS's general reference.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";
const ENDPOINTS: [&str; 3] = ["EDGE", "REGIONAL", "PRIVATE"];

/// What `Domain` becomes: the domain, the mapping of its paths, DNS records.
///
/// # Errors
/// What is missing or has a wrong type.
pub(super) fn expand(shared: &mut Shared, sam: &SamResource) -> Result<Vec<Resource>> {
    let Some(node) = sam.get("Domain") else {
        return Ok(Vec::new());
    };
    let owner = Owner::Resource(&sam.id);
    let domain = owner.map(Some(node), "Domain")?;
    let is_private = is_text(domain.get("EndpointConfiguration"), "PRIVATE");
    let name = owner.present(domain.get("DomainName"), "Domain.DomainName")?;
    let certificate = owner.present(domain.get("CertificateArn"), "Domain.CertificateArn")?;
    let endpoint = endpoint(sam, domain)?;
    let (prefix, kind) = match is_private {
        true => ("ApiGatewayDomainNameV2", "AWS::ApiGateway::DomainNameV2"),
        false => ("ApiGatewayDomainName", "AWS::ApiGateway::DomainName"),
    };
    let id = logical_id::with_hash(prefix, name);
    let span = node.span;
    let certificate_property = match endpoint {
        "REGIONAL" => "RegionalCertificateArn",
        _ => "CertificateArn",
    };
    let configuration = map!(span;
        "Types" => list!(span; endpoint),
        "IpAddressType" => truthy(domain.get("IpAddressType")),
    );
    let mut resource = Resource::new(&id, kind, span)
        .with_attributes(sam.passed_attributes())
        .with("DomainName", name)
        .with(certificate_property, certificate)
        .with("EndpointConfiguration", configuration);
    if !is_private {
        resource.set("MutualTlsAuthentication", mutual_tls(sam, domain)?);
    }
    set_optional(&mut resource, domain, is_private)?;

    let mut made = vec![resource];
    made.extend(mappings(sam, domain, &id, is_private)?);
    let association = match domain.get("AccessAssociation") {
        Some(association) if is_private && association.value != Value::Null => {
            Some(access_association(sam, association, &id)?)
        }
        _ => None,
    };
    if let Some(route53) = domain
        .get("Route53")
        .filter(|node| node.value != Value::Null)
    {
        let route53 = record_set::check(&sam.id, route53)?;
        let records = record_set::Domain {
            api: &sam.id,
            name,
            route53,
            alias: alias_target(&id, endpoint, route53, span),
            passed: sam.passed_attributes(),
        };
        made.push(record_set::group(shared, &records)?);
    }
    made.extend(association);
    Ok(made)
}

fn endpoint(sam: &SamResource, domain: &Map) -> Result<&'static str> {
    let given = domain
        .get("EndpointConfiguration")
        .filter(|node| node.value != Value::Null);
    let Some(given) = given else {
        return Ok("REGIONAL");
    };
    ENDPOINTS
        .into_iter()
        .find(|name| given.as_str() == Some(name))
        .ok_or_else(|| {
            sam.fault(format!(
                "EndpointConfiguration for Custom Domains must be one of {}.",
                repr_texts(ENDPOINTS)
            ))
            .at(given.span)
        })
}

fn mutual_tls(sam: &SamResource, domain: &Map) -> Result<Option<Node>> {
    let names = ["TruststoreUri", "TruststoreVersion"];
    let Some(node) = truthy(domain.get("MutualTlsAuthentication")) else {
        return Ok(None);
    };
    let given = Owner::Resource(&sam.id).map(Some(node), "Domain.MutualTlsAuthentication")?;
    if given.keys().any(|key| !names.contains(&key)) {
        return Err(sam.fault(format!(
            "Available Domain.MutualTlsAuthentication fields are {}.",
            repr_texts(names)
        )));
    }
    let mut kept = Map::new();
    for name in names {
        if let Some(value) = truthy(given.get(name)) {
            kept.insert(name, value.span, value.clone());
        }
    }
    Ok(kept.into_node(node.span))
}

fn set_optional(resource: &mut Resource, domain: &Map, is_private: bool) -> Result<()> {
    // Each of the two types lacks one of them.
    let unknown = match is_private {
        true => "OwnershipVerificationCertificateArn",
        false => "Policy",
    };
    for name in [
        "SecurityPolicy",
        "EndpointAccessMode",
        "Policy",
        "OwnershipVerificationCertificateArn",
    ] {
        let value = truthy(domain.get(name));
        if let Some(value) = value.filter(|_| name == unknown) {
            let message = format!(
                "property {name} not defined for resource of type {}",
                resource.kind
            );
            return Err(Fault::resource(&resource.id, message).at(value.span));
        }
        resource.set(name, value);
    }
    Ok(())
}

/// The mappings from the domain's paths to the API's stage.
fn mappings(
    sam: &SamResource,
    domain: &Map,
    domain_id: &str,
    is_private: bool,
) -> Result<Vec<Resource>> {
    let mapping = |id: String, path: Option<String>| {
        let (kind, name) = match is_private {
            true => ("AWS::ApiGateway::BasePathMappingV2", "DomainNameArn"),
            false => ("AWS::ApiGateway::BasePathMapping", "DomainName"),
        };
        Resource::new(id, kind, sam.span)
            .with_attributes(sam.passed_attributes())
            .with(name, reference(sam.span, domain_id))
            .with("RestApiId", reference(sam.span, &sam.id))
            .with("Stage", reference(sam.span, format!("{}.Stage", sam.id)))
            .with("BasePath", path)
    };
    let paths: Vec<&Node> = match truthy(domain.get("BasePath")) {
        Some(node) if node.as_str().is_some() => vec![node],
        Some(node) => node.as_list().into_iter().flatten().collect(),
        None => Vec::new(),
    };
    if paths.is_empty() {
        return Ok(vec![mapping(format!("{}BasePathMapping", sam.id), None)]);
    }
    let keeps_symbols = domain
        .get("NormalizeBasePath")
        .is_some_and(|node| !crate::sam::value::is_truthy(node));
    let mut texts = Vec::new();
    for (at, path) in paths.into_iter().enumerate() {
        let what = format!("Domain.BasePath[{at}]");
        texts.push(Owner::Resource(&sam.id).text(Some(path), &what)?);
    }
    let made = texts.into_iter().map(|text| {
        let path: String = text
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        let id = format!("{}{path}BasePathMapping", sam.id);
        mapping(id, Some(if keeps_symbols { text.to_owned() } else { path }))
    });
    Ok(made.collect())
}

fn access_association(sam: &SamResource, association: &Node, domain_id: &str) -> Result<Resource> {
    let span = association.span;
    let given = Owner::Resource(&sam.id).map(Some(association), "Domain.AccessAssociation")?;
    let endpoint = given
        .get("VpcEndpointId")
        .cloned()
        .unwrap_or(Node::new(span, Value::Null));
    let hashed = list!(span; &endpoint, domain_id);
    let id = logical_id::with_hash("DomainNameAccessAssociation", &hashed);
    Ok(
        Resource::new(id, "AWS::ApiGateway::DomainNameAccessAssociation", span)
            .with_attributes(sam.passed_attributes())
            .with("DomainNameArn", reference(span, domain_id))
            .with("AccessAssociationSourceType", "VPCE")
            .with("AccessAssociationSource", endpoint),
    )
}

/// What the domain's records point to.
fn alias_target(id: &str, endpoint: &str, route53: &Map, span: crate::diag::Span) -> Node {
    let given = |name: &str| {
        route53
            .get(name)
            .cloned()
            .unwrap_or(Node::new(span, Value::Null))
    };
    let (zone, name) = match endpoint {
        "REGIONAL" => (
            attribute(span, id, "RegionalHostedZoneId"),
            attribute(span, id, "RegionalDomainName"),
        ),
        "EDGE" => {
            let name = match given("DistributionDomainName") {
                node if node.value == Value::Null => attribute(span, id, "DistributionDomainName"),
                node => node,
            };
            (Node::string(span, CLOUDFRONT_ZONE), name)
        }
        _ => (
            given("VpcEndpointHostedZoneId"),
            given("VpcEndpointDomainName"),
        ),
    };
    let health = route53
        .get("EvaluateTargetHealth")
        .filter(|node| node.value != Value::Null);
    map!(span;
        "EvaluateTargetHealth" => health,
        "HostedZoneId" => zone,
        "DNSName" => name,
    )
}

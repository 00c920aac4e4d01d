//! `Domain`: an HTTP or WebSocket API under a name of one's own.
//!
//! Source: the translator's `model/api/apiv2_generator.py`.

use indexmap::IndexMap;

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use crate::sam::build::{list, map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::{attribute, reference};
use crate::sam::logical_id;
use crate::sam::resource::Resource;
use crate::sam::value::{is_true, repr_texts, truthy};

const TRUST_STORE: [&str; 2] = ["TruststoreUri", "TruststoreVersion"];

/// What a domain is made for.
pub(crate) struct Domain<'a> {
    /// The API's logical id.
    pub api: &'a str,
    /// Where the API stands.
    pub span: Span,
    /// The property `Domain`, parameters answered.
    pub config: &'a Map,
    /// The attributes for everything made from the API.
    pub passed: Map,
    /// The tag by which SAM knows what it made: `httpapi:createdBy`.
    pub tag: &'a str,
}

/// The domain, the paths below it, and the group of records that leads to it. Groups are shared by the APIs in one
/// hosted zone.
///
/// # Errors
/// A missing name or certificate, another endpoint than `REGIONAL`, malformed parts.
pub(crate) fn domain(
    domain: &Domain<'_>,
    groups: &mut IndexMap<String, Resource>,
) -> Result<Vec<Resource>> {
    let span = domain.span;
    let fault = |message: String| Fault::resource(domain.api, message).at(span);
    let there = |name: &str| {
        domain
            .config
            .get(name)
            .filter(|node| node.value != Value::Null)
    };
    let (Some(name), Some(certificate)) = (there("DomainName"), there("CertificateArn")) else {
        return Err(fault(
            "Custom Domains only works if both DomainName and CertificateArn are provided.".into(),
        ));
    };
    let id = logical_id::with_hash("ApiGatewayDomainNameV2", name);
    if there("EndpointConfiguration").is_some_and(|node| node.as_str() != Some("REGIONAL")) {
        return Err(fault(
            "EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].".into(),
        ));
    }
    let optional = |name: &str| truthy(domain.config.get(name));
    let configuration = map!(span;
        "CertificateArn" => certificate,
        "EndpointType" => "REGIONAL",
        "OwnershipVerificationCertificateArn" => optional("OwnershipVerificationCertificateArn"),
        "SecurityPolicy" => optional("SecurityPolicy"));
    let made = Resource::new(&id, "AWS::ApiGatewayV2::DomainName", span)
        .with_attributes(domain.passed.clone())
        .with("DomainName", name)
        .with("Tags", map!(span; domain.tag => "SAM"))
        .with("DomainNameConfigurations", list!(span; configuration))
        .with("MutualTlsAuthentication", mutual_tls(domain)?);
    let paths = mappings(domain, &made)?;
    let records = record_group(domain, name, &id, groups)?;
    let mut all = vec![made];
    all.extend(paths);
    all.extend(records);
    Ok(all)
}

fn mutual_tls(domain: &Domain<'_>) -> Result<Option<Node>> {
    let Some(given) = truthy(domain.config.get("MutualTlsAuthentication")) else {
        return Ok(None);
    };
    let fields = repr_texts(TRUST_STORE);
    let Some(map) = given.as_map() else {
        let message = format!(
            "MutualTlsAuthentication must be a map with at least one of the following fields {fields}."
        );
        return Err(Fault::resource(domain.api, message).at(given.span));
    };
    let mut unknown: Vec<&str> = map
        .keys()
        .filter(|key| !TRUST_STORE.contains(key))
        .collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        let message = format!("Available MutualTlsAuthentication fields are {fields}.");
        return Err(Fault::resource(unknown.join(","), message).at(given.span));
    }
    let mut kept = Map::new();
    for field in TRUST_STORE {
        put(&mut kept, given.span, field, truthy(map.get(field)));
    }
    Ok(Some(Node::new(given.span, Value::Map(kept))))
}

/// The mappings from paths of the domain to the API: one for the whole domain, or one for each `BasePath`.
fn mappings(domain: &Domain<'_>, made: &Resource) -> Result<Vec<Resource>> {
    let span = domain.span;
    let mapping = |path: &str| {
        Resource::new(
            format!("{}{path}ApiMapping", domain.api),
            "AWS::ApiGatewayV2::ApiMapping",
            span,
        )
        .with_attributes(domain.passed.clone())
        .with("DomainName", made.reference())
        .with("ApiId", reference(span, domain.api))
        .with("Stage", reference(span, format!("{}.Stage", domain.api)))
    };
    let given = truthy(domain.config.get("BasePath"));
    let paths: Vec<&Node> = match given.map(|node| &node.value) {
        Some(Value::String(_)) => given.into_iter().collect(),
        Some(Value::List(items)) => items.iter().collect(),
        _ => return Ok(vec![mapping("")]),
    };
    let mut made = Vec::new();
    for path in paths {
        let fault = |message: &str| Fault::resource(domain.api, message).at(path.span);
        let Some(path) = path.as_str() else {
            return Err(fault("Basepath must be a string."));
        };
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
        if !path.chars().all(is_allowed) {
            return Err(fault("Invalid Basepath name provided."));
        }
        let plain: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
        made.push(mapping(&plain).with("ApiMappingKey", path.trim_matches('/')));
    }
    Ok(made)
}

fn record_group(
    domain: &Domain<'_>,
    name: &Node,
    id: &str,
    groups: &mut IndexMap<String, Resource>,
) -> Result<Option<Resource>> {
    let Some(route53) = domain
        .config
        .get("Route53")
        .filter(|node| node.value != Value::Null)
    else {
        return Ok(None);
    };
    let span = route53.span;
    let route53 = Owner::Resource(domain.api).map(Some(route53), "Domain.Route53")?;
    let there = |name: &str| route53.get(name).filter(|node| node.value != Value::Null);
    let (zone, name_of_zone) = (there("HostedZoneId"), there("HostedZoneName"));
    if zone.is_none() && name_of_zone.is_none() {
        let message = "HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.";
        return Err(Fault::resource(domain.api, message).at(span));
    }
    let prefix = "RecordSetGroup";
    let group_id = truthy(zone).or(name_of_zone).map_or_else(
        || prefix.to_owned(),
        |zone| logical_id::with_hash(prefix, zone),
    );
    let group = groups.entry(group_id.clone()).or_insert_with(|| {
        let property = match route53.contains_key("HostedZoneId") {
            true => "HostedZoneId",
            false => "HostedZoneName",
        };
        Resource::new(group_id, "AWS::Route53::RecordSetGroup", span)
            .with_attributes(domain.passed.clone())
            .with(property, route53.get(property))
            .with("RecordSets", list!(span))
    });
    let target = map!(span;
        "EvaluateTargetHealth" => there("EvaluateTargetHealth"),
        "HostedZoneId" => attribute(span, id, "RegionalHostedZoneId"),
        "DNSName" => attribute(span, id, "RegionalDomainName"));
    let record = |kind: &str| {
        map!(span;
            "Name" => name,
            "Type" => kind,
            "AliasTarget" => &target,
            "Region" => there("Region"),
            "SetIdentifier" => there("SetIdentifier"))
    };
    if let Some(records) = group
        .properties
        .get_mut("RecordSets")
        .and_then(Node::as_list_mut)
    {
        records.push(record("A"));
        if is_true(route53.get("IpV6")) {
            records.push(record("AAAA"));
        }
    }
    Ok(Some(group.clone()))
}

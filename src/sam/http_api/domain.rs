//! The domain of an HTTP or WebSocket API, and the paths under which it answers there.
//!
//! Source: the translator's `model/api/apiv2_generator.py`.

use crate::diag::Span;
use crate::sam::api::{Shared, record_set};
use crate::sam::build::{IntoNode, list, map};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::{attribute, reference};
use crate::sam::logical_id;
use crate::sam::resource::Resource;
use crate::sam::value::{is_text, repr_texts, truthy};
use crate::template::{Map, Node, Value};

const ENDPOINT: &str = "REGIONAL";
const TRUST_STORE: [&str; 2] = ["TruststoreUri", "TruststoreVersion"];

/// The API that gets a domain.
pub(crate) struct Api<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Where it stands.
    pub span: Span,
    /// The attributes for everything made for the domain.
    pub passed: Map,
    /// The name of SAM's own tag.
    pub tag: &'a str,
}

/// What `Domain` becomes: the domain, the mapping of its paths, DNS records.
///
/// # Errors
/// What is missing or has a wrong type.
pub(crate) fn expand(
    shared: &mut Shared,
    api: &Api<'_>,
    domain: Option<&Node>,
) -> Result<Vec<Resource>> {
    let Some(node) = domain else {
        return Ok(Vec::new());
    };
    let domain = Owner::Resource(api.id).map(Some(node), "Domain")?;
    let given = |name: &str| domain.get(name).filter(|node| node.value != Value::Null);
    let span = node.span;
    let (Some(name), Some(certificate)) = (given("DomainName"), given("CertificateArn")) else {
        return Err(Fault::resource(
            api.id,
            "Custom Domains only works if both DomainName and CertificateArn are provided.",
        )
        .at(span));
    };
    if given("EndpointConfiguration").is_some_and(|kind| !is_text(Some(kind), ENDPOINT)) {
        let message = format!(
            "EndpointConfiguration for Custom Domains must be one of {}.",
            repr_texts([ENDPOINT])
        );
        return Err(Fault::resource(api.id, message).at(span));
    }
    let id = logical_id::with_hash("ApiGatewayDomainNameV2", name);
    let configuration = map!(span;
        "CertificateArn" => certificate,
        "EndpointType" => ENDPOINT,
        "OwnershipVerificationCertificateArn" => truthy(domain.get("OwnershipVerificationCertificateArn")),
        "SecurityPolicy" => truthy(domain.get("SecurityPolicy")),
    );
    let resource = Resource::new(&id, "AWS::ApiGatewayV2::DomainName", span)
        .with_attributes(api.passed.clone())
        .with("DomainName", name)
        .with("Tags", map!(span; api.tag => "SAM"))
        .with("DomainNameConfigurations", list!(span; configuration))
        .with("MutualTlsAuthentication", mutual_tls(api, domain)?);
    let mut made = vec![resource];
    made.extend(mappings(api, domain, &id)?);
    if let Some(route53) = given("Route53") {
        let route53 = route53_of_one_group(record_set::check(api.id, route53)?);
        let records = record_set::Domain {
            api: api.id,
            name,
            route53: &route53,
            alias: alias_target(&id, &route53, span),
            passed: api.passed.clone(),
        };
        made.push(record_set::group(shared, &records)?);
    }
    Ok(made)
}

/// What is said of Route 53, as far as it counts here: there are no groups of a domain's own, and of two names for the
/// hosted zone only the id is passed on.
fn route53_of_one_group(given: &Map) -> Map {
    let mut kept = given.clone();
    kept.remove("SeparateRecordSetGroup");
    if truthy(kept.get("HostedZoneId")).is_some() {
        kept.remove("HostedZoneName");
    }
    kept
}

fn mutual_tls(api: &Api<'_>, domain: &Map) -> Result<Option<Node>> {
    let Some(node) = truthy(domain.get("MutualTlsAuthentication")) else {
        return Ok(None);
    };
    let names = repr_texts(TRUST_STORE);
    let Some(given) = node.as_map() else {
        let message = format!(
            "MutualTlsAuthentication must be a map with at least one of the following fields {names}."
        );
        return Err(Fault::resource(api.id, message).at(node.span));
    };
    let mut unknown: Vec<&str> = given
        .keys()
        .filter(|key| !TRUST_STORE.contains(key))
        .collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        // The translator names the wrong fields where the resource's id should be.
        let message = format!("Available MutualTlsAuthentication fields are {names}.");
        return Err(Fault::resource(unknown.join(","), message).at(node.span));
    }
    let mut kept = Map::new();
    for name in TRUST_STORE {
        if let Some(value) = truthy(given.get(name)) {
            kept.insert(name, value.span, value.clone());
        }
    }
    Ok(kept.into_node(node.span))
}

/// The mappings from the domain's paths to the API's stage.
fn mappings(api: &Api<'_>, domain: &Map, domain_id: &str) -> Result<Vec<Resource>> {
    let mapping = |path: &str, key: Option<&str>| {
        let id = format!("{}{path}ApiMapping", api.id);
        Resource::new(id, "AWS::ApiGatewayV2::ApiMapping", api.span)
            .with_attributes(api.passed.clone())
            .with("DomainName", reference(api.span, domain_id))
            .with("ApiId", reference(api.span, api.id))
            .with("Stage", reference(api.span, format!("{}.Stage", api.id)))
            .with("ApiMappingKey", key)
    };
    let paths = match truthy(domain.get("BasePath")) {
        Some(node) if node.as_str().is_some() => std::slice::from_ref(node),
        Some(node) => node.as_list().unwrap_or_default(),
        None => &[],
    };
    if paths.is_empty() {
        return Ok(vec![mapping("", None)]);
    }
    let mut made = Vec::new();
    for node in paths {
        let fault = |message: &str| Fault::resource(api.id, message).at(node.span);
        let path = node
            .as_str()
            .ok_or_else(|| fault("Basepath must be a string."))?;
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "/-_".contains(letter);
        if !path.chars().all(is_allowed) {
            return Err(fault("Invalid Basepath name provided."));
        }
        let plain = path.replace(['-', '_', '/'], "");
        made.push(mapping(&plain, Some(path.trim_matches('/'))));
    }
    Ok(made)
}

/// What the domain's records point to.
fn alias_target(id: &str, route53: &Map, span: Span) -> Node {
    let health = route53
        .get("EvaluateTargetHealth")
        .filter(|node| node.value != Value::Null);
    map!(span;
        "EvaluateTargetHealth" => health,
        "HostedZoneId" => attribute(span, id, "RegionalHostedZoneId"),
        "DNSName" => attribute(span, id, "RegionalDomainName"),
    )
}

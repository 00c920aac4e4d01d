//! DNS records of Route 53 for the domains of APIs.

use crate::sam::build::{list, map};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::logical_id;
use crate::sam::resource::Resource;
use crate::sam::value::{is_none, is_true, truthy};
use crate::template::{Map, Node, Value};

use super::shared::Shared;

const KIND: &str = "AWS::Route53::RecordSetGroup";

/// A domain that gets records.
pub(crate) struct Domain<'a> {
    /// The logical id of the API.
    pub api: &'a str,
    /// The domain's name.
    pub name: &'a Node,
    /// What is said of Route 53.
    pub route53: &'a Map,
    /// What the records point to.
    pub alias: Node,
    /// The attributes for everything made from the API.
    pub passed: Map,
}

/// Checks `Domain.Route53`.
///
/// # Errors
/// No mapping, or one without a hosted zone.
pub(crate) fn check<'n>(api: &str, route53: &'n Node) -> Result<&'n Map> {
    let map = Owner::Resource(api).map(Some(route53), "Domain.Route53")?;
    if is_none(map.get("HostedZoneId")) && is_none(map.get("HostedZoneName")) {
        return Err(Fault::resource(
            api,
            "HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.",
        )
        .at(route53.span));
    }
    Ok(map)
}

/// The group with the domain's records: the one of its hosted zone, to which all domains there add theirs, or with
/// `SeparateRecordSetGroup` one of its own.
///
/// # Errors
/// `SeparateRecordSetGroup` is no boolean.
pub(crate) fn group(shared: &mut Shared, domain: &Domain<'_>) -> Result<Resource> {
    let route53 = domain.route53;
    let span = domain.name.span;
    let zone = truthy(route53.get("HostedZoneId")).or_else(|| route53.get("HostedZoneName"));
    let none = Node::new(span, Value::Null);
    let zone = zone.unwrap_or(&none);
    if let Some(separate) = truthy(route53.get("SeparateRecordSetGroup")) {
        Owner::Resource(domain.api)
            .boolean(Some(separate), "Domain.Route53.SeparateRecordSetGroup")?;
        let id = logical_id::with_hash("RecordSetGroup", &list!(span; zone, domain.name));
        return Ok(Resource::new(id, KIND, span)
            .with_attributes(domain.passed.clone())
            .with("HostedZoneId", truthy(route53.get("HostedZoneId")))
            .with("HostedZoneName", truthy(route53.get("HostedZoneName")))
            .with("RecordSets", records(domain)));
    }
    let id = logical_id::with_hash("RecordSetGroup", zone);
    let group = shared.record_sets.entry(id).or_insert_with_key(|id| {
        Resource::new(id, KIND, span)
            .with_attributes(domain.passed.clone())
            .with("HostedZoneId", route53.get("HostedZoneId"))
            .with("HostedZoneName", route53.get("HostedZoneName"))
            .with("RecordSets", list!(span))
    });
    let sets = group.properties.get_mut("RecordSets");
    if let Some(sets) = sets.and_then(Node::as_list_mut) {
        sets.extend(records(domain));
    }
    Ok(group.clone())
}

/// The record for IPv4, and that for IPv6 when it is asked for.
fn records(domain: &Domain<'_>) -> Vec<Node> {
    let property = |name: &str| {
        domain
            .route53
            .get(name)
            .filter(|node| node.value != Value::Null)
    };
    let record = |kind: &str| {
        map!(domain.name.span;
            "Name" => domain.name,
            "Type" => kind,
            "AliasTarget" => &domain.alias,
            "Region" => property("Region"),
            "SetIdentifier" => property("SetIdentifier"),
        )
    };
    let mut records = vec![record("A")];
    if is_true(domain.route53.get("IpV6")) {
        records.push(record("AAAA"));
    }
    records
}

//! `Domain.Route53`: the records that lead a domain's name to an API.

use indexmap::IndexMap;

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use crate::sam::build::{list, map};
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::intrinsic;
use crate::sam::logical_id;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{is_true, truthy};
use crate::sam::work::Work;

/// The hosted zone of every CloudFront distribution.
/// Source: CloudFormation, "AWS::Route53::RecordSet AliasTarget".
const CLOUD_FRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// The groups of records so far, by logical id: APIs in one hosted zone share a group.
#[derive(Debug, Default)]
pub(crate) struct RecordSets {
    groups: IndexMap<String, Resource>,
}

/// A domain as its records need it.
pub(super) struct Named<'a> {
    /// `Domain`.
    pub domain: &'a Map,
    /// The logical id of the domain's resource.
    pub id: &'a str,
    /// `REGIONAL`, `EDGE` or `PRIVATE`.
    pub endpoint: &'a str,
}

/// The group with the records of a domain. None when the domain asks for none.
pub(super) fn group(
    work: &mut Work<'_>,
    sam: &SamResource,
    named: &Named<'_>,
) -> Result<Option<Resource>> {
    let Some(route53) = named
        .domain
        .get("Route53")
        .filter(|node| node.value != Value::Null)
    else {
        return Ok(None);
    };
    let span = route53.span;
    let owner = Owner::Resource(&sam.id);
    let route53 = owner.map(Some(route53), "Domain.Route53")?;
    let there = |name: &str| route53.get(name).filter(|node| node.value != Value::Null);
    let (id, name) = (there("HostedZoneId"), there("HostedZoneName"));
    if id.is_none() && name.is_none() {
        let message = "HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.";
        return Err(sam.fault(message).at(span));
    }
    let null = Node::new(span, Value::Null);
    let zone = truthy(id).or(name).unwrap_or(&null);
    let records = records(named, route53, span);
    if let Some(separate) = truthy(route53.get("SeparateRecordSetGroup")) {
        owner.boolean(Some(separate), "Domain.Route53.SeparateRecordSetGroup")?;
        let domain_name = named.domain.get("DomainName").unwrap_or(&null);
        let id = logical_id::with_hash("RecordSetGroup", &list!(span; zone, domain_name));
        let group = Resource::new(id, "AWS::Route53::RecordSetGroup", span)
            .with_attributes(sam.passed_attributes())
            .with("HostedZoneId", truthy(route53.get("HostedZoneId")))
            .with("HostedZoneName", truthy(route53.get("HostedZoneName")))
            .with("RecordSets", records);
        return Ok(Some(group));
    }
    let id = logical_id::with_hash("RecordSetGroup", zone);
    let group = work
        .record_sets
        .groups
        .entry(id.clone())
        .or_insert_with(|| {
            Resource::new(id, "AWS::Route53::RecordSetGroup", span)
                .with_attributes(sam.passed_attributes())
                .with("HostedZoneId", route53.get("HostedZoneId"))
                .with("HostedZoneName", route53.get("HostedZoneName"))
                .with("RecordSets", list!(span))
        });
    if let Some(all) = group
        .properties
        .get_mut("RecordSets")
        .and_then(Node::as_list_mut)
    {
        all.extend(records);
    }
    Ok(Some(group.clone()))
}

/// The record for IPv4, and the one for IPv6 when it is wanted.
fn records(named: &Named<'_>, route53: &Map, span: Span) -> Vec<Node> {
    let there = |name: &str| route53.get(name).filter(|node| node.value != Value::Null);
    let target = alias_target(named, route53, span);
    let record = |kind: &str| {
        map!(span;
            "Name" => named.domain.get("DomainName"),
            "Type" => kind,
            "AliasTarget" => &target,
            "Region" => there("Region"),
            "SetIdentifier" => there("SetIdentifier"))
    };
    let mut records = vec![record("A")];
    if is_true(route53.get("IpV6")) {
        records.push(record("AAAA"));
    }
    records
}

fn alias_target(named: &Named<'_>, route53: &Map, span: Span) -> Node {
    let there = |name: &str| route53.get(name).filter(|node| node.value != Value::Null);
    let null = || Node::new(span, Value::Null);
    let (zone, name) = match named.endpoint {
        "REGIONAL" => (
            intrinsic::attribute(span, named.id, "RegionalHostedZoneId"),
            intrinsic::attribute(span, named.id, "RegionalDomainName"),
        ),
        "EDGE" => (
            Node::string(span, CLOUD_FRONT_ZONE),
            there("DistributionDomainName")
                .cloned()
                .unwrap_or_else(|| intrinsic::attribute(span, named.id, "DistributionDomainName")),
        ),
        _ => (
            there("VpcEndpointHostedZoneId")
                .cloned()
                .unwrap_or_else(null),
            there("VpcEndpointDomainName").cloned().unwrap_or_else(null),
        ),
    };
    map!(span;
        "EvaluateTargetHealth" => there("EvaluateTargetHealth"),
        "HostedZoneId" => zone,
        "DNSName" => name)
}

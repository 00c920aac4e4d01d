//! Indexes that come and go: one at a time, and another key or projection is another index.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types as sdk;

use crate::aws::Fault;

use super::{Extent, Properties, Request, shape};

pub(super) fn to_delete(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes_any(&["GlobalSecondaryIndexes", "AttributeDefinitions"]) {
        return Ok(None);
    }
    let wanted = shape::global_indexes(table)?.unwrap_or_default();
    let definitions = shape::attribute_definitions(table)?;
    for index in live.global_secondary_indexes() {
        let stays = wanted.iter().any(|one| {
            index.index_name() == Some(one.index_name())
                && index.key_schema() == one.key_schema()
                && same_projection(index.projection(), one.projection())
                && !has_other_type(live, &definitions, index.key_schema())
        });
        if !stays {
            let action = sdk::DeleteGlobalSecondaryIndexAction::builder()
                .set_index_name(index.index_name().map(str::to_owned))
                .build()?;
            let update = sdk::GlobalSecondaryIndexUpdate::builder().delete(action);
            return Ok(Some(
                Request::default().global_secondary_index_updates(update.build()),
            ));
        }
    }
    Ok(None)
}

pub(super) fn to_create(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes_any(&["GlobalSecondaryIndexes", "AttributeDefinitions"]) {
        return Ok(None);
    }
    for index in shape::global_indexes(table)?.unwrap_or_default() {
        let mut there = live.global_secondary_indexes().iter();
        if there.any(|one| one.index_name() == Some(index.index_name())) {
            continue;
        }
        let definitions = used_definitions(live, table, index.key_schema())?;
        let action = sdk::CreateGlobalSecondaryIndexAction::builder()
            .index_name(index.index_name)
            .set_key_schema(Some(index.key_schema))
            .set_projection(index.projection)
            .set_provisioned_throughput(index.provisioned_throughput)
            .set_on_demand_throughput(index.on_demand_throughput)
            .set_warm_throughput(index.warm_throughput)
            .build()?;
        let update = sdk::GlobalSecondaryIndexUpdate::builder().create(action);
        return Ok(Some(
            Request::default()
                .set_attribute_definitions(Some(definitions))
                .global_secondary_index_updates(update.build()),
        ));
    }
    Ok(None)
}

/// The definitions of the attributes that are in a key once an index is there: others are refused.
fn used_definitions(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    new: &[sdk::KeySchemaElement],
) -> Result<Vec<sdk::AttributeDefinition>, Fault> {
    let local = live.local_secondary_indexes().iter();
    let global = live.global_secondary_indexes().iter();
    let used: BTreeSet<&str> = live
        .key_schema()
        .iter()
        .chain(local.flat_map(|index| index.key_schema()))
        .chain(global.flat_map(|index| index.key_schema()))
        .chain(new)
        .map(|element| element.attribute_name())
        .collect();
    let mut definitions = shape::attribute_definitions(table)?;
    definitions.retain(|definition| used.contains(definition.attribute_name()));
    Ok(definitions)
}

fn same_projection(live: Option<&sdk::Projection>, wanted: Option<&sdk::Projection>) -> bool {
    let parts = |projection: Option<&sdk::Projection>| {
        let names: BTreeSet<String> = projection
            .map(|projection| projection.non_key_attributes().iter().cloned().collect())
            .unwrap_or_default();
        let kind = projection.and_then(|projection| projection.projection_type().cloned());
        (kind, names)
    };
    parts(live) == parts(wanted)
}

/// Whether an attribute of the key is of another type than it is to be.
fn has_other_type(
    live: &sdk::TableDescription,
    wanted: &[sdk::AttributeDefinition],
    key: &[sdk::KeySchemaElement],
) -> bool {
    let kind = |list: &[sdk::AttributeDefinition], name: &str| {
        let found = list.iter().find(|one| one.attribute_name() == name);
        found.map(|one| one.attribute_type().clone())
    };
    key.iter().any(|element| {
        let name = element.attribute_name();
        let wanted = kind(wanted, name);
        wanted.is_some() && wanted != kind(live.attribute_definitions(), name)
    })
}

pub(super) fn vector_to_delete(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes("VectorIndexes") {
        return Ok(None);
    }
    let wanted = shape::vector_indexes(table)?.unwrap_or_default();
    for index in live.vector_indexes() {
        let stays = wanted.iter().any(|one| {
            index.index_name() == Some(one.index_name())
                && index.vector_attribute() == one.vector_attribute()
                && index.search_schema() == one.search_schema()
                && index.dimensions() == Some(one.dimensions())
                && index.distance_function() == Some(one.distance_function())
                && same_projection(index.projection(), one.projection())
        });
        if !stays {
            let action = sdk::DeleteVectorIndexAction::builder()
                .set_index_name(index.index_name().map(str::to_owned))
                .build()?;
            let update = sdk::VectorIndexUpdate::builder().delete(action);
            return Ok(Some(
                Request::default().vector_index_updates(update.build()),
            ));
        }
    }
    Ok(None)
}

pub(super) fn vector_to_create(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes("VectorIndexes") {
        return Ok(None);
    }
    for index in shape::vector_indexes(table)?.unwrap_or_default() {
        let mut there = live.vector_indexes().iter();
        if there.any(|one| one.index_name() == Some(index.index_name())) {
            continue;
        }
        let action = sdk::CreateVectorIndexAction::builder()
            .index_name(index.index_name)
            .set_vector_attribute(index.vector_attribute)
            .set_search_schema(index.search_schema)
            .set_projection(index.projection)
            .dimensions(index.dimensions)
            .distance_function(index.distance_function)
            .build()?;
        let update = sdk::VectorIndexUpdate::builder().create(action);
        return Ok(Some(
            Request::default().vector_index_updates(update.build()),
        ));
    }
    Ok(None)
}

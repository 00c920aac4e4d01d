//! Properties of tables as the types of the SDK.

use aws_sdk_dynamodb::types as sdk;

use crate::aws::Fault;

use super::Properties;

pub(super) fn attribute_definitions(
    table: &Properties<'_>,
) -> Result<Vec<sdk::AttributeDefinition>, Fault> {
    let each = table.objects("AttributeDefinitions")?;
    each.iter()
        .map(|one| {
            Ok(sdk::AttributeDefinition::builder()
                .set_attribute_name(one.text("AttributeName")?)
                .set_attribute_type(one.choice("AttributeType")?)
                .build()?)
        })
        .collect()
}

pub(super) fn key_schema(owner: &Properties<'_>) -> Result<Vec<sdk::KeySchemaElement>, Fault> {
    let each = owner.objects("KeySchema")?;
    each.iter()
        .map(|one| {
            Ok(sdk::KeySchemaElement::builder()
                .set_attribute_name(one.text("AttributeName")?)
                .set_key_type(one.choice("KeyType")?)
                .build()?)
        })
        .collect()
}

pub(super) fn projection(index: &Properties<'_>) -> Result<Option<sdk::Projection>, Fault> {
    let Some(projection) = index.object("Projection")? else {
        return Ok(None);
    };
    let built = sdk::Projection::builder()
        .set_projection_type(projection.choice("ProjectionType")?)
        .set_non_key_attributes(projection.texts("NonKeyAttributes")?)
        .build();
    Ok(Some(built))
}

pub(super) fn throughput(
    owner: &Properties<'_>,
) -> Result<Option<sdk::ProvisionedThroughput>, Fault> {
    let Some(throughput) = owner.object("ProvisionedThroughput")? else {
        return Ok(None);
    };
    let built = sdk::ProvisionedThroughput::builder()
        .set_read_capacity_units(throughput.integer("ReadCapacityUnits")?)
        .set_write_capacity_units(throughput.integer("WriteCapacityUnits")?)
        .build()?;
    Ok(Some(built))
}

pub(super) fn on_demand(owner: &Properties<'_>) -> Result<Option<sdk::OnDemandThroughput>, Fault> {
    let Some(limits) = owner.object("OnDemandThroughput")? else {
        return Ok(None);
    };
    let built = sdk::OnDemandThroughput::builder()
        .set_max_read_request_units(limits.integer("MaxReadRequestUnits")?)
        .set_max_write_request_units(limits.integer("MaxWriteRequestUnits")?)
        .build();
    Ok(Some(built))
}

pub(super) fn warm(owner: &Properties<'_>) -> Result<Option<sdk::WarmThroughput>, Fault> {
    let Some(warm) = owner.object("WarmThroughput")? else {
        return Ok(None);
    };
    let built = sdk::WarmThroughput::builder()
        .set_read_units_per_second(warm.integer("ReadUnitsPerSecond")?)
        .set_write_units_per_second(warm.integer("WriteUnitsPerSecond")?)
        .build();
    Ok(Some(built))
}

pub(super) fn global_index(index: &Properties<'_>) -> Result<sdk::GlobalSecondaryIndex, Fault> {
    Ok(sdk::GlobalSecondaryIndex::builder()
        .set_index_name(index.text("IndexName")?)
        .set_key_schema(Some(key_schema(index)?))
        .set_projection(projection(index)?)
        .set_provisioned_throughput(throughput(index)?)
        .set_on_demand_throughput(on_demand(index)?)
        .set_warm_throughput(warm(index)?)
        .build()?)
}

pub(super) fn global_indexes(
    table: &Properties<'_>,
) -> Result<Option<Vec<sdk::GlobalSecondaryIndex>>, Fault> {
    some(table.objects("GlobalSecondaryIndexes")?, global_index)
}

pub(super) fn local_indexes(
    table: &Properties<'_>,
) -> Result<Option<Vec<sdk::LocalSecondaryIndex>>, Fault> {
    some(table.objects("LocalSecondaryIndexes")?, |index| {
        Ok(sdk::LocalSecondaryIndex::builder()
            .set_index_name(index.text("IndexName")?)
            .set_key_schema(Some(key_schema(index)?))
            .set_projection(projection(index)?)
            .build()?)
    })
}

pub(super) fn vector_indexes(
    table: &Properties<'_>,
) -> Result<Option<Vec<sdk::VectorIndex>>, Fault> {
    some(table.objects("VectorIndexes")?, |index| {
        let attribute = index.object("VectorAttribute")?.map(|attribute| {
            let name = attribute.text("AttributeName")?;
            let built = sdk::VectorAttributeDefinition::builder().set_attribute_name(name);
            Ok::<_, Fault>(built.build()?)
        });
        let search = some(index.objects("SearchSchema")?, |element| {
            Ok(sdk::SearchSchemaElement::builder()
                .set_attribute_name(element.text("AttributeName")?)
                .set_search_schema_element_type(element.choice("SearchSchemaElementType")?)
                .build()?)
        })?;
        Ok(sdk::VectorIndex::builder()
            .set_index_name(index.text("IndexName")?)
            .set_vector_attribute(attribute.transpose()?)
            .set_search_schema(search)
            .set_projection(projection(index)?)
            .set_dimensions(index.integer("Dimensions")?)
            .set_distance_function(index.choice("DistanceFunction")?)
            .build()?)
    })
}

pub(super) fn stream(table: &Properties<'_>) -> Result<Option<sdk::StreamSpecification>, Fault> {
    let Some(stream) = table.object("StreamSpecification")? else {
        return Ok(None);
    };
    let built = sdk::StreamSpecification::builder()
        .stream_enabled(true)
        .set_stream_view_type(stream.choice("StreamViewType")?)
        .build()?;
    Ok(Some(built))
}

pub(super) fn encryption(table: &Properties<'_>) -> Result<Option<sdk::SseSpecification>, Fault> {
    let Some(encryption) = table.object("SSESpecification")? else {
        return Ok(None);
    };
    let built = sdk::SseSpecification::builder()
        .set_enabled(encryption.flag("SSEEnabled")?)
        .set_sse_type(encryption.choice("SSEType")?)
        .set_kms_master_key_id(encryption.text("KMSMasterKeyId")?)
        .build();
    Ok(Some(built))
}

/// A list, or nothing when there are none: an empty list is refused.
fn some<T>(
    items: Vec<Properties<'_>>,
    each: impl Fn(&Properties<'_>) -> Result<T, Fault>,
) -> Result<Option<Vec<T>>, Fault> {
    let list = items.iter().map(each).collect::<Result<Vec<T>, Fault>>()?;
    Ok((!list.is_empty()).then_some(list))
}

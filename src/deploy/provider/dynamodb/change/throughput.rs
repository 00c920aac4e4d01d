//! What a table and its indexes are paid by.

use aws_sdk_dynamodb::types as sdk;

use crate::aws::Fault;

use super::{Extent, Properties, Request, shape};

/// The billing mode, and what belongs to it, in one call: a switch to provisioned capacity must name that of every index.
pub(super) fn throughput(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    const PARTS: [&str; 4] = [
        "BillingMode",
        "ProvisionedThroughput",
        "OnDemandThroughput",
        "GlobalSecondaryIndexes",
    ];
    if !extent.includes_any(&PARTS) {
        return Ok(None);
    }
    let mode = table
        .choice("BillingMode")?
        .unwrap_or(sdk::BillingMode::Provisioned);
    let is = live
        .billing_mode_summary()
        .and_then(|summary| summary.billing_mode().cloned())
        .unwrap_or(sdk::BillingMode::Provisioned);
    let switches = mode != is;
    let mut request = Request::default();
    let mut changes = switches;
    if switches {
        request = request.billing_mode(mode.clone());
    }
    match mode {
        sdk::BillingMode::Provisioned => {
            let wanted = shape::throughput(table)?;
            let is_set = extent.includes_any(&["ProvisionedThroughput", "BillingMode"]);
            if let Some(wanted) = wanted.filter(|wanted| {
                switches || is_set && !same_throughput(live.provisioned_throughput(), wanted)
            }) {
                request = request.provisioned_throughput(wanted);
                changes = true;
            }
        }
        _ => {
            if extent.includes("OnDemandThroughput")
                && let Some(limits) =
                    on_demand(live.on_demand_throughput(), shape::on_demand(table)?)
            {
                request = request.on_demand_throughput(limits);
                changes = true;
            }
        }
    }
    for index in table.objects("GlobalSecondaryIndexes")? {
        let name = index.required("IndexName")?;
        let mut there = live.global_secondary_indexes().iter();
        let Some(live) = there.find(|one| one.index_name() == Some(&name)) else {
            continue;
        };
        let mut action = sdk::UpdateGlobalSecondaryIndexAction::builder().index_name(&name);
        let mut index_changes = false;
        if mode == sdk::BillingMode::Provisioned {
            let wanted = shape::throughput(&index)?;
            if let Some(wanted) = wanted.filter(|wanted| {
                switches
                    || is_about(extent, &name, &index, "ProvisionedThroughput")
                        && !same_throughput(live.provisioned_throughput(), wanted)
            }) {
                action = action.provisioned_throughput(wanted);
                index_changes = true;
            }
        } else if is_about(extent, &name, &index, "OnDemandThroughput")
            && let Some(limits) = on_demand(live.on_demand_throughput(), shape::on_demand(&index)?)
        {
            action = action.on_demand_throughput(limits);
            index_changes = true;
        }
        if index_changes {
            let update = sdk::GlobalSecondaryIndexUpdate::builder().update(action.build()?);
            request = request.global_secondary_index_updates(update.build());
            changes = true;
        }
    }
    Ok(changes.then_some(request))
}

/// Whether a part of an index is other than it was sent last. What is the same may have been changed by Application Auto
/// Scaling since, and stays.
fn is_about(extent: &Extent<'_>, name: &str, wanted: &Properties<'_>, part: &str) -> bool {
    if !extent.is_certain() {
        return true;
    }
    let before = extent
        .before("GlobalSecondaryIndexes")
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten()
        .find(|one| one.get("IndexName").and_then(|name| name.as_str()) == Some(name))
        .and_then(|index| index.get(part));
    match (before, wanted.get(part)) {
        (Some(before), Some(after)) => !crate::deploy::value::same(before, after),
        (before, after) => before.is_some() != after.is_some(),
    }
}

fn same_throughput(
    live: Option<&sdk::ProvisionedThroughputDescription>,
    wanted: &sdk::ProvisionedThroughput,
) -> bool {
    live.is_some_and(|live| {
        live.read_capacity_units() == Some(wanted.read_capacity_units())
            && live.write_capacity_units() == Some(wanted.write_capacity_units())
    })
}

/// The limits to be set, when they are other than they are. -1 takes one away.
fn on_demand(
    live: Option<&sdk::OnDemandThroughput>,
    wanted: Option<sdk::OnDemandThroughput>,
) -> Option<sdk::OnDemandThroughput> {
    const NONE: i64 = -1;
    let parts = |limits: Option<&sdk::OnDemandThroughput>| {
        let read = limits.and_then(sdk::OnDemandThroughput::max_read_request_units);
        let write = limits.and_then(sdk::OnDemandThroughput::max_write_request_units);
        (read.unwrap_or(NONE), write.unwrap_or(NONE))
    };
    let wanted = parts(wanted.as_ref());
    (parts(live) != wanted).then(|| {
        sdk::OnDemandThroughput::builder()
            .max_read_request_units(wanted.0)
            .max_write_request_units(wanted.1)
            .build()
    })
}

/// Warm throughput grows and never shrinks, so that only more of it is asked for. A table gets warmer by being used.
pub(super) fn warm_throughput(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes_any(&["WarmThroughput", "GlobalSecondaryIndexes"]) {
        return Ok(None);
    }
    let mut request = None;
    let is = live.warm_throughput();
    let is = is.map_or((None, None), |is| {
        (is.read_units_per_second(), is.write_units_per_second())
    });
    if let Some(warm) = warmer(is, shape::warm(table)?) {
        request = Some(Request::default().warm_throughput(warm));
    }
    for index in table.objects("GlobalSecondaryIndexes")? {
        let name = index.required("IndexName")?;
        let mut there = live.global_secondary_indexes().iter();
        let Some(live) = there.find(|one| one.index_name() == Some(&name)) else {
            continue;
        };
        let is = live.warm_throughput().map_or((None, None), |is| {
            (is.read_units_per_second(), is.write_units_per_second())
        });
        if let Some(warm) = warmer(is, shape::warm(&index)?) {
            let action = sdk::UpdateGlobalSecondaryIndexAction::builder()
                .index_name(name)
                .warm_throughput(warm)
                .build()?;
            let update = sdk::GlobalSecondaryIndexUpdate::builder().update(action);
            let so_far = request.unwrap_or_default();
            request = Some(so_far.global_secondary_index_updates(update.build()));
        }
    }
    Ok(request)
}

fn warmer(
    live: (Option<i64>, Option<i64>),
    wanted: Option<sdk::WarmThroughput>,
) -> Option<sdk::WarmThroughput> {
    let wanted = wanted?;
    let grows = |is: Option<i64>, to: Option<i64>| to.is_some_and(|to| is.is_none_or(|is| to > is));
    let is_more = grows(live.0, wanted.read_units_per_second())
        || grows(live.1, wanted.write_units_per_second());
    is_more.then(|| {
        sdk::WarmThroughput::builder()
            .set_read_units_per_second(wanted.read_units_per_second().max(live.0))
            .set_write_units_per_second(wanted.write_units_per_second().max(live.1))
            .build()
    })
}

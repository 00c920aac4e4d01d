//! What has to be called next so that a table becomes what it is to be. Pure: from what AWS says it is.
//!
//! `UpdateTable` does one thing at a time, and refuses to change something into what it is.
//! Source: Amazon DynamoDB API reference, `UpdateTable`.

mod index;
#[cfg(test)]
mod tests;
mod throughput;

use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableInputBuilder as Request;
use aws_sdk_dynamodb::types as sdk;

use crate::aws::Fault;

use super::{Extent, Properties, shape};

/// What to send next for one matter, or nothing when it is as it is to be.
pub(super) type Step =
    fn(&sdk::TableDescription, &Properties<'_>, &Extent<'_>) -> Result<Option<Request>, Fault>;

/// In this order: what is in the way of others first. An index that goes needs no throughput, and one that comes needs the
/// billing mode it is meant for.
pub(super) const STEPS: [Step; 10] = [
    deletion_protection,
    index::to_delete,
    index::vector_to_delete,
    throughput::throughput,
    throughput::warm_throughput,
    table_class,
    encryption,
    stream,
    index::to_create,
    index::vector_to_create,
];

fn deletion_protection(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes("DeletionProtectionEnabled") {
        return Ok(None);
    }
    let wanted = table.flag("DeletionProtectionEnabled")?.unwrap_or(false);
    let is = live.deletion_protection_enabled().unwrap_or(false);
    Ok((wanted != is).then(|| Request::default().deletion_protection_enabled(wanted)))
}

fn table_class(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes("TableClass") {
        return Ok(None);
    }
    let wanted = table
        .choice("TableClass")?
        .unwrap_or(sdk::TableClass::Standard);
    let is = live
        .table_class_summary()
        .and_then(|summary| summary.table_class().cloned())
        .unwrap_or(sdk::TableClass::Standard);
    Ok((wanted != is).then(|| Request::default().table_class(wanted)))
}

/// Without a specification, or with one that is not enabled, the key is AWS's own.
fn encryption(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes("SSESpecification") {
        return Ok(None);
    }
    let wanted = shape::encryption(table)?;
    let is = live.sse_description().filter(|is| {
        !matches!(
            is.status(),
            Some(sdk::SseStatus::Disabled | sdk::SseStatus::Disabling)
        )
    });
    let enabled = wanted.as_ref().and_then(|wanted| wanted.enabled()) == Some(true);
    let key = wanted
        .as_ref()
        .and_then(|wanted| wanted.kms_master_key_id());
    let has_key = is.and_then(|is| is.kms_master_key_arn());
    Ok(match (enabled, is) {
        (false, None) => None,
        (false, Some(_)) => {
            let off = sdk::SseSpecification::builder().enabled(false).build();
            Some(Request::default().sse_specification(off))
        }
        // The key may be called by its alias, which AWS answers with the key's ARN: whether it is the same one is for
        // what was sent last to say.
        (true, Some(_)) if is_same_key(key, has_key, extent) => None,
        (true, _) => wanted.map(|wanted| Request::default().sse_specification(wanted)),
    })
}

fn is_same_key(wanted: Option<&str>, live: Option<&str>, extent: &Extent<'_>) -> bool {
    let Some(wanted) = wanted else {
        let had = extent
            .before("SSESpecification")
            .and_then(|before| before.get("KMSMasterKeyId"));
        return had.is_none();
    };
    if live.is_some_and(|arn| arn == wanted || arn.ends_with(&format!("key/{wanted}"))) {
        return true;
    }
    let before = extent
        .before("SSESpecification")
        .and_then(|before| before.get("KMSMasterKeyId")?.as_str());
    wanted.contains("alias/") && before.is_none_or(|before| before == wanted)
}

/// A stream of another kind is another stream: the old one is switched off first.
fn stream(
    live: &sdk::TableDescription,
    table: &Properties<'_>,
    extent: &Extent<'_>,
) -> Result<Option<Request>, Fault> {
    if !extent.includes("StreamSpecification") {
        return Ok(None);
    }
    let wanted = shape::stream(table)?;
    let is = live
        .stream_specification()
        .filter(|stream| stream.stream_enabled);
    Ok(match (wanted, is) {
        (None, None) => None,
        (Some(wanted), None) => Some(Request::default().stream_specification(wanted)),
        (Some(wanted), Some(is)) if wanted.stream_view_type() == is.stream_view_type() => None,
        (_, Some(_)) => {
            let off = sdk::StreamSpecification::builder()
                .stream_enabled(false)
                .build()?;
            Some(Request::default().stream_specification(off))
        }
    })
}

//! `Cognito`: a user pool of the same template, which is changed to call the function.

use crate::template::{Map, Node, Value};

use crate::sam::build::{map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic;
use crate::sam::property::{Property, Shape, passed, required};
use crate::sam::resource::Resource;
use crate::sam::value::text;
use crate::sam::work::Work;

use super::bucket::changed;
use super::{Event, Permission, Target, permission};

pub(super) const PROPERTIES: [Property; 2] = [
    required("UserPool", Shape::Text),
    required(
        "Trigger",
        Shape::OneOf(&[Shape::Text, Shape::ListOf(&Shape::Text)]),
    )
    .literal(),
];

/// What a user pool may have. Source: the translator's `model/cognito.py`.
const USER_POOL: [Property; 29] = [
    passed("AccountRecoverySetting"),
    passed("AdminCreateUserConfig"),
    passed("AliasAttributes"),
    passed("AutoVerifiedAttributes"),
    passed("DeletionProtection"),
    passed("DeviceConfiguration"),
    passed("EmailAuthenticationMessage"),
    passed("EmailAuthenticationSubject"),
    passed("EmailConfiguration"),
    passed("EmailVerificationMessage"),
    passed("EmailVerificationSubject"),
    passed("EnabledMfas"),
    passed("LambdaConfig"),
    passed("MfaConfiguration"),
    passed("Policies"),
    passed("Schema"),
    passed("SmsAuthenticationMessage"),
    passed("SmsConfiguration"),
    passed("SmsVerificationMessage"),
    passed("UserAttributeUpdateSettings"),
    passed("UsernameAttributes"),
    passed("UsernameConfiguration"),
    passed("UserPoolAddOns"),
    passed("UserPoolName"),
    passed("UserPoolTags"),
    passed("UserPoolTier"),
    passed("VerificationMessageTemplate"),
    passed("WebAuthnRelyingPartyID"),
    passed("WebAuthnUserVerification"),
];

/// The id of the user pool, which must be in the template.
pub(super) fn pool_id(work: &Work<'_>, event: &Event) -> Result<String> {
    if let Some(reference) = event.get("UserPool").and_then(|pool| pool.get("Ref")) {
        let Some(id) = reference.as_str() else {
            return Err(Fault::event(&event.id, "Ref in Userpool is not a string."));
        };
        if work.resource(id).is_some() {
            return Ok(id.to_owned());
        }
    }
    Err(event.fault("Cognito events must reference a Cognito UserPool in the same template."))
}

pub(super) fn expand(work: &mut Work<'_>, event: &Event, target: &Target) -> Result<Vec<Resource>> {
    let id = pool_id(work, event)?;
    let span = event.span;
    let source = Permission {
        source_arn: Some(intrinsic::attribute(span, &id, "Arn")),
        prefix: Some(format!("{}Cognito", target.made_id)),
        ..Permission::default()
    };
    let permission = permission(event, target, "cognito-idp.amazonaws.com", source);
    let mut pool: Map = work
        .resources_mut()
        .get(&id)
        .and_then(Node::as_map)
        .cloned()
        .unwrap_or_default();
    call(&mut pool, &id, event, target)?;
    let made = changed(work, &id, &pool, "AWS::Cognito::UserPool", &USER_POOL)?;
    if let Some(node) = work.resources_mut().get_mut(&id) {
        node.value = Value::Map(pool);
    }
    Ok(vec![permission, made])
}

fn call(pool: &mut Map, id: &str, event: &Event, target: &Target) -> Result<()> {
    let span = event.span;
    for_missing(pool, "Properties", span);
    let Some(properties) = pool.get_mut("Properties").and_then(Node::as_map_mut) else {
        return Ok(());
    };
    for_missing(properties, "LambdaConfig", span);
    Owner::Resource(id).map(properties.get("LambdaConfig"), "LambdaConfig")?;
    let Some(config) = properties
        .get_mut("LambdaConfig")
        .and_then(Node::as_map_mut)
    else {
        return Ok(());
    };
    let trigger = event.get("Trigger");
    let triggers = match trigger.map(|node| &node.value) {
        Some(Value::List(items)) => items.clone(),
        _ => trigger.cloned().into_iter().collect(),
    };
    for one in triggers {
        let name = text(&one);
        if config.contains_key(&name) {
            let all = trigger.map(text).unwrap_or_default();
            return Err(event.fault(format!("Cognito trigger \"{all}\" defined multiple times.")));
        }
        put(config, span, name, &target.arn);
    }
    Ok(())
}

fn for_missing(map: &mut Map, key: &str, span: crate::diag::Span) {
    if map.get(key).is_none_or(|node| node.value == Value::Null) {
        put(map, span, key, map!(span));
    }
}

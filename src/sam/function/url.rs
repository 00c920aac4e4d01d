//! `FunctionUrlConfig`: an address of the function's own, and who may call it.

use crate::template::Node;

use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::intrinsic::is_intrinsic;
use crate::sam::property::Shape;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::truthy;

use super::alias::callee;

/// What each property of `Cors` is, with the name Python gives the type.
const CORS: [(&str, Shape, &str); 6] = [
    ("AllowOrigins", Shape::List, "list"),
    ("AllowMethods", Shape::List, "list"),
    ("AllowCredentials", Shape::Bool, "bool"),
    ("AllowHeaders", Shape::List, "list"),
    ("ExposeHeaders", Shape::List, "list"),
    ("MaxAge", Shape::Integer, "int"),
];

/// The address, and for one without authorization the permissions to call it.
pub(super) fn resources(
    sam: &SamResource,
    function: &Resource,
    alias: Option<&Resource>,
) -> Result<Vec<Resource>> {
    let Some(config) = sam.truthy("FunctionUrlConfig") else {
        return Ok(Vec::new());
    };
    check(sam, config)?;
    let new = |suffix: &str, kind: &str| {
        Resource::new(format!("{}{suffix}", sam.id), kind, config.span)
            .with_attributes(sam.passed_attributes())
    };
    let auth = config.get("AuthType");
    let url = new("Url", "AWS::Lambda::Url")
        .with("Cors", truthy(config.get("Cors")))
        .with("AuthType", auth)
        .with("TargetFunctionArn", callee(function, alias))
        .with("InvokeMode", config.get("InvokeMode"));
    let mut made = vec![url];
    if auth.and_then(Node::as_str) == Some("NONE") && !is_intrinsic(config) {
        made.push(
            new("UrlPublicPermissions", "AWS::Lambda::Permission")
                .with("Action", "lambda:InvokeFunctionUrl")
                .with("FunctionName", callee(function, alias))
                .with("Principal", "*")
                .with("FunctionUrlAuthType", auth),
        );
        made.push(
            new("URLInvokeAllowPublicAccess", "AWS::Lambda::Permission")
                .with("Action", "lambda:InvokeFunction")
                .with("FunctionName", callee(function, alias))
                .with("Principal", "*")
                .with("InvokedViaFunctionUrl", true),
        );
    }
    Ok(made)
}

fn check(sam: &SamResource, config: &Node) -> Result<()> {
    if is_intrinsic(config) {
        return Ok(());
    }
    let auth = truthy(config.get("AuthType"));
    let is_known = auth.is_some_and(|auth| {
        is_intrinsic(auth) || matches!(auth.as_str(), Some("AWS_IAM" | "NONE"))
    });
    if !is_known {
        return Err(sam.fault(
            "AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or \
             NONE.",
        ));
    }
    let Some(cors) = truthy(config.get("Cors")).filter(|cors| !is_intrinsic(cors)) else {
        return Ok(());
    };
    let cors = Owner::Resource(&sam.id).map(Some(cors), "FunctionUrlConfig.Cors")?;
    for (name, entry) in cors.entries() {
        let Some((_, shape, kind)) = CORS.iter().find(|(known, ..)| *known == name) else {
            let message = format!("{name} is not a valid property for configuring Cors.");
            return Err(sam.fault(message).at(entry.key_span));
        };
        if !is_intrinsic(&entry.node) && !shape.accepts(&entry.node) {
            let message = format!("{name} must be of type {kind}.");
            return Err(sam.fault(message).at(entry.node.span));
        }
    }
    Ok(())
}

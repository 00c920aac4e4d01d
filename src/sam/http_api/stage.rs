//! The stage of an HTTP API.

use crate::sam::build::IntoNode;
use crate::sam::intrinsic::reference;
use crate::sam::logical_id;
use crate::sam::resource::{Resource, SamResource};
use crate::template::{Map, Node};

/// The stage that answers without a name in the address.
const DEFAULT: &str = "$default";

/// The API's only stage; it is deployed whenever the API changes.
pub(super) fn expand(sam: &SamResource, tags: Option<&Map>) -> Resource {
    let default = Node::string(sam.span, DEFAULT);
    let name = sam.truthy("StageName").unwrap_or(&default);
    let id = match name.as_str().unwrap_or_default() {
        DEFAULT => format!("{}ApiGatewayDefaultStage", sam.id),
        text if !text.is_empty() && text.chars().all(char::is_alphanumeric) => {
            format!("{}{text}Stage", sam.id)
        }
        text => logical_id::with_hash(&format!("{}Stage", sam.id), &Node::string(name.span, text)),
    };
    Resource::new(id, "AWS::ApiGatewayV2::Stage", sam.span)
        .with_attributes(sam.passed_attributes())
        .with("ApiId", reference(sam.span, &sam.id))
        .with("StageName", name)
        .with("StageVariables", sam.get("StageVariables"))
        .with("AccessLogSettings", sam.get("AccessLogSettings"))
        .with("DefaultRouteSettings", sam.get("DefaultRouteSettings"))
        .with("Tags", tags.and_then(|tags| tags.into_node(sam.span)))
        .with("AutoDeploy", true)
        .with("RouteSettings", sam.get("RouteSettings"))
}

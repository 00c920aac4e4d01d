//! Who may connect: a function that decides, IAM, or everyone.

use crate::sam::build::put;
use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::http_api::authorizer_permission;
use crate::sam::intrinsic::{reference, sub};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{text, truthy};
use crate::template::{Map, Node};

const TYPES: [&str; 3] = ["NONE", "AWS_IAM", "CUSTOM"];

/// What `Auth` says.
pub(super) struct Auth {
    config: Map,
}

impl Auth {
    /// Reads `Auth`; none when nothing is said. [`Auth::check`] sees whether it fits together.
    ///
    /// # Errors
    /// No mapping.
    pub(super) fn read(sam: &SamResource) -> Result<Option<Self>> {
        let Some(auth) = sam.truthy("Auth") else {
            return Ok(None);
        };
        let config = Owner::Resource(&sam.id).map(Some(auth), "Auth")?.clone();
        Ok(Some(Auth { config }))
    }

    /// Checks that the settings fit the type.
    ///
    /// # Errors
    /// A type that is missing or not known, settings that it needs or does not take.
    pub(super) fn check(&self, sam: &SamResource) -> Result<()> {
        let Some(kind) = truthy(self.config.get("AuthType")) else {
            return Err(sam.fault("AuthType must be specified for additional auth configurations."));
        };
        let fault = |message: String| Err(sam.fault(message).at(kind.span));
        match kind.as_str() {
            Some("CUSTOM") if truthy(self.config.get("AuthArn")).is_none() => {
                fault("AuthArn must be specified if AuthType is CUSTOM.".into())
            }
            Some("CUSTOM") => Ok(()),
            Some(name @ ("AWS_IAM" | "NONE")) if self.config.len() > 1 => fault(format!(
                "No additional configurations supported for AuthType {name}."
            )),
            Some(name) if TYPES.contains(&name) => Ok(()),
            _ => fault(format!(
                "AuthType '{}' is not one of AWS_IAM, CUSTOM or NONE.",
                text(kind)
            )),
        }
    }

    fn is_custom(&self) -> bool {
        self.config.get("AuthType").and_then(Node::as_str) == Some("CUSTOM")
    }

    /// Sets what the route `$connect` says of it.
    pub(super) fn protect(&self, sam: &SamResource, route: &mut Resource) {
        route.set("AuthorizationType", self.config.get("AuthType"));
        if self.is_custom() {
            route.set("AuthorizerId", reference(sam.span, id(sam)));
        }
    }

    /// The authorizer and the permission to call its function, when a function decides.
    pub(super) fn resources(&self, sam: &SamResource) -> Vec<Resource> {
        let function = truthy(self.config.get("AuthArn"));
        let Some(function) = function.filter(|_| self.is_custom()) else {
            return Vec::new();
        };
        let span = sam.span;
        let id = id(sam);
        let mut variables = Map::new();
        put(&mut variables, span, "AuthArn", function);
        let address =
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${AuthArn}/invocations";
        let named = Node::string(span, &id);
        let authorizer = Resource::new(&id, "AWS::ApiGatewayV2::Authorizer", span)
            .with("ApiId", reference(span, &sam.id))
            .with("AuthorizerCredentialsArn", self.config.get("InvokeRole"))
            .with("AuthorizerType", "REQUEST")
            .with("AuthorizerUri", sub(span, address, Some(variables)))
            .with("IdentitySource", self.config.get("IdentitySource"))
            .with("Name", truthy(self.config.get("Name")).unwrap_or(&named));
        let mut made = vec![authorizer];
        // With a role API Gateway needs no permission of the function.
        if truthy(self.config.get("InvokeRole")).is_none() {
            let id = format!("{}AuthorizerPermission", sam.id);
            made.push(authorizer_permission(id, &sam.id, function, span));
        }
        made
    }
}

fn id(sam: &SamResource) -> String {
    format!("{}ConnectAuthorizer", sam.id)
}

//! The authorizers of a REST API: functions, user pools of Cognito, IAM.

use crate::diag::Span;
use crate::sam::build::{list, map};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::{reference, sub};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{is_text, is_truthy, text, truthy};
use crate::template::{Map, Node, Value};

/// One of `Auth.Authorizers`, or the default authorizer `AWS_IAM`.
#[derive(Debug, Clone)]
pub(super) struct Authorizer {
    api: String,
    name: String,
    span: Span,
    /// What the template says; nothing for IAM.
    config: Map,
    is_iam: bool,
}

/// How a function or a user pool is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Iam,
    UserPool,
    Token,
    Request,
}

impl Authorizer {
    /// IAM: requests are signed.
    pub(super) fn iam(api: &str, span: Span) -> Self {
        Authorizer {
            api: api.to_owned(),
            name: "AWS_IAM".to_owned(),
            span,
            config: Map::new(),
            is_iam: true,
        }
    }

    /// Reads an entry of `Auth.Authorizers`.
    ///
    /// # Errors
    /// Values of a wrong type, a REQUEST authorizer that does not say where the caller's identity is.
    pub(super) fn read(api: &str, name: &str, node: &Node) -> Result<Self> {
        let owner = Owner::Resource(api);
        let config = owner.map(Some(node), &format!("Auth.Authorizers.{name}"))?;
        let authorizer = Authorizer {
            api: api.to_owned(),
            name: name.to_owned(),
            span: node.span,
            config: config.clone(),
            is_iam: false,
        };
        let payload = authorizer.get("FunctionPayloadType");
        if let Some(payload) = payload
            && !matches!(payload.as_str(), Some("TOKEN" | "REQUEST"))
        {
            return Err(authorizer.fault(format!(
                "{name} Authorizer has invalid 'FunctionPayloadType': {}.",
                text(payload)
            )));
        }
        if is_text(payload, "REQUEST") && authorizer.lacks_identity()? {
            return Err(authorizer.fault(format!(
                "{name} Authorizer must specify Identity with at least one of Headers, QueryStrings, StageVariables, or \
                 Context."
            )));
        }
        if let Some(scopes) = authorizer.get("AuthorizationScopes") {
            owner.list(
                Some(scopes),
                &format!("Authorizers.{name}.AuthorizationScopes"),
            )?;
        }
        if let Some(flag) = authorizer.get("DisableFunctionDefaultPermissions") {
            owner.boolean(
                Some(flag),
                &format!("Authorizers.{name}.DisableFunctionDefaultPermissions"),
            )?;
        }
        Ok(authorizer)
    }

    fn get(&self, name: &str) -> Option<&Node> {
        self.config
            .get(name)
            .filter(|node| node.value != Value::Null)
    }

    fn identity(&self, name: &str) -> Option<&Node> {
        truthy(self.config.get("Identity"))?
            .get(name)
            .filter(|node| node.value != Value::Null)
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::resource(&self.api, message).at(self.span)
    }

    fn lacks_identity(&self) -> Result<bool> {
        let Some(identity) = truthy(self.config.get("Identity")) else {
            return Ok(true);
        };
        Owner::Resource(&self.api).map(
            Some(identity),
            &format!("Authorizer.{}.Identity", self.name),
        )?;
        let lacks = !["Headers", "QueryStrings", "StageVariables", "Context"]
            .iter()
            .any(|name| self.identity(name).is_some_and(is_truthy));
        // An answer that is not kept needs no identity to keep it under.
        let is_kept = match self.identity("ReauthorizeEvery").map(|node| &node.value) {
            Some(Value::Number(seconds)) => seconds.as_f64().is_none_or(|seconds| seconds >= 1.0),
            Some(Value::String(seconds)) => seconds
                .trim()
                .parse::<i64>()
                .map_or(true, |seconds| seconds > 0),
            Some(Value::Bool(flag)) => *flag,
            _ => true,
        };
        Ok(lacks && is_kept)
    }

    fn kind(&self) -> Kind {
        if self.is_iam {
            Kind::Iam
        } else if truthy(self.config.get("UserPoolArn")).is_some() {
            Kind::UserPool
        } else if is_text(self.get("FunctionPayloadType"), "REQUEST") {
            Kind::Request
        } else {
            Kind::Token
        }
    }

    /// The scopes a method with this authorizer asks for.
    pub(super) fn scopes(&self) -> Node {
        match self.get("AuthorizationScopes") {
            Some(scopes) => scopes.clone(),
            None => list!(self.span),
        }
    }

    /// The definition in the API's document.
    ///
    /// # Errors
    /// An identity of a wrong type.
    pub(super) fn definition(&self, partition: &str) -> Result<Node> {
        let span = self.span;
        let kind = self.kind();
        let header = match kind {
            Kind::Request => Node::string(span, "Unused"),
            _ => self.header()?,
        };
        let scheme = match kind {
            Kind::Iam => "awsSigv4",
            Kind::UserPool => "cognito_user_pools",
            Kind::Token | Kind::Request => "custom",
        };
        let authorizer = match kind {
            Kind::Iam => None,
            Kind::UserPool => Some(self.user_pool()),
            Kind::Token | Kind::Request => Some(self.function(kind, partition)?),
        };
        Ok(map!(span;
            "type" => "apiKey",
            "name" => header,
            "in" => "header",
            "x-amazon-apigateway-authtype" => scheme,
            "x-amazon-apigateway-authorizer" => authorizer,
        ))
    }

    fn header(&self) -> Result<Node> {
        let identity = truthy(self.config.get("Identity"));
        if identity.is_some_and(|identity| identity.as_map().is_none()) {
            return Err(self.fault(
                "Auth.Authorizers.<Authorizer>.Identity must be a dict (LambdaTokenAuthorizationIdentity, \
                 LambdaRequestAuthorizationIdentity or CognitoAuthorizationIdentity).",
            ));
        }
        let header = self.identity("Header").filter(|header| is_truthy(header));
        Ok(header
            .cloned()
            .unwrap_or(Node::string(self.span, "Authorization")))
    }

    fn validation(&self) -> Option<&Node> {
        self.identity("ValidationExpression")
            .filter(|expression| is_truthy(expression))
    }

    fn user_pool(&self) -> Node {
        let pools = self.get("UserPoolArn").map(|pool| match &pool.value {
            Value::List(_) => pool.clone(),
            _ => list!(pool.span; pool),
        });
        map!(self.span;
            "type" => "cognito_user_pools",
            "providerARNs" => pools,
            "identityValidationExpression" => self.validation(),
        )
    }

    fn function(&self, kind: Kind, partition: &str) -> Result<Node> {
        let span = self.span;
        let mut variables = Map::new();
        let function = self.get("FunctionArn").cloned();
        variables.insert(
            "__FunctionArn__",
            span,
            function.unwrap_or(Node::new(span, Value::Null)),
        );
        let address = format!(
            "arn:{partition}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{__FunctionArn__}}/invocations"
        );
        let role = truthy(self.config.get("FunctionInvokeRole"))
            .filter(|role| !is_text(Some(role), "NONE"));
        let source = match kind {
            Kind::Request => Some(self.identity_source()?).filter(|source| !source.is_empty()),
            _ => None,
        };
        let (name, validation) = match kind {
            Kind::Request => ("request", None),
            _ => ("token", self.validation()),
        };
        Ok(map!(span;
            "type" => name,
            "authorizerUri" => sub(span, address, Some(variables)),
            "authorizerResultTtlInSeconds" => self.identity("ReauthorizeEvery"),
            "authorizerCredentials" => role,
            "identitySource" => source,
            "identityValidationExpression" => validation,
        ))
    }

    /// Where a request says who it is from: `method.request.header.Authorization, context.accountId`.
    fn identity_source(&self) -> Result<String> {
        let mut sources = Vec::new();
        for (name, prefix) in [
            ("Headers", "method.request.header."),
            ("QueryStrings", "method.request.querystring."),
            ("StageVariables", "stageVariables."),
            ("Context", "context."),
        ] {
            let values = self.identity(name).filter(|values| is_truthy(values));
            let Some(values) = values else {
                continue;
            };
            let owner = Owner::Resource(&self.api);
            let path = format!("Auth.Authorizers.{}.Identity.{name}", self.name);
            for (at, value) in owner.list(Some(values), &path)?.iter().enumerate() {
                let value = owner.text(Some(value), &format!("{path}[{at}]"))?;
                sources.push(format!("{prefix}{value}"));
            }
        }
        Ok(sources.join(", "))
    }

    /// The permission to call the function, when there is one and it is not said to be given elsewhere.
    pub(super) fn permission(&self, sam: &SamResource, partition: &str) -> Option<Resource> {
        let function = truthy(self.config.get("FunctionArn"))?;
        if self
            .get("DisableFunctionDefaultPermissions")
            .is_some_and(is_truthy)
        {
            return None;
        }
        let span = self.span;
        let mut variables = Map::new();
        variables.insert("__ApiId__", span, reference(span, &sam.id));
        let source = format!(
            "arn:{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/authorizers/*"
        );
        let id = format!("{}{}AuthorizerPermission", sam.id, self.name);
        Some(
            Resource::new(id, "AWS::Lambda::Permission", span)
                .with_attributes(sam.passed_attributes())
                .with("Action", "lambda:InvokeFunction")
                .with("FunctionName", function)
                .with("Principal", "apigateway.amazonaws.com")
                .with("SourceArn", sub(span, source, Some(variables))),
        )
    }
}

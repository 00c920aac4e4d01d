//! An entry of `Auth.Authorizers` of an HTTP API: tokens that API Gateway checks, or a function that decides. IAM is
//! one too.
//!
//! Source: the translator's `model/apigatewayv2.py`.

use indexmap::IndexMap;

use crate::diag::Span;
use crate::sam::api::editor::invalid;
use crate::sam::api_v2::authorizer_permission;
use crate::sam::build::{list, map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::{reference, sub};
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{is_text, is_true, truthy};
use crate::template::{Map, Node, Value};

const EXTENSION: &str = "x-amazon-apigateway-authorizer";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Iam,
    Token,
    Function,
}

const TOKEN: &str = "OAuth2 Authorizer";
const FUNCTION: &str = "Lambda Authorizer";

/// The properties, the kind that takes each, and what a message says of that.
const PROPERTIES: [(&str, Kind, &str); 9] = [
    ("AuthorizationScopes", Kind::Token, TOKEN),
    ("JwtConfiguration", Kind::Token, TOKEN),
    (
        "IdentitySource",
        Kind::Token,
        "OAuth2 Authorizer. For Lambda Authorizer, use the 'Identity' property instead",
    ),
    ("FunctionArn", Kind::Function, FUNCTION),
    ("FunctionInvokeRole", Kind::Function, FUNCTION),
    ("Identity", Kind::Function, FUNCTION),
    ("AuthorizerPayloadFormatVersion", Kind::Function, FUNCTION),
    ("EnableSimpleResponses", Kind::Function, FUNCTION),
    ("EnableFunctionDefaultPermissions", Kind::Function, FUNCTION),
];

/// An authorizer.
#[derive(Debug, Clone)]
pub(super) struct Authorizer {
    api: String,
    name: String,
    span: Span,
    config: Map,
    kind: Kind,
}

/// The authorizers of an API by name, IAM among them when it is enabled.
///
/// # Errors
/// Values of a wrong type, properties that do not fit together.
pub(super) fn read(sam: &SamResource, auth: &Map) -> Result<IndexMap<String, Authorizer>> {
    let mut all = IndexMap::new();
    if is_true(auth.get("EnableIamAuthorizer")) {
        let iam = Authorizer {
            api: sam.id.clone(),
            name: "AWS_IAM".to_owned(),
            span: sam.span,
            config: Map::new(),
            kind: Kind::Iam,
        };
        all.insert(iam.name.clone(), iam);
    }
    let Some(given) = truthy(auth.get("Authorizers")) else {
        return Ok(all);
    };
    let owner = Owner::Resource(&sam.id);
    for (name, entry) in owner.map(Some(given), "Auth.Authorizers")?.entries() {
        let config = owner.map(Some(&entry.node), &format!("Auth.Authorizers.{name}"))?;
        let authorizer = Authorizer::read(&sam.id, name, entry.key_span, config)?;
        all.insert(name.to_owned(), authorizer);
    }
    Ok(all)
}

impl Authorizer {
    fn read(api: &str, name: &str, span: Span, config: &Map) -> Result<Self> {
        let owner = Owner::Resource(api);
        let fault = |message: String| Err(Fault::resource(api, message).at(span));
        if config.contains_key("OpenIdConnectUrl") {
            return fault(format!(
                "'OpenIdConnectUrl' is no longer a supported property for authorizer '{name}'. Please refer to the AWS \
                 SAM documentation."
            ));
        }
        let token = truthy(config.get("JwtConfiguration"));
        if token.is_some() {
            owner.map(token, "JwtConfiguration")?;
        }
        let kind = match token {
            Some(_) => Kind::Token,
            None => Kind::Function,
        };
        let authorizer = Authorizer {
            api: api.to_owned(),
            name: name.to_owned(),
            span,
            config: config.clone(),
            kind,
        };
        let scopes = authorizer.get("AuthorizationScopes");
        if scopes.is_some_and(|scopes| scopes.as_list().is_none()) {
            return fault("AuthorizationScopes must be a list.".into());
        }
        for (property, takes, whom) in PROPERTIES {
            // An empty configuration of tokens is none.
            let is_there = match property {
                "JwtConfiguration" => token.is_some(),
                _ => authorizer.get(property).is_some(),
            };
            if is_there && takes != kind {
                return fault(format!("{property} is only supported for {whom}."));
            }
        }
        let (needed, whom): (&[&str], _) = match kind {
            Kind::Iam => (&[], ""),
            Kind::Token => (&["IdentitySource"], TOKEN),
            Kind::Function => (&["FunctionArn", "AuthorizerPayloadFormatVersion"], FUNCTION),
        };
        let missing = needed
            .iter()
            .find(|property| truthy(config.get(property)).is_none());
        if let Some(property) = missing {
            return fault(format!("{name} {whom} must define '{property}'."));
        }
        let permitted = authorizer.get("EnableFunctionDefaultPermissions");
        if permitted.is_some() {
            let path = format!("Authorizers.{name}.EnableFunctionDefaultPermissions");
            owner.boolean(permitted, &path)?;
        }
        Ok(authorizer)
    }

    fn get(&self, name: &str) -> Option<&Node> {
        self.config
            .get(name)
            .filter(|node| node.value != Value::Null)
    }

    /// The scopes a route with this authorizer asks for.
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
    pub(super) fn scheme(&self, partition: &str) -> Result<Node> {
        let span = self.span;
        Ok(match self.kind {
            Kind::Iam => map!(span;
                "type" => "apiKey",
                "name" => "Authorization",
                "in" => "header",
                "x-amazon-apigateway-authtype" => "awsSigv4",
            ),
            Kind::Token => map!(span;
                "type" => "oauth2",
                EXTENSION => map!(span;
                    "jwtConfiguration" => self.token()?,
                    "identitySource" => self.get("IdentitySource"),
                    "type" => "jwt",
                ),
            ),
            Kind::Function => map!(span;
                "type" => "apiKey",
                "name" => "Unused",
                "in" => "header",
                EXTENSION => self.function(partition)?,
            ),
        })
    }

    /// The configuration of tokens; the document has its keys in small letters.
    fn token(&self) -> Result<Map> {
        let given = self.get("JwtConfiguration").and_then(Node::as_map);
        let given =
            given.ok_or_else(|| invalid("The value of 'JwtConfiguration' should be a map"))?;
        let mut small = Map::new();
        for (key, entry) in given.entries() {
            small.insert(key.to_lowercase(), entry.key_span, entry.node.clone());
        }
        Ok(small)
    }

    fn function(&self, partition: &str) -> Result<Node> {
        let span = self.span;
        let mut variables = Map::new();
        put(
            &mut variables,
            span,
            "__FunctionArn__",
            self.get("FunctionArn"),
        );
        let address = format!(
            "arn:{partition}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{__FunctionArn__}}/invocations"
        );
        let role = truthy(self.config.get("FunctionInvokeRole"))
            .filter(|role| !is_text(Some(role), "NONE"));
        let identity = match truthy(self.config.get("Identity")) {
            None => None,
            given => {
                let path = format!("Auth.Authorizers.{}.Identity", self.name);
                Some(Owner::Resource(&self.api).map(given, &path)?)
            }
        };
        let lifetime = identity
            .and_then(|identity| identity.get("ReauthorizeEvery"))
            .filter(|seconds| seconds.value != Value::Null);
        let source = identity
            .map(|identity| self.identity_source(identity))
            .transpose()?;
        Ok(map!(span;
            "type" => "request",
            "authorizerUri" => sub(span, address, Some(variables)),
            "authorizerCredentials" => role,
            "authorizerResultTtlInSeconds" => lifetime,
            "identitySource" => source,
            "authorizerPayloadFormatVersion" => self.get("AuthorizerPayloadFormatVersion"),
            "enableSimpleResponses" => truthy(self.config.get("EnableSimpleResponses")),
        ))
    }

    /// Where a request says who it is from: `$request.header.Authorization`.
    fn identity_source(&self, identity: &Map) -> Result<Vec<String>> {
        let mut sources = Vec::new();
        for (prefix, name) in [
            ("$request.header.", "Headers"),
            ("$request.querystring.", "QueryStrings"),
            ("$stageVariables.", "StageVariables"),
            ("$context.", "Context"),
        ] {
            let Some(values) = truthy(identity.get(name)) else {
                continue;
            };
            let owner = Owner::Resource(&self.api);
            let path = format!("Authorizers.{}.Identity.{name}", self.name);
            for (at, value) in owner.list(Some(values), &path)?.iter().enumerate() {
                let value = owner.text(Some(value), &format!("{path}[{at}]"))?;
                sources.push(format!("{prefix}{value}"));
            }
        }
        Ok(sources)
    }

    /// The permission to call the function, when it is asked for.
    pub(super) fn permission(&self, sam: &SamResource) -> Option<Resource> {
        let function = truthy(self.config.get("FunctionArn"))?;
        truthy(self.config.get("EnableFunctionDefaultPermissions"))?;
        let id = format!("{}{}AuthorizerPermission", sam.id, self.name);
        Some(authorizer_permission(
            self.span,
            id,
            function,
            reference(self.span, &sam.id),
            sam.passed_attributes(),
        ))
    }
}

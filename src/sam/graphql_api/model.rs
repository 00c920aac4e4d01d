//! What the properties of a GraphQL API may hold, to any depth.
//!
//! Source: the translator's `internal/schema_source/aws_serverless_graphqlapi.py`. Only the path of the first fault is
//! said, in the order of the fields; fields that do not exist come after all others.

use crate::template::{Map, Node, Value};

/// What a value may be.
pub(super) enum Kind {
    /// Anything but null.
    Any,
    /// Text, or what can be written as text.
    Text,
    /// `true`, `false`, or what means one of them.
    Flag,
    /// Text or a function.
    TextOrFunction,
    /// A mapping, whatever is in it.
    Map,
    /// One of several texts.
    Choice(&'static [&'static str]),
    /// A mapping with these fields.
    Model(&'static [Field]),
    /// A mapping of names to one kind.
    MapOf(&'static Kind),
    /// A list of one kind.
    ListOf(&'static Kind),
    /// A mapping with these fields, or a flag.
    ModelOrFlag(&'static [Field]),
}

/// A field of a mapping.
pub(super) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
}

const fn needs(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: true,
    }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
    }
}

const AUTHENTICATION: Kind = Kind::Choice(&[
    "AWS_IAM",
    "API_KEY",
    "AWS_LAMBDA",
    "OPENID_CONNECT",
    "AMAZON_COGNITO_USER_POOLS",
]);

const LAMBDA_AUTHORIZER: &[Field] = &[
    may("AuthorizerResultTtlInSeconds", Kind::Any),
    needs("AuthorizerUri", Kind::Any),
    may("IdentityValidationExpression", Kind::Any),
];

const OPEN_ID: &[Field] = &[
    may("AuthTTL", Kind::Any),
    may("ClientId", Kind::Any),
    may("IatTTL", Kind::Any),
    may("Issuer", Kind::Any),
];

const USER_POOL: &[Field] = &[
    may("AppIdClientRegex", Kind::Any),
    may("AwsRegion", Kind::Any),
    may("DefaultAction", Kind::Any),
    needs("UserPoolId", Kind::Any),
];

const AUTHORIZER: &[Field] = &[
    needs("Type", AUTHENTICATION),
    may("LambdaAuthorizer", Kind::Model(LAMBDA_AUTHORIZER)),
    may("OpenIDConnect", Kind::Model(OPEN_ID)),
    may("UserPool", Kind::Model(USER_POOL)),
];

const AUTH: &[Field] = &[
    needs("Type", AUTHENTICATION),
    may("LambdaAuthorizer", Kind::Model(LAMBDA_AUTHORIZER)),
    may("OpenIDConnect", Kind::Model(OPEN_ID)),
    may("UserPool", Kind::Model(USER_POOL)),
    may("Additional", Kind::ListOf(&Kind::Model(AUTHORIZER))),
];

const LOGGING: &[Field] = &[
    may("CloudWatchLogsRoleArn", Kind::Any),
    may("ExcludeVerboseContent", Kind::Any),
    may("FieldLogLevel", Kind::Any),
];

const DELTA_SYNC: &[Field] = &[
    needs("BaseTableTTL", Kind::Any),
    needs("DeltaSyncTableName", Kind::Any),
    needs("DeltaSyncTableTTL", Kind::Any),
];

const TABLE: &[Field] = &[
    needs("TableName", Kind::Any),
    may("ServiceRoleArn", Kind::Any),
    may("TableArn", Kind::Any),
    may(
        "Permissions",
        Kind::ListOf(&Kind::Choice(&["Read", "Write"])),
    ),
    may("Name", Kind::Any),
    may("Description", Kind::Any),
    may("Region", Kind::Any),
    may("DeltaSync", Kind::Model(DELTA_SYNC)),
    may("UseCallerCredentials", Kind::Any),
    may("Versioned", Kind::Any),
];

const LAMBDA: &[Field] = &[
    needs("FunctionArn", Kind::Any),
    may("ServiceRoleArn", Kind::Any),
    may("Name", Kind::Any),
    may("Description", Kind::Any),
];

const DATA_SOURCES: &[Field] = &[
    may("DynamoDb", Kind::MapOf(&Kind::Model(TABLE))),
    may("Lambda", Kind::MapOf(&Kind::Model(LAMBDA))),
];

const RUNTIME: &[Field] = &[needs("Name", Kind::Any), needs("Version", Kind::Any)];

const SYNC: &[Field] = &[
    needs("ConflictDetection", Kind::Any),
    may("ConflictHandler", Kind::Any),
    may(
        "LambdaConflictHandlerConfig",
        Kind::Model(&[needs("LambdaConflictHandlerArn", Kind::Any)]),
    ),
];

const FUNCTION: &[Field] = &[
    may("DataSource", Kind::TextOrFunction),
    may("Runtime", Kind::Model(RUNTIME)),
    may("InlineCode", Kind::Any),
    may("CodeUri", Kind::Any),
    may("Description", Kind::Any),
    may("MaxBatchSize", Kind::Any),
    may("Name", Kind::Text),
    may("Id", Kind::Any),
    may("Sync", Kind::Model(SYNC)),
];

const CACHING: &[Field] = &[
    needs("Ttl", Kind::Any),
    may("CachingKeys", Kind::ListOf(&Kind::Any)),
];

const RESOLVER: &[Field] = &[
    may("FieldName", Kind::Text),
    may("Caching", Kind::Model(CACHING)),
    may("InlineCode", Kind::Any),
    may("CodeUri", Kind::Any),
    may("MaxBatchSize", Kind::Any),
    may("Pipeline", Kind::ListOf(&Kind::Text)),
    may("Runtime", Kind::Model(RUNTIME)),
    may("Sync", Kind::Model(SYNC)),
];

const API_KEY: &[Field] = &[
    may("ApiKeyId", Kind::Any),
    may("Description", Kind::Any),
    may("ExpiresOn", Kind::Any),
];

const DOMAIN: &[Field] = &[
    needs("CertificateArn", Kind::Any),
    needs("DomainName", Kind::Any),
    may("Description", Kind::Any),
];

const CACHE: &[Field] = &[
    needs("ApiCachingBehavior", Kind::Any),
    needs("Ttl", Kind::Any),
    needs("Type", Kind::Any),
    may("AtRestEncryptionEnabled", Kind::Any),
    may("TransitEncryptionEnabled", Kind::Any),
];

/// The properties of a GraphQL API.
pub(super) const API: &[Field] = &[
    needs("Auth", Kind::Model(AUTH)),
    may("Tags", Kind::Map),
    may("Name", Kind::Any),
    may("XrayEnabled", Kind::Flag),
    may("SchemaInline", Kind::Any),
    may("SchemaUri", Kind::Any),
    may("Logging", Kind::ModelOrFlag(LOGGING)),
    may("DataSources", Kind::Model(DATA_SOURCES)),
    may("Functions", Kind::MapOf(&Kind::Model(FUNCTION))),
    may(
        "Resolvers",
        Kind::MapOf(&Kind::MapOf(&Kind::Model(RESOLVER))),
    ),
    may("ApiKeys", Kind::MapOf(&Kind::Model(API_KEY))),
    may("DomainName", Kind::Model(DOMAIN)),
    may("Cache", Kind::Model(CACHE)),
    may("Visibility", Kind::Any),
    may("OwnerContact", Kind::Any),
    may("IntrospectionConfig", Kind::Any),
    may("QueryDepthLimit", Kind::Any),
    may("ResolverCountLimit", Kind::Any),
];

/// The path of the first fault in a mapping: `Auth.Additional.0.Type`.
pub(super) fn first_fault(fields: &[Field], map: &Map) -> Option<String> {
    for field in fields {
        let given = map.get(field.name);
        let fault = match given {
            None => field.required.then(String::new),
            Some(node) if node.value == Value::Null => field.required.then(String::new),
            Some(node) => field.kind.fault(node),
        };
        if let Some(path) = fault {
            return Some(joined(field.name, &path));
        }
    }
    map.keys()
        .find(|key| !fields.iter().any(|field| field.name == *key))
        .map(str::to_owned)
}

fn joined(name: &str, path: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{name}.{path}"),
    }
}

impl Kind {
    /// The path of the first fault in a value; empty when the value itself is wrong.
    fn fault(&self, node: &Node) -> Option<String> {
        let is_right = match self {
            Kind::Any => true,
            Kind::Text => is_text(node),
            Kind::TextOrFunction => is_text(node) || node.as_map().is_some(),
            Kind::Flag => is_flag(node),
            Kind::Map => node.as_map().is_some(),
            Kind::Choice(texts) => node.as_str().is_some_and(|text| texts.contains(&text)),
            Kind::Model(fields) => match node.as_map() {
                Some(map) => return first_fault(fields, map),
                // What is empty counts as a mapping without fields.
                None if is_empty(node) => return first_fault(fields, &Map::new()),
                None => false,
            },
            Kind::ModelOrFlag(fields) => match node.as_map() {
                Some(map) => return first_fault(fields, map),
                None => is_flag(node),
            },
            Kind::MapOf(kind) => match node.as_map() {
                Some(map) => {
                    return map.iter().find_map(|(key, item)| {
                        kind.required_fault(item).map(|path| joined(key, &path))
                    });
                }
                None => false,
            },
            Kind::ListOf(kind) => match node.as_list() {
                Some(items) => {
                    return items.iter().enumerate().find_map(|(at, item)| {
                        kind.required_fault(item)
                            .map(|path| joined(&at.to_string(), &path))
                    });
                }
                None => false,
            },
        };
        (!is_right).then(String::new)
    }

    /// The same for an item, which cannot be null.
    fn required_fault(&self, node: &Node) -> Option<String> {
        match node.value {
            Value::Null => Some(String::new()),
            _ => self.fault(node),
        }
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn is_text(node: &Node) -> bool {
    matches!(
        node.value,
        Value::String(_) | Value::Number(_) | Value::Bool(_)
    )
}

fn is_flag(node: &Node) -> bool {
    match &node.value {
        Value::Bool(_) => true,
        Value::Number(number) => matches!(number.as_f64(), Some(0.0 | 1.0)),
        Value::String(text) => matches!(
            text.to_lowercase().as_str(),
            "0" | "off" | "f" | "false" | "n" | "no" | "1" | "on" | "t" | "true" | "y" | "yes"
        ),
        _ => false,
    }
}

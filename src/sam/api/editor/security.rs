//! Who may call a method: authorizers, IAM, keys.

use indexmap::IndexMap;

use crate::sam::build::{list, map};
use crate::sam::fault::{Fault, Result};
use crate::sam::value::is_truthy;
use crate::template::{Map, Node, Value};

use super::path::normal_method;
use super::{Editor, NO_METHODS, SECURITY_DEFINITIONS, invalid};

/// The scopes each authorizer asks for, by its name.
pub(crate) type Scopes = IndexMap<String, Node>;

const IAM: &str = "AWS_IAM";

impl Editor {
    /// Adds the definition of an authorizer.
    ///
    /// # Errors
    /// Definitions that are no mapping.
    pub(crate) fn add_security_definition(&mut self, name: &str, definition: Node) -> Result<()> {
        let span = definition.span;
        self.security_definitions()?.insert(name, span, definition);
        Ok(())
    }

    fn security_definitions(&mut self) -> Result<&mut Map> {
        self.section(SECURITY_DEFINITIONS)
            .ok_or_else(|| Fault::template("securityDefinitions must be a dictionary."))
    }

    /// Adds the definition of requests signed for IAM, unless there is one.
    fn add_iam(&mut self) -> Result<()> {
        let span = self.span;
        let definitions = self.security_definitions()?;
        if !definitions.contains_key(IAM) {
            let definition = map!(span;
                "x-amazon-apigateway-authtype" => "awsSigv4",
                "type" => "apiKey",
                "name" => "Authorization",
                "in" => "header",
            );
            definitions.insert(IAM, span, definition);
        }
        Ok(())
    }

    /// Adds the definition of requests with a key, unless there is one.
    ///
    /// # Errors
    /// Definitions that are no mapping.
    pub(crate) fn add_api_key_definition(&mut self) -> Result<()> {
        let span = self.span;
        let definitions = self.security_definitions()?;
        if !definitions.contains_key("api_key") {
            let definition =
                map!(span; "type" => "apiKey", "name" => "x-api-key", "in" => "header");
            definitions.insert("api_key", span, definition);
        }
        Ok(())
    }

    /// Gives every method an authorizer that has none of its own, and takes away the marks of those that want none.
    /// `authorizers` are all of the API; `to_preflight` says whether methods `OPTIONS` get it too.
    ///
    /// # Errors
    /// Malformed methods.
    pub(crate) fn set_default_authorizer(
        &mut self,
        default: &str,
        authorizers: &Scopes,
        to_preflight: bool,
    ) -> Result<()> {
        let span = self.span;
        let scopes = authorizers.get(default).cloned();
        let scopes = scopes.unwrap_or_else(|| list!(span));
        let mut needs_iam = false;
        let mut paths = self.paths()?;
        for path in paths.names() {
            paths.each_method(&path, &NO_METHODS, |method, definition| {
                if method == "options" && !to_preflight {
                    return Ok(());
                }
                let is_authorizer = |name: &str| name == IAM || authorizers.contains_key(name);
                let (own, mut all) = split(definition, &path, method, is_authorizer)?;
                let unwanted = all.iter().position(|entry| entry.get("NONE").is_some());
                match unwanted {
                    Some(at) => {
                        all.remove(at);
                    }
                    None if own.is_empty() => all.push(map!(span; default => &scopes)),
                    None => all.extend(own),
                }
                if !all.is_empty() {
                    needs_iam |= starts_with_iam(&all);
                    definition.insert("security", span, Node::new(span, Value::List(all)));
                }
                Ok(())
            })?;
        }
        match needs_iam {
            true => self.add_iam(),
            false => Ok(()),
        }
    }

    /// Makes every method ask for a key that does not say otherwise. `on_preflight` says whether methods `OPTIONS` ask
    /// for one too.
    ///
    /// # Errors
    /// Malformed methods.
    pub(crate) fn set_default_api_key(&mut self, on_preflight: bool) -> Result<()> {
        let span = self.span;
        let mut paths = self.paths()?;
        for path in paths.names() {
            paths.each_method(&path, &NO_METHODS, |method, definition| {
                let is_key = |name: &str| matches!(name, "api_key" | "api_key_false");
                let before = security(definition, &path, method)?.to_vec();
                let (keys, mut all) = split(definition, &path, method, is_key)?;
                let is_unwanted = keys
                    .iter()
                    .any(|entry| entry.get("api_key_false").is_some());
                if !is_unwanted && (method != "options" || on_preflight) {
                    all.push(map!(span; "api_key" => list!(span)));
                }
                let all = Node::new(span, Value::List(all));
                if !crate::sam::value::same(&all, &Node::new(span, Value::List(before))) {
                    definition.insert("security", span, all);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Gives a method an authorizer. `NONE` marks a method that wants none, for
    /// [`Editor::set_default_authorizer`].
    ///
    /// # Errors
    /// Malformed methods or authorizers.
    pub(crate) fn set_method_authorizer(
        &mut self,
        path: &str,
        method: &str,
        name: &str,
        authorizers: Option<&Map>,
        scopes: Option<&Node>,
    ) -> Result<()> {
        let span = self.span;
        let mut granted = list!(span);
        if let Some(authorizer) = authorizers
            .filter(|_| name != "NONE")
            .and_then(|authorizers| authorizers.get(name))
        {
            if authorizer.as_map().is_none() {
                return Err(invalid(format!(
                    "Type of authorizer '{name}' must be a dictionary"
                )));
            }
            let own = authorizer
                .get("AuthorizationScopes")
                .filter(|node| node.value != Value::Null);
            if let Some(scopes) = scopes.or(own) {
                granted = scopes.clone();
            }
        }
        let mut needs_iam = false;
        self.paths()?.each_definition(path, method, |definition| {
            let mut all = security(definition, path, method)?.to_vec();
            all.push(map!(span; name => &granted));
            needs_iam |= starts_with_iam(&all);
            definition.insert("security", span, Node::new(span, Value::List(all)));
            Ok(())
        })?;
        match needs_iam {
            true => self.add_iam(),
            false => Ok(()),
        }
    }

    /// Makes a method ask for a key, or marks it as one that does not, for [`Editor::set_default_api_key`].
    ///
    /// # Errors
    /// Malformed methods.
    pub(crate) fn set_method_api_key(
        &mut self,
        path: &str,
        method: &str,
        required: &Node,
    ) -> Result<()> {
        let span = self.span;
        let name = match is_truthy(required) {
            true => "api_key",
            false => "api_key_false",
        };
        let mut is_there = false;
        self.paths()?.each_definition(path, method, |definition| {
            let mut all = security(definition, path, method)?.to_vec();
            all.push(map!(span; name => list!(span)));
            definition.insert("security", span, Node::new(span, Value::List(all)));
            is_there = true;
            Ok(())
        })?;
        match is_there && name == "api_key" {
            true => self.add_api_key_definition(),
            false => Ok(()),
        }
    }
}

fn security<'d>(definition: &'d Map, path: &str, method: &str) -> Result<&'d [Node]> {
    match definition.get("security") {
        None => Ok(&[]),
        Some(node) => node.as_list().ok_or_else(|| {
            invalid(format!(
                "Type of security for path {path} method {method} must be a list"
            ))
        }),
    }
}

/// The entries of a method's security that name something `is_one` knows, and the others.
fn split(
    definition: &Map,
    path: &str,
    method: &str,
    is_one: impl Fn(&str) -> bool,
) -> Result<(Vec<Node>, Vec<Node>)> {
    let mut ones = Vec::new();
    let mut others = Vec::new();
    for entry in security(definition, path, method)? {
        let names = entry.as_map().ok_or_else(|| {
            invalid(format!(
                "{} in Security for path {path} method {} is not a valid dictionary.",
                crate::sam::value::text(entry),
                normal_method(method)
            ))
        })?;
        match names.keys().any(&is_one) {
            true => ones.push(entry.clone()),
            false => others.push(entry.clone()),
        }
    }
    Ok((ones, others))
}

fn starts_with_iam(security: &[Node]) -> bool {
    security
        .first()
        .is_some_and(|first| first.get(IAM).is_some())
}

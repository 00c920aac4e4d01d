//! Who may call a route.

use crate::sam::api::editor::invalid;
use crate::sam::api::editor::path::normal_method;
use crate::sam::build::{list, map};
use crate::sam::fault::Result;
use crate::sam::value::truthy;
use crate::template::{Map, Node, Value};

use super::{Editor, section};

/// Fields of a path to which no default authorizer is given.
const WITHOUT_AUTHORIZER: [&str; 2] = ["parameters", "options"];

impl Editor {
    /// Adds the definition of an authorizer.
    ///
    /// # Errors
    /// Definitions that are no mapping.
    pub(crate) fn add_security_scheme(&mut self, name: &str, scheme: Node) -> Result<()> {
        let span = self.span;
        let schemes = section(self.section("components")?, "securitySchemes", span)?;
        schemes.insert(name, span, scheme);
        Ok(())
    }

    /// Gives every method an authorizer that has none of its own.
    ///
    /// # Errors
    /// Malformed methods, methods not in small letters.
    pub(crate) fn set_default_authorizer(&mut self, name: &str, scopes: &Node) -> Result<()> {
        let span = self.span;
        let mut paths = self.paths()?;
        for path in paths.names() {
            for item in paths.items(&path)? {
                let lost = item
                    .keys()
                    .map(normal_method)
                    .find(|method| !is_left_out(method) && item.get(method).is_none());
                if let Some(method) = lost {
                    return Err(invalid(format!(
                        "Could not find {method} in {path} within DefinitionBody."
                    )));
                }
            }
            paths.each_method(&path, &WITHOUT_AUTHORIZER, |method, definition| {
                if !is_left_out(method) && truthy(definition.get("security")).is_none() {
                    let security = list!(span; map!(span; name => scopes));
                    definition.insert("security", span, security);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Gives a method an authorizer. `authorizers` are those of the API, `scopes` those the event asks for.
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
        // These two ask for no scopes.
        let authorizer = match name {
            "NONE" | "AWS_IAM" => None,
            _ => authorizers.and_then(|authorizers| authorizers.get(name)),
        };
        self.paths()?.each_definition(path, method, |definition| {
            let mut granted = list!(span);
            if let Some(authorizer) = authorizer {
                let authorizer = authorizer.as_map().ok_or_else(|| {
                    invalid(format!("Type of authorizer '{name}' must be a dictionary"))
                })?;
                let own = truthy(authorizer.get("AuthorizationScopes"));
                if let Some(scopes) = scopes.or(own).filter(|_| !authorizer.is_empty()) {
                    granted = scopes.clone();
                }
            }
            let mut all = match definition.get("security") {
                None => Vec::new(),
                Some(there) => there
                    .as_list()
                    .ok_or_else(|| {
                        invalid(format!(
                            "Type of security for path {path} method {method} must be a list"
                        ))
                    })?
                    .to_vec(),
            };
            all.push(map!(span; name => granted));
            definition.insert("security", span, Node::new(span, Value::List(all)));
            Ok(())
        })
    }
}

fn is_left_out(method: &str) -> bool {
    WITHOUT_AUTHORIZER.contains(&method)
}

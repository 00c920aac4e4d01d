//! The resource policy of an API: which accounts, addresses and networks may call it.

use crate::diag::Span;
use crate::sam::build::{list, map, put};
use crate::sam::fault::Result;
use crate::sam::intrinsic::sub;
use crate::sam::value::{is_none, same, text, truthy};
use crate::template::{Map, Node, Value};

use super::path::{ANY, Paths};
use super::{Editor, invalid};

const POLICY: &str = "x-amazon-apigateway-policy";

impl Editor {
    /// Adds what a `ResourcePolicy` says for the methods of one path. `stage` is the stage's name, if it is known.
    ///
    /// # Errors
    /// Values of a wrong type; they end the transform.
    pub(crate) fn add_resource_policy(
        &mut self,
        policy: &Map,
        path: &str,
        stage: Option<&Node>,
    ) -> Result<()> {
        let span = self.span;
        let resources = resources(&self.paths()?, path, stage, span)?;
        self.begin_policy();
        for (name, effect) in [
            ("AwsAccountWhitelist", "Allow"),
            ("AwsAccountBlacklist", "Deny"),
        ] {
            if let Some(accounts) = truthy(policy.get(name)) {
                self.add_accounts(accounts, effect, &resources)?;
            }
        }
        for (name, operator) in [
            ("IpRangeWhitelist", "NotIpAddress"),
            ("IpRangeBlacklist", "IpAddress"),
        ] {
            if let Some(ranges) = truthy(policy.get(name)) {
                let ranges = as_list(ranges);
                let condition = map!(span; operator => map!(span; "aws:SourceIp" => ranges));
                self.add_refusal(&resources, condition);
            }
        }
        for (list, operator) in [
            ("Blacklist", "StringEquals"),
            ("Whitelist", "StringNotEquals"),
        ] {
            self.add_networks(policy, list, operator, &resources)?;
        }
        Ok(())
    }

    /// Adds statements as they are.
    pub(crate) fn add_custom_statements(&mut self, statements: &Node) {
        self.begin_policy();
        self.set_version();
        let Some(policy) = self.document.get_mut(POLICY).and_then(Node::as_map_mut) else {
            return;
        };
        if is_none(policy.get("Statement")) {
            policy.insert("Statement", statements.span, statements.clone());
        } else {
            self.add_statements(as_list(statements), true);
        }
    }

    fn begin_policy(&mut self) {
        if truthy(self.document.get(POLICY)).is_none() {
            put(&mut self.document, self.span, POLICY, Map::new());
        }
    }

    fn set_version(&mut self) {
        let span = self.span;
        if let Some(policy) = self.document.get_mut(POLICY).and_then(Node::as_map_mut) {
            put(policy, span, "Version", "2012-10-17");
        }
    }

    fn add_accounts(&mut self, accounts: &Node, effect: &str, resources: &Node) -> Result<()> {
        if !matches!(accounts.value, Value::Map(_) | Value::List(_)) {
            return Err(invalid(format!(
                "Type of '{}' must be a list or dictionary",
                text(accounts)
            )));
        }
        let span = self.span;
        self.set_version();
        let statement = map!(span;
            "Effect" => effect,
            "Action" => "execute-api:Invoke",
            "Resource" => resources,
            "Principal" => map!(span; "AWS" => as_list(accounts)),
        );
        let policy = self.document.get_mut(POLICY).and_then(Node::as_map_mut);
        if let Some(policy) = policy
            && is_none(policy.get("Statement"))
        {
            // The only statement is no list.
            policy.insert("Statement", span, statement);
        } else {
            self.add_statements(vec![statement], false);
        }
        Ok(())
    }

    /// Allows everybody, and refuses those of whom the condition holds.
    fn add_refusal(&mut self, resources: &Node, condition: Node) {
        let span = self.span;
        self.set_version();
        let statement = |effect: &str, condition: Option<Node>| {
            map!(span;
                "Effect" => effect,
                "Action" => "execute-api:Invoke",
                "Resource" => resources,
                "Principal" => "*",
                "Condition" => condition,
            )
        };
        let both = vec![statement("Allow", None), statement("Deny", Some(condition))];
        self.add_statements(both, true);
    }

    /// Adds statements to those there are; with `once` only those that are not there yet.
    fn add_statements(&mut self, statements: Vec<Node>, once: bool) {
        let span = self.span;
        let Some(policy) = self.document.get_mut(POLICY).and_then(Node::as_map_mut) else {
            return;
        };
        let is_first = is_none(policy.get("Statement"));
        let there = policy.remove("Statement").filter(|_| !is_first);
        let mut all = match there.map(|entry| entry.node) {
            None => Vec::new(),
            Some(Node {
                value: Value::List(items),
                ..
            }) => items,
            Some(only) => vec![only],
        };
        for statement in statements {
            if is_first || !once || !all.iter().any(|there| same(there, &statement)) {
                all.push(statement);
            }
        }
        policy.insert("Statement", span, Node::new(span, Value::List(all)));
    }

    /// `SourceVpcBlacklist` and the like: networks and endpoints, by their ids or as functions.
    fn add_networks(
        &mut self,
        policy: &Map,
        which: &str,
        operator: &str,
        resources: &Node,
    ) -> Result<()> {
        let name = format!("SourceVpc{which}");
        let mut networks = Vec::new();
        let mut endpoints = Vec::new();
        if let Some(ids) = policy.get(&name).filter(|node| node.value != Value::Null) {
            let unresolved = || {
                invalid(format!(
                    "{name} must be a list of strings. Use IntrinsicVpc{which} instead for values that use Intrinsic \
                     Functions"
                ))
            };
            for node in items(ids) {
                let id = node.as_str().ok_or_else(unresolved)?;
                if id.starts_with("vpce-") {
                    endpoints.push(node.clone());
                } else if id.starts_with("vpc-") {
                    networks.push(node.clone());
                }
            }
        }
        let functions = |kind: &str| policy.get(&format!("Intrinsic{kind}{which}")).map(items);
        networks.extend(functions("Vpc").unwrap_or_default());
        endpoints.extend(functions("Vpce").unwrap_or_default());
        if networks.is_empty() && endpoints.is_empty() {
            return Ok(());
        }
        let span = self.span;
        let some = |nodes: Vec<Node>| Some(nodes).filter(|nodes| !nodes.is_empty());
        let condition = map!(span;
            "aws:SourceVpc" => some(networks),
            "aws:SourceVpce" => some(endpoints),
        );
        self.add_refusal(resources, map!(span; operator => condition));
        Ok(())
    }
}

/// The items of a list; the keys of a mapping, as the translator walks over it.
fn items(node: &Node) -> Vec<Node> {
    match &node.value {
        Value::List(items) => items.clone(),
        Value::Map(map) => map
            .entries()
            .map(|(key, entry)| Node::string(entry.key_span, key))
            .collect(),
        Value::String(text) => text
            .chars()
            .map(|letter| Node::string(node.span, letter))
            .collect(),
        _ => Vec::new(),
    }
}

fn as_list(node: &Node) -> Vec<Node> {
    match &node.value {
        Value::List(items) => items.clone(),
        _ => vec![node.clone()],
    }
}

/// The methods of a path as the policy names them: `execute-api:/${stage}/GET/pets/*`.
fn resources(paths: &Paths<'_>, path: &str, stage: Option<&Node>, span: Span) -> Result<Node> {
    let mut resources = list!(span);
    let pattern = without_names(path);
    for item in paths.items(path)? {
        for method in item.keys() {
            let method = match method.to_lowercase().as_str() {
                ANY | "any" => "*".to_owned(),
                _ => method.to_uppercase(),
            };
            let mut variables = Map::new();
            let stage = stage.cloned().unwrap_or(Node::new(span, Value::Null));
            variables.insert("__Stage__", span, stage);
            let resource = sub(
                span,
                format!("execute-api:/${{__Stage__}}/{method}{pattern}"),
                Some(variables),
            );
            if let Some(items) = resources.as_list_mut() {
                items.push(resource);
            }
        }
    }
    Ok(resources)
}

/// The path with `*` for each variable: `/pets/{id}` → `/pets/*`, and `{rest+}` likewise.
pub(crate) fn without_names(path: &str) -> String {
    with_stars(path, |name| {
        is_variable(name.strip_suffix('+').unwrap_or(name))
    })
}

/// The path with `*` for each `{name}` of which `is_one` holds.
pub(crate) fn with_stars(path: &str, is_one: impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        let after = &rest[start + 1..];
        match after.find('}') {
            Some(end) if is_one(&after[..end]) => {
                out.push_str(&rest[..start]);
                out.push('*');
                rest = &after[end + 1..];
            }
            _ => {
                out.push_str(&rest[..=start]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Whether a text can be the name of a path's variable.
pub(crate) fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_a_path_become_stars() {
        assert_eq!(without_names("/a/{b}/{c+}/{d e}/{"), "/a/*/*/{d e}/{");
    }
}

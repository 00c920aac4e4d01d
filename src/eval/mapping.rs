//! `Fn::FindInMap`.

use crate::diag::{Diagnostic, Span, nearest};
use crate::template::{Map, Node, Value};

use super::argument::{Answered, Stop, arguments, awaited_resource, text, wrong};
use super::evaluator::Evaluator;

impl Evaluator<'_> {
    /// `Fn::FindInMap: [mapping, first key, second key, {DefaultValue: …}]`. The default is evaluated when it is needed.
    pub(super) fn find_in_map(&mut self, span: Span, argument: &Node) -> (Option<Node>, Answered) {
        let items = match arguments(argument, "Fn::FindInMap", 3, 4) {
            Ok(items) => items,
            Err(stop) => return (None, Err(stop)),
        };
        let (keys, rest) = items.split_at(3);
        let keys: Vec<Node> = keys
            .iter()
            .map(|key| self.value(key).unwrap_or_else(|| key.clone()))
            .collect();
        let evaluated = Node::new(
            argument.span,
            Value::List(keys.iter().chain(rest).cloned().collect()),
        );
        (Some(evaluated), self.look_up(span, &keys, rest.first()))
    }

    fn look_up(&mut self, span: Span, keys: &[Node], options: Option<&Node>) -> Answered {
        let default = match options {
            None => None,
            Some(options) => {
                self.needs_extensions(options.span, "a default value of `Fn::FindInMap`");
                let default = options.get("DefaultValue");
                if default.is_none() {
                    return Err(wrong(
                        options,
                        "the fourth argument of `Fn::FindInMap`",
                        "a mapping with `DefaultValue`",
                    ));
                }
                default
            }
        };
        if let Some((node, id)) = keys
            .iter()
            .find_map(|key| Some((key, awaited_resource(key)?)))
        {
            return Err(Stop::Wrong(Box::new(
                Diagnostic::error(
                    "eval/find-in-map",
                    format!("a mapping cannot be asked with a value of the resource `{id}`: it does not exist yet"),
                )
                .at(node.span)
                .help("Use parameters, pseudo parameters and other mappings."),
            )));
        }
        let [map, first, second] = keys else {
            return Err(wrong_count(span));
        };
        let map_name = text(map, "the name of the mapping")?;
        let first_key = text(first, "the first key of `Fn::FindInMap`")?;
        let second_key = text(second, "the second key of `Fn::FindInMap`")?;
        let template = self.template;
        let found = match template.mappings.get(&map_name) {
            None => Err(missing(
                map,
                format!("there is no mapping `{map_name}`"),
                nearest(&map_name, template.mappings.keys().map(String::as_str)),
            )),
            Some(mapping) => in_mapping(
                &mapping.values,
                (first, &first_key),
                (second, &second_key),
                &map_name,
            ),
        };
        match (found, default) {
            (Ok(value), _) => Ok(self.value(value).map(|value| moved(value, span))),
            (Err(_), Some(default)) => Ok(self.value(default)),
            (Err(stop), None) => Err(stop),
        }
    }
}

fn in_mapping<'m>(
    values: &'m Map,
    first: (&Node, &str),
    second: (&Node, &str),
    name: &str,
) -> Result<&'m Node, Stop> {
    let Some(inner) = values.get(first.1) else {
        return Err(missing(
            first.0,
            format!("the mapping `{name}` has no key `{}`", first.1),
            nearest(first.1, values.keys()),
        ));
    };
    let keys = inner.as_map().map(Map::keys).into_iter().flatten();
    inner.get(second.1).ok_or_else(|| {
        missing(
            second.0,
            format!("`{name}.{}` has no key `{}`", first.1, second.1),
            nearest(second.1, keys),
        )
    })
}

fn missing(node: &Node, summary: String, near: Option<&str>) -> Stop {
    let fault = Diagnostic::error("eval/find-in-map", summary).at(node.span);
    Stop::Wrong(Box::new(match near {
        Some(near) => fault.help(format!("Did you mean `{near}`?")),
        None => fault,
    }))
}

fn wrong_count(span: Span) -> Stop {
    Stop::Wrong(Box::new(
        Diagnostic::error(
            "eval/argument-count",
            "`Fn::FindInMap` takes 3 or 4 arguments",
        )
        .at(span),
    ))
}

/// The value as found, at the place that asked for it.
fn moved(node: Node, span: Span) -> Node {
    Node::new(span, node.value)
}

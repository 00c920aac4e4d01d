//! What a value starts: a function or a state machine of the application, by way of its versions and aliases too.

use crate::template::Node;

use super::reference;
use super::resource::Body;
use super::setting::Link;
use super::{App, Setting};

/// How many versions and aliases may stand between a value and a function; more is a circle.
const MAX_STEPS: usize = 8;

impl App {
    /// The logical id of the function or state machine that `id` stands for: itself, or what a version, an alias or a
    /// URL belongs to.
    pub fn target(&self, id: &str) -> Option<&str> {
        let mut at = self.resources.get(id)?;
        for _ in 0..MAX_STEPS {
            let link = match &at.body {
                Body::Function(_) | Body::StateMachine(_) => return Some(&at.id),
                Body::Version(version) => version.function.as_ref()?,
                Body::Alias(alias) => alias.function.as_ref()?,
                Body::Url(url) => url.function.as_ref()?,
                _ => return None,
            };
            match &link.resource {
                Some(id) => at = self.resources.get(id)?,
                None => return self.named(link.value.known()?),
            }
        }
        None
    }

    /// The logical id of the function or state machine that a property names.
    pub fn target_of(&self, link: &Link) -> Option<&str> {
        let referred = link.resource.as_deref().and_then(|id| self.target(id));
        referred.or_else(|| self.named(link.value.known()?))
    }

    /// The first function or state machine that a value refers to: with references in place, and as far as it is known.
    pub(super) fn target_in(&self, structure: &Node, value: Option<&Node>) -> Option<&str> {
        let mut found = reference::references(structure).into_iter();
        let referred = found.find_map(|reference| self.target(&reference.name));
        referred.or_else(|| self.named(value?.as_str()?))
    }

    /// The function or state machine with this name or ARN; the ARN may stand inside another text, as in API Gateway's
    /// addresses of functions.
    fn named(&self, text: &str) -> Option<&str> {
        let name = ["function:", "stateMachine:"]
            .iter()
            .find_map(|mark| text.split_once(mark))
            .map_or(text, |(_, rest)| rest);
        let name = name
            .split([':', '/'])
            .next()
            .filter(|name| !name.is_empty())?;
        let has_name = |setting: &Option<Setting<String>>, id: &str| match setting {
            Some(setting) => setting.known().is_some_and(|known| known == name),
            // As the local scope names what has no name.
            None => id == name && text.starts_with("arn:"),
        };
        let mut resources = self.resources.values();
        resources
            .find(|resource| match &resource.body {
                Body::Function(function) => has_name(&function.name, &resource.id),
                Body::StateMachine(machine) => has_name(&machine.name, &resource.id),
                _ => false,
            })
            .map(|resource| resource.id.as_str())
    }
}

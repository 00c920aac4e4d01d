//! What a provider sends for given properties.

use hoist::deploy::diff::changes;
use hoist::deploy::provider::{Existing, Held, Kind, Provider, Wanted};
use serde_json::Value;

use crate::cloud::{held, wanted};
use crate::record::Recorder;
use crate::record::essence::essence;

/// What was sent; or why it was not.
pub type Sent = Result<Vec<String>, String>;

/// One type with its provider, and the server that its calls go to.
pub struct Probe<'a> {
    pub provider: &'a dyn Provider,
    pub kind: Kind,
    pub resource_type: &'static str,
    pub recorder: &'a Recorder,
}

impl Probe<'_> {
    /// What making the resource sends, its late properties included.
    pub async fn creating(&self, properties: &Value) -> Sent {
        self.recorder.take();
        let whole = self.wanted(properties);
        let made = self.make(&whole).await;
        let calls = self.recorder.take();
        made.map(|_| essence(&calls))
    }

    /// What changing the resource from `before` to `after` sends, when it is told that `changed` is different from `before`.
    pub async fn changing(
        &self,
        made: &Existing,
        before: &Value,
        after: &Value,
        changed: &Value,
    ) -> Sent {
        let held = self.held(made, before);
        let wanted = self.wanted(after);
        let changes = changes(&held.properties, &self.wanted(changed).properties);
        self.recorder.take();
        let done = self.provider.update(&held, &wanted, &changes).await;
        let calls = self.recorder.take();
        done.map(|_| essence(&calls))
            .map_err(|fault| fault.to_string())
    }

    /// The resource as the recorder says it is once it is made.
    pub async fn made(&self, properties: &Value) -> Result<Existing, String> {
        self.make(&self.wanted(properties)).await
    }

    /// Whether a change between the two makes a new resource necessary.
    pub fn replaces(&self, before: &Value, after: &Value) -> bool {
        let facts = hoist::graph::facts::resource_type(self.resource_type);
        let (before, after) = (self.wanted(before), self.wanted(after));
        changes(&before.properties, &after.properties)
            .iter()
            .any(|change| self.kind.replaces(facts.as_ref(), change))
    }

    async fn make(&self, whole: &Wanted) -> Result<Existing, String> {
        let mut first = whole.clone();
        for late in self.kind.late {
            first.properties.shift_remove(*late);
        }
        let made = self.provider.create(&first).await;
        let made = made.map_err(|fault| fault.to_string())?;
        if first.properties.len() == whole.properties.len() {
            return Ok(made);
        }
        let held = held(&first, &made);
        let changes = changes(&first.properties, &whole.properties);
        let late = self.provider.update(&held, whole, &changes).await;
        late.map_err(|fault| fault.to_string())
    }

    fn wanted(&self, properties: &Value) -> Wanted {
        wanted(
            self.provider,
            self.resource_type,
            "Sample",
            properties.clone(),
        )
    }

    fn held(&self, made: &Existing, properties: &Value) -> Held {
        held(&self.wanted(properties), made)
    }
}

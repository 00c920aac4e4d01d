//! Sample events: what AWS services send to a Lambda function, with parameters.
//!
//! Each sample is a file of `schema/events`: a header that says what can be chosen, and the event with
//! `${name}` where a chosen value goes. Values are put into JSON that is already read, so no value can break it.

mod catalogue;
mod filter;
mod name;
mod parameter;
mod render;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

pub use catalogue::{Service, catalogue, service};
pub use name::{find, short_names};
pub use parameter::{Kind, Parameter};

/// Values for a sample's parameters, by the parameters' names.
pub type Values = IndexMap<String, Value>;

/// One event that a service sends.
#[derive(Debug)]
pub struct Sample {
    /// `s3`
    pub service: &'static str,
    /// `put`
    pub event: &'static str,
    /// What happened, as one sentence without a full stop.
    pub summary: String,
    /// The parameter that holds what the event is about: an SQS message's body, an SNS message.
    pub payload: Option<String>,
    /// In the order in which they are shown.
    pub parameters: IndexMap<String, Parameter>,
    /// Texts made of parameters that the event holds more than once, in more than one form.
    parts: IndexMap<String, Value>,
    template: Value,
}

/// A sample's file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    summary: String,
    payload: Option<String>,
    parameters: IndexMap<String, Parameter>,
    #[serde(default)]
    parts: IndexMap<String, Value>,
    event: Value,
}

/// Why an event could not be made. The messages name what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// No service and no short name is called this.
    #[error("there is no sample event for `{given}`")]
    UnknownService {
        /// As the user wrote it.
        given: String,
        /// What is most likely meant.
        near: Option<String>,
    },
    /// The service has no such event.
    #[error("{service} has no sample event `{given}`")]
    UnknownEvent {
        /// The service.
        service: &'static str,
        /// As the user wrote it.
        given: String,
        /// What is most likely meant.
        near: Option<String>,
        /// What there is.
        events: Vec<&'static str>,
    },
    /// The service has several events, and none that is usually meant.
    #[error("{service} has several sample events")]
    SeveralEvents {
        /// The service.
        service: &'static str,
        /// What there is.
        events: Vec<&'static str>,
    },
    /// The event has no such parameter.
    #[error("the event {sample} has no parameter `{given}`")]
    UnknownParameter {
        /// `s3/put`
        sample: String,
        /// As the user wrote it.
        given: String,
        /// What is most likely meant.
        near: Option<String>,
        /// What there is.
        parameters: Vec<String>,
    },
    /// The event is not about one thing that could be given.
    #[error("the event {sample} has no body")]
    NoPayload {
        /// `s3/put`
        sample: String,
    },
    /// A value is not what the parameter takes.
    #[error("the parameter `{parameter}` {problem}")]
    WrongValue {
        /// The parameter's name.
        parameter: String,
        /// `takes a whole number, not …`
        problem: String,
    },
}

impl Sample {
    /// Reads a sample's file.
    ///
    /// # Errors
    /// When it is not of the form that `schema/README.md` describes.
    fn parse(
        service: &'static str,
        event: &'static str,
        text: &str,
    ) -> Result<Self, serde_json::Error> {
        let mut file: File = serde_json::from_str(text)?;
        for parameter in file.parameters.values_mut() {
            parameter.default_text = parameter::as_text(&parameter.default).into_owned();
        }
        Ok(Sample {
            service,
            event,
            summary: file.summary,
            payload: file.payload,
            parameters: file.parameters,
            parts: file.parts,
            template: file.event,
        })
    }

    /// `s3/put`
    pub fn name(&self) -> String {
        format!("{}/{}", self.service, self.event)
    }

    /// The parameter of that name, which may also be the one SAM has for it.
    ///
    /// # Errors
    /// When there is none; the error says which there are.
    pub fn parameter(&self, given: &str) -> Result<(&str, &Parameter), SampleError> {
        let by_name = self.parameters.get_key_value(given);
        let by_alias = || {
            let mut all = self.parameters.iter();
            all.find(|(_, parameter)| parameter.alias.as_deref() == Some(given))
        };
        let found = by_name.or_else(by_alias);
        found
            .map(|(name, parameter)| (name.as_str(), parameter))
            .ok_or_else(|| {
                let names = self.parameters.keys().map(String::as_str);
                SampleError::UnknownParameter {
                    sample: self.name(),
                    given: given.to_owned(),
                    near: crate::diag::nearest(given, names).map(str::to_owned),
                    parameters: self.parameters.keys().cloned().collect(),
                }
            })
    }

    /// The values that texts of the command line stand for; of two for the same parameter the later one counts.
    ///
    /// # Errors
    /// When the event has no such parameter, or a value is of another type.
    pub fn read<'a>(
        &self,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Values, SampleError> {
        let read = |(given, text)| {
            let (name, parameter) = self.parameter(given)?;
            match parameter.read(text) {
                Ok(value) => Ok((name.to_owned(), value)),
                Err(problem) => Err(SampleError::WrongValue {
                    parameter: name.to_owned(),
                    problem,
                }),
            }
        };
        given.into_iter().map(read).collect()
    }

    /// The parameter that holds what the event is about.
    ///
    /// # Errors
    /// When the event is not about one thing.
    pub fn payload(&self) -> Result<&str, SampleError> {
        self.payload
            .as_deref()
            .ok_or_else(|| SampleError::NoPayload {
                sample: self.name(),
            })
    }

    /// The event with these values, and the defaults of all other parameters. Always the same for the same values:
    /// ids and times are fixed.
    pub fn render(&self, values: &Values) -> Value {
        let value_of = |name: &str| {
            values
                .get(name)
                .or_else(|| Some(&self.parameters.get(name)?.default))
        };
        let parts: IndexMap<&str, Value> = self
            .parts
            .iter()
            .map(|(name, part)| (name.as_str(), render::fill(part, &value_of)))
            .collect();
        render::fill(&self.template, &|name| {
            parts.get(name).or_else(|| value_of(name))
        })
    }

    /// How a parameter's value is written in the event: `base64`, `md5`, …; nothing where it stands as it is.
    pub fn encodings(&self, parameter: &str) -> Vec<&'static str> {
        let mut encodings: Vec<&'static str> = Vec::new();
        for (name, filters) in self.placeholders() {
            for filter in filters.iter().filter(|_| name == parameter) {
                if !encodings.contains(&filter.name()) {
                    encodings.push(filter.name());
                }
            }
        }
        encodings
    }

    /// Where parameters stand: in the parts, and in the event outside of them.
    fn placeholders(&self) -> impl Iterator<Item = (&str, Vec<filter::Filter>)> {
        let within = self.parts.values().flat_map(render::placeholders);
        render::placeholders(&self.template)
            .into_iter()
            .chain(within)
            .filter(|(name, _)| !self.parts.contains_key(*name))
    }
}

#[cfg(test)]
mod tests;

//! Handing properties to the setters of a request: for a resource that is made, what the template says; for one that is changed, also
//! what it no longer says, in the form in which an API takes a value away.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::aws::Fault;

use super::{Held, Properties, Wanted};

/// What is to be sent of a resource's properties.
#[derive(Debug, Clone)]
pub struct Sent<'a> {
    wanted: Properties<'a>,
    before: Option<Properties<'a>>,
}

impl<'a> Sent<'a> {
    /// For a resource that is made.
    pub fn new(wanted: &'a Wanted) -> Self {
        Sent::of(wanted.properties())
    }

    /// For properties that stand anywhere.
    pub fn of(wanted: Properties<'a>) -> Self {
        Sent {
            wanted,
            before: None,
        }
    }

    /// For a resource that is changed: what `held` had and `wanted` has not is taken away.
    pub fn change(held: &'a Held, wanted: &'a Wanted) -> Self {
        Sent {
            wanted: wanted.properties(),
            before: Some(held.properties()),
        }
    }

    /// The properties as they are wanted.
    pub fn wanted(&self) -> &Properties<'a> {
        &self.wanted
    }

    /// Whether a property was there and is not wanted any more.
    pub fn is_gone(&self, name: &str) -> bool {
        let was = self.before.as_ref().and_then(|before| before.get(name));
        was.is_some() && self.wanted.get(name).is_none()
    }

    /// A text; one that is gone is empty.
    ///
    /// # Errors
    /// When it is no text.
    pub fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        self.choice(name, "")
    }

    /// A text that is `default` when it is gone.
    ///
    /// # Errors
    /// When it is no text.
    pub fn choice(&self, name: &str, default: &str) -> Result<Option<String>, Fault> {
        let text = self.wanted.text(name)?;
        Ok(text.or_else(|| self.is_gone(name).then(|| default.to_owned())))
    }

    /// A boolean; one that is gone is false.
    ///
    /// # Errors
    /// When it is neither true nor false.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        let flag = self.wanted.flag(name)?;
        Ok(flag.or_else(|| self.is_gone(name).then_some(false)))
    }

    /// A whole number that is `default` when it is gone.
    ///
    /// # Errors
    /// When it is no whole number.
    pub fn integer(&self, name: &str, default: Option<i32>) -> Result<Option<i32>, Fault> {
        let number = self.wanted.integer(name)?;
        Ok(number.or_else(|| default.filter(|_| self.is_gone(name))))
    }

    /// Texts; none when they are gone.
    ///
    /// # Errors
    /// When it is no list of texts.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        let texts = self.wanted.texts(name)?;
        Ok(texts.or_else(|| self.is_gone(name).then(Vec::new)))
    }

    /// A document as JSON text.
    pub fn document(&self, name: &str) -> Option<String> {
        let document = self.wanted.document(name);
        document.or_else(|| self.is_gone(name).then(String::new))
    }

    /// The keys that a mapping had and has no more.
    ///
    /// # Errors
    /// When it is no mapping.
    pub fn gone_keys(&self, name: &str) -> Result<Vec<String>, Fault> {
        let keys = |properties: &Properties<'a>| -> Result<Vec<&'a str>, Fault> {
            let object = properties.object(name)?;
            Ok(object.map_or_else(Vec::new, |object| object.names().collect()))
        };
        let before = match &self.before {
            Some(before) => keys(before)?,
            None => Vec::new(),
        };
        let wanted = keys(&self.wanted)?;
        let gone = before.into_iter().filter(|key| !wanted.contains(key));
        Ok(gone.map(str::to_owned).collect())
    }

    /// Texts by name; those that are gone are empty, which is how API Gateway takes them away.
    ///
    /// # Errors
    /// When it is no mapping of texts.
    pub fn map(&self, name: &str) -> Result<Option<HashMap<String, String>>, Fault> {
        let wanted = self.wanted.text_map(name)?;
        let before = match &self.before {
            Some(before) => before.text_map(name)?.unwrap_or_default(),
            None => Vec::new(),
        };
        if wanted.is_none() && before.is_empty() {
            return Ok(None);
        }
        let gone = before.into_iter().map(|(key, _)| (key, String::new()));
        Ok(Some(gone.chain(wanted.unwrap_or_default()).collect()))
    }
}

/// Hands properties to the setters of a request, each read as what it is:
/// `set!(request, sent; text "Description" => set_description, flag "AutoDeploy" => set_auto_deploy)`.
macro_rules! set {
    ($request:expr, $sent:expr; $($kind:ident $(($default:expr))? $name:literal => $setter:ident),* $(,)?) => {{
        let request = $request;
        $(let request = request.$setter($crate::deploy::provider::setter::set!(@ $kind $(($default))? $sent, $name));)*
        request
    }};
    (@ text $sent:expr, $name:literal) => { $sent.text($name)? };
    (@ choice($default:expr) $sent:expr, $name:literal) => {
        $sent.choice($name, $default)?.filter(|text| !text.is_empty()).map(|text| text.as_str().into())
    };
    (@ flag $sent:expr, $name:literal) => { $sent.flag($name)? };
    (@ integer($default:expr) $sent:expr, $name:literal) => { $sent.integer($name, $default)? };
    (@ texts $sent:expr, $name:literal) => { $sent.texts($name)? };
    (@ document $sent:expr, $name:literal) => { $sent.document($name) };
    (@ map $sent:expr, $name:literal) => { $sent.map($name)? };
}
pub(super) use set;

/// Properties as they are read back: what is not set is left out.
#[derive(Debug, Default)]
pub struct Live(Map<String, Json>);

impl Live {
    /// With a value, when there is one.
    pub fn with(mut self, name: &str, value: Option<impl Into<Json>>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    /// With a text that is left out when it is empty.
    pub fn text(self, name: &str, value: Option<&str>) -> Self {
        self.with(name, value.filter(|text| !text.is_empty()))
    }

    /// With texts by name; left out when there are none.
    pub fn map(self, name: &str, value: Option<&HashMap<String, String>>) -> Self {
        let map = value.filter(|map| !map.is_empty()).map(json_map);
        self.with(name, map)
    }

    /// With a list of texts; left out when it is empty.
    pub fn texts(self, name: &str, values: &[String]) -> Self {
        self.with(name, (!values.is_empty()).then(|| values.to_vec()))
    }

    /// All of it.
    pub fn done(self) -> Map<String, Json> {
        self.0
    }

    /// All of it as a value; none when there is nothing.
    pub fn value(self) -> Option<Json> {
        (!self.0.is_empty()).then_some(Json::Object(self.0))
    }
}

/// Texts by name as JSON, in the order of their names.
pub fn json_map(map: &HashMap<String, String>) -> Json {
    let sorted: std::collections::BTreeMap<&String, &String> = map.iter().collect();
    let pairs = sorted.into_iter();
    pairs
        .map(|(key, value)| (key.clone(), Json::from(value.as_str())))
        .collect::<Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_is_gone_is_sent_as_what_takes_it_away() {
        let before =
            map(json!({"A": "1", "F": "true", "N": 5, "L": ["x"], "M": {"k": "v", "l": 1}}));
        let after = map(json!({"M": {"l": 2}}));
        let sent = Sent {
            wanted: Properties::new("R", &after),
            before: Some(Properties::new("R", &before)),
        };
        assert_eq!(sent.text("A").unwrap().as_deref(), Some(""));
        assert_eq!(sent.choice("A", "NONE").unwrap().as_deref(), Some("NONE"));
        assert_eq!(sent.flag("F").unwrap(), Some(false));
        assert_eq!(sent.integer("N", Some(30)).unwrap(), Some(30));
        assert_eq!(sent.integer("N", None).unwrap(), None);
        assert_eq!(sent.texts("L").unwrap(), Some(Vec::new()));
        let expected = HashMap::from([("k".into(), String::new()), ("l".into(), "2".into())]);
        assert_eq!(sent.map("M").unwrap(), Some(expected));
        assert_eq!(sent.text("Never").unwrap(), None);
        assert_eq!(sent.map("Never").unwrap(), None);
    }
}

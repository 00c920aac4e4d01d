//! Reading properties by name, as lenient about scalars as CloudFormation: `"3"` is a number, `"true"` a boolean.

use serde_json::{Map, Value as Json};

use crate::aws::Fault;

/// A mapping of properties, and where it stands.
#[derive(Debug, Clone)]
pub struct Properties<'a> {
    path: String,
    map: &'a Map<String, Json>,
}

impl<'a> Properties<'a> {
    /// The properties of the resource `id`.
    pub fn new(id: &str, map: &'a Map<String, Json>) -> Self {
        Properties {
            path: id.to_owned(),
            map,
        }
    }

    /// The value as it is. `null` counts as none.
    pub fn get(&self, name: &str) -> Option<&'a Json> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A text; numbers and booleans are written out.
    ///
    /// # Errors
    /// When it is a list or a mapping.
    pub fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        self.get(name)
            .map(|value| self.text_of(name, value))
            .transpose()
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// When it is not there, or not a text.
    pub fn required(&self, name: &str) -> Result<String, Fault> {
        self.text(name)?
            .ok_or_else(|| self.fault(name, "is missing"))
    }

    /// One of the SDK's words. One that the SDK does not know is sent as it is: AWS may know it by now.
    ///
    /// # Errors
    /// When it is not a text.
    pub fn choice<T: for<'t> From<&'t str>>(&self, name: &str) -> Result<Option<T>, Fault> {
        Ok(self.text(name)?.map(|text| T::from(text.as_str())))
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is no whole number, or out of the range of the type.
    pub fn integer<T: TryFrom<i64>>(&self, name: &str) -> Result<Option<T>, Fault> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = match value {
            Json::Number(number) => number.as_i64().or_else(|| {
                number
                    .as_f64()
                    .filter(|n| n.fract() == 0.0)
                    .map(|n| n as i64)
            }),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number
            .and_then(|number| T::try_from(number).ok())
            .map(Some)
            .ok_or_else(|| self.fault(name, &format!("must be a whole number, and is {value}")))
    }

    /// A number.
    ///
    /// # Errors
    /// When it is none.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Fault> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = match value {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number
            .map(Some)
            .ok_or_else(|| self.fault(name, &format!("must be a number, and is {value}")))
    }

    /// A boolean.
    ///
    /// # Errors
    /// When it is neither true nor false.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        match value {
            Json::Bool(flag) => Ok(Some(*flag)),
            Json::String(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Json::String(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ => Err(self.fault(name, &format!("must be true or false, and is {value}"))),
        }
    }

    /// A mapping.
    ///
    /// # Errors
    /// When it is something else.
    pub fn object(&self, name: &str) -> Result<Option<Properties<'a>>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Object(map)) => Ok(Some(Properties {
                path: format!("{}.{name}", self.path),
                map,
            })),
            Some(_) => Err(self.fault(name, "must be a mapping")),
        }
    }

    /// A list of mappings; empty when it is not there.
    ///
    /// # Errors
    /// When it is no list, or an item of it is no mapping.
    pub fn objects(&self, name: &str) -> Result<Vec<Properties<'a>>, Fault> {
        let items = self.list(name)?.map_or(&[][..], Vec::as_slice);
        let each = items.iter().enumerate().map(|(at, item)| match item {
            Json::Object(map) => Ok(Properties {
                path: format!("{}.{name}[{at}]", self.path),
                map,
            }),
            _ => Err(self.fault(&format!("{name}[{at}]"), "must be a mapping")),
        });
        each.collect()
    }

    /// A list of texts; none when it is not there. A single text counts as a list of one.
    ///
    /// # Errors
    /// When it is no list, or an item of it is no text.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        if let Some(single @ Json::String(_)) = self.get(name) {
            return Ok(Some(vec![self.text_of(name, single)?]));
        }
        let Some(items) = self.list(name)? else {
            return Ok(None);
        };
        let each = items.iter().map(|item| self.text_of(name, item));
        each.collect::<Result<Vec<_>, _>>().map(Some)
    }

    /// Texts by name, in order; empty when there are none.
    ///
    /// # Errors
    /// When it is no mapping of texts.
    pub fn text_map(&self, name: &str) -> Result<Option<Vec<(String, String)>>, Fault> {
        let Some(object) = self.object(name)? else {
            return Ok(None);
        };
        let each = object
            .map
            .iter()
            .map(|(key, value)| Ok((key.clone(), object.text_of(key, value)?)));
        each.collect::<Result<Vec<_>, _>>().map(Some)
    }

    /// What is made of a mapping; none when it is not there.
    ///
    /// # Errors
    /// When it is no mapping, and what making gives.
    pub fn part<T>(
        &self,
        name: &str,
        make: impl FnOnce(&Properties<'a>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        self.object(name)?.map(|part| make(&part)).transpose()
    }

    /// What is made of each mapping of a list; none when the list is not there.
    ///
    /// # Errors
    /// When it is no list of mappings, and what making gives.
    pub fn parts<T>(
        &self,
        name: &str,
        make: impl Fn(&Properties<'a>) -> Result<T, Fault>,
    ) -> Result<Option<Vec<T>>, Fault> {
        if self.get(name).is_none() {
            return Ok(None);
        }
        let parts = self.objects(name)?;
        parts.iter().map(make).collect::<Result<_, _>>().map(Some)
    }

    /// A document as JSON text: a policy, a definition. A text is taken as it is.
    pub fn document(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// The names there are, in order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.map.keys().map(String::as_str)
    }

    fn list(&self, name: &str) -> Result<Option<&'a Vec<Json>>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.fault(name, "must be a list")),
        }
    }

    fn text_of(&self, name: &str, value: &Json) -> Result<String, Fault> {
        match value {
            Json::String(text) => Ok(text.clone()),
            Json::Number(number) => Ok(number.to_string()),
            Json::Bool(flag) => Ok(flag.to_string()),
            _ => Err(self.fault(name, "must be a text")),
        }
    }

    /// What is wrong with a property, for people.
    pub fn fault(&self, name: &str, what: &str) -> Fault {
        Fault::invalid(
            "template",
            "property",
            format!("`{}.{name}` {what}", self.path),
        )
    }
}

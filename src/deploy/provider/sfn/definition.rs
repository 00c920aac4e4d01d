//! The definition of a state machine: an object, a text or a file, with values put in.

use serde_json::Value as Json;

use crate::aws::Fault;
use crate::deploy::provider::{Properties, Wanted, artifact};
use crate::diag::Sources;
use crate::template;

use super::StepFunctions;

/// How many bytes a definition may have.
/// Source: AWS Step Functions developer guide, "Quotas": "Maximum request size 1 MB per request".
const LARGEST: usize = 1_048_576;

impl StepFunctions {
    /// The definition as it is sent.
    pub(super) async fn definition(&self, wanted: &Wanted) -> Result<String, Fault> {
        let properties = wanted.properties();
        let given = ["Definition", "DefinitionString", "DefinitionS3Location"];
        let given: Vec<&str> = given
            .into_iter()
            .filter(|name| properties.get(name).is_some())
            .collect();
        let text = match given.as_slice() {
            ["Definition"] => properties.document("Definition").unwrap_or_default(),
            ["DefinitionString"] => properties.document("DefinitionString").unwrap_or_default(),
            ["DefinitionS3Location"] => as_json(&properties, self.file(wanted).await?)?,
            [] => {
                let text = "is missing: one of Definition, DefinitionString and DefinitionS3Location must be there";
                return Err(properties.fault("Definition", text));
            }
            [first, ..] => {
                let text = "stands beside another definition: only one of them can be there";
                return Err(properties.fault(first, text));
            }
        };
        let values = properties.text_map("DefinitionSubstitutions")?;
        substituted(&properties, text, &values.unwrap_or_default())
    }

    /// The text of the file: one of the user's, or one in S3.
    async fn file(&self, wanted: &Wanted) -> Result<String, Fault> {
        const LOCATION: &str = "DefinitionS3Location";
        if let Some(file) = artifact::file(wanted, LOCATION)? {
            return file.text().await;
        }
        let properties = wanted.properties();
        let Some(place) = properties.object(LOCATION)? else {
            return Err(properties.fault(LOCATION, "is missing"));
        };
        let answer = self
            .cloud
            .s3()
            .get_object()
            .bucket(place.required("Bucket")?)
            .key(place.required("Key")?)
            .set_version_id(place.text("Version")?)
            .send()
            .await
            .map_err(|error| Fault::of("s3", "GetObject", &error))?;
        let is_too_large = answer
            .content_length()
            .is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > LARGEST));
        if is_too_large {
            return Err(properties.fault(LOCATION, "is larger than 1 MB"));
        }
        let bytes = answer.body.collect().await.map_err(|error| {
            Fault::unexpected("s3", "GetObject", &format!("the answer broke off: {error}"))
        })?;
        String::from_utf8(bytes.to_vec()).map_err(|_| properties.fault(LOCATION, "is not UTF-8"))
    }
}

/// A file is JSON or YAML; Step Functions takes JSON.
fn as_json(properties: &Properties<'_>, text: String) -> Result<String, Fault> {
    if serde_json::from_str::<Json>(&text).is_ok() {
        return Ok(text);
    }
    let mut sources = Sources::default();
    let (root, found) = template::read(&mut sources, "definition.yaml", text);
    match root.filter(|root| root.as_map().is_some()) {
        Some(root) => Ok(root.to_json().to_string()),
        None => {
            let why = found
                .iter()
                .map(|fault| fault.summary.clone())
                .next()
                .unwrap_or_else(|| "it is not a mapping".to_owned());
            let text = format!("is neither JSON nor YAML: {why}");
            Err(properties.fault("DefinitionS3Location", &text))
        }
    }
}

/// The definition with `${name}` replaced, again and again as CloudFormation does it: a value may hold another name. Names without a
/// value stay, which Step Functions' own JSONata and intrinsic functions need.
/// Source: aws-cloudformation-resource-providers-stepfunctions, `DefinitionProcessor`.
fn substituted(
    properties: &Properties<'_>,
    text: String,
    values: &[(String, String)],
) -> Result<String, Fault> {
    let mut text = text;
    // A chain cannot be longer than there are names, unless it is a circle.
    for _ in 0..=values.len() {
        let mut next = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut is_changed = false;
        while let Some((before, after)) = rest.split_once("${") {
            next.push_str(before);
            let found = after.split_once('}').and_then(|(name, after)| {
                let (_, value) = values.iter().find(|(known, _)| known == name)?;
                Some((value, after))
            });
            match found {
                Some((value, after)) => {
                    next.push_str(value);
                    rest = after;
                    is_changed = true;
                }
                None => {
                    next.push_str("${");
                    rest = after;
                }
            }
        }
        next.push_str(rest);
        if !is_changed {
            return Ok(text);
        }
        if next.len() > LARGEST {
            return Err(
                properties.fault("DefinitionSubstitutions", "make a definition of over 1 MB")
            );
        }
        text = next;
    }
    Err(properties.fault(
        "DefinitionSubstitutions",
        "have values that name each other in a circle",
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn put(text: &str, values: &[(&str, &str)]) -> Result<String, Fault> {
        let map = Map::new();
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        substituted(&Properties::new("M", &map), text.to_owned(), &values)
    }

    #[test]
    fn names_with_a_value_are_replaced_and_others_stay() {
        let values = [("Arn", "arn:x"), ("Second", "${Arn}!")];
        assert_eq!(
            put("a ${Arn} ${Other} ${Second} ${", &values).unwrap(),
            "a arn:x ${Other} arn:x! ${"
        );
        assert_eq!(put("${a,b}", &[("a,b", "c")]).unwrap(), "c");
        assert_eq!(put("$${Arn}", &values).unwrap(), "$arn:x");
    }

    #[test]
    fn values_that_name_each_other_in_a_circle_are_refused() {
        let fault = put("${A}", &[("A", "${B}"), ("B", "${A}")]).unwrap_err();
        assert!(fault.message.contains("circle"), "{fault}");
        assert!(put("${A}", &[("A", "${A}${A}")]).is_err());
    }

    #[test]
    fn a_file_may_be_yaml() {
        let map = Map::new();
        let properties = Properties::new("M", &map);
        let yaml = "StartAt: A\nStates:\n  A: {Type: Succeed}\n";
        let text = as_json(&properties, yaml.to_owned()).unwrap();
        let read: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(
            read,
            json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
        );
        for bad in ["", "just text", "a: [", "- a"] {
            assert!(as_json(&properties, bad.to_owned()).is_err(), "{bad}");
        }
    }
}

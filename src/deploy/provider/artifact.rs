//! Files built from the user's sources, where a resource's property refers to one: the code of a function or a layer, the
//! document of an API or a state machine.
//!
//! Such a property is `{"S3Bucket": "Hoist::Artifact", "S3Key": "<sha256>"}`, or with `Bucket` and `Key` where the type says it so.

use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::aws::Fault;
use crate::deploy::value::ARTIFACT;

use super::Wanted;

/// A file built from the user's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Artifact<'a> {
    /// Its SHA-256: 64 hex digits.
    pub digest: &'a str,
    /// Where it is.
    pub path: &'a Path,
}

/// The file that `property` refers to. None when it says something else, or nothing.
///
/// # Errors
/// When there is no such file in this run.
pub fn file<'a>(wanted: &'a Wanted, property: &str) -> Result<Option<Artifact<'a>>, Fault> {
    let location = wanted.properties.get(property).and_then(Json::as_object);
    let Some(digest) = location.and_then(digest) else {
        return Ok(None);
    };
    match wanted.artifacts.get(digest) {
        Some(path) => Ok(Some(Artifact { digest, path })),
        None => Err(wanted.properties().fault(
            property,
            &format!("means a file that was not built: {digest}"),
        )),
    }
}

/// The SHA-256 of the file that a location means. None when it is a place in S3 or nothing of the kind.
pub fn digest(location: &Map<String, Json>) -> Option<&str> {
    let text = |name: &str| location.get(name).and_then(Json::as_str);
    [("S3Bucket", "S3Key"), ("Bucket", "Key")]
        .into_iter()
        .find(|(bucket, _)| text(bucket) == Some(ARTIFACT))
        .and_then(|(_, key)| text(key))
}

impl Artifact<'_> {
    /// How many bytes it has.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn size(&self) -> Result<u64, Fault> {
        let metadata = tokio::fs::metadata(self.path).await;
        Ok(metadata.map_err(|error| self.unreadable(&error))?.len())
    }

    /// The whole of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn bytes(&self) -> Result<Vec<u8>, Fault> {
        tokio::fs::read(self.path)
            .await
            .map_err(|error| self.unreadable(&error))
    }

    /// The whole of it, as text.
    ///
    /// # Errors
    /// When it cannot be read or is not UTF-8.
    pub async fn text(&self) -> Result<String, Fault> {
        String::from_utf8(self.bytes().await?).map_err(|_| self.fault("is not UTF-8"))
    }

    fn unreadable(&self, error: &std::io::Error) -> Fault {
        self.fault(&format!("cannot be read: {error}"))
    }

    fn fault(&self, what: &str) -> Fault {
        let text = format!("the built file {} {what}", self.path.display());
        Fault::invalid("hoist", "artifact", text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};
    use std::path::PathBuf;
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn wanted(properties: Json) -> Wanted {
        let Json::Object(properties) = properties else {
            panic!("properties are an object");
        };
        Wanted {
            id: "F".into(),
            resource_type: "AWS::Lambda::Function".into(),
            name: String::new(),
            properties,
            tags: BTreeMap::new(),
            token: String::new(),
            artifacts: Arc::new(HashMap::from([("ab12".to_owned(), PathBuf::from("f.zip"))])),
        }
    }

    #[test]
    fn a_location_of_ours_is_a_file_and_every_other_is_not() {
        let wanted = wanted(json!({
            "Code": {"S3Bucket": "Hoist::Artifact", "S3Key": "ab12"},
            "Body": {"Bucket": "Hoist::Artifact", "Key": "ab12"},
            "Theirs": {"S3Bucket": "bucket", "S3Key": "ab12"},
            "Inline": {"ZipFile": "x"},
            "Lost": {"S3Bucket": "Hoist::Artifact", "S3Key": "cd34"},
        }));
        let found = Artifact {
            digest: "ab12",
            path: Path::new("f.zip"),
        };
        assert_eq!(file(&wanted, "Code").unwrap(), Some(found));
        assert_eq!(file(&wanted, "Body").unwrap(), Some(found));
        for other in ["Theirs", "Inline", "Nothing"] {
            assert_eq!(file(&wanted, other).unwrap(), None);
        }
        let fault = file(&wanted, "Lost").unwrap_err();
        assert!(fault.message.contains("F.Lost"), "{fault}");
    }
}

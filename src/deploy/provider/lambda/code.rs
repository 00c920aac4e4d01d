//! Where a function's or a layer's code comes from: a file of this run, the template itself, S3, or a registry of images.

use std::io::{Cursor, Write as _};

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, LayerVersionContentInput, S3ObjectStorageMode};
use aws_sdk_s3::primitives::ByteStream;

use crate::aws::{Fault, FaultKind};
use crate::deploy::provider::artifact::{self, Artifact};
use crate::deploy::provider::{Properties, Wanted};
use crate::deploy::state::s3::{bucket_name, make_bucket};

use super::Lambda;
use super::word::word;

/// The largest zip file that is sent with the call itself, in bytes. What is larger goes to S3 first.
/// Source: Lambda quotas: 50 MB "zipped, when uploaded through the Lambda API". A request may have 69,905,067 bytes, and base64
/// makes these 66,666,668.
const DIRECT: u64 = 50_000_000;

/// Code as Lambda's calls take it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Code {
    zip: Option<Blob>,
    bucket: Option<String>,
    key: Option<String>,
    version: Option<String>,
    mode: Option<S3ObjectStorageMode>,
    image: Option<String>,
    kms_key: Option<String>,
}

impl Code {
    /// For `CreateFunction`.
    pub fn function(self) -> FunctionCode {
        FunctionCode::builder()
            .set_zip_file(self.zip)
            .set_s3_bucket(self.bucket)
            .set_s3_key(self.key)
            .set_s3_object_version(self.version)
            .set_s3_object_storage_mode(self.mode)
            .set_image_uri(self.image)
            .set_source_kms_key_arn(self.kms_key)
            .build()
    }

    /// For `PublishLayerVersion`.
    pub fn layer(self) -> LayerVersionContentInput {
        LayerVersionContentInput::builder()
            .set_zip_file(self.zip)
            .set_s3_bucket(self.bucket)
            .set_s3_key(self.key)
            .set_s3_object_version(self.version)
            .set_s3_object_storage_mode(self.mode)
            .build()
    }
}

impl Lambda {
    /// The code that `property` says: `Code` or `Content`.
    pub(super) async fn code(&self, wanted: &Wanted, property: &str) -> Result<Code, Fault> {
        let properties = wanted.properties();
        let Some(location) = properties.object(property)? else {
            return Err(properties.fault(property, "is missing"));
        };
        let rest = Code {
            mode: word(&location, "S3ObjectStorageMode")?,
            kms_key: location.text("SourceKMSKeyArn")?,
            ..Code::default()
        };
        if let Some(file) = artifact::file(wanted, property)? {
            return self.built(file, rest).await;
        }
        if let Some(source) = location.text("ZipFile")? {
            let name = index(&properties)?;
            return Ok(Code {
                zip: Some(Blob::new(zipped(name, &source).map_err(|error| {
                    location.fault("ZipFile", &format!("cannot be zipped: {error}"))
                })?)),
                ..rest
            });
        }
        Ok(Code {
            bucket: location.text("S3Bucket")?,
            key: location.text("S3Key")?,
            version: location.text("S3ObjectVersion")?,
            image: location.text("ImageUri")?,
            ..rest
        })
    }

    async fn built(&self, file: Artifact<'_>, rest: Code) -> Result<Code, Fault> {
        // How an object is kept can only be said of an object.
        if rest.mode.is_none() && file.size().await? <= DIRECT {
            return Ok(Code {
                zip: Some(Blob::new(file.bytes().await?)),
                ..rest
            });
        }
        let account = self.cloud.account().await?;
        let bucket = bucket_name(account, self.cloud.region());
        let key = format!("artifact/{}.zip", file.digest);
        self.upload(file, &bucket, &key).await?;
        Ok(Code {
            bucket: Some(bucket),
            key: Some(key),
            ..rest
        })
    }

    /// Puts a file into the bucket that also has the states. Its name is its content's, so that one that is there is the same.
    async fn upload(&self, file: Artifact<'_>, bucket: &str, key: &str) -> Result<(), Fault> {
        let head = self.s3.head_object().bucket(bucket).key(key).send().await;
        match head.map_err(|error| Fault::of("s3", "GetObject", &error)) {
            Ok(_) => return Ok(()),
            // Without the permission to list a bucket, what is not in it is forbidden instead of missing.
            Err(fault) if matches!(fault.kind, FaultKind::Missing | FaultKind::Denied) => {}
            Err(fault) => return Err(fault),
        }
        match self.put(file, bucket, key).await {
            Err(fault) if fault.kind == FaultKind::Missing => {
                make_bucket(&self.s3, bucket, self.cloud.region()).await?;
                self.put(file, bucket, key).await
            }
            other => other,
        }
    }

    async fn put(&self, file: Artifact<'_>, bucket: &str, key: &str) -> Result<(), Fault> {
        let body = ByteStream::from_path(file.path).await.map_err(|error| {
            let text = format!("{} cannot be read: {error}", file.path.display());
            Fault::invalid("hoist", "artifact", text)
        })?;
        self.s3
            .put_object()
            .bucket(bucket)
            .key(key)
            .content_type("application/zip")
            .body(body)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("s3", "PutObject", &error))
    }
}

/// What the file is called that code written in the template is put into.
/// Source: CloudFormation template reference, `AWS::Lambda::Function Code`, `ZipFile`: "CloudFormation places it in a file named
/// index", for Node.js and Python only.
fn index(properties: &Properties<'_>) -> Result<&'static str, Fault> {
    let runtime = properties.text("Runtime")?.unwrap_or_default();
    if runtime.starts_with("nodejs") {
        Ok("index.js")
    } else if runtime.starts_with("python") {
        Ok("index.py")
    } else {
        let text = format!("is for Node.js and Python only, and the runtime is {runtime}");
        Err(properties.fault("Code.ZipFile", &text))
    }
}

/// One file as a zip file, byte by byte the same for the same text.
fn zipped(name: &str, text: &str) -> Result<Vec<u8>, std::io::Error> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    zip.start_file(name, options)?;
    zip.write_all(text.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn inline_code_is_the_same_zip_each_time_with_a_readable_index() {
        let one = zipped("index.py", "def handler(event, context): return 1").unwrap();
        let other = zipped("index.py", "def handler(event, context): return 1").unwrap();
        assert_eq!(one, other);
        let mut zip = zip::ZipArchive::new(Cursor::new(one)).unwrap();
        assert_eq!(zip.len(), 1);
        let file = zip.by_index(0).unwrap();
        assert_eq!(file.name(), "index.py");
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o644));
    }

    #[test]
    fn inline_code_is_for_two_languages() {
        let of = |runtime: &str| {
            let map = json!({"Runtime": runtime}).as_object().cloned().unwrap();
            index(&Properties::new("F", &map)).map_err(|fault| fault.message)
        };
        assert_eq!(of("nodejs22.x"), Ok("index.js"));
        assert_eq!(of("python3.13"), Ok("index.py"));
        let refused = of("java21").unwrap_err();
        assert!(
            refused.contains("F.Code.ZipFile") && refused.contains("java21"),
            "{refused}"
        );
    }
}

//! Making images with packages: noticing that one would pay, and building it.

use std::io;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use wasmtime::component::Component;

use super::{Next, Record, contents, public_variables};
use crate::local::sandbox::cache::Key;
use crate::local::sandbox::environment::Environment;
use crate::local::sandbox::function::Function;
use crate::local::sandbox::guest::nodejs;
use crate::local::sandbox::mount::Mounts;
use crate::local::sandbox::{Sandbox, SandboxError};

/// An image to be made of a function and its packages. It can be handed to another process as JSON; secrets are
/// not in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SnapshotJob {
    function: Function,
}

impl SnapshotJob {
    fn new(function: &Function) -> Self {
        SnapshotJob {
            function: Function {
                environment: public_variables(function),
                ..function.clone()
            },
        }
    }
}

impl Environment {
    /// Writes down which packages were loaded so far. Gives a job when an image with them would pay: it is for
    /// [`Sandbox::make_snapshot`], in another process or later.
    ///
    /// # Errors
    /// When the cache folder cannot be written.
    pub fn remember_packages(&self) -> io::Result<Option<SnapshotJob>> {
        let (Some(snapshots), Some((packages, load))) = (self.snapshots(), self.packages()) else {
            return Ok(None);
        };
        let function = self.function();
        Ok(match snapshots.remember(function, packages, load)? {
            Next::Nothing => None,
            Next::Make => Some(SnapshotJob::new(function)),
        })
    }
}

impl Sandbox {
    /// Makes the image that a job asks for. Packages that cannot be part of one are remembered as such: that is
    /// no error. Nothing happens while another process makes the same.
    ///
    /// # Errors
    /// When files cannot be read or written.
    pub fn make_snapshot(&self, job: &SnapshotJob) -> Result<(), SandboxError> {
        let failed = |error: anyhow::Error| SandboxError::Guest(format!("{error:#}"));
        let function = &job.function;
        let Some(snapshots) = &self.snapshots else {
            return Ok(());
        };
        let claim = snapshots
            .claim(function)
            .map_err(|error| failed(error.into()))?;
        let (Some(_claim), Some(record)) = (claim, snapshots.find(function)) else {
            return Ok(());
        };
        let record = match self.image_of(function, &record) {
            Ok((key, variables)) => record.made(key, variables),
            Err(error) => record.refused(format!("{error:#}")),
        };
        snapshots
            .write(function, &record)
            .map_err(|error| failed(error.into()))
    }

    /// Makes and keeps an image with a function's packages; gives its key and the variables it depends on.
    fn image_of(
        &self,
        function: &Function,
        record: &Record,
    ) -> anyhow::Result<(Key, IndexMap<String, Option<String>>)> {
        let packages = record.packages();
        let variables = public_variables(function);
        let version = nodejs::node_version(function.runtime);
        let key = Key::new(
            self.engine.engine(),
            &[
                b"nodejs-packages",
                nodejs::FINGERPRINT.as_bytes(),
                version.as_bytes(),
                &serde_json::to_vec(&variables)?,
                &serde_json::to_vec(packages)?,
                &contents(function, packages)?,
            ],
        );
        let tmp = tempfile::tempdir()?;
        let mounts = Arc::new(
            Mounts::new(&function.task, &function.layers, tmp.path(), 0)?
                .with_runtime(&function.runtime_packages)?,
        );
        let preload = nodejs::Preload {
            version,
            variables: &variables,
            files: &packages.entries,
        };
        let files = nodejs::files(function, mounts);
        let image = self.nodejs_image(Some(files), Some(preload))?;
        self.cache
            .keep::<Component>(self.engine.engine(), &key, &image.wasm)?;
        Ok((key, image.variables))
    }
}

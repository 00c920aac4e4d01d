//! What a Node function's own code asks for, found without running it.

use std::sync::Arc;

use super::SandboxError;
use super::function::Function;
use super::guest::nodejs::files;
use super::mount::Mounts;

/// Something that a function's own code asks for and that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// As the code writes it: `@aws-sdk/client-s3`, `./lib/order.js`.
    pub specifier: String,
    /// The npm package it belongs to; none for a file.
    pub package: Option<String>,
    /// The file that asks, from the function's folder on.
    pub from: String,
}

/// What the modules of `function` ask for and do not find, and the packages they do find in the function's own folder,
/// starting at the handler's module. Empty where the handler's module itself is not there.
///
/// Only what is written out is seen: `import` declarations, and `require` with a text.
///
/// # Errors
/// When the function's folders cannot be opened.
pub fn needs(function: &Function) -> Result<(Vec<Need>, Vec<String>), SandboxError> {
    let tmp = tempfile::tempdir().map_err(SandboxError::Tmp)?;
    let mounts = Mounts::new(&function.task, &function.layers, tmp.path(), 0)?
        .with_runtime(&function.runtime_packages)?;
    let needs = files(function, Arc::new(mounts))
        .resolver
        .needs(&function.handler);
    let absent = needs
        .absent
        .into_iter()
        .map(|absent| Need {
            from: absent
                .from
                .strip_prefix("/var/task/")
                .unwrap_or(&absent.from)
                .to_owned(),
            specifier: absent.specifier,
            package: absent.package,
        })
        .collect();
    Ok((absent, needs.packages))
}

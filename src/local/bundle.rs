//! Functions that SAM bundles with esbuild before it deploys them: they run from their sources here.

use std::path::Path;

use crate::graph::{FunctionMetadata, Setting};

/// Files that a handler can be, by their endings.
const ENDINGS: [&str; 6] = ["js", "mjs", "cjs", "ts", "mts", "cts"];

/// Whether the function's `Metadata` asks for esbuild.
pub fn is_bundled(metadata: &FunctionMetadata) -> bool {
    let method = metadata.build_method.as_ref().and_then(Setting::known);
    method.is_some_and(|method| method == "esbuild")
}

/// The handler with its module where the source of it lies below `task`: esbuild puts what it makes of the entry
/// point `src/handlers/get.ts` into `get.js`. None when neither the handler's module nor such an entry point is
/// there.
pub fn source_handler(task: &Path, handler: &str, metadata: &FunctionMetadata) -> Option<String> {
    let name_start = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = name_start + handler[name_start..].find('.')?;
    let (module, export) = handler.split_at(dot);
    if is_module(task, module) {
        return Some(handler.to_owned());
    }
    let points = metadata.build_properties.as_ref()?.get("EntryPoints")?;
    let points = points
        .as_list()?
        .iter()
        .filter_map(|point| point.scalar_text());
    let sources: Vec<String> = points
        .map(|point| {
            let path = Path::new(point.trim_start_matches("./")).with_extension("");
            path.to_string_lossy().into_owned()
        })
        .filter(|source| is_module(task, source))
        .collect();
    let name = &handler[name_start..dot];
    let ends_with = |source: &&String, end: &str| {
        let rest = source.strip_suffix(end);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    sources
        .iter()
        .find(|source| ends_with(source, module))
        .or_else(|| sources.iter().find(|source| ends_with(source, name)))
        .map(|source| format!("{source}{export}"))
}

fn is_module(task: &Path, module: &str) -> bool {
    ENDINGS
        .iter()
        .any(|ending| task.join(format!("{module}.{ending}")).is_file())
}

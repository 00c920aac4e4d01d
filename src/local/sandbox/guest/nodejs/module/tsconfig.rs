//! What a `tsconfig.json` says that matters to a program that runs: which decorators it means.

use std::path::{Path, PathBuf};

use jsonc_parser::{JsonValue, ParseOptions, parse_to_value};

use crate::local::sandbox::mount::Mounts;

/// How many files may extend each other.
const MAX_EXTENDED: usize = 10;

/// Whether the nearest `tsconfig.json` beside the file at `path` or above it, or one that it extends, sets
/// `experimentalDecorators`. Extended files of packages are not looked for.
pub(super) fn experimental_decorators(mounts: &Mounts, path: &str) -> bool {
    let folders = Path::new(path).ancestors().skip(1);
    let mut nearest = folders
        .map(|folder| folder.join("tsconfig.json"))
        .find_map(|file| Some((Config::read(mounts, &file)?, file)));
    for _ in 0..MAX_EXTENDED {
        let Some((config, file)) = nearest else {
            return false;
        };
        if let Some(own) = config.experimental_decorators {
            return own;
        }
        let next = config.extends.and_then(|name| extended(&file, &name));
        nearest = next.and_then(|file| Some((Config::read(mounts, &file)?, file)));
    }
    false
}

/// The file that `name` in `file` means; none for a package.
fn extended(file: &Path, name: &str) -> Option<PathBuf> {
    if !name.starts_with("./") && !name.starts_with("../") {
        return None;
    }
    let name = match name.ends_with(".json") {
        true => name.to_owned(),
        false => format!("{name}.json"),
    };
    Some(file.parent()?.join(name))
}

/// As much of a `tsconfig.json` as is asked for here.
struct Config {
    experimental_decorators: Option<bool>,
    extends: Option<String>,
}

impl Config {
    fn read(mounts: &Mounts, file: &Path) -> Option<Self> {
        let text = String::from_utf8(mounts.read(file).ok()?).ok()?;
        let Ok(Some(JsonValue::Object(config))) = parse_to_value(&text, &ParseOptions::default())
        else {
            return None;
        };
        let options = config.get_object("compilerOptions");
        Some(Self {
            experimental_decorators: options
                .and_then(|options| options.get_boolean("experimentalDecorators")),
            extends: config.get_string("extends").map(ToString::to_string),
        })
    }
}

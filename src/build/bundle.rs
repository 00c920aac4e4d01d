//! What esbuild is to make of a function's sources: the handler's own `.ts` file, or SAM's `BuildProperties`.

use std::path::{Path, PathBuf};

use crate::diag::did_you_mean;
use crate::template::{Node, Value};

use super::fault::Fault;
use super::rule::inside;
use super::target::Subject;

/// Endings of sources, in the order in which they are looked for behind a name without one.
const ENDINGS: [&str; 8] = ["ts", "js", "mts", "mjs", "cts", "cjs", "tsx", "jsx"];

/// A call of esbuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Paths from the function's folder on, each with its ending.
    pub entry_points: Vec<String>,
    /// The flags but for `--outdir`.
    pub flags: Vec<String>,
    /// The handler's file without its ending, when the bundle must have it.
    pub module: Option<String>,
}

/// How a property is written as flags.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// `--minify` or nothing.
    Switch,
    /// `--target=es2022`; a list is joined with commas; `true` alone is `--sourcemap`.
    Value,
    /// `--external:sharp`, once for each.
    Each,
}

/// The properties: those of SAM (AWS SAM developer guide, "Building Node.js Lambda functions with esbuild") and more of
/// esbuild's own flags under names in the same manner.
const PROPERTIES: [(&str, &str, Form); 25] = [
    ("Minify", "minify", Form::Switch),
    ("KeepNames", "keep-names", Form::Switch),
    ("Splitting", "splitting", Form::Switch),
    ("PreserveSymlinks", "preserve-symlinks", Form::Switch),
    ("MinifySyntax", "minify-syntax", Form::Switch),
    ("MinifyWhitespace", "minify-whitespace", Form::Switch),
    ("MinifyIdentifiers", "minify-identifiers", Form::Switch),
    ("Sourcemap", "sourcemap", Form::Value),
    ("SourcesContent", "sources-content", Form::Value),
    ("Target", "target", Form::Value),
    ("Format", "format", Form::Value),
    ("MainFields", "main-fields", Form::Value),
    ("Conditions", "conditions", Form::Value),
    ("TreeShaking", "tree-shaking", Form::Value),
    ("LegalComments", "legal-comments", Form::Value),
    ("Packages", "packages", Form::Value),
    ("Charset", "charset", Form::Value),
    ("Tsconfig", "tsconfig", Form::Value),
    ("External", "external", Form::Each),
    ("Loader", "loader", Form::Each),
    ("OutExtension", "out-extension", Form::Each),
    ("Banner", "banner", Form::Each),
    ("Footer", "footer", Form::Each),
    ("Define", "define", Form::Each),
    ("Alias", "alias", Form::Each),
];

/// Properties that are read elsewhere, or that change how SAM installs and not what comes out.
const OTHERS: [&str; 2] = ["EntryPoints", "UseNpmCi"];

impl Bundle {
    /// Whether the handler's file is there in TypeScript only.
    pub fn is_typescript(subject: &Subject<'_>) -> bool {
        let Some(module) = subject.handler.and_then(module) else {
            return false;
        };
        let has = |ending: &str| subject.source.join(format!("{module}.{ending}")).is_file();
        ["ts", "mts", "cts"].into_iter().any(has) && !["js", "mjs", "cjs"].into_iter().any(has)
    }

    /// What the template asks for.
    ///
    /// # Errors
    /// When a property is not known or has the wrong type, or an entry point is not there.
    pub fn of(subject: &Subject<'_>) -> Result<Self, Fault> {
        let properties = subject.metadata.build_properties.as_ref();
        let handler = subject
            .handler
            .and_then(module)
            .filter(|module| !module.starts_with('/'));
        let points = properties.and_then(|all| all.get("EntryPoints"));
        let (entry_points, base) = match points {
            Some(points) => (entry_points(points, subject.source)?, None),
            // So that what is made lies where the handler says.
            None => (
                vec![own_entry_point(handler, subject.source)?],
                Some("--outbase=."),
            ),
        };
        let mut flags: Vec<String> = ["--bundle", "--platform=node"].map(str::to_owned).into();
        flags.extend(base.map(str::to_owned));
        let given = properties.and_then(Node::as_map);
        let has = |name: &str| given.is_some_and(|all| all.contains_key(name));
        for (name, flag) in [
            ("Target", "--target=es2020"),
            ("Format", "--format=cjs"),
            ("Minify", "--minify"),
        ] {
            if !has(name) {
                flags.push(flag.to_owned());
            }
        }
        for (name, node) in given.into_iter().flat_map(|all| all.iter()) {
            flags.extend(property(name, node)?);
        }
        Ok(Bundle {
            entry_points,
            flags,
            module: handler.map(str::to_owned),
        })
    }
}

/// `src/app` of `src/app.handler`.
fn module(handler: &str) -> Option<&str> {
    let name = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = name + handler.get(name..)?.find('.')?;
    handler.get(..dot)
}

fn own_entry_point(module: Option<&str>, folder: &Path) -> Result<String, Fault> {
    let module = module.ok_or_else(|| {
        Fault::new(
            "build/entry-point",
            "its handler does not say which file is to be bundled",
        )
        .help("name it in `Metadata: BuildProperties: EntryPoints`")
    })?;
    source(module, folder).ok_or_else(|| {
        Fault::new(
            "build/entry-point",
            format!(
                "there is no source of its handler: {}",
                folder.join(module).display()
            ),
        )
        .help("name the file in `Metadata: BuildProperties: EntryPoints`")
    })
}

fn entry_points(points: &Node, folder: &Path) -> Result<Vec<String>, Fault> {
    let texts: Option<Vec<String>> = points
        .as_list()
        .and_then(|all| all.iter().map(Node::scalar_text).collect());
    let texts = texts.filter(|all| !all.is_empty()).ok_or_else(|| {
        Fault::new("build/entry-point", "`EntryPoints` is not a list of files")
            .help("write it as a list: `EntryPoints: [app.ts]`")
    })?;
    texts
        .iter()
        .map(|text| {
            source(text, folder).ok_or_else(|| {
                Fault::new(
                    "build/entry-point",
                    format!("the entry point `{text}` is not in {}", folder.display()),
                )
                .help("entry points are paths from the folder of `CodeUri`")
            })
        })
        .collect()
}

/// The source called `name`, whose ending may be left out, if it is in the folder.
fn source(name: &str, folder: &Path) -> Option<String> {
    let clean: PathBuf = inside(Path::new(name))?;
    // Never taken for a flag: esbuild knows only those that begin with a hyphen.
    let clean = clean.to_str()?.replace('\\', "/");
    if clean.starts_with('-') {
        return None;
    }
    let candidates = ENDINGS.iter().map(|ending| format!("{clean}.{ending}"));
    std::iter::once(clean.clone())
        .chain(candidates)
        .find(|name| folder.join(name).is_file())
}

/// The flags that a property stands for.
fn property(name: &str, node: &Node) -> Result<Vec<String>, Fault> {
    if OTHERS.contains(&name) {
        return Ok(Vec::new());
    }
    let Some((_, flag, form)) = PROPERTIES.iter().find(|(known, _, _)| *known == name) else {
        let fault = Fault::new(
            "build/property",
            format!("`BuildProperties` has no property `{name}` for esbuild"),
        );
        let all = || PROPERTIES.iter().map(|(name, _, _)| *name).chain(OTHERS);
        return Err(match did_you_mean(name, all()) {
            Some(help) => fault.help(help),
            None => fault.help(format!(
                "the properties are: {}",
                all().collect::<Vec<_>>().join(", ")
            )),
        });
    };
    let wrong = |what: &str| {
        Fault::new(
            "build/property",
            format!(
                "`{name}` of `BuildProperties` is {}, not {what}",
                node.kind()
            ),
        )
    };
    match form {
        Form::Switch => match node
            .scalar_text()
            .map(|text| text.to_ascii_lowercase())
            .as_deref()
        {
            Some("true") => Ok(vec![format!("--{flag}")]),
            Some("false") => Ok(Vec::new()),
            _ => Err(wrong("true or false")),
        },
        Form::Value => {
            let text = match node.as_list() {
                Some(all) => {
                    let all: Option<Vec<String>> = all.iter().map(Node::scalar_text).collect();
                    all.ok_or_else(|| wrong("a list of texts"))?.join(",")
                }
                None => node.scalar_text().ok_or_else(|| wrong("a text"))?,
            };
            Ok(match (name, text.as_str()) {
                ("Sourcemap", "false") => Vec::new(),
                ("Sourcemap", "true") => vec![format!("--{flag}")],
                _ => vec![format!("--{flag}={text}")],
            })
        }
        Form::Each => each(node)
            .map(|all| {
                all.into_iter()
                    .map(|one| format!("--{flag}:{one}"))
                    .collect()
            })
            .ok_or_else(|| wrong("a list")),
    }
}

/// `[a=b]`, or the same as a mapping.
fn each(node: &Node) -> Option<Vec<String>> {
    match &node.value {
        Value::List(all) => all.iter().map(Node::scalar_text).collect(),
        Value::Map(all) => all
            .iter()
            .map(|(key, value)| Some(format!("{key}={}", value.scalar_text()?)))
            .collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Sources, Span};
    use crate::graph::FunctionMetadata;
    use crate::graph::function::Architecture;
    use serde_json::{Value as Json, json};
    use std::fs;

    /// The bundle of a folder with these files.
    fn bundle(files: &[&str], handler: Option<&str>, properties: Json) -> Result<Bundle, Fault> {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let span = Span::new(Sources::new().add("t.yaml", "x"), 0, 1);
        let metadata = FunctionMetadata {
            build_properties: (!properties.is_null()).then(|| Node::from_json(span, &properties)),
            ..FunctionMetadata::default()
        };
        Bundle::of(&Subject {
            name: "F",
            is_layer: false,
            runtime: Some("nodejs22.x"),
            handler,
            architecture: Architecture::X86_64,
            metadata: &metadata,
            source: folder.path(),
            base: folder.path(),
        })
    }

    #[test]
    fn without_properties_the_handlers_own_file_is_bundled_where_it_lies() {
        let bundle = bundle(&["src/app.ts"], Some("src/app.handler"), Json::Null).unwrap();
        assert_eq!(bundle.entry_points, ["src/app.ts"]);
        assert_eq!(bundle.module.as_deref(), Some("src/app"));
        assert_eq!(
            bundle.flags,
            [
                "--bundle",
                "--platform=node",
                "--outbase=.",
                "--target=es2020",
                "--format=cjs",
                "--minify"
            ]
        );
    }

    #[test]
    fn sams_properties_become_flags() {
        let properties = json!({
            "Minify": false,
            "Target": "es2022",
            "Format": "esm",
            "Sourcemap": true,
            "EntryPoints": ["./src/a", "b.mjs"],
            "External": ["@aws-sdk/*", "sharp"],
            "MainFields": ["module", "main"],
            "Loader": [".png=dataurl"],
            "OutExtension": {".js": ".mjs"},
            "Banner": {"js": "import x from 'y';"},
            "Define": {"process.env.STAGE": "\"prod\""},
            "TreeShaking": true,
        });
        let bundle = bundle(&["src/a.ts", "b.mjs"], Some("a.handler"), properties).unwrap();
        assert_eq!(bundle.entry_points, ["src/a.ts", "b.mjs"]);
        assert_eq!(
            bundle.flags,
            [
                "--bundle",
                "--platform=node",
                "--target=es2022",
                "--format=esm",
                "--sourcemap",
                "--external:@aws-sdk/*",
                "--external:sharp",
                "--main-fields=module,main",
                "--loader:.png=dataurl",
                "--out-extension:.js=.mjs",
                "--banner:js=import x from 'y';",
                "--define:process.env.STAGE=\"prod\"",
                "--tree-shaking=true",
            ]
        );
    }

    #[test]
    fn what_cannot_be_bundled_is_said_by_name() {
        let of = |properties| bundle(&["a.ts", "-x.ts"], Some("a.b"), properties).unwrap_err();
        for (properties, code, word) in [
            (
                json!({"EntryPoints": ["b.ts"]}),
                "build/entry-point",
                "`b.ts`",
            ),
            (
                json!({"EntryPoints": ["../a.ts"]}),
                "build/entry-point",
                "`../a.ts`",
            ),
            (
                json!({"EntryPoints": ["-x.ts"]}),
                "build/entry-point",
                "`-x.ts`",
            ),
            (
                json!({"EntryPoints": "a.ts"}),
                "build/entry-point",
                "not a list",
            ),
            (json!({"Minfy": true}), "build/property", "`Minfy`"),
            (json!({"Minify": "yes"}), "build/property", "true or false"),
            (json!({"External": "sharp"}), "build/property", "a list"),
        ] {
            let fault = of(properties);
            assert_eq!(fault.code, code, "{fault:?}");
            assert!(fault.summary.contains(word), "{fault:?}");
        }
        assert_eq!(
            bundle(&[], Some("a.b"), Json::Null).unwrap_err().code,
            "build/entry-point"
        );
        assert_eq!(
            bundle(&[], None, Json::Null).unwrap_err().code,
            "build/entry-point"
        );
    }
}

//! Reads a module and makes of it what the guest evaluates.

use std::path::Path;

use serde::Serialize;

use super::error::ModuleError;
use super::format::{Format, by_name, installed_typescript, is_typescript};
use super::package::{InvalidPackage, PackageKind};
use super::resolve::{Kind, Resolver};
use super::syntax::SyntaxError;
use super::transform::{self, Module, Syntax};
use super::tsconfig::experimental_decorators;
use super::typescript;
use crate::local::sandbox::mount::{Code, FileError};

/// A module that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// What it is.
    pub format: Format,
    /// What the guest evaluates: the text of a function expression, or JSON.
    pub code: String,
    module: Module,
}

/// What the guest learns about a module beside its code.
#[derive(Serialize)]
struct Metadata<'m> {
    kind: &'static str,
    requests: &'m [String],
    stars: &'m [usize],
    #[serde(rename = "async")]
    awaits: bool,
    exports: &'m [String],
    imports: &'m [(usize, String)],
    #[serde(skip_serializing_if = "all_none")]
    types: &'m [Option<String>],
}

fn all_none(types: &&[Option<String>]) -> bool {
    types.iter().all(Option::is_none)
}

/// What `source` is by its syntax.
fn detected(source: &str) -> Result<Format, SyntaxError> {
    Ok(match transform::detect(source)? {
        Syntax::Module => Format::Module,
        Syntax::Script => Format::CommonJs,
    })
}

impl Loaded {
    fn new(format: Format, source: String) -> Result<Self, SyntaxError> {
        let mut module = match format {
            Format::Module => transform::module(&source)?,
            Format::CommonJs => Module {
                code: transform::commonjs(&source)?,
                ..Module::default()
            },
            Format::Json => Module {
                code: source,
                ..Module::default()
            },
        };
        let code = std::mem::take(&mut module.code);
        Ok(Self {
            format,
            code,
            module,
        })
    }

    /// The modules that an ES module imports, in the order of the text.
    pub fn requests(&self) -> &[String] {
        &self.module.requests
    }

    /// `{"kind":"commonjs"|"module"|"json","requests":[…],"stars":[…],"async":bool,"exports":[…],
    /// "imports":[[request,name],…],"types":[…]}`: `imports` are the names that must be exported by the
    /// requested modules, `types` (absent when there are none) the import attribute `type` of each
    /// request.
    #[must_use]
    pub fn metadata(&self) -> String {
        let metadata = Metadata {
            kind: self.format.word(),
            requests: &self.module.requests,
            stars: &self.module.stars,
            awaits: self.module.awaits,
            exports: &self.module.exports,
            imports: &self.module.imports,
            types: &self.module.types,
        };
        serde_json::json!(metadata).to_string()
    }
}

impl Resolver {
    /// Reads the module at `path` (absolute, in the guest), which was asked for by `kind`.
    ///
    /// # Errors
    /// A missing file (Node's words for it), a syntax error, a kind of file that cannot be loaded.
    pub fn load(&self, path: &str, kind: Kind) -> Result<Loaded, ModuleError> {
        let declared = self.declared(path, kind)?;
        let text = self.source(path)?;
        if is_typescript(path) {
            self.typescript(path, &text, declared)
        } else {
            self.javascript(path, text, declared, kind)
        }
    }

    fn javascript(
        &self,
        path: &str,
        source: String,
        declared: Declared,
        kind: Kind,
    ) -> Result<Loaded, ModuleError> {
        let syntax = |error| ModuleError::Syntax {
            path: path.to_owned(),
            error,
        };
        let format = match declared {
            Declared::Is(format) => format,
            Declared::Open if self.rules.detects_modules => detected(&source).map_err(syntax)?,
            Declared::Open => Format::CommonJs,
        };
        if format == Format::Module && kind == Kind::Require && !self.rules.requires_modules {
            return Err(ModuleError::new(
                "ERR_REQUIRE_ESM",
                format!("require() of ES Module {path} not supported."),
            ));
        }
        Loaded::new(format, source).map_err(syntax)
    }

    /// TypeScript without its types. Its syntax tells modules from scripts whatever the runtime and the
    /// package say, as far as the name does not: what esbuild or tsc make of it would run everywhere.
    fn typescript(
        &self,
        path: &str,
        text: &str,
        declared: Declared,
    ) -> Result<Loaded, ModuleError> {
        if let Some(error) = installed_typescript(path) {
            return Err(error);
        }
        let syntax = |error| ModuleError::Syntax {
            path: path.to_owned(),
            error,
        };
        let decorators = text.contains('@') && experimental_decorators(&self.mounts, path);
        let source = typescript::strip(text, decorators).map_err(syntax)?;
        let quoting = |error| syntax(typescript::quoting(text, error));
        let format = match declared {
            Declared::Is(Format::Module) => Format::Module,
            _ => detected(&source).map_err(quoting)?,
        };
        let mut loaded = Loaded::new(format, source).map_err(quoting)?;
        // Bundlers and tsc import JSON without an attribute.
        let module = &mut loaded.module;
        for (request, kind) in module.requests.iter().zip(&mut module.types) {
            if kind.is_none() && request.ends_with(".json") {
                *kind = Some("json".to_owned());
            }
        }
        // `export { A } from` may forward a type, which only the other file could tell.
        let forwarded = std::mem::take(&mut module.forwarded);
        module.imports.retain(|name| !forwarded.contains(name));
        Ok(loaded)
    }

    fn declared(&self, path: &str, kind: Kind) -> Result<Declared, ModuleError> {
        match by_name(path, kind) {
            Ok(Some(format)) => return Ok(Declared::Is(format)),
            Ok(None) => {}
            // That a file is missing matters more than that it could not be loaded.
            Err(error) => return Err(self.source(path).err().unwrap_or(error)),
        }
        // Extensions that Node does not know are scripts to `require`; `import` knows only `.js` and
        // none at all. So what is left goes by the package.
        let scope = self.packages.scope(&self.mounts, Path::new(path));
        let scope = scope.map_err(|InvalidPackage(config)| {
            ModuleError::new(
                "ERR_INVALID_PACKAGE_CONFIG",
                match kind {
                    Kind::Require => format!("Invalid package config {}.", config.display()),
                    Kind::Import => {
                        format!(
                            "Invalid package config {} while importing {path}.",
                            config.display()
                        )
                    }
                },
            )
        })?;
        let by_package = path.ends_with(".js") || path.ends_with(".ts") || kind == Kind::Import;
        Ok(match scope.and_then(|package| package.kind) {
            Some(PackageKind::Module) if by_package => Declared::Is(Format::Module),
            Some(PackageKind::CommonJs) if by_package => Declared::Is(Format::CommonJs),
            _ => Declared::Open,
        })
    }

    /// The text of the file: without a byte order mark, bytes that are no UTF-8 replaced as Node does.
    pub(super) fn source(&self, path: &str) -> Result<String, ModuleError> {
        let data = self
            .mounts
            .read(Path::new(path))
            .map_err(|code| unreadable(code, path))?;
        let text = match String::from_utf8(data) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        Ok(match text.strip_prefix('\u{feff}') {
            Some(text) => text.to_owned(),
            None => text,
        })
    }
}

/// What is known before the file is read.
enum Declared {
    Is(Format),
    Open,
}

fn unreadable(code: Code, path: &str) -> ModuleError {
    let syscall = if code == Code::IsDirectory {
        "read"
    } else {
        "open"
    };
    ModuleError::new(code.name(), FileError::new(code, syscall, path).to_string())
}

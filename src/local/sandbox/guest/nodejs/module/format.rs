//! Which kind of module a file is: by its name, or by what it holds.

use oxc_ast::ast::{Declaration, Program, Statement, VariableDeclarationKind};
use oxc_span::GetSpan;

use super::error::ModuleError;
use super::resolve::Kind;
use super::syntax::SyntaxError;

/// The kinds of modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A CommonJS module.
    CommonJs,
    /// An ES module.
    Module,
    /// JSON.
    Json,
}

impl Format {
    /// The word of `world.wit`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CommonJs => "commonjs",
            Self::Module => "module",
            Self::Json => "json",
        }
    }
}

/// Whether `path` names a TypeScript file.
pub(super) fn is_typescript(path: &str) -> bool {
    [".ts", ".mts", ".cts"]
        .iter()
        .any(|extension| path.ends_with(extension))
}

/// The error of TypeScript in a package that is installed: Node does not strip its types either.
pub(super) fn installed_typescript(path: &str) -> Option<ModuleError> {
    let installed = is_typescript(path) && path.split('/').any(|name| name == "node_modules");
    installed.then(|| {
        ModuleError::new(
            "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
            format!(
                "Stripping types is currently unsupported for files under node_modules, for \
                 \"file://{path}\""
            ),
        )
    })
}

/// The kind that the extension of `path` decides alone; `None` if it does not.
pub(super) fn by_name(path: &str, kind: Kind) -> Result<Option<Format>, ModuleError> {
    let name = path.rsplit('/').next().unwrap_or_default();
    // A name such as `.profile` has no extension.
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    match extension.map(|(_, extension)| extension) {
        Some("mjs" | "mts") => Ok(Some(Format::Module)),
        Some("cjs" | "cts") => Ok(Some(Format::CommonJs)),
        Some("json") => Ok(Some(Format::Json)),
        Some("js" | "ts") | None => Ok(None),
        Some("node") => Err(ModuleError::new(
            "ERR_DLOPEN_FAILED",
            format!("native addons cannot run in the sandbox: {path}"),
        )),
        Some("tsx") => Err(ModuleError::new(
            "ERR_UNKNOWN_FILE_EXTENSION",
            format!("JSX cannot be run, compile it to JavaScript first: {path}"),
        )),
        Some("wasm") if kind == Kind::Import => Err(ModuleError::new(
            "ERR_UNKNOWN_FILE_EXTENSION",
            format!("WebAssembly modules cannot be imported in the sandbox: {path}"),
        )),
        Some(extension) if kind == Kind::Import => Err(ModuleError::new(
            "ERR_UNKNOWN_FILE_EXTENSION",
            format!("Unknown file extension \".{extension}\" for {path}"),
        )),
        Some(_) => Ok(None),
    }
}

/// The error of a script that holds what only a module may: the one that people know best.
pub(super) fn module_syntax(source: &str, program: &Program<'_>) -> Option<SyntaxError> {
    let statement = program
        .body
        .iter()
        .find(|statement| statement.is_module_declaration())?;
    let message = match statement {
        Statement::ImportDeclaration(_) => "Cannot use import statement outside a module",
        _ => "Unexpected token 'export'",
    };
    Some(SyntaxError::at(
        source,
        statement.span().start as usize,
        message,
    ))
}

/// Whether `program` declares, at its top level, one of the names that the CommonJS wrapper has as its
/// parameters: allowed in a module only.
pub(super) fn redeclares_wrapper(program: &Program<'_>) -> bool {
    const WRAPPER: [&str; 5] = ["exports", "require", "module", "__filename", "__dirname"];
    program
        .body
        .iter()
        .filter_map(Statement::as_declaration)
        .any(|declaration| match declaration {
            Declaration::VariableDeclaration(it) if it.kind != VariableDeclarationKind::Var => it
                .declarations
                .iter()
                .flat_map(|declarator| declarator.id.get_binding_identifiers())
                .any(|name| WRAPPER.contains(&name.name.as_str())),
            Declaration::ClassDeclaration(it) => it
                .id
                .as_ref()
                .is_some_and(|name| WRAPPER.contains(&name.name.as_str())),
            _ => false,
        })
}

//! Hoist's own settings of a function: `Metadata: Hoist:`.

use crate::diag::Span;

/// What a template says to Hoist alone; AWS ignores it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HoistSettings {
    /// `Sandbox`: what keeps the function from this machine.
    pub isolation: Option<Isolation>,
    /// `AllowNet`: hosts that the function may reach, as written.
    pub allow_net: Vec<AllowedHost>,
}

/// What keeps a function from this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// `wasm`: the sandbox, as without a word.
    Wasm,
    /// `process`: nothing; it runs as a process of this machine.
    Process,
}

/// One entry of `AllowNet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    /// `example.com`, `*.example.com:8080`.
    pub pattern: String,
    /// Where it stands.
    pub span: Span,
}

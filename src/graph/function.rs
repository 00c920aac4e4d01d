//! Lambda functions and layers, as a template describes them.

use std::fmt;

use crate::diag::Span;
use crate::template::Node;

use super::hoist::HoistSettings;
use super::logging::LoggingConfig;
use super::setting::{Link, Setting};

/// Seconds a function may run when nothing else is said. Source: AWS::Lambda::Function, `Timeout`.
pub const DEFAULT_TIMEOUT_SECONDS: u32 = 3;
/// Memory in MB when nothing else is said. Source: AWS::Lambda::Function, `MemorySize`.
pub const DEFAULT_MEMORY_MB: u32 = 128;
/// Size of `/tmp` in MB when nothing else is said. Source: AWS::Lambda::Function, `EphemeralStorage`.
pub const DEFAULT_STORAGE_MB: u32 = 512;

/// A Lambda function: everything that running it needs.
///
/// A number that is not known (it comes from a parameter without a value, say) has its default here, and a warning
/// says so; [`super::Resource::properties`] has what was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Logical id in the template.
    pub id: String,
    /// Where the logical id stands.
    pub span: Span,
    /// `FunctionName`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// `nodejs22.x`. Always there for a zip package, unless an error was reported.
    pub runtime: Option<Setting<String>>,
    /// `index.handler`. Always there for a zip package, unless an error was reported.
    pub handler: Option<Setting<String>>,
    /// Where its code is.
    pub package: Package,
    /// In the order in which they are laid over each other; at most 5.
    pub layers: Vec<LayerRef>,
    /// 1 to 900.
    pub timeout_seconds: u32,
    /// 128 to 10 240.
    pub memory_mb: u32,
    /// Size of `/tmp`, 512 to 10 240.
    pub storage_mb: u32,
    /// `x86_64` when nothing is said.
    pub architecture: Architecture,
    /// In the order written, Globals first.
    pub environment: Vec<Variable>,
    /// The execution role.
    pub role: Option<Link>,
    /// `TracingConfig`.
    pub tracing: Tracing,
    /// `LoggingConfig`.
    pub logging: LoggingConfig,
    /// Queue or topic for events that failed when invoked asynchronously.
    pub dead_letter: Option<Link>,
    /// At most so many instances at once; 0 stops the function.
    pub reserved_concurrency: Option<u32>,
    /// What `Metadata` says to the tools.
    pub metadata: FunctionMetadata,
}

impl Function {
    /// Milliseconds the function may run.
    pub fn timeout_millis(&self) -> u64 {
        u64::from(self.timeout_seconds) * 1000
    }

    /// `FunctionName`, when the template gives one and it is known.
    pub fn known_name(&self) -> Option<&str> {
        self.name.as_ref()?.known().map(String::as_str)
    }

    /// The variable `name`.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.environment
            .iter()
            .find(|variable| variable.name == name)
    }
}

/// Where a function's code is.
#[derive(Debug, Clone, PartialEq)]
pub enum Package {
    /// A folder, zip file or single file on this machine, as it was written: relative to the template's folder.
    /// `span` is the text of the path itself.
    Local {
        /// As written.
        path: String,
        /// Where the path stands.
        span: Span,
    },
    /// The code itself, from `Code.ZipFile`.
    Inline {
        /// The text of the one file.
        code: String,
        /// Where it stands.
        span: Span,
    },
    /// An object in S3.
    S3(S3Location),
    /// A container image: its URI when the template names it, else built from `Metadata`.
    Image {
        /// `ImageUri`.
        uri: Option<Setting<String>>,
        /// Where it was written.
        span: Span,
    },
    /// Not known, or missing (reported).
    Unknown {
        /// Why, to stand behind "because".
        reason: String,
        /// Where it was written, or the resource.
        span: Span,
    },
}

impl Package {
    /// Where the template says it.
    pub fn span(&self) -> Span {
        match self {
            Package::Local { span, .. }
            | Package::Inline { span, .. }
            | Package::Image { span, .. }
            | Package::Unknown { span, .. } => *span,
            Package::S3(location) => location.span,
        }
    }
}

/// An object in S3.
#[derive(Debug, Clone, PartialEq)]
pub struct S3Location {
    /// The bucket's name.
    pub bucket: Setting<String>,
    /// The object's key.
    pub key: Setting<String>,
    /// The object's version, when the bucket keeps versions.
    pub version: Option<Setting<String>>,
    /// Where it was written.
    pub span: Span,
}

/// One entry of `Layers`.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerRef {
    /// A layer of this template, by its logical id.
    Resource {
        /// Its logical id.
        id: String,
        /// Where it was written.
        span: Span,
    },
    /// The ARN of a layer version elsewhere.
    Arn {
        /// The layer version's ARN.
        arn: String,
        /// Where it was written.
        span: Span,
    },
    /// Not known here.
    Unknown {
        /// Why, to stand behind "because".
        reason: String,
        /// Where it was written.
        span: Span,
    },
}

impl LayerRef {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            LayerRef::Resource { span, .. }
            | LayerRef::Arn { span, .. }
            | LayerRef::Unknown { span, .. } => *span,
        }
    }
}

/// The processor a function runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Architecture {
    /// `x86_64`.
    #[default]
    X86_64,
    /// `arm64`.
    Arm64,
}

impl fmt::Display for Architecture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Architecture::X86_64 => "x86_64",
            Architecture::Arm64 => "arm64",
        })
    }
}

/// One environment variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// As written; an error was reported when Lambda does not take it.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Its text.
    pub value: Setting<String>,
}

/// X-Ray tracing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tracing {
    /// Only what the caller traces is traced.
    #[default]
    PassThrough,
    /// Calls are sampled.
    Active,
}

/// What `Metadata` says to the tools.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FunctionMetadata {
    /// `BuildMethod`: `esbuild`, `makefile`, `rust-cargolambda`.
    pub build_method: Option<Setting<String>>,
    /// `BuildProperties`, as written.
    pub build_properties: Option<Node>,
    /// Hoist's own settings.
    pub hoist: HoistSettings,
    /// Everything, as written.
    pub all: Option<Node>,
}

/// A layer version of this template.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Logical id; where SAM made it, it ends in a hash of the layer's settings.
    pub id: String,
    /// Where the logical id stands.
    pub span: Span,
    /// `LayerName`; SAM takes the logical id in the file when none is given.
    pub name: Option<Setting<String>>,
    /// Never [`Package::Inline`] and never an image.
    pub content: Package,
    /// The runtimes it is made for.
    pub compatible_runtimes: Vec<Setting<String>>,
    /// What `Metadata` says to the tools.
    pub metadata: FunctionMetadata,
}

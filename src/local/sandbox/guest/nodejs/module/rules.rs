//! What differs between Lambda's Node runtimes in finding and reading modules.

use super::resolve::Kind;

/// The rules of one runtime.
///
/// Lambda starts Node 20 and 22 with features of upstream switched off:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Node's major version.
    pub(super) major: u32,
    /// Folders of packages that are looked into last, in order.
    pub(super) node_path: Vec<String>,
    /// Whether a file that nothing declares a module is one when its syntax says so.
    pub(super) detects_modules: bool,
    /// Whether `require` loads ES modules.
    pub(super) requires_modules: bool,
}

/// The newest of Lambda's runtimes.
const NEWEST: u32 = 24;

impl Default for Rules {
    fn default() -> Self {
        Self::new(NEWEST, None, None)
    }
}

impl Rules {
    /// The rules of Node's major version `major` with the function's own `NODE_PATH` and `NODE_OPTIONS`.
    #[must_use]
    pub fn new(major: u32, node_path: Option<&str>, node_options: Option<&str>) -> Self {
        let node_path = match node_path {
            // Lambda's bootstrap sets its own only where the function has none.
            Some(path) if !path.is_empty() => path.to_owned(),
            _ => Self::node_path(major),
        };
        let options: Vec<&str> = node_options
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let switched = |feature: &str| {
            let has = |prefix: &str| {
                options
                    .iter()
                    .any(|option| option.strip_prefix(prefix) == Some(feature))
            };
            !has("--no-experimental-") && (major >= NEWEST || has("--experimental-"))
        };
        Self {
            major,
            node_path: node_path
                .split(':')
                .filter(|folder| folder.starts_with('/'))
                .map(str::to_owned)
                .collect(),
            detects_modules: switched("detect-module"),
            requires_modules: switched("require-module"),
        }
    }

    /// The `NODE_PATH` of Lambda's bootstrap for Node's major version `major`.
    #[must_use]
    pub fn node_path(major: u32) -> String {
        format!(
            "/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:\
             /var/runtime:/var/task"
        )
    }

    /// The conditions of `exports` and `imports` that hold. `node-addons` does not: native code cannot
    /// run here, and packages that ask have something else for that case.
    pub(super) fn conditions(&self, kind: Kind) -> &'static [&'static str] {
        match (kind, self.requires_modules) {
            (Kind::Require, true) => &["node", "require", "module-sync"],
            (Kind::Require, false) => &["node", "require"],
            (Kind::Import, true) => &["node", "import", "module-sync"],
            (Kind::Import, false) => &["node", "import"],
        }
    }
}

/// Whether `name` is one of Node's builtin modules that are found without `node:`.
pub(super) fn is_builtin(name: &str) -> bool {
    const BUILTINS: &[&str] = &[
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
    ];
    const PARTS: &[&str] = &[
        "assert/strict",
        "dns/promises",
        "fs/promises",
        "inspector/promises",
        "path/posix",
        "path/win32",
        "readline/promises",
        "stream/consumers",
        "stream/promises",
        "stream/web",
        "timers/promises",
        "util/types",
    ];
    BUILTINS.contains(&name) || PARTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_runtimes_detect_nothing_unless_asked() {
        assert!(Rules::new(24, None, None).detects_modules);
        assert!(!Rules::new(22, None, None).detects_modules);
        let asked = Rules::new(
            22,
            None,
            Some("--max-http-header-size=1 --experimental-detect-module"),
        );
        assert!(asked.detects_modules && !asked.requires_modules);
        assert!(!Rules::new(24, None, Some("--no-experimental-require-module")).requires_modules);
    }

    #[test]
    fn the_functions_own_node_path_replaces_lambdas() {
        assert_eq!(
            Rules::new(24, Some("/opt/x:rel:/tmp"), None).node_path,
            ["/opt/x", "/tmp"]
        );
        assert_eq!(
            Rules::new(22, None, None)
                .node_path
                .first()
                .map(String::as_str),
            Some("/opt/nodejs/node22/node_modules")
        );
    }
}

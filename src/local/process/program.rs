//! Which command runs a function of which runtime.
//!
//! Paths are Lambda's (`/var/task`, `/opt`, `/var/runtime`); where the process does not see those, [`super::layout::Layout`]
//! puts the machine's own folders in their place.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The runtimes that a process can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `nodejs*`, under the machine's `node` with our own client.
    Nodejs,
    /// `python3*`, under the machine's `python3` with our own client.
    Python,
    /// `provided.*`: the function's own `bootstrap`.
    Provided,
    /// `go1.x`: the handler is the program.
    Go,
    /// `java*`, with AWS's client from the function's `lib` folder.
    Java,
    /// `dotnet*`, with AWS's client from the function's folder.
    Dotnet,
    /// `ruby*`, with AWS's client, a gem.
    Ruby,
}

impl Language {
    /// The language of `nodejs24.x` and its like.
    pub fn of(runtime: &str) -> Option<Self> {
        [
            ("nodejs", Language::Nodejs),
            ("python3", Language::Python),
            ("provided", Language::Provided),
            ("go1.", Language::Go),
            ("java", Language::Java),
            ("dotnet", Language::Dotnet),
            ("ruby", Language::Ruby),
        ]
        .into_iter()
        .find_map(|(prefix, language)| runtime.starts_with(prefix).then_some(language))
    }
}

/// What a command is made from.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// `nodejs24.x`.
    pub runtime: &'a str,
    /// `index.handler`.
    pub handler: &'a str,
    /// The folder with the code.
    pub task: &'a Path,
    /// The layers' folders.
    pub layers: &'a [PathBuf],
    /// In MB.
    pub memory_mb: u32,
    /// The user's own `PATH`.
    pub search: &'a str,
}

/// A command with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Of this machine, or in one of Lambda's places.
    pub executable: PathBuf,
    /// Its arguments; paths in them are Lambda's.
    pub arguments: Vec<String>,
    /// What runs it, for people: `node v20.20.2`.
    pub name: String,
    /// Our own client is needed in `/var/runtime`.
    pub client: Option<Language>,
    /// Whether its client writes framed log records.
    pub frames: bool,
    /// What it needs in its environment, unless the function sets that itself.
    pub variables: Vec<(String, String)>,
}

/// Why there is no command, with the next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct Missing {
    /// What is missing.
    pub summary: String,
    /// What to do about it.
    pub help: String,
}

fn missing(summary: impl Into<String>, help: impl Into<String>) -> Missing {
    Missing {
        summary: summary.into(),
        help: help.into(),
    }
}

/// The command for a function.
///
/// # Errors
/// When a program or a library is not on this machine.
pub fn find(language: Language, wanted: &Wanted<'_>) -> Result<Program, Missing> {
    match language {
        Language::Nodejs => node(wanted),
        Language::Python => python(wanted),
        Language::Provided => Ok(bootstrap(wanted)),
        Language::Go => Ok(own("/var/task", wanted.handler)),
        Language::Java => java(wanted),
        Language::Dotnet => dotnet(wanted),
        Language::Ruby => ruby(wanted),
    }
}

fn own(folder: &str, name: &str) -> Program {
    Program {
        executable: PathBuf::from(format!("{folder}/{name}")),
        arguments: Vec::new(),
        name: format!("its own program `{name}`"),
        client: None,
        frames: false,
        variables: Vec::new(),
    }
}

/// The first `bootstrap` in Lambda's order. That there is none is for the function's own log, as in Lambda.
fn bootstrap(wanted: &Wanted<'_>) -> Program {
    let is_in_layer = wanted
        .layers
        .iter()
        .any(|layer| layer.join("bootstrap").is_file());
    let folder = if !wanted.task.join("bootstrap").exists() && is_in_layer {
        "/opt"
    } else {
        "/var/task"
    };
    own(folder, "bootstrap")
}

/// The program of this name in the folders of `search`.
fn on_path(name: &str, search: &str) -> Option<PathBuf> {
    search
        .split(':')
        .filter(|folder| folder.starts_with('/'))
        .map(|folder| Path::new(folder).join(name))
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata()
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

/// Asks a program of this machine about itself, in the user's own environment: what is found first is often a script of
/// a version manager, which needs that environment. Gives the lines it prints.
fn ask(program: &Path, arguments: &[&str]) -> Option<Vec<String>> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.lines().map(str::to_owned).collect())
}

fn node(wanted: &Wanted<'_>) -> Result<Program, Missing> {
    const HELP: &str = "install Node.js (https://nodejs.org), or run the function in the sandbox, without --process";
    let found = on_path("node", wanted.search)
        .ok_or_else(|| missing("there is no `node` in PATH", HELP))?;
    let question = "console.log(process.execPath + '\\n' + process.version)";
    let said = ask(&found, &["-e", question]);
    let Some([executable, version]) = said.as_deref() else {
        let summary = format!("{} does not run", found.display());
        return Err(missing(summary, HELP));
    };
    let wanted_major = major(wanted.runtime.trim_start_matches("nodejs"));
    let mut name = format!("node {version}");
    if major(version.trim_start_matches('v')) != wanted_major {
        name.push_str(&format!(" instead of {}", wanted.runtime));
    }
    Ok(Program {
        executable: PathBuf::from(executable),
        arguments: vec![
            // Lambda leaves the same part of the memory to the heap.
            format!("--max-old-space-size={}", wanted.memory_mb * 90 / 100),
            "/var/runtime/index.mjs".into(),
        ],
        name,
        client: Some(Language::Nodejs),
        frames: true,
        variables: Vec::new(),
    })
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn python(wanted: &Wanted<'_>) -> Result<Program, Missing> {
    let version = wanted.runtime.trim_start_matches("python");
    let help =
        format!("install Python {version}, or run the function in the sandbox, without --process");
    let question = "import sys; print(sys.executable); print('%d.%d' % sys.version_info[:2])";
    let mut last = None;
    // One of the right version, else the machine's usual one. A version manager's script may be there for a version
    // that is not.
    for name in [wanted.runtime, "python3"] {
        let Some(found) = on_path(name, wanted.search) else {
            continue;
        };
        let said = ask(&found, &["-c", question]);
        let Some([executable, found_version]) = said.as_deref() else {
            last = Some(found);
            continue;
        };
        let mut name = format!("python {found_version}");
        if found_version != version {
            name.push_str(&format!(" instead of {}", wanted.runtime));
        }
        return Ok(Program {
            executable: PathBuf::from(executable),
            // No compiled files in the user's folder.
            arguments: vec![
                "-B".into(),
                "/var/runtime/bootstrap.py".into(),
                "/opt".into(),
            ],
            name,
            client: Some(Language::Python),
            frames: true,
            variables: Vec::new(),
        });
    }
    let summary = match last {
        Some(found) => format!("{} does not run", found.display()),
        None => "there is no `python3` in PATH".into(),
    };
    Err(missing(summary, help))
}

/// Where `name` begins the name of a file in one of the folders.
fn holds(folders: &[PathBuf], name: &str, ending: &str) -> bool {
    folders
        .iter()
        .filter_map(|folder| folder.read_dir().ok())
        .flatten()
        .flatten()
        .any(|entry| {
            let file = entry.file_name();
            let file = file.to_string_lossy();
            file.starts_with(name) && file.ends_with(ending)
        })
}

fn java(wanted: &Wanted<'_>) -> Result<Program, Missing> {
    const JAR: &str = "aws-lambda-java-runtime-interface-client";
    let executable = on_path("java", wanted.search).ok_or_else(|| {
        missing(
            "there is no `java` in PATH",
            "install a JDK of the function's version, Amazon Corretto for example",
        )
    })?;
    let mut folders = vec![wanted.task.to_owned(), wanted.task.join("lib")];
    folders.extend(wanted.layers.iter().map(|layer| layer.join("java/lib")));
    if !holds(&folders, JAR, ".jar") {
        return Err(missing(
            format!("there is no {JAR}*.jar in the function's lib folder"),
            format!(
                "add the dependency com.amazonaws:{JAR} to the function's build, so that its jar lies in lib/ beside the other ones"
            ),
        ));
    }
    Ok(Program {
        executable,
        arguments: vec![
            format!("-Xmx{}m", wanted.memory_mb * 85 / 100),
            "-XX:+UseSerialGC".into(),
            "-cp".into(),
            "/var/task:/var/task/*:/var/task/lib/*:/opt/java/lib/*".into(),
            "com.amazonaws.services.lambda.runtime.api.client.AWSLambda".into(),
            wanted.handler.to_owned(),
        ],
        name: "java".into(),
        client: None,
        frames: false,
        variables: Vec::new(),
    })
}

fn dotnet(wanted: &Wanted<'_>) -> Result<Program, Missing> {
    const LIBRARY: &str = "Amazon.Lambda.RuntimeSupport.dll";
    let executable = on_path("dotnet", wanted.search).ok_or_else(|| {
        missing(
            "there is no `dotnet` in PATH",
            "install the .NET runtime of the function's version (https://dotnet.microsoft.com)",
        )
    })?;
    if !wanted.task.join(LIBRARY).is_file() {
        return Err(missing(
            format!("there is no {LIBRARY} in the function's folder"),
            "add the package Amazon.Lambda.RuntimeSupport to the project, and let `CodeUri` name the folder that `dotnet publish` wrote",
        ));
    }
    // `Assembly::Type::Method` is a class library, which the client loads; `Assembly` is a program of its own.
    let assembly = wanted.handler.split("::").next().unwrap_or_default();
    if !wanted.task.join(format!("{assembly}.dll")).is_file() {
        return Err(missing(
            format!("there is no {assembly}.dll in the function's folder"),
            "`Handler` begins with the assembly's name; let `CodeUri` name the folder that `dotnet publish` wrote",
        ));
    }
    let arguments = if wanted.handler.contains("::") {
        vec![
            "exec".into(),
            "--depsfile".into(),
            format!("/var/task/{assembly}.deps.json"),
            "--runtimeconfig".into(),
            format!("/var/task/{assembly}.runtimeconfig.json"),
            format!("/var/task/{LIBRARY}"),
            wanted.handler.to_owned(),
        ]
    } else {
        vec![format!("/var/task/{assembly}.dll")]
    };
    Ok(Program {
        executable,
        arguments,
        name: "dotnet".into(),
        client: None,
        frames: false,
        variables: Vec::new(),
    })
}

fn ruby(wanted: &Wanted<'_>) -> Result<Program, Missing> {
    let found = on_path("ruby", wanted.search).ok_or_else(|| {
        let help = "install Ruby of the function's version (https://www.ruby-lang.org)";
        missing("there is no `ruby` in PATH", help)
    })?;
    let question = "puts RbConfig.ruby, Gem.path.join(':'), Gem.bin_path('aws_lambda_ric', 'aws_lambda_ric'), RUBY_VERSION";
    let said = ask(&found, &["-e", question]);
    let Some([executable, gems, client, version]) = said.as_deref() else {
        return Err(missing(
            "the gem `aws_lambda_ric` is not installed",
            "install AWS's runtime client: `gem install aws_lambda_ric`",
        ));
    };
    Ok(Program {
        executable: PathBuf::from(executable),
        arguments: vec![client.clone(), wanted.handler.to_owned()],
        name: format!("ruby {version}"),
        client: None,
        frames: false,
        // Without the user's own environment Ruby would look for gems elsewhere.
        variables: vec![("GEM_PATH".into(), gems.clone())],
    })
}

/// The arguments with every path of Lambda's put where `place` says.
pub fn placed(program: &Program, place: impl Fn(&str) -> String) -> Vec<OsString> {
    let arguments = program.arguments.iter();
    arguments
        .map(|argument| {
            let parts: Vec<String> = argument.split(':').map(&place).collect();
            // `::` of a .NET handler is no list of paths, and stays as it is either way.
            OsString::from(parts.join(":"))
        })
        .collect()
}

#[cfg(test)]
mod tests;

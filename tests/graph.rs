//! The front half on whole templates: real ones of the corpus, and small ones with what they must give.

mod real;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hoist::diag::{Diagnostic, Severity};
use hoist::graph::{App, Body, Function, LayerRef, LoggingConfig, Package, Setting};
use hoist::project::{self, Loaded, Options};

use real::{corpus, templates};

/// Every diagnostic has a place in a file that was read, unless the file could not be read at all.
fn check_places(path: &Path, loaded: &Loaded) {
    for diagnostic in loaded.diagnostics.iter() {
        let Some(span) = diagnostic.span() else {
            panic!("{}: no place: {diagnostic:?}", path.display());
        };
        let position = loaded.sources.position(span);
        assert!(position.line >= 1 && position.column >= 1);
        assert!(!diagnostic.summary.is_empty() && !diagnostic.summary.ends_with('.'));
    }
}

/// Nothing of SAM's known types is left, every resource and trigger belongs to something that is there.
fn check_app(path: &Path, loaded: &Loaded) {
    let Some(app) = &loaded.app else {
        return;
    };
    for resource in app.resources.values() {
        let is_left = resource.resource_type.starts_with("AWS::Serverless::")
            && !loaded
                .diagnostics
                .iter()
                .any(|one| one.code == "sam/unknown-type");
        assert!(!is_left, "{}: {} is left", path.display(), resource.id);
    }
    for edge in &app.edges {
        assert!(app.resources.contains_key(&edge.to), "{}", path.display());
    }
    for trigger in app.triggers() {
        for id in [&trigger.target, &trigger.by] {
            assert!(
                app.resources.contains_key(id),
                "{}: {trigger:?}",
                path.display()
            );
        }
    }
}

/// What came of the templates of a folder.
#[derive(Default)]
struct Survey {
    files: usize,
    clean: usize,
    with_errors: BTreeMap<PathBuf, Vec<String>>,
    codes: BTreeMap<(Severity, &'static str), usize>,
    slowest: (Duration, PathBuf),
}

/// Loads a template; one that seems slow is tried again, because other programs share the machine.
fn timed_load(path: &Path) -> (Duration, Loaded) {
    let timed = || {
        let start = Instant::now();
        let loaded = project::load(path, &Options::default());
        (start.elapsed(), loaded)
    };
    let (mut took, loaded) = timed();
    for _ in 0..5 {
        if took < Duration::from_millis(50) {
            break;
        }
        took = took.min(timed().0);
    }
    (took, loaded)
}

fn survey(folder: &Path) -> Survey {
    let mut survey = Survey::default();
    for path in templates(folder) {
        let (took, loaded) = timed_load(&path);
        if took > survey.slowest.0 {
            survey.slowest = (took, path.clone());
        }
        survey.files += 1;
        check_places(&path, &loaded);
        check_app(&path, &loaded);
        assert!(
            loaded.app.is_some() || loaded.diagnostics.has_errors(),
            "{}: neither an application nor an error",
            path.display()
        );
        if loaded.diagnostics.is_empty() {
            survey.clean += 1;
        }
        for diagnostic in loaded.diagnostics.iter() {
            *survey
                .codes
                .entry((diagnostic.severity, diagnostic.code))
                .or_default() += 1;
            if diagnostic.severity == Severity::Error {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
                let line = format!("{}: {}", diagnostic.code, diagnostic.summary);
                survey.with_errors.entry(name).or_default().push(line);
            }
        }
    }
    println!(
        "{}: {} templates, {} clean, {} with errors; slowest {:.1} ms ({})",
        folder.display(),
        survey.files,
        survey.clean,
        survey.with_errors.len(),
        survey.slowest.0.as_secs_f64() * 1000.0,
        survey.slowest.1.display(),
    );
    for ((severity, code), count) in &survey.codes {
        println!("{count:5} {} {code}", severity.as_str());
    }
    survey
}

/// Real applications. The errors are the templates' own, looked at one by one.
#[test]
fn real_templates_load_or_say_where_they_are_wrong() {
    let Some(folder) = corpus("templates/serverless-patterns") else {
        return;
    };
    let survey = survey(&folder);
    for (path, errors) in &survey.with_errors {
        println!("{}\n    {}", path.display(), errors.join("\n    "));
        let all_expected = errors.iter().all(|error| {
            // Files that the corpus left away; sections and values that their authors left empty.
            error.starts_with("project/unreadable")
                || error.contains("the section `Resources` must be a mapping, and this is null")
                || (error.starts_with("graph/wrong-type") && error.ends_with("and is null"))
        });
        assert!(all_expected, "{}: {errors:?}", path.display());
    }
    assert!(
        survey.clean * 100 >= survey.files * 75,
        "{} of {}",
        survey.clean,
        survey.files
    );
    // A release build is some ten times faster than this one may be.
    assert!(
        survey.slowest.0 < Duration::from_millis(250),
        "{:?}",
        survey.slowest
    );
}

/// Templates made to try readers and linters, the bad ones included: none panics, and what is wrong has a place.
#[test]
fn made_up_templates_never_panic_and_name_their_places() {
    for part in [
        "templates/cfn-lint",
        "sam-translator/input",
        "language-extensions",
    ] {
        if let Some(folder) = corpus(part) {
            assert!(survey(&folder).files > 0);
        }
    }
}

/// Real templates with a line taken away, doubled, emptied or moved: nothing panics, whatever comes of it.
#[test]
fn mangled_templates_never_panic() {
    let Some(folder) = corpus("templates/serverless-patterns") else {
        return;
    };
    let scratch = tempfile::tempdir().expect("a folder");
    // A small generator of its own: the same lines in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound.max(1) as u64) as usize
    };
    for path in templates(&folder) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for _ in 0..3 {
            let at = draw(lines.len());
            let Some(line) = lines.get(at).cloned() else {
                continue;
            };
            match draw(5) {
                0 => {
                    lines.remove(at);
                }
                1 => lines.insert(at, line),
                2 => {
                    lines[at] = line
                        .split_inclusive(':')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                }
                3 => lines[at] = line.replacen(": ", ": [", 1).replacen("!Ref", "!GetAtt", 1) + "]",
                _ => lines[at] = format!("  {line}"),
            }
        }
        let mangled = scratch.path().join("template.yaml");
        std::fs::write(&mangled, lines.join("\n")).expect("written");
        let loaded = project::load(&mangled, &Options::default());
        check_places(&path, &loaded);
    }
}

/// `tests/graph/<case>/template.yaml` gives `expected.txt`. With `HOIST_BLESS=1` the expectation is written anew.
#[test]
fn cases_give_what_they_are_expected_to_give() {
    let folder = Path::new(file!())
        .canonicalize()
        .unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graph.rs"))
        .with_extension("");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut failed = Vec::new();
    for case in cases {
        let options = Options {
            stack_name: Some("test".into()),
            ..Options::default()
        };
        let loaded = project::load(&case, &options);
        check_places(&case, &loaded);
        let actual = picture(&loaded);
        let expected_path = case.join("expected.txt");
        if std::env::var_os("HOIST_BLESS").is_some() {
            std::fs::write(&expected_path, &actual).expect("a writable case");
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        if actual != expected {
            println!(
                "== {}\n-- expected\n{expected}\n-- actual\n{actual}",
                case.display()
            );
            failed.push(case);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

/// What a template gives, as text: diagnostics, resources, functions, edges.
fn picture(loaded: &Loaded) -> String {
    let mut out = String::new();
    for diagnostic in loaded.diagnostics.iter() {
        draw_diagnostic(&mut out, loaded, diagnostic);
    }
    if let Some(app) = &loaded.app {
        draw_app(&mut out, loaded, app);
    }
    out
}

fn draw_diagnostic(out: &mut String, loaded: &Loaded, diagnostic: &Diagnostic) {
    let place = |span| {
        let position = loaded.sources.position(span);
        format!("{}:{}", position.line, position.column)
    };
    let at = diagnostic.span().map(place).unwrap_or_default();
    let severity = diagnostic.severity.as_str();
    writeln!(
        out,
        "{at} {severity}[{}] {}",
        diagnostic.code, diagnostic.summary
    )
    .expect("text");
    for label in diagnostic
        .labels
        .iter()
        .filter(|label| !label.message.is_empty())
    {
        writeln!(out, "  {} {}", place(label.span), label.message).expect("text");
    }
    for help in &diagnostic.help {
        writeln!(out, "  help: {help}").expect("text");
    }
}

fn draw_app(out: &mut String, loaded: &Loaded, app: &App) {
    for (id, resource) in &app.resources {
        let made_for = match resource.origin.id == *id {
            true => String::new(),
            false => format!(" of {}", resource.origin.id),
        };
        writeln!(out, "{} {id}{made_for}", resource.body.noun()).expect("text");
        match &resource.body {
            Body::Function(function) => draw_function(out, function),
            Body::Layer(layer) => draw_package(out, &layer.content),
            _ => {}
        }
    }
    for edge in &app.edges {
        let position = loaded.sources.position(edge.span);
        writeln!(
            out,
            "{} -> {} ({}) {}:{}",
            edge.from, edge.to, edge.why, position.line, position.column
        )
        .expect("text");
    }
    draw_triggers(out, loaded, app);
}

/// `Hello: GET /orders (Api) 9:74`, and what the routes have beyond that.
fn draw_triggers(out: &mut String, loaded: &Loaded, app: &App) {
    for trigger in app.triggers() {
        let position = loaded.sources.position(trigger.span);
        writeln!(
            out,
            "starts {}: {} {} ({}) {}:{}",
            trigger.target,
            trigger.kind.word(),
            trigger.kind,
            trigger.by,
            position.line,
            position.column
        )
        .expect("text");
    }
    for route in app.routes() {
        let target = route.target.as_deref().unwrap_or("-");
        let kind = route.integration.as_deref().unwrap_or("?");
        writeln!(
            out,
            "{:?} {route} of {} -> {target}, {kind}, {:?}",
            route.protocol, route.api, route.payload_format
        )
        .expect("text");
    }
}

fn draw_function(out: &mut String, function: &Function) {
    let text = |setting: &Option<Setting<String>>| {
        let known = setting.as_ref().and_then(Setting::known);
        known.cloned().unwrap_or_else(|| "?".into())
    };
    writeln!(
        out,
        "  {} {} {} s {} MB /tmp {} MB {}",
        text(&function.runtime),
        text(&function.handler),
        function.timeout_seconds,
        function.memory_mb,
        function.storage_mb,
        function.architecture
    )
    .expect("text");
    draw_package(out, &function.package);
    draw_logging(out, &function.logging);
    for layer in &function.layers {
        let layer = match layer {
            LayerRef::Resource { id, .. } => format!("of this template: {id}"),
            LayerRef::Arn { arn, .. } => arn.clone(),
            LayerRef::Unknown { reason, .. } => format!("unknown: {reason}"),
        };
        writeln!(out, "  layer {layer}").expect("text");
    }
    for variable in &function.environment {
        let value = match &variable.value {
            Setting::Known { value, .. } => format!("{value:?}"),
            Setting::Unknown { reason, .. } => {
                format!("unknown, because {}", hoist::graph::why(reason))
            }
        };
        writeln!(out, "  {}={value}", variable.name).expect("text");
    }
}

/// Nothing for a function that says nothing about its log.
fn draw_logging(out: &mut String, logging: &LoggingConfig) {
    if *logging == LoggingConfig::default() {
        return;
    }
    let group = logging.group.as_ref().and_then(|group| group.value.known());
    writeln!(
        out,
        "  log {:?} {} system {} group {}",
        logging.format,
        logging.application,
        logging.system,
        group.map_or("-", String::as_str)
    )
    .expect("text");
}

fn draw_package(out: &mut String, package: &Package) {
    let text = match package {
        Package::Local { path, .. } => format!("code in {path}"),
        Package::Inline { code, .. } => format!("code of {} bytes", code.len()),
        Package::S3(location) => format!(
            "code in s3://{}/{}",
            location.bucket.known().map_or("?", String::as_str),
            location.key.known().map_or("?", String::as_str)
        ),
        Package::Image { uri, .. } => format!("image {:?}", uri.as_ref().and_then(Setting::known)),
        Package::Unknown { reason, .. } => format!("code unknown: {reason}"),
    };
    writeln!(out, "  {text}").expect("text");
}

mod finding {
    use super::*;

    #[test]
    fn a_folder_stands_for_the_template_in_it_yaml_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "Resources: {Q: {Type: AWS::SQS::Queue}}\n";
        std::fs::write(folder.path().join("template.yml"), text).expect("written");
        std::fs::write(folder.path().join("template.json"), "{}").expect("written");
        let loaded = project::load(folder.path(), &Options::default());
        assert!(loaded.path.ends_with("template.yml"), "{:?}", loaded.path);
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        assert!(loaded.app.expect("loads").resources.contains_key("Q"));
    }

    #[test]
    fn an_empty_folder_says_what_was_looked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let loaded = project::load(folder.path(), &Options::default());
        let said = loaded.diagnostics.iter().next().expect("an error");
        assert_eq!(said.code, "project/no-template");
        let help = said.help.join(" ");
        for part in ["template.yaml", "template.yml", "template.json", "-t"] {
            assert!(help.contains(part), "{help}");
        }
    }

    #[test]
    fn files_that_cannot_be_read_say_why() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).expect("written");
            path
        };
        let too_large = vec![b'#'; hoist::template::limit::MAX_BYTES + 1];
        for (path, part) in [
            (folder.path().join("nothing.yaml"), "does not exist"),
            (
                file("latin1.yaml", b"a: 1\nb: \xe9\n"),
                "not UTF-8 text (line 2)",
            ),
            (file("large.yaml", &too_large), "larger than"),
        ] {
            let loaded = project::load(&path, &Options::default());
            let said = loaded.diagnostics.iter().next().expect("an error");
            assert!(said.summary.contains(part), "{}", said.summary);
            assert!(!said.help.is_empty() && loaded.app.is_none());
        }
    }

    #[test]
    fn an_included_file_is_found_beside_the_template() {
        let folder = tempfile::tempdir().expect("a folder");
        let template = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./queue.yaml}}\n";
        std::fs::write(folder.path().join("template.yaml"), template).expect("written");
        std::fs::write(folder.path().join("queue.yaml"), "VisibilityTimeout: 7\n")
            .expect("written");
        let loaded = project::load(folder.path(), &Options::default());
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let app = loaded.app.expect("loads");
        let Body::Queue(queue) = &app.resources["Q"].body else {
            panic!("not a queue");
        };
        assert_eq!(queue.visibility_timeout_seconds, 7);
    }

    #[test]
    fn parameters_region_and_stack_name_reach_the_values() {
        let folder = tempfile::tempdir().expect("a folder");
        let template = "Parameters: {Size: {Type: Number, Default: 128}}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      Role: arn:aws:iam::123456789012:role/r
      Code: {ZipFile: 'x'}
      MemorySize: !Ref Size
      Environment: {Variables: {WHERE: !Sub '${AWS::Region} ${AWS::StackName} ${AWS::AccountId}'}}
";
        std::fs::write(folder.path().join("template.yaml"), template).expect("written");
        let options = Options {
            parameters: BTreeMap::from([("Size".to_owned(), "512".to_owned())]),
            region: "eu-west-3".into(),
            stack_name: Some("shop".into()),
            ..Options::default()
        };
        let loaded = project::load(folder.path(), &options);
        let app = loaded.app.expect("loads");
        let function = app.function("F").expect("there");
        assert_eq!(function.memory_mb, 512);
        let known = function.variable("WHERE").expect("there").value.known();
        assert_eq!(
            known.map(String::as_str),
            Some("eu-west-3 shop 123456789012")
        );
    }

    #[test]
    fn code_that_is_not_there_is_found_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: nodejs22.x, Handler: a.b, CodeUri: src/}\n";
        std::fs::write(folder.path().join("template.yaml"), template).expect("written");
        let loaded = project::load(folder.path(), &Options::default());
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let app = loaded.app.expect("loads");
        let missing = project::check_code(&app, &loaded.base_dir);
        assert_eq!(
            missing.iter().map(|d| d.code).collect::<Vec<_>>(),
            ["project/no-code"]
        );
        std::fs::create_dir(folder.path().join("src")).expect("made");
        assert!(project::check_code(&app, &loaded.base_dir).is_empty());
    }
}

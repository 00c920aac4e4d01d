use hoist::project::{Options, Scrutiny, validate};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    all.sort();
    for path in all {
        if path.is_dir() {
            files(&path, into)
        } else if path
            .extension()
            .is_some_and(|e| e == "yaml" || e == "yml" || e == "json")
        {
            into.push(path)
        }
    }
}

#[test]
fn dump() {
    let root = Path::new("/work/shared/corpus");
    let mut out = String::new();
    for folder in [
        "templates/cfn-lint/test/fixtures/templates",
        "templates/serverless-patterns",
        "sam-translator/input",
    ] {
        let mut all = Vec::new();
        files(&root.join(folder), &mut all);
        for path in all {
            let mut options = Options::default();
            if folder.starts_with("sam-") {
                options.region = "ap-southeast-1".into();
                for n in ["1", "2"] {
                    options
                        .parameters
                        .insert(format!("param{n}"), format!("value{n}"));
                }
            }
            let start = std::time::Instant::now();
            let v = validate(
                &path,
                &options,
                &Scrutiny {
                    code: false,
                    today: "2026-11-21".into(),
                },
            );
            let ms = start.elapsed().as_millis();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            out += &format!("{name}\tTIME\t\t{ms}\t\n");
            for d in v.diagnostics.iter() {
                let line = d.span().map_or(0, |s| v.sources.position(s).line);
                out += &format!(
                    "{name}\t{}\t{}\t{line}\t{} | {}\n",
                    d.severity.as_str(),
                    d.code,
                    d.summary,
                    d.help.join(" / ").replace('\n', " ")
                );
            }
        }
    }
    fs::write("/tmp/valid/dump.tsv", out).unwrap();
}

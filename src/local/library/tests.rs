//! Where packages are looked for first.

use std::fs;

use super::*;

struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        Machine(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A virtual environment with a boto3 that needs nothing else.
    fn boto3(&self, environment: &str, version: &str) {
        let site = format!("{environment}/lib/python3.13/site-packages");
        let info = format!("{site}/boto3-{version}.dist-info");
        self.write(&format!("{site}/boto3/__init__.py"), version);
        self.write(&format!("{site}/other/__init__.py"), "");
        self.write(&format!("{info}/METADATA"), "Name: boto3\n");
        let record = format!("boto3/__init__.py,,\nboto3-{version}.dist-info/METADATA,,\n");
        self.write(&format!("{info}/RECORD"), &record);
    }

    fn stored(&self) {
        self.write("cache/runtime/python/current", "0\n");
        self.write(
            "cache/runtime/python/0/site-packages/boto3/__init__.py",
            "stored",
        );
    }

    /// The text of the boto3 that is found, and how many warnings there were.
    fn found(&self, active: Option<&str>) -> (Option<String>, usize) {
        let cache = self.path("cache").display().to_string();
        let active = active.map(|name| self.path(name).display().to_string());
        let mut pairs = vec![("HOIST_CACHE_DIR", cache.as_str())];
        pairs.extend(active.as_deref().map(|path| ("VIRTUAL_ENV", path)));
        let environment = Environment::from_pairs(pairs);
        let mut warnings = Diagnostics::new();
        let base = self.path("app");
        let found = Library::of(&environment).python(&base, &mut warnings);
        let folder = python(&environment, &base);
        assert_eq!(found.first().map(|found| found.folder.clone()), folder);
        let text = folder.map(|folder| {
            assert!(!folder.join("other").exists(), "Lambda does not have it");
            fs::read_to_string(folder.join("boto3/__init__.py")).unwrap()
        });
        (text, warnings.iter().count())
    }
}

#[test]
fn boto3_comes_from_the_active_environment_then_one_beside_the_template_then_the_store() {
    let machine = Machine::new();
    assert_eq!(machine.found(None), (None, 0));
    machine.stored();
    assert_eq!(machine.found(None), (Some("stored".into()), 0));
    machine.boto3("app/venv", "1.1.0");
    assert_eq!(machine.found(None), (Some("1.1.0".into()), 0));
    machine.boto3("app/.venv", "1.2.0");
    assert_eq!(machine.found(None), (Some("1.2.0".into()), 0));
    machine.boto3("active", "1.3.0");
    assert_eq!(machine.found(Some("active")), (Some("1.3.0".into()), 0));
    // One without boto3 is passed over.
    machine.write("bare/lib/python3.13/site-packages/x.py", "");
    assert_eq!(machine.found(Some("bare")), (Some("1.2.0".into()), 0));
}

#[test]
fn an_environment_that_cannot_be_used_is_warned_of_and_passed_over() {
    let machine = Machine::new();
    machine.stored();
    machine.boto3("active", "1.3.0");
    let info = "active/lib/python3.13/site-packages/boto3-1.3.0.dist-info/METADATA";
    machine.write(info, "Name: boto3\nRequires-Dist: botocore\n");
    assert_eq!(machine.found(Some("active")), (Some("stored".into()), 1));
}

#[test]
fn the_stores_node_packages_come_last() {
    let machine = Machine::new();
    machine.write("app/node_modules/x/index.js", "");
    machine.write("cache/runtime/nodejs/current", "0\n");
    machine.write("cache/runtime/nodejs/0/node_modules/x/index.js", "");
    let cache = machine.path("cache").display().to_string();
    let library = Library::of(&Environment::from_pairs([(
        "HOIST_CACHE_DIR",
        cache.as_str(),
    )]));
    let found = library.nodejs(None, &machine.path("app"));
    let at: Vec<String> = found
        .iter()
        .map(|one| one.at.display().to_string())
        .collect();
    assert_eq!(at, ["project/node_modules", "node_modules"]);
}

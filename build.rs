//! Takes the Node-compatible JavaScript sources out of the crate `wasm-rquickjs` and lists them, with our
//! own, for the guest image. Only files that `builtin.rs` names are embedded.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

use wasm_rquickjs::{EmbeddingMode, JsModuleSpec, generate_wrapper_crate};

const NODEJS: &str = "src/local/sandbox/guest/nodejs";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={NODEJS}");
    println!("cargo:rerun-if-changed=Cargo.lock");
    // Embedded whole by `include_dir!`, which does not notice new files by itself.
    println!("cargo:rerun-if-changed=src/scaffold/projects");
    println!("cargo:rerun-if-changed=src/scaffold/shared");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let table = fs::read_to_string(root.join(NODEJS).join("builtin.rs")).expect("builtin.rs");

    let vendored = extract_vendored(&out);
    let own = root.join(NODEJS).join("js/builtin");
    let list = format!(
        "/// Sources that come with `wasm-rquickjs`, by file name.\n{}\n/// Our own sources, by file name.\n{}",
        listing("VENDORED", &vendored, &table),
        listing("OWN", &own, &table)
    );
    let fingerprint = fingerprint(&root, &list);
    let list = format!(
        "{list}\n/// Changes whenever the guest image would.\npub const FINGERPRINT: &str = \"{fingerprint:016x}\";\n"
    );
    fs::write(out.join("node_sources.rs"), list).expect("write the list of sources");
}

/// Has `wasm-rquickjs` write out a crate for an empty world; the sources lie in its folder of builtins.
fn extract_vendored(out: &Path) -> PathBuf {
    let utf8 = |path: PathBuf| {
        wasm_rquickjs_path(
            path.to_str()
                .expect("cargo's output folder is not valid UTF-8"),
        )
    };
    let wit = out.join("empty-wit");
    fs::create_dir_all(&wit).expect("make a folder");
    fs::write(
        wit.join("empty.wit"),
        "package hoist:empty;\nworld empty {}\n",
    )
    .expect("write");
    let script = out.join("empty.js");
    fs::write(&script, "").expect("write");
    let generated = out.join("node-sources");
    generate_wrapper_crate(
        &utf8(wit),
        &[JsModuleSpec {
            name: "empty".into(),
            mode: EmbeddingMode::EmbedFile(utf8(script)),
        }],
        &utf8(generated.clone()),
        None,
    )
    .expect("wasm-rquickjs writes its sources out");
    generated.join("src/builtin")
}

/// A hash of all that the guest image is made from: our files beside this crate's own, and through the
/// lock file the engine and the vendored sources. Made here so that no run has to read them.
fn fingerprint(root: &Path, list: &str) -> u64 {
    let mut files = Vec::new();
    collect(root, &root.join(NODEJS), "", &mut files);
    files.sort();
    let mut hasher = DefaultHasher::new();
    list.hash(&mut hasher);
    for file in files.iter().map(String::as_str).chain(["Cargo.lock"]) {
        file.hash(&mut hasher);
        fs::read(root.join(file))
            .unwrap_or_default()
            .hash(&mut hasher);
    }
    hasher.finish()
}

fn wasm_rquickjs_path(path: &str) -> camino::Utf8PathBuf {
    path.into()
}

/// A Rust table of the files below `folder` that the table of builtins names.
fn listing(name: &str, folder: &Path, table: &str) -> String {
    let mut files = Vec::new();
    collect(folder, folder, "js", &mut files);
    files.sort();
    let mut text = format!("pub static {name}: &[(&str, &str)] = &[\n");
    for file in files {
        if table.contains(&format!("\"{file}\"")) {
            let path = folder.join(&file);
            writeln!(text, "    ({file:?}, include_str!({path:?})),").expect("a string");
        }
    }
    text.push_str("];\n");
    text
}

/// The files below `folder` with this ending (all, when it is empty), by their names from `root`.
fn collect(root: &Path, folder: &Path, ending: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("list the sources") {
        let path = entry.expect("list the sources").path();
        if path.is_dir() {
            collect(root, &path, ending, files);
        } else if ending.is_empty() || path.extension().is_some_and(|found| found == ending) {
            let name = path.strip_prefix(root).expect("below the root");
            files.push(name.to_str().expect("an ASCII name").replace('\\', "/"));
        }
    }
}

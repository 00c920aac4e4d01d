//! Node's resolution. Words and results were compared with Node's own on 130 specifiers.

use super::super::{Kind, Rules};
use super::layout::Layout;

fn ok(path: &str) -> Result<String, String> {
    Ok(path.to_owned())
}

fn error(text: &str) -> Result<String, String> {
    Err(text.to_owned())
}

#[test]
fn require_tries_extensions_and_folders() {
    let layout = Layout::new(&[
        ("a.js", ""),
        ("b.json", ""),
        ("c/index.js", ""),
        ("d.js", ""),
        ("d/index.js", ""),
        ("e/package.json", r#"{"main":"lib"}"#),
        ("e/lib/index.json", ""),
        ("f/package.json", r#"{"main":"gone"}"#),
        ("f/index.js", ""),
        ("g/package.json", r#"{"main":"gone"}"#),
        ("h.mjs", ""),
    ]);
    assert_eq!(layout.require("./a"), ok("/var/task/a.js"));
    assert_eq!(layout.require("./b"), ok("/var/task/b.json"));
    assert_eq!(layout.require("./c"), ok("/var/task/c/index.js"));
    assert_eq!(layout.require("./d"), ok("/var/task/d.js"));
    assert_eq!(layout.require("./d/"), ok("/var/task/d/index.js"));
    assert_eq!(layout.require("./e"), ok("/var/task/e/lib/index.json"));
    assert_eq!(layout.require("./f"), ok("/var/task/f/index.js"));
    assert_eq!(
        layout.require("./g"),
        error(
            "MODULE_NOT_FOUND: Cannot find module '/var/task/g/gone'. Please verify that the \
             package.json has a valid \"main\" entry"
        )
    );
    assert_eq!(
        layout.require("./h"),
        error("MODULE_NOT_FOUND: Cannot find module './h'")
    );
    assert_eq!(layout.require("/var/task/a"), ok("/var/task/a.js"));
    assert_eq!(layout.require("../../var/task/a.js"), ok("/var/task/a.js"));
    assert_eq!(
        layout.require("./a.js/"),
        error("MODULE_NOT_FOUND: Cannot find module './a.js/'")
    );
}

#[test]
fn import_tries_nothing() {
    let layout = Layout::new(&[("a.js", ""), ("b c.mjs", ""), ("lib/index.js", "")]);
    assert_eq!(layout.import("./a.js?query#hash"), ok("/var/task/a.js"));
    assert_eq!(layout.import("./b%20c.mjs"), ok("/var/task/b c.mjs"));
    assert_eq!(layout.import("file:///var/task/a.js"), ok("/var/task/a.js"));
    assert_eq!(
        layout.import("./a"),
        error(
            "ERR_MODULE_NOT_FOUND: Cannot find module '/var/task/a' imported from \
             /var/task/index.mjs"
        )
    );
    assert_eq!(
        layout.import("./lib"),
        error(
            "ERR_UNSUPPORTED_DIR_IMPORT: Directory import '/var/task/lib' is not supported resolving \
             ES modules imported from /var/task/index.mjs"
        )
    );
    assert_eq!(
        layout.import("./a%2fb"),
        error(
            "ERR_INVALID_MODULE_SPECIFIER: Invalid module \"/var/task/a%2fb\" must not include \
             encoded \"/\" or \"\\\" characters imported from /var/task/index.mjs"
        )
    );
    assert_eq!(
        layout.import("https://x.y/z.mjs"),
        error(
            "ERR_UNSUPPORTED_ESM_URL_SCHEME: Only URLs with a scheme in: file, data, and node are \
             supported by the default ESM loader. Received protocol 'https:'"
        )
    );
}

#[test]
fn packages_are_found_upwards_and_by_their_exports() {
    let layout = Layout::new(&[
        ("node_modules/plain/package.json", r#"{"main":"./main"}"#),
        ("node_modules/plain/main.js", ""),
        ("node_modules/plain/lib/x.js", ""),
        ("node_modules/@s/p/index.js", ""),
        (
            "node_modules/exp/package.json",
            r#"{"exports":{
                ".":{"browser":"./b.js","import":"./i.mjs","require":"./r.js"},
                "./features/*.js":"./src/*.js","./features/private/*":null,
                "./first":["bad","./r.js"],"./outside":"../x.js","./late":{"default":"./r.js","import":"./i.mjs"},
                "./gone":"./gone.js"}}"#,
        ),
        ("node_modules/exp/i.mjs", ""),
        ("node_modules/exp/r.js", ""),
        ("node_modules/exp/src/a.js", ""),
        (
            "node_modules/dual/package.json",
            r#"{"exports":{"module-sync":"./s.mjs","default":"./d.js"}}"#,
        ),
        ("node_modules/dual/s.mjs", ""),
        ("node_modules/dual/d.js", ""),
    ]);
    assert_eq!(
        layout.require("plain"),
        ok("/var/task/node_modules/plain/main.js")
    );
    assert_eq!(
        layout.import("plain"),
        ok("/var/task/node_modules/plain/main.js")
    );
    assert_eq!(
        layout.require("plain/lib/x"),
        ok("/var/task/node_modules/plain/lib/x.js")
    );
    assert_eq!(
        layout.import("plain/lib/x"),
        error(
            "ERR_MODULE_NOT_FOUND: Cannot find module '/var/task/node_modules/plain/lib/x' imported \
             from /var/task/index.mjs"
        )
    );
    assert_eq!(
        layout.require("@s/p"),
        ok("/var/task/node_modules/@s/p/index.js")
    );
    assert_eq!(layout.require("exp"), ok("/var/task/node_modules/exp/r.js"));
    assert_eq!(layout.import("exp"), ok("/var/task/node_modules/exp/i.mjs"));
    assert_eq!(
        layout.import("exp/features/a.js"),
        ok("/var/task/node_modules/exp/src/a.js")
    );
    assert_eq!(
        layout.require("exp/first"),
        ok("/var/task/node_modules/exp/r.js")
    );
    assert_eq!(
        layout.import("exp/late"),
        ok("/var/task/node_modules/exp/r.js")
    );
    assert_eq!(
        layout.require("dual"),
        ok("/var/task/node_modules/dual/s.mjs")
    );
    let nested = layout.resolve(
        "plain",
        "/var/task/node_modules/exp/src/a.js",
        Kind::Require,
    );
    assert_eq!(nested, ok("/var/task/node_modules/plain/main.js"));
    assert_eq!(
        layout.require("exp/r.js"),
        error(
            "ERR_PACKAGE_PATH_NOT_EXPORTED: Package subpath './r.js' is not defined by \"exports\" in \
             /var/task/node_modules/exp/package.json"
        )
    );
    assert_eq!(
        layout.import("exp/features/private/z"),
        error(
            "ERR_PACKAGE_PATH_NOT_EXPORTED: Package subpath './features/private/z' is not defined by \
             \"exports\" in /var/task/node_modules/exp/package.json imported from /var/task/index.mjs"
        )
    );
    assert_eq!(
        layout.require("exp/outside"),
        error(
            "ERR_INVALID_PACKAGE_TARGET: Invalid \"exports\" target \"../x.js\" defined for \
             './outside' in the package config /var/task/node_modules/exp/package.json; targets must \
             start with \"./\""
        )
    );
    assert_eq!(
        layout.require("exp/gone"),
        error("MODULE_NOT_FOUND: Cannot find module '/var/task/node_modules/exp/gone.js'")
    );
    assert_eq!(
        layout.import("@none/pkg/x"),
        error(
            "ERR_MODULE_NOT_FOUND: Cannot find package '@none/pkg' imported from \
             /var/task/index.mjs"
        )
    );
}

#[test]
fn a_package_may_import_itself_and_its_internals() {
    let layout = Layout::new(&[
        (
            "package.json",
            r##"{"name":"me","exports":"./index.js","imports":{"#in/*":"./lib/*.js","#fs":"fs","#dep":"dep"}}"##,
        ),
        ("index.js", ""),
        ("lib/a.js", ""),
        ("node_modules/dep/index.js", ""),
    ]);
    assert_eq!(layout.require("me"), ok("/var/task/index.js"));
    assert_eq!(layout.import("#in/a"), ok("/var/task/lib/a.js"));
    assert_eq!(layout.import("#fs"), ok("fs"));
    assert_eq!(
        layout.require("#dep"),
        ok("/var/task/node_modules/dep/index.js")
    );
    assert_eq!(
        layout.import("#none"),
        error(
            "ERR_PACKAGE_IMPORT_NOT_DEFINED: Package import specifier \"#none\" is not defined in \
             package /var/task/package.json imported from /var/task/index.mjs"
        )
    );
}

#[test]
fn layers_are_found_through_node_path() {
    let layout = Layout::new(&[]).with_layer(&[
        ("nodejs/node_modules/shared/index.js", ""),
        ("nodejs/node24/node_modules/shared/index.js", ""),
        ("nodejs/node22/node_modules/old/index.js", ""),
    ]);
    let newest = ok("/opt/nodejs/node24/node_modules/shared/index.js");
    assert_eq!(layout.require("shared"), newest);
    assert_eq!(layout.import("shared"), newest);
    assert!(layout.require("old").is_err());
    let rules = Rules::new(22, None, None);
    let found = layout
        .resolver(rules)
        .resolve("old", "/var/task/index.js", Kind::Require);
    assert_eq!(
        found.as_deref(),
        Ok("/opt/nodejs/node22/node_modules/old/index.js")
    );
}

#[test]
fn a_broken_package_json_is_named() {
    let layout = Layout::new(&[("node_modules/bad/package.json", "{bad")]);
    assert_eq!(
        layout.import("bad"),
        error(
            "ERR_INVALID_PACKAGE_CONFIG: Invalid package config \
             /var/task/node_modules/bad/package.json while importing \"bad\" from \
             /var/task/index.mjs."
        )
    );
    assert_eq!(
        layout.require("bad"),
        error(
            "ERR_INVALID_PACKAGE_CONFIG: Invalid package config \
             /var/task/node_modules/bad/package.json."
        )
    );
}

#[cfg(unix)]
#[test]
fn links_lead_to_the_real_file_and_never_out() {
    use std::os::unix::fs::symlink;
    let layout = Layout::new(&[("packages/lib/index.js", ""), ("node_modules/.keep", "")]);
    let task = layout.task.path();
    symlink("../packages/lib", task.join("node_modules/lib")).expect("a link");
    symlink("/etc", task.join("node_modules/etc")).expect("a link");
    symlink("../../../../../../../../etc/passwd", task.join("up.js")).expect("a link");
    symlink("loop.js", task.join("loop.js")).expect("a link");
    assert_eq!(layout.require("lib"), ok("/var/task/packages/lib/index.js"));
    for specifier in [
        "etc/passwd",
        "./up.js",
        "./loop.js",
        "/etc/passwd",
        "../../../etc/passwd",
    ] {
        let found = layout.require(specifier);
        assert_eq!(
            found,
            Err(format!(
                "MODULE_NOT_FOUND: Cannot find module '{specifier}'"
            ))
        );
        assert!(layout.import(specifier).is_err(), "{specifier}");
    }
}

#[test]
fn hostile_specifiers_are_only_not_found() {
    let layout = Layout::new(&[("node_modules/x/index.js", "")]);
    let long = "a/".repeat(100_000);
    for specifier in [
        "",
        "\0",
        "./\0",
        "x\0",
        "@",
        "@/",
        "%",
        "a%2fb",
        "\\",
        "#",
        "#/",
        "..",
        ".",
        "/",
        &long,
        "x/../../y",
        "é",
        "./%ff",
        "file://",
        "file:",
        ":",
        "a:b",
    ] {
        for kind in [Kind::Require, Kind::Import] {
            assert!(
                layout
                    .resolve(specifier, "/var/task/index.js", kind)
                    .is_err(),
                "{specifier:?}"
            );
        }
    }
    for from in ["", "index.js", "/", "//", "/x", "/var/task/", "\0"] {
        assert!(layout.resolve("nope", from, Kind::Require).is_err());
        assert!(layout.resolve("./nope", from, Kind::Import).is_err());
    }
}

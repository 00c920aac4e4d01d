//! Packages that the runtime brings: where they are looked for, and what is said when they are not there.

use super::super::{Kind, Rules};
use super::layout::Layout;

fn ok(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

const INDEX: &str = r#"{"main":"index.js"}"#;

/// A project's `node_modules` and Hoist's store, with the same package in both and one more in each.
fn layout(task: &[(&str, &str)]) -> Layout {
    Layout::new(task)
        .with_runtime(
            "project/node_modules",
            &[
                ("@aws-sdk/both/index.js", "project"),
                ("@aws-sdk/both/package.json", INDEX),
                ("lodash/index.js", ""),
            ],
        )
        .with_runtime(
            "node_modules",
            &[
                ("@aws-sdk/both/index.js", "store"),
                ("@aws-sdk/stored/index.js", ""),
                ("@aws-sdk/stored/dist/a.js", ""),
                ("@aws-sdk/stored/package.json", INDEX),
                ("@smithy/types/index.js", ""),
                ("tslib/index.js", ""),
                ("aws-sdk/index.js", ""),
            ],
        )
}

#[test]
fn the_sdk_is_found_in_the_project_then_in_the_store() {
    let layout = layout(&[]);
    for find in [Layout::require, Layout::import] {
        assert_eq!(
            find(&layout, "@aws-sdk/both"),
            ok("/var/runtime/project/node_modules/@aws-sdk/both/index.js")
        );
        assert_eq!(
            find(&layout, "@aws-sdk/stored"),
            ok("/var/runtime/node_modules/@aws-sdk/stored/index.js")
        );
        assert_eq!(
            find(&layout, "@aws-sdk/stored/dist/a.js"),
            ok("/var/runtime/node_modules/@aws-sdk/stored/dist/a.js")
        );
    }
    // By its path a program may have it, as in Lambda.
    assert_eq!(
        layout.require("/var/runtime/node_modules/@smithy/types"),
        ok("/var/runtime/node_modules/@smithy/types/index.js")
    );
}

#[test]
fn the_function_and_its_layers_win() {
    let own = [("node_modules/@aws-sdk/both/index.js", "own")];
    let layered = [("nodejs/node_modules/@aws-sdk/stored/index.js", "layer")];
    let layout = layout(&own).with_layer(&layered);
    for find in [Layout::require, Layout::import] {
        assert_eq!(
            find(&layout, "@aws-sdk/both"),
            ok("/var/task/node_modules/@aws-sdk/both/index.js")
        );
        assert_eq!(
            find(&layout, "@aws-sdk/stored"),
            ok("/opt/nodejs/node_modules/@aws-sdk/stored/index.js")
        );
    }
}

#[test]
fn nothing_but_the_sdk_is_found_there() {
    let layout = layout(&[]);
    for name in ["lodash", "tslib", "aws-sdk"] {
        assert_eq!(
            layout.require(name),
            Err(format!("MODULE_NOT_FOUND: Cannot find module '{name}'"))
        );
        assert_eq!(
            layout.import(name),
            Err(format!(
                "ERR_MODULE_NOT_FOUND: Cannot find package '{name}' imported from /var/task/index.mjs"
            ))
        );
    }
    // Up to Node 16 it was the other way round.
    let old = layout.resolver(Rules::new(16, None, None));
    let find = |name: &str| old.resolve(name, "/var/task/index.js", Kind::Require);
    assert_eq!(
        find("aws-sdk").as_deref(),
        Ok("/var/runtime/node_modules/aws-sdk/index.js")
    );
    assert!(find("@aws-sdk/both").is_err());
}

#[test]
fn packages_in_there_find_their_own_as_node_does() {
    let layout = layout(&[]);
    let from = |from: &str, name: &str| layout.resolve(name, from, Kind::Require);
    assert_eq!(
        from(
            "/var/runtime/node_modules/@aws-sdk/stored/dist/a.js",
            "tslib"
        ),
        ok("/var/runtime/node_modules/tslib/index.js")
    );
    assert_eq!(
        from(
            "/var/runtime/project/node_modules/@aws-sdk/both/index.js",
            "lodash"
        ),
        ok("/var/runtime/project/node_modules/lodash/index.js")
    );
    assert_eq!(
        from(
            "/var/runtime/node_modules/@aws-sdk/stored/index.js",
            "@aws-sdk/both"
        ),
        ok("/var/runtime/node_modules/@aws-sdk/both/index.js")
    );
}

#[test]
fn a_node_path_without_the_runtime_hides_its_packages() {
    let layout = layout(&[]);
    let resolver = layout.resolver(Rules::new(24, Some("/opt/nodejs"), None));
    let found = resolver.resolve("@aws-sdk/both", "/var/task/index.js", Kind::Require);
    assert!(found.is_err(), "{found:?}");
}

#[test]
fn what_is_missing_is_said_once_with_the_command_that_gets_it() {
    let handler = "import { S3 } from '@aws-sdk/client-s3';\n\
                   import * as both from \"@aws-sdk/both\";\n\
                   import { Upload } from '@aws-sdk/lib-storage/dist/upload.js'; // 'not a name'\n";
    let layout = layout(&[("index.mjs", handler)]);
    let resolver = layout.resolver(Rules::default());
    let hint = |name: &str| resolver.hint(name, "/var/task/index.mjs", Kind::Import);
    assert_eq!(
        hint("@aws-sdk/client-s3").as_deref(),
        Some(
            "Lambda brings @aws-sdk/client-s3, @aws-sdk/lib-storage along, there is no copy on this \
             machine; get one with: hoist runtime add @aws-sdk/client-s3 @aws-sdk/lib-storage"
        )
    );
    assert_eq!(hint("@aws-sdk/client-s3"), None);
    assert_eq!(hint("@aws-sdk/lib-storage/x"), None);
    // A wrong path in a package that is there, and a package that Lambda does not have.
    assert_eq!(hint("@aws-sdk/both/gone.js"), None);
    assert_eq!(hint("lodash"), None);
}

#[test]
fn the_other_version_of_the_sdk_is_named_as_such() {
    let layout = Layout::new(&[]);
    let hint = |major: u32, name: &str| {
        let resolver = layout.resolver(Rules::new(major, None, None));
        resolver
            .hint(name, "/var/task/index.js", Kind::Require)
            .unwrap_or_default()
    };
    assert!(hint(22, "aws-sdk/clients/s3").contains("up to nodejs16.x only"));
    assert!(hint(16, "@aws-sdk/client-s3").contains("from nodejs18.x on"));
    assert!(hint(16, "aws-sdk").ends_with("hoist runtime add aws-sdk"));
}

/// What pnpm makes: links into a folder beside, in a workspace into that of the root.
#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    const STORE: &str = ".pnpm/@aws-sdk+x@3.1.0/node_modules/@aws-sdk/x/index.js";
    const BESIDE: &str = ".pnpm/@aws-sdk+x@3.1.0/node_modules/tslib/index.js";

    fn workspace() -> Layout {
        let layout = Layout::new(&[])
            .with_runtime("project/apps/orders/node_modules", &[("@aws-sdk/_", "")])
            .with_runtime("project/node_modules", &[(STORE, ""), (BESIDE, "")]);
        let link = |target: &str, name: &str| {
            symlink(target, layout.runtime[0].0.path().join(name)).expect("a link");
        };
        let beside = "../../../../node_modules/.pnpm/@aws-sdk+x@3.1.0/node_modules/@aws-sdk/x";
        link(beside, "@aws-sdk/x");
        link("../../../../../outside/@aws-sdk/y", "@aws-sdk/y");
        link("../../../apps/common", "common");
        layout
    }

    #[test]
    fn a_workspaces_links_lead_into_the_folder_of_its_root() {
        let layout = workspace();
        let found = layout.require("@aws-sdk/x");
        assert_eq!(
            found,
            ok(&format!("/var/runtime/project/node_modules/{STORE}"))
        );
        let from = found.expect("a path");
        assert_eq!(
            layout.resolve("tslib", &from, Kind::Require),
            ok(&format!("/var/runtime/project/node_modules/{BESIDE}"))
        );
    }

    #[test]
    fn a_link_that_leads_out_is_not_followed_and_is_explained() {
        let layout = workspace();
        assert_eq!(
            layout.import("@aws-sdk/y"),
            Err(
                "ERR_MODULE_NOT_FOUND: Cannot find package '@aws-sdk/y' imported from \
                 /var/task/index.mjs"
                    .to_owned()
            )
        );
        let hint = |name: &str, from: &str| {
            layout
                .resolver(Rules::default())
                .hint(name, from, Kind::Import)
                .unwrap_or_default()
        };
        let said = hint("@aws-sdk/y", "/var/task/index.mjs");
        assert!(
            said.contains(
                "@aws-sdk/y is a link to ../../../../../outside/@aws-sdk/y, which is not"
            ),
            "{said}"
        );
        assert!(said.ends_with("hoist runtime add @aws-sdk/y"), "{said}");

        symlink("../../shared", layout.task.path().join("node_modules")).expect("a link");
        let said = hint(
            "common",
            "/var/runtime/project/apps/orders/node_modules/z/index.js",
        );
        assert!(
            said.contains("install the packages of that folder again"),
            "{said}"
        );
    }

    #[test]
    fn a_link_out_of_the_functions_folder_is_explained() {
        let layout = Layout::new(&[("node_modules/_", "")]);
        symlink("../../lib", layout.task.path().join("node_modules/lib")).expect("a link");
        let resolver = layout.resolver(Rules::default());
        let said = resolver.hint("lib", "/var/task/index.js", Kind::Require);
        assert_eq!(
            said.as_deref(),
            Some(
                "/var/task/node_modules/lib is a link to ../../lib, which is not in the function's \
                 folder; Lambda would not find lib either: bundle the function, or install its packages \
                 without links (pnpm deploy, npm install --install-links)"
            )
        );
    }
}

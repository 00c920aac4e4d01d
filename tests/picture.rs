//! `hoist graph`: pictures of whole templates, real ones of the corpus, and the command from outside.

mod real;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hoist::graph::picture::{self, Extent, Flow, Item, Picture, dot, json, mermaid, svg, tree};
use hoist::graph::{Trigger, TriggerKind};
use hoist::project::{self, Options};

use real::{corpus, templates};

/// A file or folder of this package.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn pictured(template: &Path, extent: Extent) -> Option<Picture> {
    let loaded = project::load(template, &Options::default());
    Some(picture::build(&loaded.app?, &loaded.stack_name, extent))
}

fn of(template: &str) -> Picture {
    pictured(&here(template), Extent::Main).expect("an application")
}

/// In every format, with the ending of its file.
fn rendered(picture: &Picture) -> [(&'static str, String); 5] {
    [
        ("txt", tree::render(picture, 1000, tree::Strokes::Unicode)),
        ("svg", svg::render(picture, svg::Theme::Auto)),
        ("dot", dot::render(picture)),
        ("mmd", mermaid::render(picture)),
        ("json", format!("{:#}\n", json::render(picture))),
    ]
}

fn compare(path: &Path, text: &str, template: &str) {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        text == expected,
        "{} is another now. When it should be: hoist graph {template} -o {}\n{text}",
        path.display(),
        path.display()
    );
}

/// `A GET /b triggers C`, for every arrow.
fn sentences(picture: &Picture) -> Vec<String> {
    let sentence = |arrow: &picture::Arrow| {
        let from = &picture.items[arrow.from];
        let route = arrow.route.map(|route| &from.routes[route]);
        let route = route.map_or(String::new(), |route| {
            format!(" {} {}", route.method, route.path)
        });
        let label = if arrow.label.is_empty() {
            String::new()
        } else {
            format!(" ({})", arrow.label)
        };
        format!(
            "{}{route} {} {}{label}",
            from.id,
            arrow.flow.verb(),
            picture.items[arrow.to].id
        )
    };
    picture.arrows.iter().map(sentence).collect()
}

#[test]
fn every_format_of_the_cases_is_as_it_was() {
    for (folder, template) in [("shop", "template.yaml"), ("plain", "template.json")] {
        let template = format!("tests/picture/{folder}/{template}");
        for (ending, text) in rendered(&of(&template)) {
            compare(
                &here(&format!("tests/picture/{folder}/graph.{ending}")),
                &text,
                &template,
            );
        }
    }
}

#[test]
fn the_picture_in_the_example_is_that_of_its_template() {
    let template = "examples/notes-table-js/template.yaml";
    let text = svg::render(&of(template), svg::Theme::Auto);
    compare(&here("examples/notes-table-js/graph.svg"), &text, template);
}

#[test]
fn events_policies_failures_and_references_are_arrows() {
    let found = sentences(&of("tests/picture/shop/template.yaml"));
    for wanted in [
        "ShopApi GET /orders/{id} triggers ListOrders",
        "ListOrders reads Orders",
        "CreateOrder reads and writes Orders",
        "CreateOrder sends to Payments",
        "CreateOrder uses Settings",
        "Payments triggers Charge",
        "Payments dead letters to PaymentsFailed",
        "Charge reads BankKey",
        "Charge sends to ShopEvents",
        "ShopEvents triggers SendInvoice (OrderPaid)",
        "SendInvoice dead letters to Alerts",
        "Invoices triggers Archive (ObjectCreated:*)",
        "ReportNightly triggers Report",
        "ReportUrl triggers Report",
    ] {
        assert!(
            found.iter().any(|one| one == wanted),
            "{wanted} is not in {found:#?}"
        );
    }
    assert!(
        !found
            .iter()
            .any(|one| one.starts_with("Charge reads Payments")),
        "{found:#?}"
    );
}

#[test]
fn plain_cloudformation_has_the_same_arrows() {
    let picture = of("tests/picture/plain/template.json");
    let found = sentences(&picture);
    for wanted in [
        "Api GET /things/{id} triggers Read",
        "Read reads Table",
        "Follow reads Table",
        "Table triggers Follow",
        "News triggers Inbox",
    ] {
        assert!(
            found.iter().any(|one| one == wanted),
            "{wanted} is not in {found:#?}"
        );
    }
    assert_eq!(found.len(), 5, "{found:#?}");
}

#[test]
fn what_only_makes_something_work_is_folded_into_it() {
    let picture = of("tests/picture/plain/template.json");
    let ids: Vec<&str> = picture.items.iter().map(|item| item.id.as_str()).collect();
    // The last permission is for a function of somebody else: there is nothing to fold it into.
    assert_eq!(
        ids,
        [
            "Api",
            "Read",
            "Follow",
            "Table",
            "Secrets",
            "News",
            "Inbox",
            "LogsPermission"
        ]
    );
    let read = &picture.items[1];
    assert_eq!(read.folded, ["ReadPermission", "SharedRole", "TablePolicy"]);
}

#[test]
fn all_shows_every_resource() {
    let path = here("tests/picture/plain/template.json");
    let loaded = project::load(&path, &Options::default());
    let app = loaded.app.expect("an application");
    let picture = picture::build(&app, "plain", Extent::All);
    assert_eq!(picture.items.len(), app.resources.len());
    let found = sentences(&picture);
    assert!(
        found.contains(&"Read uses SharedRole".to_owned()),
        "{found:#?}"
    );
    assert!(
        found.contains(&"Table triggers Follow".to_owned()),
        "{found:#?}"
    );
}

#[test]
fn every_real_template_has_a_picture_in_every_format() {
    let Some(folder) = corpus("templates") else {
        return;
    };
    let (mut pictures, mut arrows) = (0, 0);
    for path in templates(&folder) {
        for extent in [Extent::Main, Extent::All] {
            let Some(picture) = pictured(&path, extent) else {
                continue;
            };
            pictures += 1;
            arrows += picture
                .arrows
                .iter()
                .filter(|arrow| arrow.flow != Flow::Uses)
                .count();
            for (ending, text) in rendered(&picture) {
                assert!(
                    ending == "txt" || !text.is_empty(),
                    "{}: {ending}",
                    path.display()
                );
                if ending == "svg" {
                    let read = roxmltree::Document::parse(&text);
                    assert!(read.is_ok(), "{}: {read:?}", path.display());
                }
            }
        }
    }
    println!("{pictures} pictures with {arrows} arrows that are more than a reference");
    assert!(
        pictures > 800 && arrows > 800,
        "{pictures} pictures, {arrows} arrows"
    );
}

/// The items that show a resource: its own, or those it is folded into.
fn shown<'a>(picture: &'a Picture, id: &'a str) -> impl Iterator<Item = usize> + 'a {
    let shows = move |item: &Item| item.id == id || item.folded.iter().any(|folded| folded == id);
    (0..picture.items.len()).filter(move |&place| shows(&picture.items[place]))
}

/// The resource that a trigger comes from, where it is one of the application's.
fn source<'a>(picture: &Picture, trigger: &'a Trigger) -> Option<&'a str> {
    match &trigger.kind {
        TriggerKind::Route { api, .. } | TriggerKind::Authorizer { api } => Some(api),
        TriggerKind::Poll { source, .. } => source.as_ref()?.resource.as_deref(),
        TriggerKind::Topic { topic } => topic.resource.as_deref(),
        TriggerKind::Logs { group } => group.as_ref()?.resource.as_deref(),
        TriggerKind::Rule { bus } => {
            let has_item = picture.items.iter().any(|item| item.id == trigger.by);
            match has_item {
                true => Some(&trigger.by),
                false => bus.as_ref()?.resource.as_deref(),
            }
        }
        TriggerKind::Url
        | TriggerKind::Bucket { .. }
        | TriggerKind::Schedule { .. }
        | TriggerKind::UserPool { .. }
        | TriggerKind::IotRule => Some(&trigger.by),
        // A destination is where something is sent to; the others come from outside.
        _ => None,
    }
}

#[test]
fn every_trigger_of_a_real_application_is_an_arrow() {
    let Some(folder) = corpus("templates") else {
        return;
    };
    let (mut seen, mut missing) = (0, Vec::new());
    for path in templates(&folder) {
        let loaded = project::load(&path, &Options::default());
        let Some(app) = loaded.app else { continue };
        let picture = picture::build(&app, "picture", Extent::Main);
        for trigger in app.triggers() {
            let Some(source) = source(&picture, &trigger) else {
                continue;
            };
            for from in shown(&picture, source) {
                let is_drawn = picture.arrows.iter().any(|arrow| {
                    arrow.from == from
                        && picture.items[arrow.to].id == trigger.target
                        && arrow.flow == Flow::Triggers
                });
                seen += 1;
                if !is_drawn {
                    missing.push(format!(
                        "{}: {source} starts {}",
                        path.display(),
                        trigger.target
                    ));
                }
            }
        }
    }
    println!("{seen} triggers");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(seen > 120, "only {seen} triggers");
}

fn hoist(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
    command.current_dir(folder).args(arguments);
    command.output().expect("hoist runs")
}

#[test]
fn the_ending_of_the_file_chooses_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let template = here("examples/notes-table-js/template.yaml");
    let template = template.to_str().unwrap();
    for (name, start) in [
        ("a.svg", "<svg "),
        ("a.dot", "digraph "),
        ("a.mmd", "flowchart LR"),
        ("a.json", "{"),
        ("a.txt", "Api"),
    ] {
        let output = hoist(folder.path(), &["graph", template, "-o", name]);
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout.is_empty());
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.starts_with(start), "{name}: {text}");
    }
    let output = hoist(folder.path(), &["graph", template]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("├─ POST /notes → WriteNoteFunction"));
    let output = hoist(
        folder.path(),
        &[
            "graph", "-t", template, "--format", "svg", "--theme", "dark",
        ],
    );
    assert!(!String::from_utf8_lossy(&output.stdout).contains("prefers-color-scheme"));
}

#[test]
fn an_ending_that_says_no_format_is_an_error_that_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let template = here("examples/notes-table-js/template.yaml");
    let output = hoist(
        folder.path(),
        &["graph", template.to_str().unwrap(), "-o", "a.png"],
    );
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("a.png") && said.contains("tree, svg, dot, mermaid or json"),
        "{said}"
    );
    assert!(!folder.path().join("a.png").exists());
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let template = here("examples/notes-table-js/template.yaml");
    let output = hoist(
        folder.path(),
        &["graph", template.to_str().unwrap(), "-o", "no/such/a.svg"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no/such/a.svg"));
}

#[test]
fn a_faulty_template_has_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("template.yaml"), "Resources: [1]\n").unwrap();
    let output = hoist(folder.path(), &["graph", "-o", "a.svg"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!folder.path().join("a.svg").exists());
}

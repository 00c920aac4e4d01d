use super::example::{Dice, MIDDLE, SMALL, picture, random};
use super::layout::Rect;
use super::{Arrow, Flow, Item, Kind, Picture, dot, mermaid, svg, tree};

/// Names that want to break out of whatever they stand in.
const HOSTILE: [&str; 6] = [
    "</text></svg><script>alert(1)</script>",
    "\"]\nn0 --> n9\nclick n0 \"https://example.com\"",
    "\" shape=box]; evil -> evil [label=\"\\",
    "\u{1b}[2J\u{0}\u{202e}\u{fffe}",
    "#quot;`**bold**`<br/>{{x}}|y|",
    "]]>&amp;&#x0;",
];

fn hostile() -> Picture {
    let item = |name: &&str| Item {
        id: (*name).to_owned(),
        label: (*name).to_owned(),
        detail: (*name).to_owned(),
        resource_type: (*name).to_owned(),
        routes: vec![super::Route {
            method: (*name).to_owned(),
            path: (*name).to_owned(),
        }],
        folded: vec![(*name).to_owned()],
        ..Item::default()
    };
    let arrow = |place: usize| Arrow {
        from: place,
        route: Some(0),
        to: (place + 1) % HOSTILE.len(),
        flow: Flow::Uses,
        label: HOSTILE[place].to_owned(),
    };
    Picture {
        title: HOSTILE.concat(),
        items: HOSTILE.iter().map(item).collect(),
        arrows: (0..HOSTILE.len()).map(arrow).collect(),
    }
}

#[test]
fn svg_is_well_formed_whatever_the_names_are() {
    let pictures = (0..60).map(|seed| random(seed, 1 + seed as usize % 30, seed as usize % 50));
    for picture in pictures.chain([hostile(), Picture::default()]) {
        let text = svg::render(&picture, svg::Theme::Auto);
        let document = roxmltree::Document::parse(&text).expect("well-formed XML");
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let names: Vec<&str> = root.children().map(|node| node.tag_name().name()).collect();
        assert!(names.contains(&"title") && names.contains(&"desc"));
        let foreign = document
            .descendants()
            .find(|node| node.tag_name().name() == "script");
        assert!(foreign.is_none());
        let items = document.descendants().filter(|node| {
            node.attribute("class")
                .is_some_and(|class| class.starts_with("item "))
        });
        assert_eq!(items.count(), picture.items.len());
    }
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    for seed in 0..20 {
        let (one, other) = (random(seed, 25, 40), random(seed, 25, 40));
        assert_eq!(
            svg::render(&one, svg::Theme::Auto),
            svg::render(&other, svg::Theme::Auto)
        );
    }
}

#[test]
fn labels_of_arrows_cover_no_box_and_no_other_label() {
    let mut labels = 0;
    for seed in 0..60 {
        let text = svg::render(&random(seed, 25, 40), svg::Theme::Light);
        let document = roxmltree::Document::parse(&text).expect("well-formed XML");
        let mut taken: Vec<Rect> = Vec::new();
        for node in document
            .descendants()
            .filter(|node| node.has_tag_name("rect"))
        {
            let is_label = node.attribute("class") == Some("halo");
            if !is_label && node.attribute("class") != Some("box") {
                continue;
            }
            let rect = rect(node);
            if is_label {
                labels += 1;
                assert!(
                    !taken.iter().any(|other| other.overlaps(&rect)),
                    "seed {seed}: {rect:?}"
                );
            }
            taken.push(rect);
        }
    }
    assert!(labels > 100, "only {labels} labels were seen");
}

/// The place of a rectangle, with its group's translation.
fn rect(node: roxmltree::Node<'_, '_>) -> Rect {
    let number = |name: &str| {
        node.attribute(name)
            .map_or(0.0, |text| text.parse().expect("a number"))
    };
    let moved = node
        .parent()
        .and_then(|parent| parent.attribute("transform"));
    let moved = moved.and_then(|text| text.strip_prefix("translate(")?.strip_suffix(')'));
    let (x, y) = moved
        .and_then(|text| text.split_once(' '))
        .unwrap_or(("0", "0"));
    let (x, y): (f64, f64) = (x.parse().expect("a number"), y.parse().expect("a number"));
    Rect {
        x: number("x") + x,
        y: number("y") + y,
        width: number("width"),
        height: number("height"),
    }
}

#[test]
fn only_the_automatic_theme_asks_the_reader() {
    let picture = picture(SMALL);
    let has_query = |theme| svg::render(&picture, theme).contains("prefers-color-scheme: dark");
    assert!(has_query(svg::Theme::Auto));
    assert!(!has_query(svg::Theme::Light) && !has_query(svg::Theme::Dark));
    assert_ne!(
        svg::render(&picture, svg::Theme::Light),
        svg::render(&picture, svg::Theme::Dark)
    );
}

#[test]
fn names_stay_inside_their_quotes_in_dot() {
    for line in dot::render(&hostile()).lines() {
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(bare.matches('"').count() % 2, 0, "{line}");
        let outside: String = bare.split('"').step_by(2).collect();
        assert!(!outside.contains("evil"), "{line}");
    }
}

#[test]
fn names_stay_inside_their_quotes_in_mermaid() {
    let text = mermaid::render(&hostile());
    for line in text.lines() {
        assert!(matches!(line.matches('"').count(), 0 | 2), "{line}");
        assert!(!line.trim_start().starts_with("click"), "{line}");
        let inside = line
            .split('"')
            .nth(1)
            .unwrap_or_default()
            .replace("<br/><small>", "");
        assert!(
            !inside
                .replace("</small>", "")
                .contains(['<', '>', '`', '*']),
            "{line}"
        );
    }
}

#[test]
fn no_line_of_a_tree_is_wider_than_asked() {
    for width in [20, 33, 80] {
        for strokes in [tree::Strokes::Unicode, tree::Strokes::Ascii] {
            for lines in [SMALL, MIDDLE] {
                let text = tree::render(&picture(lines), width, strokes);
                for line in text.lines() {
                    assert!(super::text::columns(line) <= width, "{line}");
                }
                assert!(
                    strokes == tree::Strokes::Unicode || text.is_ascii(),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn a_tree_tells_every_item_and_ends() {
    for seed in 0..40 {
        let picture = random(seed, 20, 40);
        let text = tree::render(&picture, 1000, tree::Strokes::Unicode);
        assert!(!text.contains('\u{1b}'));
        assert!(text.lines().count() >= picture.items.len(), "{text}");
    }
}

#[test]
fn a_tree_reads_from_what_starts_something() {
    let expected = "\
ShopApi · HTTP API
├─ GET /orders → ListOrders · nodejs22.x
│  └─ reads Orders · DynamoDB table
├─ POST /orders → CreateOrder · nodejs22.x
│  ├─ sends to Payments · SQS queue
│  │  ├─ triggers Charge · python3.13
│  │  │  ├─ sends to ShopEvents · event bus
│  │  │  │  └─ triggers OrderPaid · order.paid
│  │  │  │     └─ triggers SendMail · python3.13
│  │  │  │        └─ writes Invoices · S3 bucket
│  │  │  └─ writes Orders · DynamoDB table
│  │  └─ dead letters to PaymentsFailed · SQS queue
│  └─ writes Orders · DynamoDB table
├─ GET /orders/{id} → ReadOrder · nodejs22.x
│  └─ reads Orders · DynamoDB table
└─ DELETE /orders/{id} → CancelOrder · nodejs22.x
   └─ reads and writes Orders · DynamoDB table
Nightly · rate(1 day)
└─ triggers Report · python3.13
   ├─ reads Orders · DynamoDB table
   └─ writes Invoices · S3 bucket
";
    assert_eq!(
        tree::render(&picture(MIDDLE), 100, tree::Strokes::Unicode),
        expected
    );
}

#[test]
fn a_chain_of_thousands_is_drawn() {
    let count = 3000;
    let items = (0..count).map(|place| Item {
        id: format!("R{place}"),
        label: format!("R{place}"),
        kind: Kind::Function,
        ..Item::default()
    });
    let mut dice = Dice(1);
    let arrows = (1..count).map(|to| Arrow {
        from: if dice.roll(2) == 0 {
            to - 1
        } else {
            dice.roll(to)
        },
        route: None,
        to,
        flow: Flow::Triggers,
        label: String::new(),
    });
    let picture = Picture {
        title: "chain".into(),
        items: items.collect(),
        arrows: arrows.collect(),
    };
    let text = tree::render(&picture, 80, tree::Strokes::Unicode);
    assert_eq!(text.lines().count(), count);
    assert!(roxmltree::Document::parse(&svg::render(&picture, svg::Theme::Auto)).is_ok());
}

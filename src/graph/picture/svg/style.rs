//! The colours of a picture.

use std::fmt::Write;

use super::super::{Flow, Kind, Picture};

/// On what ground the picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Light or dark, as the reader's system asks for.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The style sheet, with the kinds and flows that there are.
pub(super) fn sheet(picture: &Picture, theme: Theme) -> String {
    let mut sheet = String::from(FIXED);
    for kind in Kind::ALL {
        if picture.items.iter().any(|item| item.kind == kind) {
            let _ = writeln!(sheet, ".{} .tile{{fill:{}}}", kind.word(), colour(kind));
        }
    }
    let flows: Vec<Flow> = Flow::ALL
        .into_iter()
        .filter(|flow| picture.drawn().any(|(_, arrow)| arrow.flow == *flow))
        .collect();
    match theme {
        Theme::Light => sheet.push_str(&colours(&LIGHT, &flows)),
        Theme::Dark => sheet.push_str(&colours(&DARK, &flows)),
        Theme::Auto => {
            sheet.push_str(&colours(&LIGHT, &flows));
            let _ = writeln!(
                sheet,
                "@media (prefers-color-scheme: dark) {{\n{}}}",
                colours(&DARK, &flows)
            );
        }
    }
    sheet
}

/// What does not depend on the theme.
const FIXED: &str = "\
text{font-family:Helvetica,Arial,'Liberation Sans',sans-serif}
.label{font-size:13px;font-weight:700}
.detail{font-size:11px}
.path{font-size:12px}
.method{font-size:9.5px;font-weight:700;text-anchor:middle}
.note{font-size:10px;text-anchor:middle}
.legend{font-size:11px}
.glyph{fill:none;stroke:#fff;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.box,.ground{stroke-width:1}
.arrow path{fill:none;stroke-width:1.5}
.arrow .head{stroke:none}
.dead-letters path{stroke-dasharray:5 4}
.uses path{stroke-dasharray:1.5 3.5;stroke-linecap:round}
.rule-line,.apart{fill:none;stroke-width:1}
";

struct Colours {
    ground: &'static str,
    ground_line: &'static str,
    paper: &'static str,
    line: &'static str,
    text: &'static str,
    quiet: &'static str,
    badge: &'static str,
    badge_text: &'static str,
    flows: fn(Flow) -> &'static str,
}

const LIGHT: Colours = Colours {
    ground: "#f8fafc",
    ground_line: "#e2e8f0",
    paper: "#ffffff",
    line: "#cbd5e1",
    text: "#0f172a",
    quiet: "#64748b",
    badge: "#ede9fe",
    badge_text: "#5b21b6",
    flows: |flow| match flow {
        Flow::Triggers => "#475569",
        Flow::Sends => "#c026a3",
        Flow::Reads | Flow::Writes | Flow::ReadsAndWrites => "#2563eb",
        Flow::DeadLetters => "#dc2626",
        Flow::Uses => "#94a3b8",
    },
};

const DARK: Colours = Colours {
    ground: "#0d1117",
    ground_line: "#21262d",
    paper: "#161b22",
    line: "#3b4450",
    text: "#e6edf3",
    quiet: "#9aa7b5",
    badge: "#2e2458",
    badge_text: "#c4b5fd",
    flows: |flow| match flow {
        Flow::Triggers => "#9fb0c3",
        Flow::Sends => "#e879d0",
        Flow::Reads | Flow::Writes | Flow::ReadsAndWrites => "#6ea8fe",
        Flow::DeadLetters => "#f87171",
        Flow::Uses => "#66758a",
    },
};

/// Dark enough for white icons, light enough to stand out on black.
fn colour(kind: Kind) -> &'static str {
    match kind {
        Kind::Api => "#7c4ddb",
        Kind::Function => "#d9690a",
        Kind::Table => "#2f6bdc",
        Kind::Queue => "#c4338a",
        Kind::Topic => "#d23c5a",
        Kind::Bus => "#a63fb8",
        Kind::Rule => "#8a5a2b",
        Kind::Schedule => "#0f857a",
        Kind::Bucket => "#2c8a43",
        Kind::Stream => "#0c86b3",
        Kind::StateMachine => "#b5442c",
        Kind::Secret => "#8f6b12",
        Kind::Identity => "#4a5bd0",
        Kind::Watch => "#6b7a1f",
        Kind::Other => "#64748b",
    }
}

fn colours(colours: &Colours, flows: &[Flow]) -> String {
    let mut sheet = String::new();
    let Colours {
        ground,
        ground_line,
        paper,
        line,
        text,
        quiet,
        badge,
        badge_text,
        ..
    } = colours;
    let _ = write!(
        sheet,
        ".ground{{fill:{ground};stroke:{ground_line}}}\n\
         .box{{fill:{paper};stroke:{line}}}\n\
         .label,.path{{fill:{text}}}\n\
         .detail,.legend,.note{{fill:{quiet}}}\n\
         .halo{{fill:{ground}}}\n\
         .badge{{fill:{badge}}}\n\
         .method{{fill:{badge_text}}}\n\
         .rule-line,.apart{{stroke:{ground_line}}}\n"
    );
    for &flow in flows {
        let (word, colour) = (flow.word(), (colours.flows)(flow));
        let _ = writeln!(
            sheet,
            ".{word} path{{stroke:{colour}}}.{word} .head{{fill:{colour}}}"
        );
    }
    sheet
}

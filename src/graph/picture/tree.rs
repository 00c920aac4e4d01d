//! A picture as lines of text: what starts something, and below it what that leads to.

use std::collections::HashSet;

use super::dot::route_text;
use super::text::{self, visible};
use super::{Arrow, Item, Picture};

/// What the lines of a tree are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strokes {
    /// Box-drawing characters.
    Unicode,
    /// For terminals that have nothing else.
    Ascii,
}

impl Strokes {
    /// Before a member that others follow, before the last, below the first, below the last.
    fn branches(self) -> [&'static str; 4] {
        match self {
            Strokes::Unicode => ["├─ ", "└─ ", "│  ", "   "],
            Strokes::Ascii => ["|- ", "`- ", "|  ", "   "],
        }
    }

    fn arrow(self) -> &'static str {
        match self {
            Strokes::Unicode => "→",
            Strokes::Ascii => "->",
        }
    }

    fn point(self) -> &'static str {
        match self {
            Strokes::Unicode => "·",
            Strokes::Ascii => "-",
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Strokes::Unicode => "…",
            Strokes::Ascii => "...",
        }
    }
}

/// The lines, each at most `width` columns wide, with a line feed behind each. What an item leads to is told once;
/// where it comes up again the line ends in `(above)`.
pub fn render(picture: &Picture, width: usize, strokes: Strokes) -> String {
    let mut writer = Writer {
        picture,
        after: after(picture),
        told: HashSet::new(),
        strokes,
        width: width.max(20),
        out: String::new(),
    };
    writer.roots();
    writer.out
}

/// For each item, its arrows: what starts something before what is only there to be used.
fn after(picture: &Picture) -> Vec<Vec<&Arrow>> {
    let mut after: Vec<Vec<&Arrow>> = vec![Vec::new(); picture.items.len()];
    for (_, arrow) in picture.drawn() {
        after[arrow.from].push(arrow);
    }
    for arrows in &mut after {
        arrows.sort_by_key(|arrow| (arrow.route, arrow.flow));
    }
    after
}

struct Writer<'a> {
    picture: &'a Picture,
    after: Vec<Vec<&'a Arrow>>,
    told: HashSet<usize>,
    strokes: Strokes,
    width: usize,
    out: String,
}

/// A line that is still to be written.
struct Line<'a> {
    /// How many columns stand before it, as branches of those above.
    indent: String,
    is_last: bool,
    what: What<'a>,
}

enum What<'a> {
    Arrow(&'a Arrow),
    /// A route that leads nowhere.
    Route(String),
}

impl<'a> Writer<'a> {
    /// First what nothing leads to, then whatever is only in circles, then what stands alone.
    fn roots(&mut self) {
        let count = self.picture.items.len();
        let mut is_led_to = vec![false; count];
        for (_, arrow) in self
            .picture
            .drawn()
            .filter(|(_, arrow)| arrow.from != arrow.to)
        {
            is_led_to[arrow.to] = true;
        }
        let leads = |writer: &Self, item: usize| {
            !writer.after[item].is_empty() || !writer.picture.items[item].routes.is_empty()
        };
        for (item, is_led_to) in is_led_to.iter().enumerate() {
            if !is_led_to && leads(self, item) {
                self.root(item);
            }
        }
        for (item, is_led_to) in is_led_to.iter().enumerate() {
            if *is_led_to && leads(self, item) && !self.told.contains(&item) {
                self.root(item);
            }
        }
        for (item, is_led_to) in is_led_to.iter().enumerate() {
            if !is_led_to && !leads(self, item) {
                let line = self.name(item);
                self.line(&line);
            }
        }
    }

    fn root(&mut self, item: usize) {
        let line = self.name(item);
        self.line(&line);
        let mut waiting = self.below(item, "");
        // Not by recursion: a chain may be as long as a template.
        while let Some(line) = waiting.pop() {
            waiting.extend(self.branch(&line));
        }
    }

    /// Writes a line, and gives what comes below it, the last line first.
    fn branch(&mut self, line: &Line<'a>) -> Vec<Line<'a>> {
        let [middle, last, under, under_last] = self.strokes.branches();
        let branch = if line.is_last { last } else { middle };
        let inner = format!(
            "{}{}",
            line.indent,
            if line.is_last { under_last } else { under }
        );
        match &line.what {
            What::Route(route) => {
                self.line(&format!("{}{branch}{route}", line.indent));
                Vec::new()
            }
            What::Arrow(arrow) => {
                let is_told = self.told.contains(&arrow.to);
                let leads = !self.after[arrow.to].is_empty();
                let again = if is_told && leads { " (above)" } else { "" };
                let text = format!("{}{branch}{}{again}", line.indent, self.step(arrow));
                self.line(&text);
                match is_told {
                    true => Vec::new(),
                    false => self.below(arrow.to, &inner),
                }
            }
        }
    }

    /// What an item leads to, the last line first.
    fn below(&mut self, item: usize, indent: &str) -> Vec<Line<'a>> {
        self.told.insert(item);
        let is = &self.picture.items[item];
        let mut what: Vec<(Option<usize>, What<'a>)> = self.after[item]
            .iter()
            .map(|arrow| (arrow.route, What::Arrow(arrow)))
            .collect();
        for (route, text) in is.routes.iter().enumerate() {
            if !self.after[item]
                .iter()
                .any(|arrow| arrow.route == Some(route))
            {
                what.push((
                    Some(route),
                    What::Route(visible(&route_text(text)).into_owned()),
                ));
            }
        }
        what.sort_by_key(|(route, _)| *route);
        let count = what.len();
        let lines = what.into_iter().enumerate().map(|(place, (_, what))| Line {
            indent: indent.to_owned(),
            is_last: place + 1 == count,
            what,
        });
        let mut lines: Vec<Line> = lines.collect();
        lines.reverse();
        lines
    }

    /// `GET /notes → ListNotes · nodejs22.x`, `writes Notes · table`.
    fn step(&self, arrow: &Arrow) -> String {
        let from = &self.picture.items[arrow.from];
        let name = self.name(arrow.to);
        let label = match arrow.label.is_empty() {
            true => String::new(),
            false => format!(" ({})", visible(&arrow.label)),
        };
        match arrow.route.and_then(|route| from.routes.get(route)) {
            Some(route) => {
                let route = route_text(route);
                format!("{} {} {name}{label}", visible(&route), self.strokes.arrow())
            }
            None => format!("{} {name}{label}", arrow.flow.verb()),
        }
    }

    fn name(&self, item: usize) -> String {
        let item: &Item = &self.picture.items[item];
        let label = visible(&item.label);
        match item.detail.is_empty() {
            true => label.into_owned(),
            false => format!("{label} {} {}", self.strokes.point(), visible(&item.detail)),
        }
    }

    fn line(&mut self, line: &str) {
        let cut = text::cut(line, self.width, self.strokes.mark());
        self.out.push_str(cut.trim_end());
        self.out.push('\n');
    }
}

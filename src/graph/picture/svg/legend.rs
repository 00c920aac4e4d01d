//! What the lines mean, below the picture.

use std::fmt::Write;

use super::super::layout::{self, Point};
use super::super::text::{self, Weight};
use super::super::{Flow, Picture};
use super::{arrowhead, at_end, at_start, escaped, number};

const LINE: f64 = 30.0;
const HEIGHT: f64 = 24.0;
const FONT: f64 = 11.0;
const BETWEEN: f64 = 22.0;

/// The entries with their places.
pub(super) struct Legend {
    pub width: f64,
    pub height: f64,
    entries: Vec<(Flow, Point)>,
}

/// One entry for each flow that there is.
pub(super) fn legend(picture: &Picture, width: f64) -> Legend {
    let mut flows: Vec<Flow> = picture.drawn().map(|(_, arrow)| arrow.flow).collect();
    flows.sort_unstable();
    flows.dedup();
    let mut legend = Legend {
        width: 0.0,
        height: 0.0,
        entries: Vec::new(),
    };
    let mut at = Point::new(layout::MARGIN, 0.0);
    for flow in flows {
        let entry = LINE + 8.0 + text::width(flow.verb(), FONT, Weight::Regular);
        if at.x > layout::MARGIN && at.x + entry > width - layout::MARGIN {
            at = Point::new(layout::MARGIN, at.y + HEIGHT);
        }
        legend.entries.push((flow, at));
        legend.width = legend.width.max(at.x + entry + layout::MARGIN);
        legend.height = at.y + HEIGHT;
        at.x += entry + BETWEEN;
    }
    legend
}

impl Legend {
    pub(super) fn draw(&self, out: &mut String, top: f64) {
        for &(flow, at) in &self.entries {
            let y = top + at.y + 2.0;
            let (left, right) = (at.x, at.x + LINE);
            let start = if at_start(flow) { left + 6.0 } else { left };
            let end = if at_end(flow) { right - 6.0 } else { right };
            let _ = write!(
                out,
                "<g class=\"arrow {}\"><path d=\"M{} {y}H{}\"/>",
                flow.word(),
                number(start),
                number(end),
                y = number(y)
            );
            if at_end(flow) {
                arrowhead(out, Point::new(right, y), 1.0);
            }
            if at_start(flow) {
                arrowhead(out, Point::new(left, y), -1.0);
            }
            let _ = writeln!(
                out,
                "</g><text class=\"legend\" x=\"{}\" y=\"{}\">{}</text>",
                number(right + 8.0),
                number(y + 4.0),
                escaped(flow.verb())
            );
        }
    }
}

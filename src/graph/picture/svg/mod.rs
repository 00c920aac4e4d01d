//! A picture as an SVG file that needs nothing else: no fonts, no scripts, no other files.

mod icon;
mod label;
mod legend;
mod style;

use std::fmt::Write;

use super::layout::size::{self, DETAIL, HEAD, LABEL, METHOD, PATH};
use super::layout::{self, Curve, Drawing, Point, Rect};
use super::text::{self, Weight};
use super::{Arrow, Flow, Item, Picture, Route};

pub use style::Theme;

/// How long the head of an arrow is.
const ARROWHEAD: f64 = 7.0;
/// Side of the square behind an icon.
const TILE: f64 = 26.0;

/// Draws the picture.
pub fn render(picture: &Picture, theme: Theme) -> String {
    let drawing = layout::lay_out(picture);
    let legend = legend::legend(picture, drawing.width);
    let (width, height) = (
        drawing.width.max(legend.width),
        drawing.height + legend.height,
    );
    let mut out = String::new();
    head(&mut out, picture, (width, height), theme);
    for flow in Flow::ALL.into_iter().rev() {
        let arrows = picture.drawn().filter(|(_, arrow)| arrow.flow == flow);
        for (place, arrow) in arrows {
            draw_arrow(&mut out, picture, arrow, &drawing.curves[place]);
        }
    }
    for (place, item) in picture.items.iter().enumerate() {
        draw_item(&mut out, item, drawing.boxes[place], &drawing.rows[place]);
    }
    label::labels(&mut out, picture, &drawing);
    caption(&mut out, &drawing);
    legend.draw(&mut out, drawing.height);
    out.push_str("</svg>\n");
    out
}

fn head(out: &mut String, picture: &Picture, (width, height): (f64, f64), theme: Theme) {
    let (w, h) = (number(width), number(height));
    let title = escaped(&picture.title);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         aria-labelledby=\"title desc\">\n<title id=\"title\">{title}</title>\n<desc id=\"desc\">{}</desc>",
        escaped(&description(picture))
    );
    let _ = writeln!(out, "<style>\n{}</style>", style::sheet(picture, theme));
    let _ = writeln!(
        out,
        "<rect class=\"ground\" width=\"{w}\" height=\"{h}\" rx=\"10\"/>"
    );
}

/// What there is to see, in words.
fn description(picture: &Picture) -> String {
    let mut text = match picture.items.len() {
        0 => return "No resources.".into(),
        1 => "One resource.".to_owned(),
        count => format!("{count} resources."),
    };
    // Enough to know what it is about; nobody listens to hundreds.
    const MOST: usize = 60;
    for (_, arrow) in picture.drawn().take(MOST) {
        let _ = write!(text, " {}.", sentence(picture, arrow));
    }
    let more = picture.drawn().count().saturating_sub(MOST);
    if more > 0 {
        let _ = write!(text, " And {more} more.");
    }
    text
}

/// `Api GET /notes triggers ListNotes`.
fn sentence(picture: &Picture, arrow: &Arrow) -> String {
    let from = &picture.items[arrow.from];
    let mut text = text::visible(&from.label).into_owned();
    if let Some(route) = arrow.route.and_then(|route| from.routes.get(route)) {
        let _ = write!(text, " {}", route_text(route));
    }
    let to = text::visible(&picture.items[arrow.to].label);
    let _ = write!(text, " {} {to}", arrow.flow.verb());
    if !arrow.label.is_empty() {
        let _ = write!(text, " ({})", text::visible(&arrow.label));
    }
    text
}

fn route_text(route: &Route) -> String {
    let path = text::visible(&route.path);
    match route.method.is_empty() {
        true => path.into_owned(),
        false => format!("{} {path}", text::visible(&route.method)),
    }
}

fn draw_arrow(out: &mut String, picture: &Picture, arrow: &Arrow, curve: &Curve) {
    let (Some(&first), Some(&last)) = (curve.points.first(), curve.points.last()) else {
        return;
    };
    let word = arrow.flow.word();
    let _ = write!(
        out,
        "<g class=\"arrow {word}\"><title>{}</title><path d=\"{}\"/>",
        escaped(&sentence(picture, arrow)),
        path_data(&shortened(curve, arrow.flow))
    );
    // What is read flows to the reader.
    if at_end(arrow.flow) {
        arrowhead(out, last, direction(&curve.points, true));
    }
    if at_start(arrow.flow) {
        arrowhead(out, first, direction(&curve.points, false));
    }
    out.push_str("</g>\n");
}

fn at_end(flow: Flow) -> bool {
    flow != Flow::Reads
}

fn at_start(flow: Flow) -> bool {
    matches!(flow, Flow::Reads | Flow::ReadsAndWrites)
}

/// Whether the curve comes to its end (or its start) from the left: 1, or from the right: -1.
fn direction(points: &[Point], at_end: bool) -> f64 {
    let pair = match at_end {
        true => points.iter().rev().take(2).rev().collect::<Vec<_>>(),
        false => points.iter().take(2).rev().collect(),
    };
    match pair.as_slice() {
        [before, end] if before.x > end.x => -1.0,
        _ => 1.0,
    }
}

/// The line ends inside the head, not at its tip.
fn shortened(curve: &Curve, flow: Flow) -> Vec<Point> {
    let mut points = curve.points.clone();
    let inside = ARROWHEAD - 1.0;
    let (forward, backward) = (direction(&points, true), direction(&points, false));
    if let Some(last) = points.last_mut().filter(|_| at_end(flow)) {
        last.x -= forward * inside;
    }
    if let Some(first) = points.first_mut().filter(|_| at_start(flow)) {
        first.x -= backward * inside;
    }
    points
}

fn path_data(points: &[Point]) -> String {
    let mut data = String::new();
    if let Some(first) = points.first() {
        let _ = write!(data, "M{} {}", number(first.x), number(first.y));
    }
    for bend in points.get(1..).unwrap_or_default().chunks_exact(3) {
        let _ = match is_straight(bend) {
            true => write!(data, "H{}", number(bend[2].x)),
            false => write!(
                data,
                "C{} {} {} {} {} {}",
                number(bend[0].x),
                number(bend[0].y),
                number(bend[1].x),
                number(bend[1].y),
                number(bend[2].x),
                number(bend[2].y)
            ),
        };
    }
    data
}

fn is_straight(bend: &[Point]) -> bool {
    bend.iter().all(|point| point.y == bend[0].y)
}

fn arrowhead(out: &mut String, tip: Point, direction: f64) {
    let base = number(tip.x - direction * ARROWHEAD);
    let _ = write!(
        out,
        "<path class=\"head\" d=\"M{} {}L{base} {}L{base} {}Z\"/>",
        number(tip.x),
        number(tip.y),
        number(tip.y - 3.5),
        number(tip.y + 3.5)
    );
}

fn draw_item(out: &mut String, item: &Item, rect: Rect, rows: &[usize]) {
    let _ = writeln!(
        out,
        "<g class=\"item {}\" transform=\"translate({} {})\"><title>{}</title>",
        item.kind.word(),
        number(rect.x),
        number(rect.y),
        escaped(&tooltip(item))
    );
    let (width, height) = (number(rect.width), number(rect.height));
    let _ = writeln!(
        out,
        "<rect class=\"box\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
    );
    let tile = number(TILE);
    let _ = writeln!(
        out,
        "<rect class=\"tile\" x=\"10\" y=\"10\" width=\"{tile}\" height=\"{tile}\" rx=\"6\"/>{}",
        icon::icon(item.kind)
    );
    let room = rect.width - size::TEXT_LEFT - size::TEXT_RIGHT;
    let middle = if item.detail.is_empty() {
        HEAD / 2.0 + 4.5
    } else {
        20.0
    };
    let label = text::visible(&item.label);
    write_text(
        out,
        "label",
        &label,
        (size::TEXT_LEFT, middle),
        (LABEL, Weight::Bold, room),
    );
    if !item.detail.is_empty() {
        let detail = text::visible(&item.detail);
        write_text(
            out,
            "detail",
            &detail,
            (size::TEXT_LEFT, 36.0),
            (DETAIL, Weight::Regular, room),
        );
    }
    for (place, route) in rows
        .iter()
        .filter_map(|&row| item.routes.get(row))
        .enumerate()
    {
        draw_row(out, route, place, rect.width);
    }
    out.push_str("</g>\n");
}

fn draw_row(out: &mut String, route: &Route, place: usize, width: f64) {
    let middle = size::row_middle(place);
    if place == 0 {
        let _ = writeln!(
            out,
            "<path class=\"rule-line\" d=\"M0 {}H{}\"/>",
            number(HEAD),
            number(width)
        );
    }
    if !route.method.is_empty() {
        let badge = size::badge(route);
        let method = text::visible(&route.method);
        let _ = write!(
            out,
            "<rect class=\"badge\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"16\" rx=\"4\"/>",
            number(size::ROW_LEFT),
            number(middle - 8.0),
            number(badge)
        );
        let shown = text::fitted(&method, METHOD, Weight::Bold, badge - 6.0);
        let _ = writeln!(
            out,
            "<text class=\"method\" x=\"{}\" y=\"{}\">{}</text>",
            number(size::ROW_LEFT + badge / 2.0),
            number(middle + 3.5),
            escaped(&shown)
        );
    }
    let left = size::path_left(route);
    let room = width - left - size::TEXT_RIGHT;
    let path = text::visible(&route.path);
    write_text(
        out,
        "path",
        &path,
        (left, middle + 4.2),
        (PATH, Weight::Regular, room),
    );
}

/// Writes a text that starts at a place, cut to its room. Other fonts than the one it was measured in are pressed into
/// the same width.
fn write_text(
    out: &mut String,
    class: &str,
    words: &str,
    (x, y): (f64, f64),
    (font_size, weight, room): (f64, Weight, f64),
) {
    let shown = text::fitted(words, font_size, weight, room);
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{}\" y=\"{}\"",
        number(x),
        number(y)
    );
    if shown
        .chars()
        .all(|c| c.is_ascii_graphic() || c == ' ' || c == '…')
        && shown.len() > 3
    {
        let width = text::width(&shown, font_size, weight);
        let _ = write!(
            out,
            " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
            number(width)
        );
    }
    let _ = writeln!(out, ">{}</text>", escaped(&shown));
}

/// What a pointer over the box shows.
fn tooltip(item: &Item) -> String {
    let mut text = text::visible(&item.id).into_owned();
    if !item.resource_type.is_empty() {
        let _ = write!(text, " ({})", text::visible(&item.resource_type));
    }
    for (place, id) in item.folded.iter().take(20).enumerate() {
        text.push_str(if place == 0 { ", with " } else { ", " });
        text.push_str(&text::visible(id));
    }
    if item.folded.len() > 20 {
        let _ = write!(text, " and {} more", item.folded.len() - 20);
    }
    text
}

fn caption(out: &mut String, drawing: &Drawing) {
    if let Some(top) = drawing.apart {
        let end = number(drawing.width - layout::MARGIN);
        let (left, y) = (number(layout::MARGIN), number(top));
        let _ = writeln!(out, "<path class=\"apart\" d=\"M{left} {y}H{end}\"/>");
    }
}

/// A text as XML's text and attributes take it. What XML has no place for was taken out by [`text::visible`].
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text::visible_all(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// A number of pixels, to a tenth.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Not `-0`.
    format!("{}", rounded + 0.0)
}

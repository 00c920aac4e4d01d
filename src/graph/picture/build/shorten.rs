//! Rules that only lead from a bus to what they start become words beside an arrow.

use super::super::{Arrow, Flow, Kind, Picture};

/// Takes out every rule that one bus leads to and that does nothing but start something. Its events become the label of
/// the arrows from the bus, and it is folded into what it starts.
pub(super) fn shorten(picture: &mut Picture) {
    let buses: Vec<Option<usize>> = (0..picture.items.len())
        .map(|item| bus(picture, item))
        .collect();
    if buses.iter().all(Option::is_none) {
        return;
    }
    let mut arrows = Vec::with_capacity(picture.arrows.len());
    for mut arrow in std::mem::take(&mut picture.arrows) {
        if buses[arrow.to].is_some() {
            continue;
        }
        if let Some(bus) = buses[arrow.from] {
            let rule = &picture.items[arrow.from];
            // What it waits for, when that is known.
            let events = if rule.detail == "rule" {
                ""
            } else {
                &rule.detail
            };
            arrow.label = events.to_owned();
            let id = rule.id.clone();
            picture.items[arrow.to].folded.push(id);
            arrow.from = bus;
        }
        arrows.push(arrow);
    }
    let mut places = Vec::with_capacity(buses.len());
    let mut kept = 0;
    for bus in &buses {
        places.push(kept);
        kept += usize::from(bus.is_none());
    }
    let mut is_kept = buses.iter().map(Option::is_none);
    picture.items.retain(|_| is_kept.next().unwrap_or(true));
    picture.arrows = arrows
        .into_iter()
        .map(|arrow| Arrow {
            from: places[arrow.from],
            to: places[arrow.to],
            ..arrow
        })
        .collect();
}

/// The only thing that leads to a rule, when the rule is one to take out.
fn bus(picture: &Picture, item: usize) -> Option<usize> {
    if picture.items[item].kind != Kind::Rule {
        return None;
    }
    let mut sources = picture.arrows.iter().filter(|arrow| arrow.to == item);
    let source = sources
        .next()
        .filter(|arrow| arrow.flow == Flow::Triggers)?
        .from;
    let mut ends = picture
        .arrows
        .iter()
        .filter(|arrow| arrow.from == item)
        .peekable();
    let is_plain = sources.next().is_none()
        && ends.peek().is_some()
        && ends.all(|arrow| {
            arrow.flow == Flow::Triggers && picture.items[arrow.to].kind != Kind::Rule
        });
    (is_plain && picture.items[source].kind == Kind::Bus).then_some(source)
}

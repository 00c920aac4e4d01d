//! Text in pictures: what may be shown of it, and how wide it is.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Most characters that any label shows. More can be read in the JSON.
const LONGEST: usize = 200;

/// Widths of the printable ASCII characters from the space on, in thousandths of the font size. Source: Adobe's font
/// metrics of Helvetica; Arial and Liberation Sans have the same.
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The same of Helvetica Bold.
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// A font of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// The text on one line, without what would act on the reader's terminal or turn the text around, and not endless.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let is_long = text.char_indices().nth(LONGEST).is_some();
    if !is_long && !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown: String = text.chars().take(LONGEST).map(replaced).collect();
    if is_long {
        shown.pop();
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// The whole text, however long, without what [`visible`] takes out.
pub(super) fn visible_all(text: &str) -> Cow<'_, str> {
    match text.contains(is_harmful) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(text.chars().map(replaced).collect()),
    }
}

fn replaced(character: char) -> char {
    match character {
        '\n' | '\t' | '\r' => ' ',
        other if is_harmful(other) => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

/// Control characters, those that change the direction of text, and those that XML has no place for.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// How wide a text is, in pixels at this font size. Exact for ASCII in Helvetica, Arial and Liberation Sans.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let thousandths: u32 = text.chars().map(|c| character_width(c, weight)).sum();
    f64::from(thousandths) * size / 1000.0
}

fn character_width(character: char, weight: Weight) -> u32 {
    let table = match weight {
        Weight::Regular => &REGULAR,
        Weight::Bold => &BOLD,
    };
    let place = u32::from(character).checked_sub(32);
    if let Some(width) = place.and_then(|place| table.get(place as usize)) {
        return u32::from(*width);
    }
    match (character, character.width()) {
        ('…' | '→', _) => 1000,
        (_, Some(0)) => 0,
        (_, Some(2)) => 1050,
        _ => 650,
    }
}

/// The text, cut with an ellipsis where it is wider than `limit` pixels.
pub(super) fn fitted(text: &str, size: f64, weight: Weight, limit: f64) -> Cow<'_, str> {
    let text_width = width(text, size, weight);
    if text_width <= limit {
        return Cow::Borrowed(text);
    }
    let room = (limit - width("…", size, weight)).max(0.0);
    let mut used = 0.0;
    let mut short = String::new();
    for character in text.chars() {
        used += f64::from(character_width(character, weight)) * size / 1000.0;
        if used > room {
            break;
        }
        short.push(character);
    }
    short.push('…');
    Cow::Owned(short)
}

/// How many columns of a terminal a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.chars()
        .map(|character| character.width().unwrap_or(0))
        .sum()
}

/// The text, cut with `mark` where it is wider than `limit` columns.
pub(super) fn cut(text: &str, limit: usize, mark: &str) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(columns(mark));
    let mut used = 0;
    let mut short: String = text
        .chars()
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= room
        })
        .collect();
    short.push_str(mark);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_not_shown() {
        assert_eq!(
            visible("a\u{1b}[2Jb\nc\u{202e}d"),
            "a\u{fffd}[2Jb c\u{fffd}d"
        );
        assert_eq!(visible("Grüße 表"), "Grüße 表");
    }

    #[test]
    fn endless_text_is_cut() {
        let long = "é".repeat(1_000_000);
        assert_eq!(visible(&long).chars().count(), LONGEST);
        assert!(visible(&long).ends_with('…'));
    }

    #[test]
    fn widths_are_those_of_helvetica() {
        assert_eq!(width("Hello", 1000.0, Weight::Regular), 2278.0);
        assert_eq!(width("~", 1000.0, Weight::Bold), 584.0);
    }

    #[test]
    fn fitted_text_is_never_wider_than_its_limit() {
        for limit in [0, 5, 20, 60, 100, 1000] {
            let limit = f64::from(limit);
            for text in [
                "",
                "i",
                "CreateOrderFunctionWithALongName",
                "表表表表表表表表",
            ] {
                let short = fitted(text, 13.0, Weight::Bold, limit);
                let mark = width("…", 13.0, Weight::Bold);
                assert!(
                    width(&short, 13.0, Weight::Bold) <= limit.max(mark),
                    "{short} {limit}"
                );
            }
        }
    }

    #[test]
    fn cut_text_has_at_most_its_columns() {
        assert_eq!(cut("abcdef", 4, "…"), "abc…");
        assert_eq!(cut("表表表", 4, "…"), "表…");
        assert_eq!(cut("abc", 3, "…"), "abc");
    }
}

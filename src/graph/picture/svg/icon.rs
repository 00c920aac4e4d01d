//! Hoist's own icons: strokes on a coloured square.

use super::super::Kind;

/// The icon of a kind, on the square that starts at 10, 10 and has sides of 26.
pub(super) fn icon(kind: Kind) -> String {
    format!(
        "<path class=\"glyph\" transform=\"translate(15 15)\" d=\"{}\"/>",
        strokes(kind)
    )
}

/// On a field of 16 by 16.
fn strokes(kind: Kind) -> &'static str {
    match kind {
        // An opening tag and a closing one.
        Kind::Api => "M5 4L1.5 8L5 12M11 4L14.5 8L11 12M9.2 3L6.8 13",
        // A block with a way in and a way out.
        Kind::Function => "M4 2.5H5.5L11 13.5H13M7.4 6.5L3.5 13.5",
        Kind::Table => "M2 3H14V13H2ZM2 6.4H14M2 9.7H14M6.5 6.4V13",
        Kind::Queue => "M2.5 4V12M6.2 4V12M9.9 4V12M13.5 4V12",
        // One sender, three receivers.
        Kind::Topic => {
            "M2 8H6M6 8L12 3.5M6 8H12.5M6 8L12 12.5M12.9 3.5H13.5M13.4 8H14M12.9 12.5H13.5"
        }
        Kind::Bus => "M1.5 8H14.5M4 8V4M8 8V12.5M12 8V4",
        // A funnel.
        Kind::Rule => "M2.5 3H13.5L9.5 8.2V12L6.5 13.5V8.2Z",
        Kind::Schedule => "M14 8A6 6 0 1 1 2 8A6 6 0 1 1 14 8ZM8 4.6V8L10.4 9.6",
        Kind::Bucket => "M2.5 4.2C2.5 2.4 13.5 2.4 13.5 4.2L12 13H4ZM2.5 4.2C2.5 6 13.5 6 13.5 4.2",
        Kind::Stream => {
            "M1.5 5C4 2.6 5.7 7.4 8 5S12 2.6 14.5 5M1.5 10.8C4 8.4 5.7 13.2 8 10.8S12 8.4 14.5 10.8"
        }
        Kind::StateMachine => {
            "M5.8 2H10.2V5H5.8ZM1.8 11H6.2V14H1.8ZM9.8 11H14.2V14H9.8ZM8 5V8M4 11V8H12V11"
        }
        // A key.
        Kind::Secret => "M8.2 8A3 3 0 1 1 2.2 8A3 3 0 1 1 8.2 8ZM8.2 8H14V10.6M11.4 8V10",
        Kind::Identity => {
            "M10.8 5.2A2.8 2.8 0 1 1 5.2 5.2A2.8 2.8 0 1 1 10.8 5.2ZM2.6 14C3 10.6 5 9.8 8 9.8S13 10.6 13.4 14"
        }
        Kind::Watch => "M1.5 9H4.5L6.5 3.5L9.5 13L11.5 9H14.5",
        Kind::Other => "M8 1.8L13.6 4.9V11.1L8 14.2L2.4 11.1V4.9ZM2.4 4.9L8 8L13.6 4.9M8 8V14.2",
    }
}

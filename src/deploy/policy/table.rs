//! The permissions that each provider's calls need.

/// One line a type that has a provider of its own: type, what deleting needs, what making and changing needs beyond that.
/// `tests/deploy/properties/action.rs` writes it from the calls that are really made, and compares it with them.
pub static TABLE: &str = include_str!("../../../schema/deploy-actions.tsv");

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    destroy: &'static str,
    further: &'static str,
}

impl Row {
    /// What deleting a resource needs.
    pub fn destroy(self) -> impl Iterator<Item = &'static str> {
        words(self.destroy)
    }

    /// What making, looking for, reading, changing and deleting a resource needs.
    pub fn all(self) -> impl Iterator<Item = &'static str> {
        words(self.destroy).chain(words(self.further))
    }
}

fn words(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(' ').filter(|word| *word != "-")
}

/// The line of a type. None for types without a provider of their own.
pub fn of_type(resource_type: &str) -> Option<Row> {
    TABLE.lines().find_map(|line| {
        let mut fields = line.split('\t');
        (fields.next()? == resource_type).then_some(())?;
        Some(Row {
            destroy: fields.next()?,
            further: fields.next()?,
        })
    })
}

//! What AWS would call the resources: their names, ARNs, addresses, in AWS's formats and always the same.
//!
//! Names that AWS would make up are made from the logical id; ids that AWS would draw at random are made from a hash
//! of it. `schema/README.md` says how the table is written and where it comes from.

use std::fmt::Write as _;

use crate::schema::line_of;

static TABLE: &str = include_str!("../../schema/physical-names.tsv");

/// How a type's resources are named and addressed: one line of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    names: &'static str,
    /// Names are lower case.
    pub lower: bool,
    reference: &'static str,
    arn: &'static str,
    attributes: &'static str,
}

/// Where the resources are.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub region: String,
    pub account: String,
    pub partition: &'static str,
    pub suffix: &'static str,
}

impl Format {
    /// The format of a type's names, when it is known.
    pub fn of(kind: &str) -> Option<Format> {
        line_of(TABLE, kind).and_then(format)
    }

    /// The properties that may hold a resource's name; the first that is given wins.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.names.split(',').filter(|name| !name.is_empty())
    }

    /// What `Ref` gives.
    pub fn reference(&self, place: &Place, logical_id: &str, name: &str) -> String {
        self.fill(self.reference, place, logical_id, name)
    }

    /// What `Fn::GetAtt` gives, when the attribute is known.
    pub fn attribute(
        &self,
        attribute: &str,
        place: &Place,
        logical_id: &str,
        name: &str,
    ) -> Option<String> {
        let (_, text) = self.attributes().find(|(known, _)| *known == attribute)?;
        Some(self.fill(text, place, logical_id, name))
    }

    /// The ARN; none for a type that has none here.
    pub fn arn(&self, place: &Place, logical_id: &str, name: &str) -> Option<String> {
        (!self.arn.is_empty()).then(|| self.fill(self.arn, place, logical_id, name))
    }

    fn attributes(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.attributes
            .split(' ')
            .filter_map(|attribute| attribute.split_once('='))
    }

    fn fill(&self, text: &str, place: &Place, logical_id: &str, name: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((placeholder, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            match placeholder {
                "name" => filled.push_str(name),
                "arn" => filled.push_str(&self.fill(self.arn, place, logical_id, name)),
                "id" => filled.push_str(&short_id(logical_id)),
                "uuid" => filled.push_str(&uuid(logical_id)),
                "region" => filled.push_str(&place.region),
                "account" => filled.push_str(&place.account),
                "partition" => filled.push_str(place.partition),
                "suffix" => filled.push_str(place.suffix),
                // The table is ours; the test below fills every text of it.
                _ => {}
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// What a line of the table says.
fn format(line: &'static str) -> Option<Format> {
    let mut fields = line
        .split('\t')
        .map(|field| if field == "-" { "" } else { field });
    let _kind = fields.next()?;
    Some(Format {
        names: fields.next()?,
        lower: fields.next()? == "lower",
        reference: fields.next()?,
        arn: fields.next()?,
        attributes: fields.next()?,
    })
}

/// Ten lower-case letters and digits, always the same for a logical id: the form of API Gateway's ids.
pub(super) fn short_id(logical_id: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut hash = hash(logical_id, 0);
    (0..10)
        .map(|_| {
            let digit = DIGITS[(hash % 36) as usize];
            hash /= 36;
            char::from(digit)
        })
        .collect()
}

/// A UUID of version 8 (made by a rule of one's own), always the same for a logical id.
fn uuid(logical_id: &str) -> String {
    let (high, low) = (hash(logical_id, 1), hash(logical_id, 2));
    let high = (high & 0xffff_ffff_ffff_0fff) | 0x8000;
    let low = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    let digits = format!("{high:016x}{low:016x}");
    let mut uuid = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        let _ = write!(uuid, "{digit}");
    }
    uuid
}

/// FNV-1a, 64 bits: nothing secret depends on it, and it is the same on every machine.
fn hash(text: &str, salt: u8) -> u64 {
    text.bytes()
        .chain([0, salt])
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (&'static str, Format)> {
        TABLE
            .lines()
            .filter_map(|line| Some((line.split('\t').next()?, format(line)?)))
    }

    fn place() -> Place {
        Place {
            region: "eu-west-1".into(),
            account: "123456789012".into(),
            partition: "aws",
            suffix: "amazonaws.com",
        }
    }

    #[test]
    fn every_text_of_the_table_is_filled() {
        let known = [
            "{name}",
            "{arn}",
            "{id}",
            "{uuid}",
            "{region}",
            "{account}",
            "{partition}",
            "{suffix}",
        ];
        assert_eq!(all().count(), TABLE.lines().count());
        for (kind, format) in all() {
            let texts = [format.reference, format.arn];
            let attributes = format.attributes().map(|(_, text)| text);
            for text in texts.into_iter().chain(attributes) {
                let filled = format.fill(text, &place(), "Id", "NAME");
                let found: usize = known.iter().map(|mark| text.matches(mark).count()).sum();
                assert_eq!(text.matches('{').count(), found, "{}: {text}", kind);
                assert!(!filled.contains(['{', '}']), "{}: {filled}", kind);
            }
            assert!(!format.reference.is_empty(), "{}", kind);
        }
    }

    #[test]
    fn names_and_attributes_of_the_table_are_those_of_the_type() {
        // Attributes that CloudFormation documents although they are ordinary properties.
        let elsewhere = ["Name", "TopicName", "QueueName"];
        for (kind, format) in all() {
            let facts = crate::graph::facts::resource_type(kind).expect("a known type");
            for name in format.names() {
                assert!(facts.property(name).is_some(), "{} {name}", kind);
            }
            let known = facts.attributes();
            for (attribute, _) in format.attributes() {
                let listed = known.iter().any(|known| known == attribute)
                    || (elsewhere.contains(&attribute) && facts.property(attribute).is_some());
                assert!(listed, "{} {attribute}; it has {known:?}", kind);
            }
        }
    }

    #[test]
    fn a_queue_has_aws_formats() {
        let queue = Format::of("AWS::SQS::Queue").expect("known");
        assert_eq!(
            queue.reference(&place(), "Jobs", "jobs"),
            "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
        );
        assert_eq!(
            queue.attribute("Arn", &place(), "Jobs", "jobs").as_deref(),
            Some("arn:aws:sqs:eu-west-1:123456789012:jobs")
        );
    }

    #[test]
    fn ids_are_the_same_every_time_and_differ_between_resources() {
        assert_eq!(short_id("Api"), short_id("Api"));
        assert_ne!(short_id("Api"), short_id("Api2"));
        let id = uuid("Key");
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'8');
        assert!(b"89ab".contains(&id.as_bytes()[19]));
    }
}

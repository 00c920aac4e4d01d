//! What CloudFormation publishes about its resource types.
//!
//! The table is embedded text, one type a line and sorted; a lookup is a binary search over the bytes, so
//! nothing is parsed until a type is asked for. `schema/README.md` says where it comes from and how it is written.

use crate::diag::nearest;
use crate::schema::line_of;

static TABLE: &str = include_str!("../../schema/resource-types.tsv");

/// What is published about one resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// `AWS::SQS::Queue`.
    pub name: &'static str,
    /// What Cloud Control can do with it.
    pub handlers: Handlers,
    /// The property that holds the tags; a path such as `TagSpecifications/*/Tags` when it is nested.
    pub tag_property: Option<&'static str>,
    /// Properties (or paths) whose values, joined by `|`, identify a resource to Cloud Control, in that order.
    pub primary_id: Vec<&'static str>,
    /// Top-level properties, sorted by name.
    pub properties: Vec<Property>,
    /// Paths below the top level that carry a flag.
    pub nested: Vec<Nested>,
}

/// One top-level property of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// The types its value may have.
    pub types: Types,
    /// What holds for it.
    pub flags: Flags,
}

/// A path below a property: `Code/S3Bucket`; `*` stands for any item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nested {
    /// Names joined by `/`.
    pub path: &'static str,
    /// What holds for it.
    pub flags: Flags,
}

/// The JSON types that a property takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Types(&'static str);

/// What holds for a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(&'static str);

/// What Cloud Control can do with a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handlers(&'static str);

impl Types {
    /// Whether a string may stand here.
    pub fn string(self) -> bool {
        self.has('s')
    }
    /// Whether a whole number may stand here.
    pub fn integer(self) -> bool {
        self.has('i') || self.has('n')
    }
    /// Whether any number may stand here.
    pub fn number(self) -> bool {
        self.has('n')
    }
    /// Whether a boolean may stand here.
    pub fn boolean(self) -> bool {
        self.has('b')
    }
    /// Whether a list may stand here.
    pub fn array(self) -> bool {
        self.has('a')
    }
    /// Whether a mapping may stand here.
    pub fn object(self) -> bool {
        self.has('o')
    }
    fn has(self, letter: char) -> bool {
        self.0.contains(letter) || self.0.contains('*')
    }
}

impl Flags {
    /// The resource cannot be created without it.
    pub fn required(self) -> bool {
        self.0.contains('r')
    }
    /// A change replaces the resource.
    pub fn create_only(self) -> bool {
        self.0.contains('c')
    }
    /// A change replaces the resource in some cases.
    pub fn conditional_create_only(self) -> bool {
        self.0.contains('C')
    }
    /// Set by AWS: an attribute for `Fn::GetAtt`.
    pub fn read_only(self) -> bool {
        self.0.contains('o')
    }
    /// Never read back.
    pub fn write_only(self) -> bool {
        self.0.contains('w')
    }
}

impl Handlers {
    /// Whether Cloud Control can create one.
    pub fn create(self) -> bool {
        self.0.contains('c')
    }
    /// Whether Cloud Control can read one.
    pub fn read(self) -> bool {
        self.0.contains('r')
    }
    /// Whether Cloud Control can change one.
    pub fn update(self) -> bool {
        self.0.contains('u')
    }
    /// Whether Cloud Control can delete one.
    pub fn delete(self) -> bool {
        self.0.contains('d')
    }
    /// Whether Cloud Control can list them.
    pub fn list(self) -> bool {
        self.0.contains('l')
    }
}

impl Facts {
    /// The top-level property `name`.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties
            .binary_search_by(|property| property.name.cmp(name))
            .ok()
            .and_then(|at| self.properties.get(at))
    }

    /// Names of the properties that must be given.
    pub fn required(&self) -> impl Iterator<Item = &'static str> {
        self.properties
            .iter()
            .filter(|property| property.flags.required())
            .map(|property| property.name)
    }

    /// Attributes for `Fn::GetAtt`, written with points: `Arn`, `Endpoint.Address`. Paths through lists have none.
    pub fn attributes(&self) -> Vec<String> {
        let nested = self
            .nested
            .iter()
            .filter(|nested| nested.flags.read_only() && !nested.path.contains('*'))
            .map(|nested| nested.path.replace('/', "."));
        self.properties
            .iter()
            .filter(|property| property.flags.read_only())
            .map(|property| property.name.to_owned())
            .chain(nested)
            .collect()
    }

    /// The flags of a property or of a path below one (`Code/S3Bucket`, items of lists as `*`).
    pub fn flags(&self, path: &str) -> Flags {
        if let Some(property) = self.property(path) {
            return property.flags;
        }
        self.nested
            .iter()
            .find(|nested| nested.path == path)
            .map(|nested| nested.flags)
            .unwrap_or_default()
    }
}

/// What is published about the type `name`, or none when the table does not have it.
pub fn resource_type(name: &str) -> Option<Facts> {
    line_of(TABLE, name).and_then(parse)
}

/// Whether the table has the type, without reading its properties.
pub fn is_known(name: &str) -> bool {
    line_of(TABLE, name).is_some()
}

/// The type that `name` is most likely a slip for.
///
/// Types of the same service are tried first, then all of them.
pub fn nearest_type(name: &str) -> Option<&'static str> {
    let service = name.rsplit_once("::").map_or(name, |(service, _)| service);
    let same_service = type_names().filter(|known| {
        known
            .rsplit_once("::")
            .is_some_and(|(of, _)| of.eq_ignore_ascii_case(service))
    });
    nearest(name, same_service).or_else(|| nearest(name, type_names()))
}

/// All type names, sorted.
pub fn type_names() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter_map(|line| line.split('\t').next())
}

fn parse(line: &'static str) -> Option<Facts> {
    let mut fields = line
        .split('\t')
        .map(|field| if field == "-" { "" } else { field });
    let name = fields.next()?;
    let handlers = Handlers(fields.next()?);
    let tag_property = fields.next().filter(|field| !field.is_empty());
    let primary_id = fields
        .next()?
        .split(',')
        .filter(|part| !part.is_empty())
        .collect();
    let properties = fields
        .next()?
        .split_whitespace()
        .filter_map(|text| {
            let (name, rest) = text.split_once(':')?;
            let (types, flags) = rest.split_once('=').unwrap_or((rest, ""));
            Some(Property {
                name,
                types: Types(types),
                flags: Flags(flags),
            })
        })
        .collect();
    let nested = fields
        .next()?
        .split_whitespace()
        .filter_map(|text| {
            let (path, flags) = text.split_once('=')?;
            Some(Nested {
                path,
                flags: Flags(flags),
            })
        })
        .collect();
    Some(Facts {
        name,
        handlers,
        tag_property,
        primary_id,
        properties,
        nested,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_its_name_and_reads_whole() {
        let names: Vec<_> = type_names().collect();
        assert!(names.len() > 1800, "{}", names.len());
        assert!(names.is_sorted(), "the table is searched by halves");
        for name in names {
            let facts = resource_type(name).unwrap_or_else(|| panic!("{name} is not found"));
            assert_eq!(facts.name, name);
            let letters = |text: &str, allowed: &str| text.chars().all(|c| allowed.contains(c));
            assert!(letters(facts.handlers.0, "crudl"), "{name}");
            assert!(
                facts.properties.is_sorted_by_key(|property| property.name),
                "{name}"
            );
            for property in &facts.properties {
                assert!(letters(property.types.0, "sinbao*") && !property.types.0.is_empty());
                assert!(
                    letters(property.flags.0, "rcCow"),
                    "{name} {}",
                    property.name
                );
            }
        }
    }

    #[test]
    fn names_beside_the_table_are_not_found() {
        for name in [
            "",
            "A",
            "AWS::SQS::Queu",
            "AWS::SQS::Queuee",
            "zzz",
            "AWS::SQS::Queue\t",
        ] {
            assert!(!is_known(name), "{name}");
        }
    }

    #[test]
    fn a_queue_has_what_cloudformation_says() {
        let queue = resource_type("AWS::SQS::Queue").expect("known");
        assert!(queue.flags("QueueName").create_only());
        assert!(!queue.flags("VisibilityTimeout").create_only());
        assert_eq!(queue.attributes(), ["Arn", "QueueUrl"]);
        assert_eq!(queue.primary_id, ["QueueUrl"]);
        assert_eq!(queue.tag_property, Some("Tags"));
        assert!(queue.handlers.list() && queue.handlers.update());
        let redrive = queue.property("RedrivePolicy").expect("known").types;
        assert!(redrive.object() && redrive.string() && !redrive.array());
    }

    #[test]
    fn nested_paths_carry_their_flags() {
        let function = resource_type("AWS::Lambda::Function").expect("known");
        assert!(function.flags("Code/S3Bucket").write_only());
        assert_eq!(function.required().collect::<Vec<_>>(), ["Code", "Role"]);
    }

    #[test]
    fn a_slip_in_a_type_finds_the_type_meant() {
        assert_eq!(nearest_type("AWS::SQS::Que"), Some("AWS::SQS::Queue"));
        assert_eq!(
            nearest_type("AWS::Serverless::function"),
            Some("AWS::Serverless::Function")
        );
        assert_eq!(
            nearest_type("AWS::DynamoDb::Table"),
            Some("AWS::DynamoDB::Table")
        );
    }
}

//! Names of resources for which the template says none: always the same for the same stack, so that a resource whose
//! creation was not seen to its end is found again.

use sha2::{Digest, Sha256};

/// How a type's resources may be called.
/// Sources: the naming rules on each type's page in the CloudFormation template reference and the service's API reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameRule {
    /// The property that holds the name.
    pub property: &'static str,
    /// How many characters a name may have.
    pub longest: usize,
    /// Names are lower case.
    pub lower: bool,
    /// What a name of some resources must end with, and the property that says so when it is true: `.fifo`.
    pub suffix: Option<(&'static str, &'static str)>,
}

impl NameRule {
    /// Names of up to `longest` letters, digits and hyphens in `property`.
    pub const fn new(property: &'static str, longest: usize) -> Self {
        NameRule {
            property,
            longest,
            lower: false,
            suffix: None,
        }
    }

    /// The same with lower-case letters only.
    pub const fn lower(self) -> Self {
        NameRule {
            lower: true,
            ..self
        }
    }

    /// The same with `suffix` behind it when the property `when` is true.
    pub const fn suffix(self, suffix: &'static str, when: &'static str) -> Self {
        NameRule {
            suffix: Some((suffix, when)),
            ..self
        }
    }

    /// `stack-LogicalId-hash`, cut so that the hash stays whole. `owner` is what makes the hash: the account, the region, the
    /// stack, the logical id and the resource's generation.
    pub fn name(&self, owner: &Owner<'_>, suffix: &str) -> String {
        let hash = owner.hash();
        let room = self.longest - suffix.len() - hash.len() - 1;
        let mut readable = format!("{}-{}", owner.stack, owner.id);
        if readable.len() > room {
            // Both halves stay recognisable.
            let half = (room - 1) / 2;
            let stack = &owner.stack[..owner.stack.len().min(room - 1 - owner.id.len().min(half))];
            readable = format!("{stack}-{}", owner.id);
            readable.truncate(room);
        }
        let readable = readable.trim_end_matches('-');
        let name = format!("{readable}-{hash}{suffix}");
        match self.lower {
            true => name.to_lowercase(),
            false => name,
        }
    }
}

/// The letters that a hash is written with.
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// How many of them it has.
const HASH: usize = 10;

/// Whether a name may be one that [`NameRule::name`] made for a resource of the stack.
pub fn is_made(name: &str, stack: &str) -> bool {
    // Cut names keep at least the beginning of the stack's.
    const SURE: usize = 4;
    let Some((readable, hash)) = name.rsplit_once('-') else {
        return false;
    };
    let hash = hash.split('.').next().unwrap_or_default();
    let begins = &stack[..stack.len().min(SURE)];
    hash.len() == HASH
        && hash.bytes().all(|byte| DIGITS.contains(&byte))
        && readable.to_lowercase().starts_with(&begins.to_lowercase())
}

/// Whose name it is.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// 12 digits.
    pub account: &'a str,
    /// `eu-central-1`.
    pub region: &'a str,
    /// The stack's name: ASCII.
    pub stack: &'a str,
    /// The logical id: ASCII letters and digits.
    pub id: &'a str,
    /// How often the resource was replaced.
    pub generation: u32,
}

impl Owner<'_> {
    /// Ten lower-case letters and digits; a bucket's name must be the only one in the world.
    pub fn hash(&self) -> String {
        let text = format!(
            "{}/{}/{}/{}/{}",
            self.account, self.region, self.stack, self.id, self.generation
        );
        Sha256::digest(text)
            .iter()
            .take(HASH)
            .map(|byte| char::from(DIGITS[usize::from(byte % 32)]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner<'_> = Owner {
        account: "123456789012",
        region: "eu-central-1",
        stack: "orders",
        id: "ReceiveFunction",
        generation: 0,
    };

    #[test]
    fn a_name_says_whose_it_is() {
        let rule = NameRule::new("FunctionName", 64);
        let name = rule.name(&OWNER, "");
        assert!(name.starts_with("orders-ReceiveFunction-"), "{name}");
        assert_eq!(name, rule.name(&OWNER, ""), "and is always the same");
    }

    #[test]
    fn a_made_name_is_told_from_a_written_one() {
        let rule = NameRule::new("QueueName", 40);
        for suffix in ["", ".fifo"] {
            let name = rule.name(&OWNER, suffix);
            assert!(is_made(&name, "orders"), "{name}");
            assert!(!is_made(&name, "shipping"), "{name}");
        }
        for name in ["orders", "orders-ReceiveFunction", "orders-a-b", ""] {
            assert!(!is_made(name, "orders"), "{name}");
        }
    }

    #[test]
    fn a_replacement_and_another_region_have_other_names() {
        let rule = NameRule::new("FunctionName", 64);
        let next = Owner {
            generation: 1,
            ..OWNER
        };
        let elsewhere = Owner {
            region: "us-east-1",
            ..OWNER
        };
        assert_ne!(rule.name(&OWNER, ""), rule.name(&next, ""));
        assert_ne!(rule.name(&OWNER, ""), rule.name(&elsewhere, ""));
    }

    #[test]
    fn long_names_are_cut_before_the_hash_and_keep_both_halves() {
        let rule = NameRule::new("BucketName", 63).lower();
        let long = "A".repeat(120);
        for (stack, id) in [
            (long.as_str(), "Uploads"),
            ("orders", long.as_str()),
            (&long, &long),
        ] {
            let name = rule.name(&Owner { stack, id, ..OWNER }, "");
            assert!(name.len() <= 63, "{name}");
            assert_eq!(name, name.to_lowercase());
            assert!(name.starts_with(&stack.to_lowercase()[..5]), "{name}");
            assert!(name.contains(&id.to_lowercase()[..5]), "{name}");
        }
    }

    #[test]
    fn the_suffix_of_fifo_queues_stays() {
        let rule = NameRule::new("QueueName", 80).suffix(".fifo", "FifoQueue");
        let name = rule.name(
            &Owner {
                id: &"Q".repeat(90),
                ..OWNER
            },
            ".fifo",
        );
        assert!(name.ends_with(".fifo") && name.len() <= 80, "{name}");
    }
}

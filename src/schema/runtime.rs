//! Lambda's runtimes and when they end.

use super::line_of;

static TABLE: &str = include_str!("../../schema/runtimes.tsv");

/// A runtime that Lambda has or had. Days are `YYYY-MM-DD`, UTC, so that they compare as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runtime {
    /// `nodejs22.x`.
    pub name: &'static str,
    /// From this day on AWS no longer patches it.
    pub deprecated: Option<&'static str>,
    /// From this day on no function can be created with it.
    pub create_blocked: Option<&'static str>,
    /// From this day on no function that has it can be updated.
    pub update_blocked: Option<&'static str>,
    /// What to use instead.
    pub successor: Option<&'static str>,
}

/// The runtime `name`, or none when Lambda never had it.
pub fn runtime(name: &str) -> Option<Runtime> {
    line_of(TABLE, name).and_then(parse)
}

/// All of them, sorted by name.
pub fn runtimes() -> impl Iterator<Item = Runtime> {
    TABLE.lines().filter_map(parse)
}

fn parse(line: &'static str) -> Option<Runtime> {
    let mut fields = line.split('\t');
    let name = fields.next()?;
    let mut field = || fields.next().filter(|field| *field != "-");
    Some(Runtime {
        name,
        deprecated: field(),
        create_blocked: field(),
        update_blocked: field(),
        successor: field(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_is_found_and_its_days_are_days() {
        let all: Vec<_> = runtimes().collect();
        assert!(all.len() > 40, "{}", all.len());
        for one in all {
            assert_eq!(runtime(one.name), Some(one));
            let days = [one.deprecated, one.create_blocked, one.update_blocked];
            for day in days.into_iter().flatten() {
                let is_day = day.len() == 10
                    && day.char_indices().all(|(at, c)| match at {
                        4 | 7 => c == '-',
                        _ => c.is_ascii_digit(),
                    });
                assert!(is_day, "{} {day}", one.name);
            }
            if let Some(next) = one.successor {
                assert!(runtime(next).is_some(), "{} {next}", one.name);
            }
        }
        assert_eq!(
            runtime("nodejs"),
            runtimes().find(|one| one.name == "nodejs")
        );
        assert_eq!(runtime("cobol85"), None);
    }
}

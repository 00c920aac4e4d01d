//! Whether to colour what is written.

/// The `--color` flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// Where it goes to a terminal and nothing speaks against it.
    #[default]
    Auto,
    /// Also into files and pipes.
    Always,
    /// Nowhere.
    Never,
}

impl ColorChoice {
    /// The values of the flag, in the order they are listed to the user.
    pub const NAMES: [&'static str; 3] = ["auto", "always", "never"];

    /// The choice a value of the flag stands for.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(ColorChoice::Auto),
            "always" => Some(ColorChoice::Always),
            "never" => Some(ColorChoice::Never),
            _ => None,
        }
    }
}

/// What the environment asks of the display. Read by `config`, handed over by the command line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings {
    /// `NO_COLOR` is set and not empty (<https://no-color.org>).
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set and not `0` (<https://bixense.com/clicolors/>).
    pub force_color: bool,
    /// `TERM` is `dumb`: the cursor cannot be moved.
    pub dumb: bool,
    /// The run is part of a continuous integration: nobody watches a bar move.
    pub ci: bool,
    /// `COLUMNS`, which overrides the width the terminal reports.
    pub columns: Option<usize>,
}

/// Whether a stream is coloured. The flag beats the variables, `NO_COLOR` beats `CLICOLOR_FORCE`.
pub(super) fn decide(choice: ColorChoice, surroundings: Surroundings, is_terminal: bool) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if surroundings.no_color => false,
        ColorChoice::Auto if surroundings.force_color => true,
        ColorChoice::Auto => is_terminal && !surroundings.dumb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_beats_the_environment_which_beats_the_terminal() {
        let plain = Surroundings::default();
        let no = Surroundings {
            no_color: true,
            ..plain
        };
        let force = Surroundings {
            force_color: true,
            ..plain
        };
        let both = Surroundings {
            no_color: true,
            force_color: true,
            ..plain
        };
        let dumb = Surroundings {
            dumb: true,
            ..plain
        };
        for (choice, surroundings, terminal, expected) in [
            (ColorChoice::Auto, plain, true, true),
            (ColorChoice::Auto, plain, false, false),
            (ColorChoice::Auto, no, true, false),
            (ColorChoice::Auto, force, false, true),
            (ColorChoice::Auto, both, true, false),
            (ColorChoice::Auto, dumb, true, false),
            (ColorChoice::Always, no, false, true),
            (ColorChoice::Never, force, true, false),
        ] {
            assert_eq!(
                decide(choice, surroundings, terminal),
                expected,
                "{choice:?} {surroundings:?} {terminal}"
            );
        }
    }

    #[test]
    fn every_listed_name_is_a_choice() {
        for name in ColorChoice::NAMES {
            assert!(ColorChoice::parse(name).is_some());
        }
        assert_eq!(ColorChoice::parse("yes"), None);
    }
}

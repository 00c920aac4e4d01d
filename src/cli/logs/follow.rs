//! `hoist logs --tail`.

use super::Arguments;
use super::show::Display;
use crate::cli::stack::{Connected, refused};
use crate::cli::{Exit, Stop};
use crate::logs::list::Listing;
use crate::logs::live::Studio;
use crate::logs::poll::{Question, Reader};
use crate::logs::record::Group;
use crate::logs::tail::{Note, Tail};

/// A tail that shows what it still holds when it is ended, however that comes about.
struct Following<'a> {
    tail: Tail,
    display: Display<'a>,
}

impl Following<'_> {
    fn rest(&mut self) -> Result<(), Stop> {
        let rest = self.tail.rest();
        self.display.show(rest)
    }
}

impl Drop for Following<'_> {
    /// Ctrl-C drops the whole run.
    fn drop(&mut self) {
        // Standard output may be what failed.
        let _ = self.rest();
    }
}

/// Shows what is written from now on, or from --since on.
pub(super) async fn run(
    arguments: &Arguments,
    connected: &Connected,
    reader: Reader,
    groups: Vec<Group>,
    display: Display<'_>,
) -> Result<Exit, Stop> {
    let studio = match arguments.poll {
        true => None,
        false => Studio::of(&connected.cloud, connected.account()),
    };
    if studio.is_none() && !arguments.poll {
        display.say("the endpoint is not AWS's own, where live tail is: reading the log every second instead")?;
    }
    // From before it is said that what comes is shown.
    let from = arguments.from();
    let count = groups.len();
    let noun = if count == 1 { "group" } else { "groups" };
    display.say(&format!("following {count} log {noun}; Ctrl-C ends it"))?;
    let pattern = arguments.filter.clone();
    let questions: Vec<(Group, Question)> = groups
        .iter()
        .map(|group| {
            let question = Question {
                from,
                pattern: pattern.clone(),
                ..Question::default()
            };
            (group.clone(), question)
        })
        .collect();
    let mut following = Following {
        tail: Tail::new(reader.clone(), groups, from, pattern, studio),
        display,
    };
    if arguments.since.is_some() {
        let began = jiff::Timestamp::now().as_millisecond();
        let mut listing = Listing::new(reader, questions);
        loop {
            match listing.next().await {
                Ok(Some(record)) => {
                    following.tail.know(&record);
                    following.display.show_soon(record)?;
                }
                Ok(None) => break,
                Err(fault) => {
                    following.display.flush()?;
                    return Err(refused(following.display.ui(), &fault)?);
                }
            }
            if following.display.is_over() {
                return Ok(Exit::Ok);
            }
        }
        following.display.flush()?;
        following.tail.is_covered_until(began);
    }
    while !following.display.is_over() {
        match following.tail.next().await {
            Ok(news) => {
                for note in &news.notes {
                    say(note, &following.display)?;
                }
                following.display.show(news.records)?;
            }
            Err(fault) => {
                following.rest()?;
                return Err(refused(following.display.ui(), &fault)?);
            }
        }
    }
    Ok(Exit::Ok)
}

fn say(note: &Note, display: &Display<'_>) -> Result<(), Stop> {
    match note {
        Note::Polling(why) => display.say(&format!(
            "reading the log every second instead of live tail: {why}"
        )),
        // A function that has not run yet has no group: nothing to worry about.
        Note::Missing(_) | Note::Appeared(_) => Ok(()),
        Note::Lost(fault) => Ok(display.ui().warning(&format!("{fault}; trying again"))?),
        Note::Back => display.say("connected again"),
    }
}

//! `hoist logs`: what the functions of a stack write, or what ran here, in the order of time.

pub(super) mod beside;
mod follow;
mod local;
mod show;
mod which;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::project::fail;
use super::stack::{Connected, StackArguments, refused};
use super::{Exit, Output, Stop};
use crate::aws::Fault;
use crate::config::{Environment, Given};
use crate::logs::list::{Listing, find_request};
use crate::logs::poll::{Question, Reader};
use crate::logs::record::Group;
use crate::logs::time;
use crate::ui::Ui;

use show::Display;

/// How far back a listing goes that says nothing of it, in milliseconds: as `aws logs tail`.
const SINCE: i64 = 10 * 60 * 1000;
/// The same for one invocation, which is looked for.
const SINCE_OF_REQUEST: i64 = 24 * 60 * 60 * 1000;

/// Show what the functions of a stack wrote, in the order of time
///
/// Each record stands with its time and its function. START and END are left out, and REPORT is one short figure, unless -v is given.
/// A tail uses CloudWatch's live tail, which AWS charges by the minute beyond a free amount; --poll reads the log again and again
/// instead.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Functions by logical id, name or ARN [default: all of the stack]
    #[arg(value_name = "FUNCTION")]
    functions: Vec<String>,

    /// Show what is written from now on, until Ctrl-C
    #[arg(long, alias = "follow", conflicts_with = "until")]
    tail: bool,

    /// Show what ran on this machine (`hoist invoke --local`)
    #[arg(long, conflicts_with_all = ["group", "stack_name", "state", "poll"])]
    local: bool,

    /// From when on: 10m, 2h, 1d, 20:15, 2026-11-21T20:15:00Z [default: 10m; with --request 1d; with --tail now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<i64>,

    /// Until when [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<i64>,

    /// Only records that match CloudWatch's filter pattern: ERROR, "two words", { $.level = "error" }
    /// (with --local only words and quoted phrases)
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    filter: Option<String>,

    /// Only the records of this invocation, also those that do not name it
    #[arg(long, value_name = "ID", value_parser = request_id, conflicts_with = "filter")]
    request: Option<String>,

    /// Only errors: of the function, and of the platform such as timeouts
    #[arg(long)]
    errors: bool,

    /// A log group by its name: of a state machine, of an API; may be given several times. Without FUNCTION only these are shown
    #[arg(long, value_name = "NAME")]
    group: Vec<String>,

    /// With --tail: do not use live tail
    #[arg(long, requires = "tail")]
    poll: bool,

    /// Show records as they were written, also START and END
    #[arg(short, long)]
    verbose: bool,

    #[command(flatten)]
    stack: StackArguments,

    /// What to print: with json an object a line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

fn moment(text: &str) -> Result<i64, String> {
    time::parse(text, Timestamp::now(), &TimeZone::system())
}

fn request_id(text: &str) -> Result<String, &'static str> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match !text.is_empty() && text.chars().all(is_good) {
        true => Ok(text.to_owned()),
        false => Err("an invocation's id is like 8f5a2c1e-1111-4222-8333-444455556666"),
    }
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }

    /// From when on records are shown.
    fn from(&self) -> i64 {
        let now = Timestamp::now().as_millisecond();
        let usual = match (self.tail, &self.request) {
            (true, _) => 0,
            (false, Some(_)) => SINCE_OF_REQUEST,
            (false, None) => SINCE,
        };
        self.since
            .unwrap_or_else(|| self.until.unwrap_or(now).min(now) - usual)
    }
}

/// Shows the records.
pub async fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let from = arguments.from();
    if let Some(until) = arguments.until
        && until < from
    {
        fail(ui, "--until is before --since: nothing can be between them")?;
        return Err(Stop::Said(Exit::Usage));
    }
    if arguments.local {
        return local::run(arguments, environment, ui).await;
    }
    let configured = arguments
        .stack
        .configure(None, Given::default(), environment, ui)?;
    let mut connected = configured.connect(environment, ui).await?;
    let groups = which::groups(arguments, &mut connected, ui).await?;
    let reader = Reader::new(&connected.cloud);
    let mut display = Display::new(ui, arguments, &groups);
    if arguments.tail {
        return follow::run(arguments, &connected, reader, groups, display).await;
    }
    let listed = list(arguments, reader, &groups, &mut display).await?;
    if let Err(fault) = listed {
        return Err(refused(ui, &fault)?);
    }
    if display.count() == 0 && !ui.reader_is_gone() {
        nothing(arguments, ui)?;
    }
    Ok(Exit::Ok)
}

/// Shows what was written in a span of time.
async fn list(
    arguments: &Arguments,
    reader: Reader,
    groups: &[Group],
    display: &mut Display<'_>,
) -> Result<Result<(), Fault>, Stop> {
    let from = arguments.from();
    let to = arguments.until;
    let questions = match &arguments.request {
        Some(id) => match find_request(&reader, groups, id, from, to).await {
            Ok(questions) => questions,
            Err(fault) => return Ok(Err(fault)),
        },
        None => groups
            .iter()
            .map(|group| {
                let question = Question {
                    from,
                    to,
                    pattern: arguments.filter.clone(),
                    streams: Vec::new(),
                };
                (group.clone(), question)
            })
            .collect(),
    };
    let mut listing = Listing::new(reader, questions);
    loop {
        match listing.next().await {
            Ok(Some(record)) => display.show_soon(record)?,
            Ok(None) => break,
            Err(fault) => {
                display.flush()?;
                return Ok(Err(fault));
            }
        }
        if display.is_over() {
            break;
        }
    }
    display.flush()?;
    for group in listing.missing() {
        if arguments.group.iter().any(|name| **name == *group.name) {
            fail(
                display.ui(),
                &format!("there is no log group `{}`", group.name),
            )?;
            return Err(Stop::Said(Exit::Input));
        }
        display.say(&format!(
            "{} has no log group yet ({}): it has not run",
            group.label, group.name
        ))?;
    }
    Ok(Ok(()))
}

fn nothing(arguments: &Arguments, ui: &Ui) -> Result<(), Stop> {
    ui.talk_line("hoist: no records in that time")?;
    if arguments.since.is_none() {
        ui.help("--since 1d looks further back, --tail waits for what comes")?;
    }
    Ok(())
}

impl Connected {
    /// The account whose log groups these are.
    fn account(&self) -> &str {
        &self.place.account
    }
}

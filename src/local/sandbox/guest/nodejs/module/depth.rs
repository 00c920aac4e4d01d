//! Keeps the parser off its own stack limit: it recurses once per level of nesting.
//!
//! Functions of the host run on the guest's fiber, where little stack is sure to be left. So sources are
//! parsed on threads of their own, which are kept: starting one costs more than parsing a usual file.

use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

use super::syntax::SyntaxError;

/// Deepest nesting of brackets, and an eighth of the longest run of prefix operators, that is parsed.
/// V8's own limit is lower ("Maximum call stack size exceeded").
const DEEPEST: usize = 4000;

/// Stack of a thread that parses, in bytes. Only what is touched is ever committed. A level costs up to
/// 30 KiB in a debug build.
const STACK: usize = 512 << 20;

/// Sources up to this many bytes with little nesting are parsed where the caller is.
const SMALL: usize = 1024;
const SHALLOW: usize = 16;

/// Idle threads that are kept for the next source.
const MOST_IDLE: usize = 8;

type Job = Box<dyn FnOnce() + Send>;

static IDLE: Mutex<Vec<Sender<Job>>> = Mutex::new(Vec::new());

/// Runs `work`, which parses `source`, with a stack that is large enough.
///
/// # Errors
/// A [`SyntaxError`] when `source` is nested too deeply to be parsed at all.
pub(super) fn guarded<T: Send + 'static>(
    source: &str,
    work: fn(&str) -> T,
) -> Result<T, SyntaxError> {
    let depth = depth(source);
    if let Some(at) = depth.too_deep {
        return Err(SyntaxError::at(
            source,
            at,
            "Maximum call stack size exceeded",
        ));
    }
    if source.len() <= SMALL && depth.deepest <= SHALLOW {
        return Ok(work(source));
    }
    on_a_thread(source.to_owned(), work)
        .ok_or_else(|| SyntaxError::at(source, 0, "no thread could be started to parse this file"))
}

/// Runs `work` on a thread; `None` when there is none, or when it panicked.
fn on_a_thread<T: Send + 'static>(source: String, work: fn(&str) -> T) -> Option<T> {
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = idle().pop();
    let thread = match kept {
        Some(thread) => thread,
        None => start()?,
    };
    let (answer, result) = sync_channel(1);
    thread
        .send(Box::new(move || drop(answer.send(work(&source)))))
        .ok()?;
    // A thread that panicked drops its end and is not kept.
    let result = result.recv().ok()?;
    let mut idle = idle();
    if idle.len() < MOST_IDLE {
        idle.push(thread);
    }
    Some(result)
}

fn start() -> Option<Sender<Job>> {
    let (sender, jobs) = channel::<Job>();
    let thread = std::thread::Builder::new()
        .name("parse".into())
        .stack_size(STACK);
    thread
        .spawn(move || jobs.into_iter().for_each(|job| job()))
        .ok()?;
    Some(sender)
}

struct Depth {
    deepest: usize,
    too_deep: Option<usize>,
}

/// Counts brackets without regard to strings and comments: never less than the nesting that the parser
/// meets, unless a string closes more than it opens, which the run of prefix operators does not hide.
fn depth(source: &str) -> Depth {
    let (mut depth, mut run, mut deepest) = (0_usize, 0_usize, 0_usize);
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'!' | b'~' | b'+' | b'-' => run += 1,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => run = 0,
        }
        deepest = deepest.max(depth).max(run / 8);
        if deepest > DEEPEST {
            return Depth {
                deepest,
                too_deep: Some(at),
            };
        }
    }
    Depth {
        deepest,
        too_deep: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_nesting_is_an_error_and_not_a_crash() {
        for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("!", "")] {
            let source = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
            let error = guarded(&source, |_| panic!("parsed")).err();
            assert_eq!(
                error.map(|error| error.message).as_deref(),
                Some("Maximum call stack size exceeded")
            );
        }
    }

    #[test]
    fn a_thread_that_panics_harms_no_other_source() {
        let source = " ".repeat(SMALL + 1);
        for _ in 0..3 {
            assert!(guarded(&source, |_| -> usize { panic!("on purpose") }).is_err());
            assert_eq!(guarded(&source, str::len), Ok(SMALL + 1));
        }
    }
}

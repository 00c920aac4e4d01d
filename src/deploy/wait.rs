//! Waiting: for what is not ready yet, and so that AWS is not asked more often than it answers. Nothing else in `deploy` sleeps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::Rng;
use tokio::time::{Instant, sleep};

pub use tokio::time::sleep_until;

use crate::aws::{Fault, FaultKind};

/// How long a call is made again while what it needs is not ready: a new role takes up to half a minute to be seen
/// everywhere, a table's index much longer, but those are waited for by asking.
const PATIENCE: Duration = Duration::from_secs(180);
const FIRST_PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How soon the user's wish for an end is seen.
const TICK: Duration = Duration::from_millis(100);

/// Makes a call again as long as it is refused for now. The SDK has its own tries for throttling and lost answers; these are for
/// what it takes as final: a role that is not seen yet, something else being done with the same resource.
///
/// # Errors
/// The fault that is final, or the last one when patience is over.
pub async fn persist<T, F>(
    mut call: impl FnMut() -> F,
    mut waiting: impl FnMut(&Fault),
) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let fault = match call().await {
            Ok(answer) => return Ok(answer),
            Err(fault) => fault,
        };
        let is_worth_it = matches!(fault.kind, FaultKind::NotYet | FaultKind::Throttled);
        if !is_worth_it || begun.elapsed() + pause > PATIENCE {
            return Err(fault);
        }
        waiting(&fault);
        sleep(jittered(pause)).await;
        // Who is throttled should come less often. What is not ready yet is worth asking for: most of it, a new role above all,
        // takes some seconds, and every pause after that is lost.
        pause = match fault.kind {
            FaultKind::Throttled => pause * 8 / 5,
            _ => pause * 5 / 4,
        };
        pause = pause.min(LONGEST_PAUSE);
    }
}

/// How long something whose answer is lost again and again is tried to be made.
const LOST: Duration = Duration::from_secs(60);

/// Makes something that AWS makes anew each time it is asked, but once: after an answer that was lost it is looked for (`find`) before
/// it is made again. `make` must not be repeated by the SDK: [`crate::aws::Cloud::config_of_one_try`].
///
/// # Errors
/// The fault that is final, or the last one when patience is over.
pub async fn make_once<T, M, F>(
    mut make: impl FnMut() -> M,
    mut find: impl FnMut() -> F,
) -> Result<T, Fault>
where
    M: Future<Output = Result<T, Fault>>,
    F: Future<Output = Result<Option<T>, Fault>>,
{
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let fault = match make().await {
            Ok(made) => return Ok(made),
            Err(fault) => fault,
        };
        // Too many calls are waited for elsewhere: that answer is not lost.
        let is_lost = matches!(fault.kind, FaultKind::Unreachable | FaultKind::Server);
        if !is_lost || begun.elapsed() + pause > LOST {
            return Err(fault);
        }
        sleep(jittered(pause)).await;
        pause = (pause * 8 / 5).min(LONGEST_PAUSE);
        if let Some(found) = find().await? {
            return Ok(found);
        }
    }
}

/// Asks until the answer is there.
///
/// # Errors
/// What asking gives, and a fault when it is not there within `patience`.
pub async fn until<T, F>(
    what: &'static str,
    patience: Duration,
    mut ask: impl FnMut() -> F,
) -> Result<T, Fault>
where
    F: Future<Output = Result<Option<T>, Fault>>,
{
    let begun = Instant::now();
    let mut pause = Duration::from_millis(150);
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if begun.elapsed() + pause > patience {
            let text = format!("not ready after {} s", patience.as_secs());
            return Err(Fault::unexpected("hoist", what, &text));
        }
        sleep(jittered(pause)).await;
        // Slowly longer: what comes of the last pause is lost, and most things take seconds.
        pause = (pause * 5 / 4).min(LONGEST_PAUSE);
    }
}

/// Lets `time` pass, or less when the user wants an end.
pub async fn pause(time: Duration, stop: &AtomicBool) {
    let end = Instant::now() + time;
    while !stop.load(Ordering::Relaxed) && Instant::now() < end {
        sleep_until(end.min(Instant::now() + TICK)).await;
    }
}

/// Half of it for certain and the other half by chance, so that those who were refused together do not come back together.
fn jittered(pause: Duration) -> Duration {
    pause / 2 + (pause / 2).mul_f64(rand::rng().random::<f64>())
}

/// How often something may be done.
#[derive(Debug)]
pub struct Pace {
    every: Duration,
    next: Instant,
}

impl Pace {
    /// At most `count` in a second.
    pub fn per_second(count: f64) -> Self {
        Pace {
            every: Duration::from_secs_f64(1.0 / count),
            next: Instant::now(),
        }
    }

    /// The moment at which the next one may begin; it is then taken.
    pub fn take(&mut self) -> Instant {
        let now = Instant::now();
        // What was not used in the last second may be used at once.
        let earliest = now.checked_sub(Duration::from_secs(1)).unwrap_or(now);
        let turn = self.next.max(earliest);
        self.next = turn + self.every;
        turn.max(now)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn fault(kind: FaultKind) -> Fault {
        Fault {
            kind,
            ..Fault::unexpected("lambda", "CreateFunction", "no")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_ready_is_tried_until_it_is() {
        let tries = Cell::new(0);
        let call = || {
            tries.set(tries.get() + 1);
            let done = tries.get() == 5;
            async move {
                if done {
                    Ok(7)
                } else {
                    Err(fault(FaultKind::NotYet))
                }
            }
        };
        assert_eq!(persist(call, |_| ()).await, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_final_is_tried_once_and_patience_ends() {
        let tries = Cell::new(0);
        let refuse = |kind| {
            tries.set(tries.get() + 1);
            async move { Err::<(), _>(fault(kind)) }
        };
        assert!(
            persist(|| refuse(FaultKind::Invalid), |_| ())
                .await
                .is_err()
        );
        assert_eq!(tries.get(), 1);
        let begun = Instant::now();
        assert!(persist(|| refuse(FaultKind::NotYet), |_| ()).await.is_err());
        assert!(begun.elapsed() <= PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_made_and_whose_answer_was_lost_is_not_made_again() {
        let made = Cell::new(0);
        let make = |kind: Option<FaultKind>, is_done: bool| {
            made.set(made.get() + u32::from(is_done));
            let count = made.get();
            async move { kind.map_or(Ok(count), |kind| Err(fault(kind))) }
        };
        let find = || {
            let count = made.get();
            async move { Ok((count > 0).then_some(count)) }
        };
        let lost = || make(Some(FaultKind::Unreachable), true);
        assert_eq!(make_once(lost, find).await, Ok(1));
        made.set(0);
        let tries = Cell::new(0);
        let refused = || {
            tries.set(tries.get() + 1);
            let down = (tries.get() < 3).then_some(FaultKind::Server);
            make(down, down.is_none())
        };
        assert_eq!(make_once(refused, find).await, Ok(1));
        let wrong = || make(Some(FaultKind::Invalid), false);
        assert!(make_once(wrong, find).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_lets_a_second_of_work_through_at_once_and_then_one_by_one() {
        let mut pace = Pace::per_second(1.0);
        let begun = Instant::now();
        sleep(Duration::from_secs(5)).await;
        let turns: Vec<u64> = (0..4).map(|_| (pace.take() - begun).as_secs()).collect();
        assert_eq!(turns, [5, 5, 6, 7]);
    }
}

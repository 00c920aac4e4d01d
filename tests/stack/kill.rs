//! Killed at any moment and run again, a stack ends as if nothing had been.

use std::path::PathBuf;

use crate::emulator::Kind;
use crate::life::Phase;
use crate::listing::differences;
use crate::program::{Ended, end};
use crate::wire::{Fate, Moment, Proxy, Seen};
use crate::world::{Calm, World, calm};

/// How many lives are lived. Each is killed once in each of its four parts.
const LIVES: u64 = 15;
/// How many at once, each on a server of its own.
const AT_ONCE: u64 = 2;

impl World {
    /// Runs a part of the life and kills it at its request `number`. The request it was killed at; none when it ended before.
    async fn killed(&mut self, phase: Phase, number: u64, moment: Moment) -> Option<Seen> {
        let fate = move |seen: &Seen| match seen.number == number {
            true => Fate::Kill(moment),
            false => Fate::Pass,
        };
        let proxy = Proxy::start(&self.emulator.url(), fate).await;
        phase.write(&self.home);
        let command = &mut self.home.command(&proxy.url(), phase.words());
        let child = command.spawn().unwrap();
        proxy.aim(child.id());
        let ended = end(child).await;
        proxy.quiet().await;
        let seen = proxy.seen();
        let last = seen.into_iter().find(|seen| seen.number == number);
        if last.is_none() {
            // It had fewer requests than the calm one: then nothing disturbed it.
            ended.expect(0);
        }
        last
    }

    /// Kills a part of the life, runs it again, and says what is different from the calm one.
    async fn disturbed(
        &mut self,
        phase: Phase,
        calm: &Calm,
        number: u64,
        moment: Moment,
    ) -> Result<bool, String> {
        let killed = self.killed(phase, number, moment).await;
        let again = match killed {
            Some(_) => Some(self.home.run(&self.emulator.url(), phase.words()).await),
            None => None,
        };
        let mut faults = differences(&calm.listing, &self.list().await);
        let ended_well = again.as_ref().is_none_or(|again| {
            // Killed when all of it was done, there is nothing to delete any more.
            let is_over = phase == Phase::Destroy && again.err.contains("there is no stack `life`");
            again.code == Some(0) || is_over
        });
        if !ended_well {
            faults.insert(0, "the second run did not succeed".into());
        }
        if faults.is_empty() {
            return Ok(killed.is_some());
        }
        faults.truncate(8);
        let Ended { out, err, .. } = again.unwrap_or(Ended {
            code: None,
            out: String::new(),
            err: String::new(),
        });
        Err(format!(
            "{phase:?} of {} requests, killed {moment:?} {killed:?}:\n  {}\n{out}{err}\n",
            calm.requests,
            faults.join("\n  ")
        ))
    }
}

/// Several lives, one after another; how many moments there were, and what went wrong.
async fn live(program: PathBuf, calm: &'static [Calm], which: Vec<u64>) -> (usize, Vec<String>) {
    let mut world = World::start(&program).await;
    let (mut moments, mut faults) = (0, Vec::new());
    for life in which {
        for (index, phase) in Phase::ALL.into_iter().enumerate() {
            let calm = &calm[index];
            // From the first to the last, at even distances.
            let number = 1 + life * (calm.requests - 1) / (LIVES - 1);
            let moment = match (life + index as u64).is_multiple_of(2) {
                true => Moment::Before,
                false => Moment::After,
            };
            match world.disturbed(phase, calm, number, moment).await {
                Ok(reached) => moments += usize::from(reached),
                Err(fault) => {
                    faults.push(fault);
                    world.emulator.reset().await;
                    break;
                }
            }
        }
    }
    (moments, faults)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_and_run_again_a_stack_ends_as_if_nothing_had_been() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let calm = calm(&program).await;
    let lives = (0..AT_ONCE).map(|worker| {
        let which = (0..LIVES).filter(|life| life % AT_ONCE == worker);
        tokio::spawn(live(program.clone(), calm, which.collect()))
    });
    let (mut moments, mut faults) = (0, Vec::new());
    for life in lives.collect::<Vec<_>>() {
        let (some, wrong) = life.await.unwrap();
        moments += some;
        faults.extend(wrong);
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(moments >= 50, "only {moments} moments");
}

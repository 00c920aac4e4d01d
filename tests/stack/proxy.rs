//! Between the program and AWS every n-th request fails: a stack's life ends as if nothing had been.

use std::path::Path;
use std::time::Duration;

use crate::emulator::Kind;
use crate::life::Phase;
use crate::listing::differences;
use crate::wire::{Fate, Moment, Proxy, Seen};
use crate::world::{World, calm};

/// How long a request hangs. The program would wait longer for an answer; what it does then is the same as when the wait is cut.
const HANG: Duration = Duration::from_secs(1);

/// What goes wrong, and with every how many-th request.
const DISTURBANCES: [(Fate, u64); 5] = [
    (Fate::Refuse(429), 6),
    (Fate::Refuse(500), 7),
    (Fate::Reset(Moment::Before), 5),
    (Fate::Reset(Moment::After), 4),
    (Fate::Hang(HANG), 20),
];

/// Lives the whole life with a disturbance; says what is different from the calm one.
async fn live(program: &Path, fate: Fate, every: u64) -> Vec<String> {
    let calm = calm(program).await;
    let mut world = World::start(program).await;
    let mut faults = Vec::new();
    for (phase, calm) in Phase::ALL.into_iter().zip(calm) {
        let judge = move |seen: &Seen| match seen.number.is_multiple_of(every) {
            true => fate,
            false => Fate::Pass,
        };
        let proxy = Proxy::start(&world.url(), judge).await;
        phase.write(&world.home);
        let ended = world.home.run(&proxy.url(), phase.words()).await;
        proxy.quiet().await;
        let mut wrong = differences(&calm.listing, &world.list().await);
        if ended.code != Some(0) {
            wrong.push(format!("{}{}", ended.out, ended.err));
        }
        let hit = proxy.seen().len() as u64 / every;
        assert!(hit > 0, "{phase:?}: no request was disturbed by {fate:?}");
        if !wrong.is_empty() {
            let wrong = wrong.join("\n  ");
            faults.push(format!("{phase:?} with {fate:?}:\n  {wrong}"));
            break;
        }
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_every_nth_request_refused_cut_or_hanging_a_stack_ends_as_if_nothing_had_been() {
    let Some(program) = Kind::Ministack.program() else {
        return;
    };
    let lives = DISTURBANCES.map(|(fate, every)| {
        let program = program.clone();
        tokio::spawn(async move { live(&program, fate, every).await })
    });
    let mut faults = Vec::new();
    for life in lives {
        faults.extend(life.await.unwrap());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

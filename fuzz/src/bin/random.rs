//! `random SECONDS NUMBER`: the target `tree` without libFuzzer, so that it runs on stable Rust and without sanitizers:
//! many more runs in the same time, though nothing guides them. The same number gives the same templates. A template
//! that panics or takes more than a second is written into the current folder.

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use hoist_fuzz::mutation;
use hoist_fuzz::run::{Format, run};
use hoist_fuzz::seed::Seeds;

/// No template of the seeds takes a tenth of it.
const SLOW: Duration = Duration::from_secs(1);

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok());
    let seconds = numbers.next().unwrap_or(60);
    let mut state: u64 = numbers.next().unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let seeds = Seeds::read();
    let (mut runs, mut panics, mut slow) = (0, 0, 0);
    while Instant::now() < end {
        let length = 7 + (next(&mut state) % 56) as usize;
        let bytes: Vec<u8> = (0..length).map(|_| next(&mut state) as u8).collect();
        let Some(tree) = mutation::tree(&bytes, &seeds) else {
            continue;
        };
        let text = tree.to_string();
        let started = Instant::now();
        let panicked = catch_unwind(|| run(&text, Format::Json)).is_err();
        let is_slow = started.elapsed() > SLOW;
        runs += 1;
        panics += usize::from(panicked);
        slow += usize::from(is_slow);
        if panicked || is_slow {
            let kind = if panicked { "panic" } else { "slow" };
            std::fs::write(format!("{kind}-{state:016x}.json"), &text).expect("a file");
        }
    }
    println!("{runs} templates, {panics} panics, {slow} took more than a second");
}

/// xorshift64*: good enough to choose with.
fn next(state: &mut u64) -> u64 {
    *state = (*state).max(1);
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32
}

//! Showing that something long is going on.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Something long being done. Drawn on a terminal only, and gone when it is dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn start(
        bars: &MultiProgress,
        message: &str,
        total: Option<u64>,
        live: bool,
        width: usize,
    ) -> Self {
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::new_spinner(),
        };
        bar.set_style(style(total.is_some(), width));
        bar.set_message(super::printable(message).into_owned());
        let bar = if live {
            let bar = bars.add(bar);
            bar.enable_steady_tick(TICK);
            bar
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            bar
        };
        Progress { bar }
    }

    /// One more step is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Says what is being done now.
    pub fn message(&self, message: &str) {
        self.bar.set_message(super::printable(message).into_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The place all bars are drawn, or nowhere.
pub(super) fn bars(live: bool) -> MultiProgress {
    MultiProgress::with_draw_target(if live {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    })
}

/// A bar where the number of steps is known and there is room for one, else a spinner.
fn style(counted: bool, width: usize) -> ProgressStyle {
    let template = match (counted, width >= 60) {
        (true, true) => "{spinner} {msg} [{bar:24}] {pos}/{len} {elapsed}",
        (true, false) => "{spinner} {msg} {pos}/{len}",
        (false, _) => "{spinner} {msg} {elapsed}",
    };
    ProgressStyle::with_template(template)
        .map(|style| style.progress_chars("=> "))
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_understood() {
        for (counted, width) in [(true, 80), (true, 30), (false, 80)] {
            let bar = ProgressBar::hidden().with_style(style(counted, width));
            bar.set_length(3);
            bar.inc(1);
            assert_eq!(bar.position(), 1);
        }
        for template in [
            "{spinner} {msg} [{bar:24}] {pos}/{len} {elapsed}",
            "{spinner} {msg} {pos}/{len}",
            "{spinner} {msg} {elapsed}",
        ] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}

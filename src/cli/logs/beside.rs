//! The log of a stack's functions beside something else that goes on.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::show::Display;
use super::which;
use crate::aws::Fault;
use crate::cli::Stop;
use crate::cli::stack::Connected;
use crate::deploy::state::State;
use crate::logs::choice::Choice;
use crate::logs::live::Studio;
use crate::logs::poll::Reader;
use crate::logs::tail::{News, Tail};
use crate::ui::Ui;

/// A tail that reads by itself; what it read is shown when there is time for it.
pub struct Beside<'a> {
    display: Display<'a>,
    news: mpsc::UnboundedReceiver<Result<News, Fault>>,
    task: JoinHandle<()>,
}

impl<'a> Beside<'a> {
    /// Follows all functions of the stack from now on.
    pub fn begin(connected: &Connected, state: &State, ui: &'a Ui) -> Self {
        let groups = which::all(state);
        let display = Display::of(ui, Choice::new(None, false), false, &groups);
        let studio = Studio::of(&connected.cloud, &connected.place.account);
        let reader = Reader::new(&connected.cloud);
        let from = jiff::Timestamp::now().as_millisecond();
        let mut tail = Tail::new(reader, groups, from, None, studio);
        let (sender, news) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            loop {
                let news = tail.next().await;
                let is_over = news.is_err();
                if sender.send(news).is_err() || is_over {
                    return;
                }
            }
        });
        Beside {
            display,
            news,
            task,
        }
    }

    /// Waits for the next records. Comes back never when there will be none. Nothing is lost when it is dropped.
    pub async fn next(&mut self) -> Result<News, Fault> {
        match self.news.recv().await {
            Some(news) => news,
            None => std::future::pending().await,
        }
    }

    /// Shows records.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn show(&mut self, news: News) -> Result<(), Stop> {
        self.display.show(news.records)
    }
}

impl Drop for Beside<'_> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

//! Asking the user, where there is one: a list to choose from with the arrow keys, a line of text.

use std::io::{self, IsTerminal};

use dialoguer::console::{Term, set_colors_enabled_stderr};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Input, Select};
use tokio::sync::oneshot;

use super::{Ui, printable};

/// Why there is no answer.
#[derive(Debug)]
pub enum AskError {
    /// The user wants out: Ctrl-C, or Escape.
    Interrupted,
    /// The terminal cannot be read or written.
    Io(io::Error),
}

impl From<dialoguer::Error> for AskError {
    fn from(error: dialoguer::Error) -> Self {
        match io::Error::from(error) {
            error if error.kind() == io::ErrorKind::Interrupted => AskError::Interrupted,
            error => AskError::Io(error),
        }
    }
}

impl Ui {
    /// Whether questions reach somebody: standard input and error are a terminal that can redraw, results are for
    /// people, and the run is no part of a continuous integration.
    pub fn can_ask(&self) -> bool {
        self.live && io::stdin().is_terminal()
    }

    /// Lets the user choose one of `items` with the arrow keys, and gives its index. The first is chosen beforehand.
    ///
    /// # Errors
    /// When the user wants out, or the terminal fails. To be called only where [`Ui::can_ask`].
    pub async fn choose(&self, question: &str, items: &[String]) -> Result<usize, AskError> {
        let question = printable(question).into_owned();
        let items: Vec<String> = items
            .iter()
            .map(|item| printable(item).into_owned())
            .collect();
        let theme = self.theme();
        asking(move || {
            let select = Select::with_theme(theme.as_ref())
                .with_prompt(question)
                .items(&items)
                .default(0);
            select.interact_opt()?.ok_or(AskError::Interrupted)
        })
        .await
    }

    /// Lets the user type a line; an empty one is `default`. Asks again for as long as `check` finds it faulty.
    ///
    /// # Errors
    /// When the user wants out, or the terminal fails. To be called only where [`Ui::can_ask`].
    pub async fn ask(
        &self,
        question: &str,
        default: &str,
        check: impl Fn(&str) -> Result<(), String> + Send + 'static,
    ) -> Result<String, AskError> {
        let question = printable(question).into_owned();
        let default = default.to_owned();
        let theme = self.theme();
        asking(move || {
            let input = Input::with_theme(theme.as_ref())
                .with_prompt(question)
                .default(default)
                .validate_with(|text: &String| check(text));
            Ok(input.interact_text()?)
        })
        .await
    }

    fn theme(&self) -> Box<dyn Theme + Send> {
        let color = self.err.has_color();
        // The library's own guess knows nothing of `--color`.
        set_colors_enabled_stderr(color);
        match color {
            true => Box::new(ColorfulTheme::default()),
            false => Box::new(SimpleTheme),
        }
    }
}

/// Runs a prompt on a thread of its own, so that a signal ends the program while it waits for a key.
async fn asking<T: Send + 'static>(
    prompt: impl FnOnce() -> Result<T, AskError> + Send + 'static,
) -> Result<T, AskError> {
    let _restored = Restored::of_terminal();
    let (send, receive) = oneshot::channel();
    std::thread::spawn(move || {
        // Nobody listens when the program is ending.
        let _ = send.send(prompt());
    });
    // A prompt that panicked has said so; there is no answer.
    receive.await.unwrap_or(Err(AskError::Interrupted))
}

/// Leaves the terminal as it was found, however a prompt ends: with its cursor, and not in raw mode.
struct Restored {
    #[cfg(unix)]
    mode: Option<nix::sys::termios::Termios>,
}

impl Restored {
    fn of_terminal() -> Self {
        Restored {
            #[cfg(unix)]
            mode: nix::sys::termios::tcgetattr(io::stdin()).ok(),
        }
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(mode) = &self.mode {
            use nix::sys::termios::{SetArg, tcsetattr};
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, mode);
        }
        let _ = Term::stderr().show_cursor();
    }
}

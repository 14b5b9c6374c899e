//! The terminal, which is given back as it was, however it ends.

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::oneshot;

use super::rates::Rates;
use super::sample::Sample;
use super::screen::Screen;
use crate::cli::signals;

/// How soon news are shown and signals heard.
const LOOK: Duration = Duration::from_millis(100);

/// How many pipelines a page is.
const PAGE: isize = 10;

/// Shows what comes until somebody ends it.
pub(super) fn run(server: &str, samples: Receiver<Result<Sample, String>>, first: Sample) -> Result<ExitCode, String> {
    let cannot = |error: std::io::Error| format!("cannot draw on this terminal: {error}; see plain lines with --once");
    let signal = signals::listen(Duration::from_secs(1)).map_err(|error| format!("cannot listen for signals: {error}"))?;
    // A panic gives the terminal back, too: this sets a hook for it.
    let terminal = ratatui::try_init().map_err(cannot)?;
    let ended = show(terminal, server, &samples, first, signal);
    ratatui::restore();
    ended.map_err(cannot).map(|()| ExitCode::SUCCESS)
}

fn show(
    mut terminal: DefaultTerminal,
    server: &str,
    samples: &Receiver<Result<Sample, String>>,
    mut before: Sample,
    mut signal: oneshot::Receiver<&'static str>,
) -> std::io::Result<()> {
    let mut screen = Screen::new(server);
    loop {
        match samples.try_recv() {
            Ok(Ok(now)) => {
                screen.set(Ok(Rates::between(&before, &now)));
                before = now;
            }
            Ok(Err(trouble)) => screen.set(Err(trouble)),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Ok(()),
        }
        terminal.draw(|frame| screen.draw(frame))?;
        if event::poll(LOOK)?
            && let Event::Key(key) = event::read()?
            && key.kind != KeyEventKind::Release
        {
            match command(key) {
                Some(Command::End) => return Ok(()),
                Some(Command::Scroll(by)) => screen.scroll(by),
                None => {}
            }
        }
        if signal.try_recv() != Err(oneshot::error::TryRecvError::Empty) {
            return Ok(());
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    End,
    Scroll(isize),
}

fn command(key: KeyEvent) -> Option<Command> {
    match (key.code, key.modifiers) {
        (KeyCode::Char('q') | KeyCode::Esc, _) | (KeyCode::Char('c' | 'd'), KeyModifiers::CONTROL) => Some(Command::End),
        (KeyCode::Down | KeyCode::Char('j'), _) => Some(Command::Scroll(1)),
        (KeyCode::Up | KeyCode::Char('k'), _) => Some(Command::Scroll(-1)),
        (KeyCode::PageDown | KeyCode::Char(' '), _) => Some(Command::Scroll(PAGE)),
        (KeyCode::PageUp, _) => Some(Command::Scroll(-PAGE)),
        (KeyCode::Home, _) => Some(Command::Scroll(isize::MIN)),
        (KeyCode::End, _) => Some(Command::Scroll(isize::MAX)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_end_it_and_move() {
        let key = |code, modifiers| command(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), Some(Command::End));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Command::End));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), None);
        assert_eq!(key(KeyCode::Down, KeyModifiers::NONE), Some(Command::Scroll(1)));
    }
}

//! Somebody at the terminal who does what no program can, and says what there is to see: one thing at a time, each with a limit.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

/// What ends the run.
const ABORT: &str = "abort";
/// How long an answer holds to what may be asked again.
const MINUTE: Duration = Duration::from_secs(60);
/// How far the lines of a pasted text are apart at the most.
const BEHIND: Duration = Duration::from_millis(50);
/// What leaves a scenario.
const CANNOT: &str = "cannot";

/// Whoever sits there. Questions of several scenarios wait for each other.
pub(super) struct Person {
    patience: Duration,
    asked: AtomicUsize,
    gone: AtomicBool,
    lines: Mutex<Option<mpsc::UnboundedReceiver<String>>>,
    /// What was answered to what, and when.
    answered: parking_lot::Mutex<BTreeMap<String, (Instant, String)>>,
}

impl Person {
    /// Somebody who may take so long for each thing. Nothing is read before something is asked.
    pub(super) fn at_the_terminal(patience: Duration) -> Self {
        Self {
            patience,
            asked: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
            lines: Mutex::new(None),
            answered: Default::default(),
        }
    }

    /// As [`ask`](Self::ask), but nobody is asked the same twice within a minute if there was an answer.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(super) async fn ask_once_a_minute(&self, what: &str) -> Result<String> {
        let known = self.answered.lock().get(what).filter(|(when, _)| when.elapsed() < MINUTE).map(|(_, answer)| answer.clone());
        if let Some(answer) = known {
            return Ok(answer);
        }
        let answer = self.ask(what).await?;
        if !answer.is_empty() {
            self.answered.lock().insert(what.to_owned(), (Instant::now(), answer.clone()));
        }
        Ok(answer)
    }

    /// Knows no answer any more: what was so a while ago may be otherwise.
    pub(super) fn forget(&self) {
        self.answered.lock().clear();
    }

    /// Has something done, or looked at. What is typed as the answer; empty for Enter alone.
    ///
    /// # Errors
    /// When nobody answers in time or at all, the answer is that it cannot be done, or the run is to end.
    pub(super) async fn ask(&self, what: &str) -> Result<String> {
        let mut lines = self.lines.lock().await;
        ensure!(!self.gone.load(Ordering::SeqCst), "nobody is asked any more");
        let answers = lines.get_or_insert_with(typed);
        // What was typed before the question is no answer to it; the rest of a pasted text may be a moment behind its first line.
        while let Ok(Some(_)) = timeout(BEHIND, answers.recv()).await {}
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let minutes = self.patience.as_secs().div_ceil(60);
        writeln!(
            io::stderr().lock(),
            "\n[{number}] {what}\n    Within {minutes} min. \"{CANNOT}\" gives this scenario up, \"{ABORT}\" all that are left. > "
        )
        .context("asking somebody")?;
        match timeout(self.patience, answers.recv()).await {
            Err(_) => {
                self.gone.store(true, Ordering::SeqCst);
                bail!("nobody answered within {minutes} min to: {what}")
            }
            Ok(None) => {
                self.gone.store(true, Ordering::SeqCst);
                bail!("nobody is at the terminal to do this: {what}")
            }
            Ok(Some(answer)) => match answer.trim() {
                ABORT => {
                    self.gone.store(true, Ordering::SeqCst);
                    bail!("the one who was asked has ended the run at: {what}")
                }
                CANNOT => bail!("the one who was asked could not do this: {what}"),
                answer => Ok(answer.to_owned()),
            },
        }
    }
}

/// The lines that are typed from now on. A thread of its own reads them, as reading a terminal cannot be given up.
fn typed() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

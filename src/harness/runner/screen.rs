//! What is shown while scenarios are run: on a terminal a line that changes, elsewhere a line for each scenario.

use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::recorder::{Trouble, seconds};

/// Where progress is shown.
pub(super) struct Screen {
    shown: Shown,
    failed: usize,
    /// The first thing that went wrong when something was to be shown.
    trouble: Option<io::Error>,
}

enum Shown {
    Bar(ProgressBar),
    Lines(Box<dyn Write>),
}

impl Screen {
    /// Standard output, as it is: a terminal, a file, a pipe.
    pub(super) fn of_stdout(scenarios: usize) -> Self {
        if !io::stdout().is_terminal() {
            return Self::lines(Box::new(io::stdout()));
        }
        let bar = ProgressBar::with_draw_target(Some(scenarios as u64), ProgressDrawTarget::stdout());
        // The template is a constant; the plain bar is what is left if it were wrong.
        let style = ProgressStyle::with_template("{bar:20} {pos}/{len}  {elapsed}  {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { shown: Shown::Bar(bar), failed: 0, trouble: None }
    }

    /// A line for each scenario.
    pub(super) fn lines(out: Box<dyn Write>) -> Self {
        Self { shown: Shown::Lines(out), failed: 0, trouble: None }
    }

    pub(super) fn began(&mut self, name: &str) {
        if let Shown::Bar(bar) = &self.shown {
            bar.set_message(if self.failed == 0 { name.to_owned() } else { format!("{} failed · {name}", self.failed) });
        }
    }

    pub(super) fn ended(&mut self, name: &str, place: &str, took: Duration, trouble: Option<&Trouble>, is_tried_again: bool) {
        let took = seconds(took);
        let line = match trouble {
            None => format!("ok      {took:>8}  {name}"),
            Some(_) if is_tried_again => format!("again   {took:>8}  {name}  {place}"),
            Some(_) => format!("FAILED  {took:>8}  {name}  {place}"),
        };
        self.failed += usize::from(trouble.is_some() && !is_tried_again);
        let written = match &mut self.shown {
            Shown::Bar(bar) => {
                if trouble.is_some() {
                    bar.println(line);
                }
                bar.inc(u64::from(!is_tried_again));
                Ok(())
            }
            Shown::Lines(out) => writeln!(out, "{line}").and_then(|()| out.flush()),
        };
        if let Err(error) = written {
            self.trouble.get_or_insert(error);
        }
    }

    /// Shows what the scenario that has just ended had to print.
    pub(super) fn print(&mut self, printed: &[String]) {
        for line in printed.iter().flat_map(|text| text.lines()) {
            let line = format!("        {line}");
            let written = match &mut self.shown {
                Shown::Bar(bar) => {
                    bar.println(line);
                    Ok(())
                }
                Shown::Lines(out) => writeln!(out, "{line}").and_then(|()| out.flush()),
            };
            if let Err(error) = written {
                self.trouble.get_or_insert(error);
            }
        }
    }

    /// Leaves the line that changes; says whether all could be shown.
    pub(super) fn finish(&mut self) -> Option<String> {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
        // Whoever closes a pipe has read enough.
        let trouble = self.trouble.take().filter(|error| error.kind() != ErrorKind::BrokenPipe)?;
        Some(format!("The progress could not be shown: {trouble}."))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

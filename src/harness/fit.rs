//! How well a candidate does, and the answers that lead there.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use cucumber::Parameter;

/// What a candidate is going to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Parameter)]
#[param(name = "fit", regex = "great fit|good fit|poor fit|good performer who fails a cut-off")]
pub(super) enum Fit {
    /// The best answers everywhere.
    Great,
    /// The second best answers, exact copies.
    Good,
    /// The worst answers everywhere.
    Poor,
    /// The best answers but for the problems, whose indicator cuts off.
    CutOff,
}

impl FromStr for Fit {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "great fit" => Self::Great,
            "good fit" => Self::Good,
            "poor fit" => Self::Poor,
            "good performer who fails a cut-off" => Self::CutOff,
            other => bail!("{other} is no way to do an assessment"),
        })
    }
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Great => "great fit",
            Self::Good => "good fit",
            Self::Poor => "poor fit",
            Self::CutOff => "good performer who fails a cut-off",
        })
    }
}

impl Fit {
    /// Which of the choices of a question is taken, when they go from best to worst.
    pub(super) fn choice<'a>(self, part: &str, offered: &[&'a str]) -> &'a str {
        let last = offered.len().saturating_sub(1);
        let at = match self {
            Self::Great => 0,
            Self::Good => 1,
            Self::Poor => last,
            Self::CutOff => {
                if part == "cognitive" {
                    last
                } else {
                    0
                }
            }
        };
        offered.get(at.min(last)).copied().unwrap_or_default()
    }

    /// Where on a scale from 1 to 9 a statement is placed.
    pub(super) fn point(self) -> &'static str {
        match self {
            Self::Great | Self::CutOff => "9",
            Self::Good => "5",
            Self::Poor => "1",
        }
    }

    /// What is typed for a text that is to be copied.
    pub(super) fn copy(self, text: &str) -> &str {
        match self {
            Self::Poor => "no idea",
            Self::Great | Self::Good | Self::CutOff => text,
        }
    }
}

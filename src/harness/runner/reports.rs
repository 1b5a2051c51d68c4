//! Where a run leaves what it saw: reports in a folder of whoever asks for them, pictures beside them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cucumber::writer::{self, Normalized};
use cucumber::{Writer, WriterExt as _};

use crate::harness::world::World;

/// The files of a run's reports.
pub(super) struct Reports {
    junit: Box<dyn Write>,
    json: Box<dyn Write>,
}

impl Reports {
    /// Files in this folder, which is created.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be written.
    pub(super) fn in_folder(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("creating the report folder {}", folder.display()))?;
        let file = |name: &str| {
            let path = folder.join(name);
            File::create(&path).with_context(|| format!("writing the report {}", path.display()))
        };
        Ok(Self { junit: Box::new(file("junit.xml")?), json: Box::new(file("cucumber.json")?) })
    }

    /// None at all.
    pub(super) fn nowhere() -> Self {
        Self { junit: Box::new(io::sink()), json: Box::new(io::sink()) }
    }

    /// What writes them. A step that was skipped has failed, whatever the scenario's tags say.
    pub(super) fn writer(self) -> impl Writer<World, Cli: Default> + Normalized {
        let both = writer::JUnit::for_tee(self.junit, 0).tee::<World, _>(writer::Json::for_tee(self.json));
        both.fail_on_skipped_with(|_, _, _| true).normalized::<World>()
    }
}

/// The folder that scenarios leave pictures in.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) folder: PathBuf,
    is_wanted: bool,
}

impl Evidence {
    /// The report folder, or one that is removed with this.
    pub(super) fn new(report: Option<&Path>) -> Self {
        let own = || std::env::temp_dir().join(format!("harver-icims-check-{}", std::process::id()));
        Self { folder: report.map_or_else(own, Path::to_owned), is_wanted: report.is_some() }
    }
}

impl Drop for Evidence {
    fn drop(&mut self) {
        if !self.is_wanted {
            // Only runs with a browser have made it.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

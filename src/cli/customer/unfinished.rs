//! A file that appears under its name when it is whole and on disk, and not at all otherwise.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use flate2::bufread::GzDecoder;

/// A temporary file beside its target; it is taken away when this is dropped.
pub(super) struct Unfinished {
    target: PathBuf,
    path: PathBuf,
    file: File,
}

impl Unfinished {
    /// Makes the temporary file in the folder of the target, so that one step puts it in place.
    pub(super) fn beside(target: &Path) -> anyhow::Result<Self> {
        let Some(name) = target.file_name().filter(|_| !target.is_dir()) else {
            bail!("{} is a folder: name a file in it", target.display());
        };
        let mut own = name.to_owned();
        own.push(format!(".{:08x}.unfinished", rand::random::<u32>()));
        let path = target.with_file_name(own);
        let opened = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let file = opened.with_context(|| format!("writing {} (its folder must exist and be writable)", path.display()))?;
        Ok(Self { target: target.to_path_buf(), path, file })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.file.write_all(bytes).with_context(|| format!("writing {} (is the disk full?)", self.path.display()))
    }

    /// Reads it all again: one gzip member with the right checksum, nothing after it, and no more than `limit` bytes in it.
    pub(super) fn check(&mut self, limit: u64) -> anyhow::Result<()> {
        self.file.rewind().context("reading what has been written")?;
        let mut unpacking = GzDecoder::new(BufReader::new(&self.file)).take(limit.saturating_add(1));
        let unpacked = std::io::copy(&mut unpacking, &mut std::io::sink()).context("it is no gzip, or cut short")?;
        if unpacked > limit {
            bail!("it unpacks to more than {limit} bytes");
        }
        let mut rest = unpacking.into_inner().into_inner();
        if !rest.fill_buf().context("reading what has been written")?.is_empty() {
            bail!("something follows the end of the file");
        }
        Ok(())
    }

    /// Puts it in the place of the target, with everything on disk before and after.
    pub(super) fn take_its_place(self) -> anyhow::Result<()> {
        let writing = || format!("writing {}", self.target.display());
        self.file.sync_all().with_context(writing)?;
        fs::rename(&self.path, &self.target).with_context(writing)?;
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| format!("flushing {}", folder.display()))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, "{} could not be taken away: delete it by hand.", self.path.display());
            }
            // Not there: it has taken its place.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(bytes).expect("memory");
        packed.finish().expect("memory")
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).expect("a folder").map(|it| it.expect("a file").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_is_not_whole_is_told_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = packed(b"{}\n");
        for (bytes, says) in [
            (Vec::new(), "cut short"),
            (b"<html>".to_vec(), "no gzip"),
            (whole[..whole.len() - 1].to_vec(), "cut short"),
            ([whole.clone(), b"x".to_vec()].concat(), "follows"),
            (packed(&[0; 5_000]), "more than 4096 bytes"),
        ] {
            let mut unfinished = Unfinished::beside(&folder.path().join("it.gz")).expect("a file");
            unfinished.write(&bytes).expect("room");
            let error = unfinished.check(4_096).expect_err(says);
            assert!(error.to_string().contains(says), "{error}");
            drop(unfinished);
            assert_eq!(names(folder.path()), [""; 0]);
        }
    }

    #[test]
    fn a_whole_file_takes_the_place_of_the_old_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("it.gz");
        fs::write(&target, "old").expect("a file");
        let mut unfinished = Unfinished::beside(&target).expect("a file");
        unfinished.write(&packed(b"{}\n")).expect("room");
        unfinished.check(4_096).expect("whole");
        assert_eq!(fs::read(&target).expect("a file"), b"old");
        unfinished.take_its_place().expect("in place");
        assert_eq!(fs::read(&target).expect("a file"), packed(b"{}\n"));
        assert_eq!(names(folder.path()), ["it.gz"]);
        assert!(Unfinished::beside(folder.path()).is_err(), "a folder");
    }
}

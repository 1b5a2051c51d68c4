//! A zip archive of small texts, stored as they are (APPNOTE.TXT 4.3, of PKWARE).

use flate2::Crc;

/// The first of January 1980, the earliest day that the format can write.
const DAY: u16 = 0x0021;

/// The archive of these files, by name and content.
pub(super) fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let start = narrow(archive.len());
        let about = about(name, content);
        archive.extend(b"PK\x03\x04");
        archive.extend(&about);
        archive.extend(name.as_bytes());
        archive.extend(content.as_bytes());
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&about);
        // No comment, the first disk, and no attributes.
        directory.extend([0; 10]);
        directory.extend(start);
        directory.extend(name.as_bytes());
    }
    let start = narrow(archive.len());
    let count = [u8::try_from(files.len()).unwrap_or(u8::MAX), 0];
    let size = narrow(directory.len());
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count, count].concat());
    archive.extend([size, start].concat());
    archive.extend([0, 0]);
    archive
}

/// What stands both before a file and in the directory: version, flags, method, time, day, checksum, sizes, length of the name.
fn about(name: &str, content: &str) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(content.as_bytes());
    let mut about = vec![0x14, 0, 0, 0, 0, 0, 0, 0];
    about.extend(DAY.to_le_bytes());
    about.extend(sum.sum().to_le_bytes());
    about.extend([narrow(content.len()), narrow(content.len())].concat());
    about.extend(&narrow(name.len())[..2]);
    about.extend([0, 0]);
    about
}

/// A length in the four bytes that the format has for it.
fn narrow(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

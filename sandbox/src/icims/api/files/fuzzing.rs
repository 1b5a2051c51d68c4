//! Files as callers send them.

use axum::body::Body;
use axum::extract::{FromRequest as _, Request};

use super::plain::text_of;
use super::upload::OneFile;
use crate::fuzz_input::{at_once, first_line};

/// Most bytes that the text of a packed document may unfold to.
const UNPACKED: usize = 8 * 1024 * 1024;

/// A file under the name on the first line; and, where that line is a content type, a body of several parts with a file in it.
///
/// # Panics
/// When the text of a file is blank or longer than a file of its length may unfold to.
pub fn uploaded_file(bytes: &[u8]) {
    let (name, content) = first_line(bytes);
    if name.starts_with("multipart/") {
        let request = Request::builder().header("content-type", &name).body(Body::from(content.to_vec()));
        let Ok(request) = request else { return };
        let read = at_once(OneFile::from_request(request, &()));
        if let Ok(OneFile(file)) = read {
            assert!(file.bytes.len() <= content.len(), "a part is no longer than the whole");
            check_text(&file.name, &file.bytes);
        }
        return;
    }
    check_text(&name, content);
}

fn check_text(name: &str, content: &[u8]) {
    let Some(text) = text_of(name, content) else { return };
    assert!(!text.trim().is_empty(), "a text that is there says something");
    // A byte that is no text becomes three that say so, and a letter of RTF up to two.
    assert!(text.len() <= UNPACKED.max(3 * content.len()), "{} bytes unfold to {}", content.len(), text.len());
}

//! Forms that may bring a file, and the résumé, which is the file they bring.

use axum::extract::multipart::{Field as Part, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::form::{FORM_LIMIT, Field, Given, Submitted};
use crate::icims::model::PersonId;
use crate::icims::schema::ProfileType;
use crate::icims::state::files::{FILE_LIMIT, FilePlace, NewFile};
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::{Page, Problem};

/// The longest form with a file that is read, in bytes. Twice the largest file: whoever is a little above it is told so at the field,
/// with the rest of the form still there.
const UPLOAD_LIMIT: usize = 2 * FILE_LIMIT + FORM_LIMIT;
/// What résumés are written in (icims-api 9.3).
const KINDS: [&str; 8] = ["pdf", "docx", "doc", "rtf", "txt", "png", "jpg", "jpeg"];

/// A submitted form with the file that came along, if one was chosen. It is read however the form is packed.
#[derive(Debug)]
pub(super) struct Uploaded {
    pub(super) form: Given,
    pub(super) file: Option<NewFile>,
}

impl<S: Send + Sync> FromRequest<S> for Uploaded {
    type Rejection = Response;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return Submitted::from_request(request, state).await.map(|Submitted(form)| Self { form, file: None });
        }
        DefaultBodyLimit::max(UPLOAD_LIMIT).apply(&mut request);
        let mut parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let mut read = Self { form: Given::default(), file: None };
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            read.take(part).await.map_err(unreadable)?;
        }
        Ok(read)
    }
}

impl Uploaded {
    /// Browsers send a part without name and bytes where no file was chosen.
    async fn take(&mut self, part: Part<'_>) -> Result<(), MultipartError> {
        let (name, file) = (part.name().unwrap_or_default().to_owned(), part.file_name().map(str::to_owned));
        let bytes = part.bytes().await?;
        match file {
            Some(name) if !name.is_empty() || !bytes.is_empty() => self.file = Some(NewFile { name, bytes: bytes.to_vec() }),
            Some(_) => {}
            None => self.form.add(name, String::from_utf8_lossy(&bytes).into_owned()),
        }
        Ok(())
    }
}

fn unreadable(error: MultipartError) -> Response {
    let (status, message) = match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "A file may have at most 10 MiB. Nothing was changed; go back and choose a smaller one.",
        ),
        _ => (StatusCode::BAD_REQUEST, "The form was cut short. Nothing was changed; go back and send it again."),
    };
    let way_back = ("Back to the start".into(), "/".into());
    let (product, title) = ("icims", "The file was not taken".into());
    Page(status, Problem { product, title, message: message.into(), way_back }).into_response()
}

/// The field of a form that takes a résumé.
pub(super) fn resume_field(label: String, error: String) -> Field {
    let hint = "PDF, Word, RTF, text or an image, at most 10 MiB.";
    Field {
        accept: ".pdf,.docx,.doc,.rtf,.txt,.png,.jpg,.jpeg",
        ..Field::new("file", "resumefile", label).hint(hint).error(error)
    }
}

/// What speaks against a file as a résumé; empty if nothing does.
pub(super) fn resume_error(file: &NewFile) -> String {
    let kind = file.name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase()).unwrap_or_default();
    if !KINDS.contains(&kind.as_str()) {
        return "A resume is a PDF, Word, RTF or text file, or an image. Choose another file.".into();
    }
    if file.bytes.is_empty() {
        return "The file is empty. Choose another one.".into();
    }
    if file.bytes.len() > FILE_LIMIT {
        return "The file is larger than 10 MiB. Choose a smaller one.".into();
    }
    String::new()
}

/// Puts a résumé on a profile, in the place of the one there is.
pub(super) fn put_resume(state: &mut CustomerState, person: PersonId, file: NewFile, now: Timestamp) -> Result<(), Refusal> {
    state.put_file(FilePlace { key: (ProfileType::People, person.get()), field: "resume", child: None }, file, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resume_is_told_by_its_name_and_has_something_in_it() {
        let error = |name: &str, size: usize| resume_error(&NewFile { name: name.into(), bytes: vec![b'x'; size] });
        assert_eq!(error("C:\\Papers\\Ines Okafor.PDF", 1), "");
        assert_eq!(error("cv.jpeg", FILE_LIMIT), "");
        assert!(error("cv.exe", 1).contains("another file"));
        assert!(error("pdf", 1).contains("another file"), "a name without a full stop has no kind");
        assert!(error("cv.txt", 0).contains("empty"));
        assert!(error("cv.txt", FILE_LIMIT + 1).contains("10 MiB"));
    }
}

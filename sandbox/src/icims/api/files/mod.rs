//! Files on fields and on entries of collections: bytes, upload, removal, extracted text (icims-api 9.3, 9.4).

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod plain;
mod upload;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::icims::Icims;
use crate::icims::aside;
use crate::icims::ledger::Use;
use crate::icims::model::{EntryId, FileRef, ProfileKey};
use crate::icims::schema::ProfileType;
use crate::icims::signing::hash;
use crate::icims::state::files::{FilePlace, HeldFile};
use crate::icims::state::users::Rights;
use crate::icims::state::{CustomerState, Refusal};
use crate::reference::{assumed, documented};

use super::error::{ApiError, changed, created, header_line};
use super::fields::visible;
use super::gate::Caller;
use super::place::{At, Named, NamedField, Place, Profile};
use super::used;
use upload::OneFile;

/// The endpoints. `POST` of a file is not supported (icims-api 9.3).
pub(super) fn routes() -> OpenApiRouter<Icims> {
    OpenApiRouter::new()
        .routes(routes!(read, put, remove))
        .routes(routes!(text))
        .routes(routes!(add_child))
        .routes(routes!(read_child, put_child, remove_child))
        .routes(routes!(child_text))
}

/// A file as a path names it.
#[derive(Debug)]
struct Asked {
    key: ProfileKey,
    field: String,
    child: Option<(EntryId, String)>,
}

impl Place for Asked {
    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        Profile::kind(named)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        let NamedField(key, field) = NamedField::below(kind, named)?;
        let child = match (named.text("child"), named.text("entry")) {
            ("", _) => None,
            (child, entry) => {
                let entry = entry.parse().map_err(|_| Refusal::EntryNotFound(field.clone()))?;
                Some((entry, child.to_owned()))
            }
        };
        Ok(Self { key, field, child })
    }
}

/// A file of an entry that is still to be made.
#[derive(Debug)]
struct NewEntry {
    key: ProfileKey,
    parent: String,
    child: String,
}

impl Place for NewEntry {
    fn kind(named: &Named) -> Result<ProfileType, ApiError> {
        Profile::kind(named)
    }

    fn below(kind: ProfileType, named: &Named) -> Result<Self, ApiError> {
        let NamedField(key, parent) = NamedField::below(kind, named)?;
        Ok(Self { key, parent, child: named.text("child").to_owned() })
    }
}

impl Asked {
    fn place(&self) -> FilePlace<'_> {
        FilePlace { key: self.key, field: &self.field, child: self.child.as_ref().map(|(entry, child)| (*entry, child.as_str())) }
    }

    fn address(&self, caller: &Caller) -> String {
        match &self.child {
            None => caller.urls.entry(self.key, &self.field, "binary"),
            Some((entry, child)) => format!("{}/fields/{child}/binary", caller.urls.entry(self.key, &self.field, entry)),
        }
    }

    /// An answer to a call that used the file. The file of an entry counts for its collection too.
    fn used(&self, answer: Response, how: Use) -> Response {
        let child = self.child.as_ref().map(|(_, child)| format!("{}.{child}", self.field));
        used::used(answer, self.key.0, how, std::iter::once(self.field.clone()).chain(child).map(Into::into).collect())
    }

    /// Profile and field exist and the user may see the field.
    fn check(&self, state: &CustomerState, rights: &Rights) -> Result<(), ApiError> {
        state.record(self.key).ok_or_else(|| ApiError::not_found(self.key.0.title()))?;
        visible(rights, self.key, &self.field).map(|_| ())
    }

    fn found(&self, caller: &Caller) -> Result<(FileRef, Vec<u8>), ApiError> {
        caller.tenant.read(|state| {
            self.check(state, &caller.rights)?;
            let HeldFile { about, bytes } = state.file(self.place())?;
            Ok((about.into_owned(), bytes.into_owned()))
        })
    }

    async fn store(self, icims: &Icims, caller: &Caller, OneFile(file): OneFile) -> Result<Response, ApiError> {
        caller.tenant.read(|state| self.check(state, &caller.rights))?;
        let now = icims.clock().now();
        caller.tenant.write(|state| state.put_file(self.place(), file, now)).await?;
        Ok(self.used(changed(&self.address(caller), &[]), Use::Written))
    }

    async fn drop(self, icims: &Icims, caller: &Caller) -> Result<Response, ApiError> {
        caller.tenant.read(|state| self.check(state, &caller.rights))?;
        let now = icims.clock().now();
        caller.tenant.write(|state| state.remove_file(self.place(), now)).await?;
        Ok(self.used(StatusCode::NO_CONTENT.into_response(), Use::Written))
    }
}

/// Downloads a file with its own content type (icims-api 9.3).
#[utoipa::path(
    get, path = "/{customer}/{kind}/{id}/fields/{field}/binary", operation_id = "readFile", tag = "files",
    responses((status = 200, content_type = "*/*", body = ref("#/components/schemas/Bytes"))),
    extensions(("x-fidelity" = json!(documented("icims-api 9.3", "a_resume_is_uploaded_read_replaced_and_kept")))),
)]
async fn read(At(caller, asked): At<Asked>) -> Result<Response, ApiError> {
    let (file, bytes) = asked.found(&caller)?;
    Ok(asked.used(download(&file, bytes), Use::Read))
}

/// Adds or replaces a file (icims-api 9.3).
#[utoipa::path(
    patch, path = "/{customer}/{kind}/{id}/fields/{field}/binary", operation_id = "putFile", tag = "files",
    request_body(content = ref("#/components/schemas/Upload"), content_type = "multipart/form-data"),
    responses((status = 204)),
    extensions(("x-fidelity" = json!(documented("icims-api 9.3", "a_resume_is_uploaded_read_replaced_and_kept")))),
)]
async fn put(State(icims): State<Icims>, At(caller, asked): At<Asked>, file: OneFile) -> Result<Response, ApiError> {
    asked.store(&icims, &caller, file).await
}

/// Removes a file; the résumé stays (icims-api 9.3).
#[utoipa::path(
    delete, path = "/{customer}/{kind}/{id}/fields/{field}/binary", operation_id = "removeFile", tag = "files",
    responses((status = 204)),
    extensions(("x-fidelity" = json!(documented("icims-api 9.3", "text_is_extracted_as_one_part_and_404_where_there_is_none")))),
)]
async fn remove(State(icims): State<Icims>, At(caller, asked): At<Asked>) -> Result<Response, ApiError> {
    asked.drop(&icims, &caller).await
}

/// Downloads the file of an entry (icims-api 9.4).
#[utoipa::path(
    get, path = "/{customer}/{kind}/{id}/fields/{field}/{entry}/fields/{child}/binary", operation_id = "readEntryFile", tag = "files",
    responses((status = 200, content_type = "*/*", body = ref("#/components/schemas/Bytes"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 9.4", "files_belong_to_entries_of_collections_too")))),
)]
async fn read_child(At(caller, asked): At<Asked>) -> Result<Response, ApiError> {
    let (file, bytes) = asked.found(&caller)?;
    Ok(asked.used(download(&file, bytes), Use::Read))
}

/// Adds or replaces the file of an entry (icims-api 9.4).
#[utoipa::path(
    patch, path = "/{customer}/{kind}/{id}/fields/{field}/{entry}/fields/{child}/binary", operation_id = "putEntryFile", tag = "files",
    request_body(content = ref("#/components/schemas/Upload"), content_type = "multipart/form-data"),
    responses((status = 204)),
    extensions(("x-fidelity" = json!(documented("icims-api 9.4", "files_belong_to_entries_of_collections_too")))),
)]
async fn put_child(State(icims): State<Icims>, At(caller, asked): At<Asked>, file: OneFile) -> Result<Response, ApiError> {
    asked.store(&icims, &caller, file).await
}

/// Removes the file of an entry (icims-api 9.4).
#[utoipa::path(
    delete, path = "/{customer}/{kind}/{id}/fields/{field}/{entry}/fields/{child}/binary", operation_id = "removeEntryFile", tag = "files",
    responses((status = 204)),
    extensions(("x-fidelity" = json!(documented("icims-api 9.4", "files_belong_to_entries_of_collections_too")))),
)]
async fn remove_child(State(icims): State<Icims>, At(caller, asked): At<Asked>) -> Result<Response, ApiError> {
    asked.drop(&icims, &caller).await
}

/// Adds an entry with one file; the path is *assumed* (icims-api 9.4).
#[utoipa::path(
    post, path = "/{customer}/{kind}/{id}/fields/{field}/fields/{child}/binary", operation_id = "addFileEntry", tag = "files",
    request_body(content = ref("#/components/schemas/Upload"), content_type = "multipart/form-data"),
    responses((status = 201)),
    extensions(("x-fidelity" = json!(assumed("icims-api 9.4", "files_belong_to_entries_of_collections_too")))),
)]
async fn add_child(
    State(icims): State<Icims>,
    At(caller, NewEntry { key, parent, child }): At<NewEntry>,
    OneFile(file): OneFile,
) -> Result<Response, ApiError> {
    Asked { key, field: parent.clone(), child: None }.check_in(&caller)?;
    let now = icims.clock().now();
    let entry = caller.tenant.write(|state| state.add_file_entry(key, &parent, &child, file, now)).await?;
    let asked = Asked { key, field: parent, child: Some((entry, child)) };
    Ok(asked.used(created(&caller.urls.entry(key, &asked.field, entry), &[]), Use::Written))
}

/// Reads the text of a document as one part of a multipart body (icims-api 9.3).
#[utoipa::path(
    get, path = "/{customer}/{kind}/{id}/fields/{field}/text", operation_id = "readFileText", tag = "files",
    responses((status = 200, content_type = "multipart/form-data", body = ref("#/components/schemas/Bytes"))),
    extensions(("x-fidelity" = json!(documented("icims-api 9.3", "text_is_extracted_as_one_part_and_404_where_there_is_none")))),
)]
async fn text(At(caller, asked): At<Asked>) -> Result<Response, ApiError> {
    let (file, bytes) = asked.found(&caller)?;
    Ok(asked.used(extracted(&caller, &asked.field, file, bytes).await?, Use::Read))
}

/// Reads the text of an entry's document (*assumed*, after icims-api 9.3).
#[utoipa::path(
    get, path = "/{customer}/{kind}/{id}/fields/{field}/{entry}/fields/{child}/text", operation_id = "readEntryFileText", tag = "files",
    responses((status = 200, content_type = "multipart/form-data", body = ref("#/components/schemas/Bytes"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 9.4", "files_belong_to_entries_of_collections_too")))),
)]
async fn child_text(At(caller, asked): At<Asked>) -> Result<Response, ApiError> {
    let (file, bytes) = asked.found(&caller)?;
    let name = asked.child.as_ref().map_or(asked.field.as_str(), |(_, child)| child);
    Ok(asked.used(extracted(&caller, name, file, bytes).await?, Use::Read))
}

impl Asked {
    fn check_in(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.tenant.read(|state| self.check(state, &caller.rights))
    }
}

/// A file as an answer, to be saved rather than shown: its content is whatever somebody uploaded.
pub(in crate::icims) fn download(file: &FileRef, bytes: Vec<u8>) -> Response {
    let kind = HeaderValue::from_str(&file.media).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let shown_as = header_line(&format!("attachment; filename=\"{}\"", file.name));
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, shown_as)], bytes).into_response()
}

/// The text of a document as one part of a multipart body. Even a small one may unfold to millions of letters.
async fn extracted(caller: &Caller, field: &str, file: FileRef, bytes: Vec<u8>) -> Result<Response, ApiError> {
    let none = || ApiError::not_found(&format!("{field}: Text"));
    let name = file.name.clone();
    let look = move || plain::text_of(&name, &bytes).map(|text| (hash(text.as_bytes()), text));
    let (hash, text) = aside::work(&caller.tenant, look).await.ok_or_else(none)?;
    // Nobody can write a text that has its own hash in it, and a boundary has at most 70 characters (RFC 2046, 5.1.1).
    let boundary = format!("----icims-text-{}", &hash[..32]);
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{}.txt\"\r\n\
         Content-Type: text/plain; charset=UTF-8\r\n\r\n{text}\r\n--{boundary}--\r\n",
        file.name
    );
    let kind = header_line(&format!("multipart/form-data; boundary={boundary}"));
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

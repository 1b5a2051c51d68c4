//! One customer as one file: taken to another sandbox, kept beside a test, or sent to somebody who looks for a fault.
//!
//! The file is gzip. Its first line is a header as JSON: format, version, customer, how many rows follow, and their SHA-256. Every
//! other line is one row of iCIMS, platform, mailbox or control, or what the integration exported. Addresses are left out, as those
//! of another sandbox differ. A file is read and checked whole before anything is changed.

use std::io::{BufRead, BufReader, Read, Write};

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::in_full;
use super::connector::Numbers;
use super::contents::{Contents, INTEGRATION};
use super::error::ControlError;
use super::ready::TenantKeys;
use super::tenants::TenantRecord;
use super::world::{BUILDERS, CUSTOMER_LIMIT, World};
use crate::engine::{DiskError, Extent, Source, StoredRow, aside};
use crate::harver_platform::state::AccountState;
use crate::icims::state::CustomerState;
use crate::ui::{ApiProblem, ApiQuery};

/// How long the header of a file can be.
const HEADER_LIMIT: u64 = 64 * 1024;
/// What the header of every file says.
const FORMAT: &str = "icims-sandbox customer";
/// The version of the form.
const VERSION: u32 = 3;
/// Whose customer is in a file is known once it has been read.
const IMPORTS: &str = "imports";
/// The largest file that is taken in.
pub const CUSTOMER_FILE_LIMIT: usize = 256 * 1024 * 1024;
/// How many bytes a file may unpack to, so that a small one cannot fill the memory.
pub const CUSTOMER_UNPACKED_LIMIT: u64 = 2 * 1024 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(import)).routes(routes!(delete))
}

/// Why a file is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// It is not of this format.
    #[error("it is no exported customer: GET /__sandbox/customers/{{id}}/export makes one")]
    Foreign,
    /// It is of another version.
    #[error("it has version {0} and this program reads version {VERSION}: use the program that wrote it")]
    OtherVersion(u32),
    /// It is not what was exported.
    #[error("it is damaged or cut short ({0}): export the customer again")]
    Damaged(String),
    /// It holds more than rules would have let in.
    #[error("it holds more than a customer may have: {0}")]
    TooMuch(String),
    /// It unpacks to too much.
    #[error("it unpacks to more than {0} bytes")]
    TooLarge(u64),
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    customer: String,
    name: String,
    rows: usize,
    sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    scope: String,
    table: String,
    key: String,
    row: Value,
}

impl World {
    /// A customer as a file.
    ///
    /// # Errors
    /// When there is no such customer, or the integration does not say what it keeps.
    pub async fn export_customer(&self, customer: &str) -> Result<Vec<u8>, ControlError> {
        let (tenant, mut contents) = {
            let _alone = self.permits(BUILDERS).await;
            let tenant = self.tenant(customer)?;
            let extent = Extent::Customer(tenant.customer_id);
            let _quiet = self.quiet(extent).await?;
            let integration = self.exported(extent, Numbers::Portable).await?;
            let kept = self.registry().cut(extent, None).await?;
            (tenant, Contents { kept, integration, ..Contents::default() })
        };
        aside(customer, move || {
            contents.make_portable();
            let mut rows = Vec::new();
            for (scope, changes) in contents.rows()? {
                let stored = changes.into_iter().filter_map(|change| {
                    Some(StoredRow { scope: scope.clone(), table: change.table.into(), key: change.key, body: change.body? })
                });
                rows.extend(stored);
            }
            written(&tenant, &rows, &contents.integration).map_err(|error| ControlError::Sample(error.into()))
        })
        .await
    }

    /// Takes in a customer that was exported, with its id and its credentials, and connects it.
    ///
    /// # Errors
    /// When the file cannot be used, something of the customer is in use here (with `replace`, by another customer), there is no
    /// room, or the change could not be stored. Then nothing has changed.
    pub async fn import_customer(&self, file: Bytes, replace: bool) -> Result<TenantKeys, ControlError> {
        let mut contents = aside(IMPORTS, move || read(&file, CUSTOMER_UNPACKED_LIMIT)).await?;
        let tenant = contents.tenants().next().ok_or_else(|| BadFile::Damaged("it holds no customer".into()))?;
        let _alone = self.permits(BUILDERS).await;
        let others = self.tenants();
        let id = tenant.customer_id;
        if !replace && others.iter().any(|other| other.customer_id == id) {
            return Err(ControlError::CustomerInUse(id));
        }
        if let Some(other) = others.iter().find(|other| other.customer_id != id && shares_names(other, &tenant)) {
            return Err(ControlError::NamesInUse { customer: id, other: other.customer_id });
        }
        if others.len() >= CUSTOMER_LIMIT && !others.iter().any(|other| other.customer_id == id) {
            return Err(ControlError::TooManyCustomers(others.len()));
        }
        contents.arrive_from(self.mailbox().reserve(contents.message_count()));
        let reserved = self.progress().write(|state| Ok::<_, DiskError>(state.reserve_chosen(id))).await?;
        if let Err(error) = self.replace(Extent::Customer(id), contents, Source::Memory).await {
            self.release(id, reserved).await?;
            return Err(error);
        }
        tracing::info!(customer.id = id, "A customer has been taken in.");
        Ok(self.keys(&tenant))
    }

    /// Deletes a customer with everything that belongs to it; its id is not given out again before a reset.
    ///
    /// # Errors
    /// When there is no such customer, or the change could not be stored.
    pub async fn delete_customer(&self, customer: &str) -> Result<(), ControlError> {
        let _alone = self.permits(BUILDERS).await;
        let id = self.tenant(customer)?.customer_id;
        self.replace(Extent::Customer(id), Contents::default(), Source::Memory).await
    }
}

/// Whether two tenants cannot live in one sandbox: names that tell who is calling, or the account.
fn shares_names(one: &TenantRecord, other: &TenantRecord) -> bool {
    let names = |tenant: &TenantRecord| {
        let own = &tenant.credentials;
        [&tenant.account_id, &own.icims_username, &own.icims_client_id, &own.hmac_user, &own.event_username]
            .into_iter()
            .chain([&own.webhook_username, &own.platform_client_id, &own.admin_email])
            .cloned()
            .collect::<Vec<_>>()
    };
    let taken = names(one);
    names(other).iter().any(|name| taken.contains(name))
}

fn written(tenant: &TenantRecord, rows: &[StoredRow], integration: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut line = |line: &Line| -> std::io::Result<()> {
        serde_json::to_writer(&mut body, line)?;
        body.write_all(b"\n")
    };
    for row in rows {
        let StoredRow { scope, table, key, body } = row;
        let row = serde_json::from_slice(body)?;
        line(&Line { scope: scope.clone(), table: table.clone(), key: key.clone(), row })?;
    }
    let exported = Value::String(BASE64_STANDARD.encode(integration));
    line(&Line { scope: INTEGRATION.into(), table: INTEGRATION.into(), key: "1".into(), row: exported })?;
    let header = Header {
        format: FORMAT.into(),
        version: VERSION,
        customer: tenant.customer_id.to_string(),
        name: tenant.name.clone(),
        rows: rows.len() + 1,
        sha256: digest(Sha256::digest(&body).as_slice()),
    };
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    serde_json::to_writer(&mut packed, &header)?;
    packed.write_all(b"\n")?;
    packed.write_all(&body)?;
    packed.finish()
}

fn digest(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is in a file, if all of it is whole.
fn read(file: &[u8], limit: u64) -> Result<Contents, BadFile> {
    let damaged = |error: &dyn std::fmt::Display| BadFile::Damaged(error.to_string());
    // One byte more than is allowed tells a file that is too large from one that is not.
    let mut lines = BufReader::new(GzDecoder::new(file).take(limit + 1));
    let mut first = Vec::new();
    // What is no such file need not have a line end anywhere.
    lines.by_ref().take(HEADER_LIMIT).read_until(b'\n', &mut first).map_err(|_| BadFile::Foreign)?;
    let header: Header = match serde_json::from_slice::<Value>(&first) {
        Ok(header) if header["format"] == FORMAT => {
            let version = header["version"].as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or(u32::MAX);
            if version != VERSION {
                return Err(BadFile::OtherVersion(version));
            }
            serde_json::from_value(header).map_err(|error| damaged(&error))?
        }
        _ => return Err(BadFile::Foreign),
    };
    let (mut rows, mut sum, mut unpacked) = (Vec::new(), Sha256::new(), first.len() as u64);
    loop {
        let mut text = Vec::new();
        let length = lines.read_until(b'\n', &mut text).map_err(|error| damaged(&error))?;
        unpacked += length as u64;
        if unpacked > limit {
            return Err(BadFile::TooLarge(limit));
        }
        if length == 0 {
            break;
        }
        sum.update(&text);
        let line: Line = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
        rows.push(stored(line)?);
    }
    if rows.len() != header.rows || digest(sum.finalize().as_slice()) != header.sha256 {
        return Err(BadFile::Damaged("its checksum does not match".into()));
    }
    let (contents, _) = Contents::from_rows(&rows).map_err(|error| damaged(&error))?;
    let mut tenants = contents.tenants();
    match (tenants.next(), tenants.next()) {
        (Some(tenant), None) if tenant.customer_id.to_string() == header.customer && holds_one_customer(&contents, &tenant) => {}
        _ => return Err(BadFile::Damaged("it does not hold one customer with its account".into())),
    }
    drop(tenants);
    let too_much = |refusal: &dyn std::fmt::Display| BadFile::TooMuch(refusal.to_string());
    for kept in contents.customers() {
        kept.state::<CustomerState>().map_or(Ok(()), |state| state.check_limits()).map_err(|refusal| too_much(&refusal))?;
        kept.state::<AccountState>().map_or(Ok(()), |state| state.check_limits()).map_err(|refusal| too_much(&refusal))?;
    }
    Ok(contents)
}

/// Whether that customer is there with its account, and nobody else.
fn holds_one_customer(contents: &Contents, tenant: &TenantRecord) -> bool {
    let Some(kept) = contents.kept.get(&tenant.customer_id).filter(|_| contents.kept.len() == 1) else { return false };
    let account = kept.state::<AccountState>();
    kept.state::<CustomerState>().is_some() && account.is_some_and(|account| account.profile().id.as_str() == tenant.account_id)
}

fn stored(line: Line) -> Result<StoredRow, BadFile> {
    let Line { scope, table, key, row } = line;
    let body = if scope == INTEGRATION {
        let text = row.as_str().unwrap_or_default();
        BASE64_STANDARD.decode(text).map_err(|error| BadFile::Damaged(error.to_string()))?
    } else {
        row.to_string().into_bytes()
    };
    Ok(StoredRow { scope, table, key, body })
}

/// Exports a customer as one file: its iCIMS, its account on the platform, its mail, and what the integration keeps of it.
#[utoipa::path(
    get, path = "/__sandbox/customers/{id}/export", operation_id = "exportCustomer", tag = "customers",
    responses(
        (status = 200, description = "The file.", content_type = "application/gzip", body = Vec<u8>),
        (status = 404, body = ref("#/components/schemas/Problem"), description = "There is no such customer."),
    ),
)]
async fn export(State(world): State<World>, Path(id): Path<String>) -> Result<Response, ControlError> {
    let name = format!("attachment; filename=\"customer-{}.json.gz\"", id.parse::<u64>().unwrap_or_default());
    let file = in_full(async move { world.export_customer(&id).await }).await?;
    let headers = [(header::CONTENT_TYPE, "application/gzip".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, file).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Whether a customer with the same id is replaced.
    #[serde(default)]
    replace: bool,
}

/// Takes in an exported customer, with its id and credentials; all of it or nothing.
#[utoipa::path(
    post, path = "/__sandbox/customers/import", operation_id = "importCustomer", tag = "customers",
    params(ImportQuery), request_body(content = Vec<u8>, content_type = "application/gzip"),
    responses(
        (status = 200, body = TenantKeys),
        (status = 409, body = ref("#/components/schemas/Problem"), description = "The id, or a name of the customer, is in use."),
    ),
)]
async fn import(State(world): State<World>, ApiQuery(query): ApiQuery<ImportQuery>, request: Request) -> Response {
    let Ok(file) = to_bytes(request.into_body(), CUSTOMER_FILE_LIMIT).await else {
        let message = format!("The file is larger than {CUSTOMER_FILE_LIMIT} bytes, or was cut short.");
        return ApiProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message).into_response();
    };
    in_full(async move { world.import_customer(file, query.replace).await }).await.map(Json).into_response()
}

/// That something is gone.
#[derive(Debug, Serialize, ToSchema)]
struct Deleted {
    deleted: String,
}

/// Deletes a customer with its account, its mail and its orders.
#[utoipa::path(
    delete, path = "/__sandbox/customers/{id}", operation_id = "deleteCustomer", tag = "customers",
    responses(
        (status = 200, body = Deleted),
        (status = 404, body = ref("#/components/schemas/Problem"), description = "There is no such customer."),
    ),
)]
async fn delete(State(world): State<World>, Path(id): Path<String>) -> Result<Json<Deleted>, ControlError> {
    let deleted = id.clone();
    in_full(async move { world.delete_customer(&id).await }).await?;
    Ok(Json(Deleted { deleted }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text).expect("memory");
        packed.finish().expect("memory")
    }

    #[test]
    fn a_file_that_unpacks_to_too_much_is_refused_before_it_fills_the_memory() {
        let header = format!(r#"{{"format":"{FORMAT}","version":{VERSION},"customer":"1","name":"x","rows":1,"sha256":""}}"#);
        let bomb = [header.as_bytes(), b"\n", &vec![b' '; 200_000]].concat();
        assert!(matches!(read(&packed(&bomb), 100_000), Err(BadFile::TooLarge(100_000))));
        assert!(matches!(read(&packed(&vec![b' '; 200_000]), 100_000), Err(BadFile::Foreign)));
    }

    #[test]
    fn a_header_that_does_not_end_is_not_read_on() {
        let header = |name: &str| {
            format!(
                "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"customer\":\"1\",\"name\":\"{name}\",\"rows\":0,\"sha256\":\"\"}}\n"
            )
        };
        let outcome = |name: &str| read(&packed(header(name).as_bytes()), 1 << 30);
        assert!(matches!(outcome("Brightwater Foods"), Err(BadFile::Damaged(_))), "read, and its checksum is wrong");
        assert!(matches!(outcome(&"x".repeat(70_000)), Err(BadFile::Foreign)));
    }
}

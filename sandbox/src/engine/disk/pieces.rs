//! Large bodies, in pieces that are written one by one before the row that refers to them.
//!
//! Pieces count as garbage from the first of them on until a row refers to them, and again when the last such row is gone, so that
//! neither a kill nor a refusal leaves any behind: garbage is swept when the writer has nothing else to do.

use std::collections::VecDeque;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::durability::Durability;
use super::{Change, Step};

/// How large a body may be that is written in its row, and each piece of a larger one: less than a millisecond's work.
const PIECE: usize = 64 * 1024;
/// How many pieces are swept at a time.
const SWEPT: u32 = 16;

/// The tables for pieces, and what notes that no row refers to them any more.
pub(super) const SCHEMA: &str = "
    CREATE TABLE pieces (id INTEGER NOT NULL, place INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (id, place))
        STRICT, WITHOUT ROWID;
    CREATE TABLE garbage (id INTEGER PRIMARY KEY) STRICT;
    CREATE INDEX in_pieces ON rows (pieces) WHERE pieces IS NOT NULL;
    CREATE TRIGGER row_is_gone AFTER DELETE ON rows WHEN old.pieces IS NOT NULL
        BEGIN INSERT OR IGNORE INTO garbage VALUES (old.pieces); END;";

/// A body on its way to the disk.
pub(super) struct LargeBody {
    scope: String,
    change: Change,
    id: Option<i64>,
    /// How many pieces are written.
    written: u32,
}

/// Takes the large bodies out of what is to be stored.
pub(super) fn split(steps: &mut [Step]) -> VecDeque<LargeBody> {
    let mut bodies = VecDeque::new();
    for step in steps {
        let Step::Rows { scope, changes } = step else { continue };
        let large = |change: &mut Change| change.body.as_ref().is_some_and(|body| body.len() > PIECE);
        let taken = changes.extract_if(.., large);
        bodies.extend(taken.map(|change| LargeBody { scope: scope.clone(), change, id: None, written: 0 }));
    }
    bodies
}

impl LargeBody {
    /// Writes the next piece; whether it was the last one.
    pub(super) fn write_piece(&mut self, connection: &mut Connection) -> rusqlite::Result<bool> {
        let body = self.change.body.as_deref().unwrap_or_default();
        let rest = body.get(self.written as usize * PIECE..).unwrap_or_default();
        let piece = &rest[..rest.len().min(PIECE)];
        let transaction = Durability::WithTheNext.begin(connection)?;
        let id = match self.id {
            Some(id) => id,
            None => begun(&transaction)?,
        };
        let mut insert = transaction.prepare_cached("INSERT INTO pieces (id, place, bytes) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![id, self.written, piece])?;
        drop(insert);
        transaction.commit()?;
        (self.id, self.written) = (Some(id), self.written + 1);
        Ok(piece.len() == rest.len())
    }

    /// The row that refers to what was written.
    pub(super) fn row(self) -> Step {
        Step::RowInPieces {
            scope: self.scope,
            table: self.change.table,
            key: self.change.key,
            pieces: self.id.unwrap_or_default(),
        }
    }
}

/// The number of a body of which no row knows yet.
fn begun(transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
    let id = transaction.query_row("SELECT COALESCE(MAX(id), 0) + 1 FROM pieces", [], |row| row.get(0))?;
    transaction.execute("INSERT OR IGNORE INTO garbage VALUES (?1)", [id])?;
    Ok(id)
}

/// Lets a row refer to a body.
pub(super) fn refer(transaction: &Transaction<'_>, scope: &str, table: &str, key: &str, pieces: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO rows (scope, name, key, body, pieces) VALUES (?1, ?2, ?3, x'', ?4)")?
        .execute(params![scope, table, key, pieces])?;
    transaction.execute("DELETE FROM garbage WHERE id = ?1", [pieces]).map(drop)
}

/// A body, put together.
pub(super) fn whole(connection: &Connection, id: i64) -> rusqlite::Result<Vec<u8>> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM pieces WHERE id = ?1 ORDER BY place")?;
    let mut body = Vec::new();
    for piece in statement.query_map([id], |row| row.get::<_, Vec<u8>>(0))? {
        body.extend(piece?);
    }
    Ok(body)
}

/// Sweeps some of the garbage; whether there may be more. To be called when no body is being written.
pub(super) fn sweep(connection: &mut Connection) -> rusqlite::Result<bool> {
    let found =
        connection.prepare_cached("SELECT id FROM garbage LIMIT 1")?.query_row([], |row| row.get::<_, i64>(0)).optional()?;
    let Some(id) = found else { return Ok(false) };
    let transaction = Durability::WithTheNext.begin(connection)?;
    let referred = transaction.prepare_cached("SELECT 1 FROM rows WHERE pieces = ?1")?.exists([id])?;
    let left = if referred {
        0
    } else {
        transaction
            .prepare_cached("DELETE FROM pieces WHERE id = ?1 AND place IN (SELECT place FROM pieces WHERE id = ?1 LIMIT ?2)")?
            .execute([id, i64::from(SWEPT)])?
    };
    if left == 0 {
        transaction.execute("DELETE FROM garbage WHERE id = ?1", [id])?;
    }
    transaction.commit()?;
    Ok(true)
}

//! What was handed to the mail server. A mail is noted before its last line goes out and after the server has answered: when the program
//! is killed in between, or no answer comes, nobody knows whether the candidate has it.

use jiff::Timestamp;

use super::row::get;
use super::value::params;
use super::{StoreError, Tx, orders};
use crate::crash_point::Commit;
use crate::domain::OrderId;

/// How often a mail is handed over at most without a known answer: once, and once more than may have been needed.
const UNANSWERED: i64 = 2;

/// Notes that a mail is about to be handed over. Says whether it may be: not when nobody knows what became of it twice already.
///
/// # Errors
/// When the database refuses.
pub fn begin(tx: &Tx<'_>, order: OrderId, message_id: &str, now: Timestamp) -> Result<bool, StoreError> {
    tx.publishes(Commit::MailNoted);
    let begun = tx.one(
        "INSERT INTO mails (message_id, order_id, begun_at, unanswered) VALUES (:message_id, :order, :now, 1)
         ON CONFLICT (message_id) DO UPDATE SET begun_at = excluded.begun_at, unanswered = mails.unanswered + 1
             WHERE mails.unanswered < :most
         RETURNING unanswered",
        params! { message_id, order, now, most: UNANSWERED },
        |row| get::<i64>(row, "unanswered"),
    )?;
    if begun.is_some_and(|times| times > 1) {
        let again = "the mail server may have taken this mail before, and nobody knows: it is mailed again, as the same message";
        orders::note(tx, order, now, again)?;
    }
    Ok(begun.is_some())
}

/// The server has taken a mail.
///
/// # Errors
/// When the database refuses.
pub fn taken(tx: &Tx<'_>, message_id: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE mails SET taken_at = :now, unanswered = 0 WHERE message_id = :message_id", params! { message_id, now })?;
    Ok(())
}

/// The server has turned a mail down: this time the candidate has not got it.
///
/// # Errors
/// When the database refuses.
pub fn turned_down(tx: &Tx<'_>, message_id: &str) -> Result<(), StoreError> {
    tx.publishes(Commit::MailTurnedDown);
    tx.execute(
        "UPDATE mails SET unanswered = unanswered - 1 WHERE message_id = :message_id AND unanswered > 0",
        params! { message_id },
    )?;
    Ok(())
}

/// The mails of an order may be handed over again, whatever became of them: a person is told of it, and decides.
///
/// # Errors
/// When the database refuses.
pub fn leave_to_a_person(tx: &Tx<'_>, order: OrderId) -> Result<(), StoreError> {
    tx.execute("UPDATE mails SET unanswered = 0 WHERE order_id = :order", params! { order })?;
    Ok(())
}

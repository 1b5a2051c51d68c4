use super::*;

fn deliver(state: &mut Mail, to: &[&str], message_id: &str) -> Option<u64> {
    deliver_text(state, to, message_id, "").map(|kept| kept.id)
}

fn deliver_text(state: &mut Mail, to: &[&str], message_id: &str, text: &str) -> Option<Kept> {
    let envelope = Envelope { from: "talent@brightwater.example".into(), to: to.iter().map(|&to| to.into()).collect() };
    let id = if message_id.is_empty() { String::new() } else { format!("Message-ID: <{message_id}>\r\n") };
    let raw = format!("{id}X-Icims-Customer: 4021\r\n\r\n{text}").into_bytes();
    let position = state.last_arrival().unwrap_or(0) + 1;
    state.deliver(4021, envelope, reading(&raw), raw, Arrival { at: Timestamp::UNIX_EPOCH, position })
}

#[test]
fn the_same_message_to_the_same_recipient_is_kept_once() {
    let mut state = Mail::new();
    assert_eq!(deliver(&mut state, &["ines@example.org"], "order-1"), Some(40_210_000_001));
    assert_eq!(deliver(&mut state, &["Ines@Example.org"], "order-1"), None);
    assert_eq!(deliver(&mut state, &["ines@example.org", "ben@example.org"], "order-1"), Some(40_210_000_002));
    assert_eq!(state.get(40_210_000_002).map(|received| received.message.to.clone()), Some(vec!["ben@example.org".to_owned()]));
    assert_eq!(deliver(&mut state, &["ines@example.org"], "order-2"), Some(40_210_000_003));
    assert_eq!((owner_of(40_210_000_003), owner_of(7)), (4021, 0));
}

#[test]
fn another_message_with_the_same_id_is_kept_as_a_repeat_of_the_first() {
    let mut state = Mail::new();
    let mut repeat_of = |to: &[&str], text| deliver_text(&mut state, to, "order-1", text).map(|kept| kept.repeat_of);
    assert_eq!(repeat_of(&["ines@example.org"], "one"), Some(None));
    assert_eq!(repeat_of(&["INES@example.org"], "two"), Some(Some(40_210_000_001)));
    assert_eq!(repeat_of(&["ines@example.org"], "three"), Some(Some(40_210_000_001)));
    for text in ["one", "two", "three"] {
        assert_eq!(repeat_of(&["ines@example.org"], text), None, "{text} is there");
    }
    assert_eq!(repeat_of(&["ben@example.org"], "two"), Some(None), "he has no other");
    assert_eq!(repeat_of(&["ben@example.org", "ines@example.org"], "four"), Some(Some(40_210_000_001)));
    state.take_out_oldest(1, 0);
    let kept = deliver_text(&mut state, &["ines@example.org"], "order-1", "one").expect("what is gone is no duplicate");
    assert_eq!(kept.repeat_of, Some(40_210_000_002), "the first that is there");
}

#[test]
fn messages_without_an_id_are_never_duplicates() {
    let mut state = Mail::new();
    assert!(deliver(&mut state, &["ines@example.org"], "").is_some());
    assert!(deliver(&mut state, &["ines@example.org"], "").is_some());
    assert!(deliver(&mut state, &["ines@example.org"], "order-1").is_some());
}

#[test]
fn the_oldest_make_room_and_the_last_one_stays() {
    let mut state = Mail::new();
    for number in 0..5 {
        deliver(&mut state, &["ines@example.org"], &format!("order-{number}"));
    }
    let size = state.bytes() / 5;
    state.take_out_oldest(1, size + 1);
    assert_eq!(state.find(&MailFilter::default(), None).next_back().map(|received| received.message.id), Some(40_210_000_003));
    assert_eq!((state.len(), state.bytes()), (3, 3 * size));
    state.take_out_oldest(99, 0);
    assert_eq!((state.len(), state.bytes()), (1, size));
    assert!(deliver(&mut state, &["ines@example.org"], "order-0").is_some(), "what is gone is no duplicate");
    assert!(deliver(&mut state, &["ines@example.org"], "order-4").is_none());
}

#[test]
fn a_filter_tells_recipients_and_time_apart() {
    let mut state = Mail::new();
    deliver(&mut state, &["ines@example.org"], "a");
    deliver(&mut state, &["ben@example.org"], "b");
    deliver(&mut state, &["ines@example.org"], "c");
    let ids = |filter: MailFilter, after| state.find(&filter, after).map(|found| found.message.id).collect::<Vec<_>>();
    let ines = MailFilter { to: Some("INES@example.org".into()), ..MailFilter::default() };
    assert_eq!(ids(ines.clone(), None), [40_210_000_003, 40_210_000_001]);
    assert_eq!(ids(MailFilter { after: Some(40_210_000_001), ..ines.clone() }, Some(1)), [40_210_000_003]);
    assert_eq!(ids(MailFilter { customer: Some("4022".into()), ..ines }, None), [0_u64; 0]);
    assert_eq!(ids(MailFilter { after: Some(u64::MAX), ..MailFilter::default() }, None), [0_u64; 0]);
}

#[test]
fn duplicates_are_still_known_after_a_restart() {
    let mut before = Mail::new();
    deliver(&mut before, &["ines@example.org"], "order-1");
    deliver_text(&mut before, &["ines@example.org"], "order-1", "other");
    let mut after = Mail::new();
    for change in before.drain().expect("rows encode") {
        let (scope, table, key) = ("mail/4021".into(), change.table.into(), change.key);
        after
            .restore_row(&crate::engine::StoredRow { scope, table, key, body: change.body.expect("a body") })
            .expect("it restores");
    }
    assert_eq!(deliver(&mut after, &["ines@example.org"], "order-1"), None);
    assert_eq!(deliver_text(&mut after, &["ines@example.org"], "order-1", "other"), None);
    assert_eq!(after.bytes(), before.bytes());
    let messages = |mail: &Mail| mail.messages.values().map(|received| Arc::clone(&received.message)).collect::<Vec<_>>();
    assert_eq!(messages(&before), messages(&after));
    assert_eq!(messages(&after)[1].repeat_of, Some(40_210_000_001));
}

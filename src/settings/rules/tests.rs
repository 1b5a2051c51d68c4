use secrecy::ExposeSecret;

use super::*;
use crate::domain::{AtsAuthentication, AtsConnection, Reach};
use crate::settings::document::{InboundDocument, ReportDocument, StatusesDocument};
use crate::settings::{IcimsDocument, Typed};

const TLS: Rules = Rules { plain_http: false, reach: Reach::Public };

fn now() -> Timestamp {
    "2026-03-05T12:00:00Z".parse().expect("a moment")
}

fn customer() -> Customer {
    let authentication = AtsAuthentication::OAuth2 {
        token_url: "https://login.icims.com/oauth/token".parse().expect("a URL"),
        client_id: "brightwater-harver".into(),
        client_secret: "old secret".into(),
    };
    crate::testing::customer(&"https://api.icims.com".parse().expect("a URL"), authentication)
}

fn oauth2() -> IcimsDocument {
    IcimsDocument {
        method: Some("oauth2".into()),
        base_url: Some("https://api.icims.com".into()),
        token_url: Some("https://login.icims.com/oauth/token".into()),
        client_id: Some("brightwater-harver".into()),
        client_secret: Some("new secret ".into()),
        ..IcimsDocument::default()
    }
}

fn basic() -> IcimsDocument {
    IcimsDocument {
        method: Some("basic".into()),
        base_url: Some("https://api.icims.com".into()),
        username: Some("harverapi".into()),
        password: Some("pass:word".into()),
        ..IcimsDocument::default()
    }
}

fn with(icims: IcimsDocument) -> Document {
    Document { icims: Some(icims), ..Document::default() }
}

fn ats(icims: IcimsDocument) -> Result<AtsConnection, Problems> {
    TLS.change(&with(icims), &customer(), now()).map(|customer| customer.ats.at(now()).expect("a connection").clone())
}

/// The one problem of a change.
fn problem(document: &Document) -> (&'static str, String) {
    let problems = TLS.change(document, &customer(), now()).expect_err("a problem");
    let all: Vec<_> = problems.iter().map(|(setting, message)| (setting, message.to_owned())).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().expect("one")
}

fn secret_of(connection: &AtsConnection) -> &str {
    match &connection.authentication {
        AtsAuthentication::OAuth2 { client_secret: secret, .. } | AtsAuthentication::Basic { password: secret, .. } => {
            secret.expose_secret()
        }
    }
}

#[test]
fn both_methods_are_read_and_told_apart_without_being_named() {
    for method in [Some("oauth2".to_owned()), None] {
        let read = ats(IcimsDocument { method, ..oauth2() }).expect("a connection");
        assert_eq!((read.authentication.label(), secret_of(&read)), ("OAuth2", "new secret "));
    }
    for method in [Some("basic".to_owned()), None] {
        let read = ats(IcimsDocument { method, ..basic() }).expect("a connection");
        assert_eq!((read.authentication.label(), secret_of(&read)), ("Basic authentication", "pass:word"));
    }
    let both = IcimsDocument { method: None, username: Some("harverapi".into()), ..oauth2() };
    assert_eq!(problem(&with(both)).0, "icims.method");
}

#[test]
fn the_customer_id_is_numeric_and_this_customers() {
    for (wrong, says) in
        [("", "number"), ("brightwater", "numeric"), ("4 021", "numeric"), ("4022", "customer 4021"), ("04021", "numeric")]
    {
        let document = Document { id: Some(Typed::Text(wrong.into())), ..Document::default() };
        let (setting, message) = problem(&document);
        assert!(setting == "id" && message.contains(says), "{wrong}: {message}");
    }
    for right in [Typed::Number(4021), Typed::Text(" 4021 ".into())] {
        TLS.change(&Document { id: Some(right), ..Document::default() }, &customer(), now()).expect("their own id");
    }
}

#[test]
fn an_address_is_complete_encrypted_and_alone() {
    for wrong in [
        "",
        "api.icims.com",
        "ftp://api.icims.com",
        "http://api.icims.com",
        "https://api.icims.com/customers/4021",
        "https://user:pw@api.icims.com",
        "https://api.icims.com?x=1",
        "https://",
    ] {
        assert_eq!(problem(&with(IcimsDocument { base_url: Some(wrong.into()), ..basic() })).0, "icims.base_url", "{wrong}");
    }
    let plain = with(IcimsDocument { base_url: Some("http://api.icims.com".into()), ..basic() });
    Rules { plain_http: true, reach: Reach::Public }
        .change(&plain, &customer(), now())
        .expect("a test installation may use plain http");
}

#[test]
fn an_address_within_the_network_is_refused_at_its_field_unless_it_is_allowed() {
    for inside in ["https://10.0.0.7", "https://[::ffff:127.0.0.1]", "https://2852039166", "https://[fd00:ec2::254]"] {
        let typed = with(IcimsDocument { base_url: Some(inside.into()), ..basic() });
        let (setting, says) = problem(&typed);
        assert_eq!(setting, "icims.base_url", "{inside}");
        assert!(says.contains("no public address"), "{says}");
        let anywhere = Rules { reach: Reach::Anywhere, ..TLS };
        anywhere.change(&typed, &customer(), now()).expect("whoever runs it allows it");
    }
    let token = IcimsDocument { token_url: Some("https://169.254.169.254/latest".into()), ..oauth2() };
    assert_eq!(problem(&with(token)).0, "icims.token_url");
}

#[test]
fn what_is_missing_is_named_at_its_field() {
    let none = || Some(String::new());
    assert_eq!(problem(&with(IcimsDocument { username: none(), ..basic() })).0, "icims.username");
    assert_eq!(problem(&with(IcimsDocument { username: Some("har:ver".into()), ..basic() })).0, "icims.username");
    assert_eq!(problem(&with(IcimsDocument { password: None, ..basic() })).0, "icims.password");
    assert_eq!(problem(&with(IcimsDocument { password: Some("x".repeat(513).into()), ..basic() })).0, "icims.password");
    assert_eq!(problem(&with(IcimsDocument { client_id: none(), ..oauth2() })).0, "icims.client_id");
    assert_eq!(problem(&with(IcimsDocument { token_url: none(), ..oauth2() })).0, "icims.token_url");
    assert_eq!(problem(&with(IcimsDocument { method: Some("hmac".into()), ..basic() })).0, "icims.method");
}

#[test]
fn a_secret_is_kept_only_where_it_was_entered_for() {
    let kept = ats(IcimsDocument { client_secret: None, ..oauth2() }).expect("a connection");
    assert_eq!(secret_of(&kept), "old secret");
    let elsewhere = || Some("https://elsewhere.example".to_owned());
    let moved = [
        IcimsDocument { client_secret: None, base_url: elsewhere(), ..oauth2() },
        IcimsDocument { client_secret: Some("".into()), token_url: elsewhere(), ..oauth2() },
    ];
    for moved in moved {
        assert_eq!(problem(&with(moved)).0, "icims.client_secret");
    }
}

#[test]
fn an_announced_connection_waits_for_its_moment() {
    let announced = IcimsDocument { from: Some("2026-03-05T14:00:00Z".into()), ..basic() };
    let changed = TLS.change(&with(announced), &customer(), now()).expect("a change");
    let method_at = |moment: &str| {
        let moment = moment.parse().expect("a moment");
        changed.ats.at(moment).expect("a connection").authentication.label()
    };
    assert_eq!(method_at("2026-03-05T13:59:59Z"), "OAuth2");
    assert_eq!(method_at("2026-03-05T14:00:00Z"), "Basic authentication");
    let later = "2026-03-06T00:00:00Z".parse().expect("a moment");
    let again = TLS.change(&with(IcimsDocument { password: None, ..basic() }), &changed, later).expect("what counts now is kept");
    assert_eq!(secret_of(again.ats.at(later).expect("a connection")), "pass:word");
    assert!(again.ats.announced(later).is_none(), "nothing is announced any more");
}

#[test]
fn every_correction_of_an_announced_connection_is_a_difference() {
    let from = || Some("2026-03-05T14:00:00Z".to_owned());
    let announced = |icims: IcimsDocument| TLS.change(&with(IcimsDocument { from: from(), ..icims }), &customer(), now());
    let (by_token, by_password) = (announced(oauth2()).expect("a change"), announced(basic()).expect("a change"));
    let corrected = |what| announced(what).expect("a change");
    let other = || Some("corrected".to_owned());
    let cases = [
        (&by_token, corrected(IcimsDocument { client_id: other(), ..oauth2() }), "icims.next.client_id"),
        (&by_token, corrected(IcimsDocument { client_secret: Some("corrected".into()), ..oauth2() }), "icims.next.client_secret"),
        (
            &by_token,
            corrected(IcimsDocument { token_url: Some("https://login.example/token".into()), ..oauth2() }),
            "icims.next.token_url",
        ),
        (&by_password, corrected(IcimsDocument { username: other(), ..basic() }), "icims.next.username"),
        (&by_password, corrected(IcimsDocument { password: Some("corrected".into()), ..basic() }), "icims.next.password"),
    ];
    for (announced, corrected, setting) in cases {
        let differing = differences(announced, &corrected, now());
        assert_eq!(differing.iter().map(|difference| difference.setting).collect::<Vec<_>>(), [setting]);
    }
}

#[test]
fn what_is_read_and_sent_back_withdraws_no_announcement() {
    let announced = IcimsDocument { from: Some("2026-03-05T14:00:00Z".into()), ..basic() };
    let changed = TLS.change(&with(announced), &customer(), now()).expect("a change");
    let sent_back = TLS.change(&Document::of(&changed, now()), &changed, now()).expect("what is set up can be sent back");
    assert_eq!(differences(&changed, &sent_back, now()), []);
    let other = TLS.change(&with(oauth2()), &changed, now()).expect("a change");
    assert!(other.ats.announced(now()).is_none(), "another connection at once is the last word");
}

#[test]
fn a_connection_whose_moment_has_come_is_what_is_set_up() {
    let announced = IcimsDocument { from: Some("2026-03-05T14:00:00Z".into()), ..basic() };
    let changed = TLS.change(&with(announced), &customer(), now()).expect("a change");
    let later = "2026-03-06T00:00:00Z".parse().expect("a moment");
    let shown = Document::of(&changed, later);
    assert_eq!(shown.icims.as_ref().and_then(|icims| icims.method.as_deref()), Some("basic"));
    let sent_back = TLS.change(&shown, &changed, later).expect("what is set up can be sent back");
    assert_eq!(secret_of(sent_back.ats.at(later).expect("a connection")), "pass:word");
    assert_eq!(differences(&changed, &sent_back, later), []);
}

#[test]
fn a_document_changes_what_it_names_and_nothing_else() {
    let document = Document {
        report: Some(ReportDocument { kind: Some("fact_sheet".into()), ats_field: None }),
        statuses: Some(StatusesDocument { complete: Some("C40188".into()), ..StatusesDocument::default() }),
        ..Document::default()
    };
    let changed = TLS.change(&document, &customer(), now()).expect("a change");
    let differing = differences(&customer(), &changed, now());
    let names: Vec<_> = differing.iter().map(|difference| difference.setting).collect();
    assert_eq!(names, ["statuses.complete", "report.type"]);
    assert_eq!((differing[1].was.as_str(), differing[1].became.as_str()), ("reports_hub", "fact_sheet"));
}

#[test]
fn what_is_set_up_now_is_a_document_that_changes_nothing() {
    let present = customer();
    let shown = serde_json::to_string(&Document::of(&present, now())).expect("JSON");
    assert!(!shown.contains("secret"), "{shown}");
    let read: Document = serde_json::from_str(&shown).expect("a document");
    assert_eq!(TLS.drift(&read, &present, now()), Ok(Vec::new()));
}

#[test]
fn a_secret_is_named_in_no_difference() {
    let changed = ats(oauth2()).expect("a connection");
    let differing = differences(&customer(), &Customer { ats: changed.into(), ..customer() }, now());
    assert_eq!(format!("{differing:?}").matches("(secret)").count(), 2, "{differing:?}");
    assert!(!format!("{differing:?}").contains("new secret"));
}

#[test]
fn an_enabled_integration_keeps_a_pattern_and_is_not_switched_by_the_way() {
    let none = Document { patterns: Some(Vec::new()), ..Document::default() };
    assert_eq!(problem(&none).0, "patterns");
    assert_eq!(problem(&Document { patterns: Some(vec!["adhoc".into()]), ..Document::default() }).0, "patterns");
    assert_eq!(problem(&Document { enabled: Some(false), ..Document::default() }).0, "enabled");
    let disabled = Customer { enabled: false, ..customer() };
    assert!(TLS.change(&none, &disabled, now()).is_ok());
}

#[test]
fn a_mail_without_its_link_or_with_an_unknown_variable_is_refused() {
    let mail = |subject: &str, body: &str| Document {
        invitation: Some(InvitationDocument {
            subject: Some(subject.into()),
            body: Some(body.into()),
            ..InvitationDocument::default()
        }),
        ..Document::default()
    };
    assert_eq!(problem(&mail("", "Dear {{first_name}}, good luck.")).0, "invitation.body");
    let (setting, message) = problem(&mail("", "{{link}}\nYour {{wage}}"));
    assert!(setting == "invitation.body" && message.contains("line 2, column 6"), "{message}");
    assert_eq!(problem(&mail("Two\nlines", "{{link}}")).0, "invitation.subject");
    let changed = TLS.change(&mail("", "{{link}}"), &customer(), now()).expect("a change");
    assert!(changed.invitation.subject.is_none() && changed.invitation.body.is_some());
}

#[test]
fn a_reminder_follows_the_rules_of_the_invitation() {
    let mail = |subject: &str, body: &str, days: &str| Document {
        invitation: Some(InvitationDocument {
            reminders: Some(false),
            reminder_subject: Some(subject.into()),
            reminder_body: Some(body.into()),
            closes_after_days: Some(Typed::Text(days.into())),
            ..InvitationDocument::default()
        }),
        ..Document::default()
    };
    assert_eq!(problem(&mail("Two\nlines", "{{link}}", "14")).0, "invitation.reminder_subject");
    assert_eq!(problem(&mail("", "Remember {{first_name}}", "14")).0, "invitation.reminder_body");
    assert_eq!(problem(&mail("{{wage}}", "{{link}}", "14")).0, "invitation.reminder_subject");
    let (setting, message) = problem(&mail("", "", "0"));
    assert!(setting == "invitation.closes_after_days" && message.contains("1 to 365"), "{message}");
    let changed = TLS.change(&mail("Still waiting", "", "30"), &customer(), now()).expect("a change").invitation;
    assert_eq!((changed.reminders, changed.reminder_body.is_none(), changed.closes_after.days()), (false, true, 30));
    assert!(customer().invitation.reminders, "on, unless somebody switches them off");
}

#[test]
fn event_sources_are_addresses_and_ranges() {
    let sources =
        |typed: &[&str]| Document { event_sources: Some(typed.iter().map(ToString::to_string).collect()), ..Document::default() };
    let changed =
        TLS.change(&sources(&["203.0.113.7", " 203.0.113.9/24 ", "", "2001:db8::/32"]), &customer(), now()).expect("a change");
    let kept: Vec<String> = changed.event_sources.iter().map(ToString::to_string).collect();
    assert_eq!(kept, ["203.0.113.7", "203.0.113.0/24", "2001:db8::/32"]);
    assert!(TLS.change(&sources(&[]), &changed, now()).expect("a change").event_sources.is_empty(), "from everywhere again");
    let (setting, said) = problem(&sources(&["icims.com"]));
    assert!(setting == "event_sources" && said.contains("icims.com") && said.contains("203.0.113.0/24"), "{said}");
}

#[test]
fn a_status_is_not_both_the_beginning_and_the_end() {
    let statuses = |ended: &str| Document {
        trigger_statuses: Some(vec!["C40177".into()]),
        ended_statuses: Some(vec!["C40190".into(), ended.into()]),
        ..Document::default()
    };
    assert_eq!(problem(&statuses("D40177")).0, "ended_statuses");
    assert_eq!(problem(&statuses("rejected")).0, "ended_statuses");
    assert_eq!(TLS.change(&statuses("D10108"), &customer(), now()).expect("a change").ended_statuses.len(), 2);
}

#[test]
fn a_customer_is_created_with_what_is_defaulted() {
    let inbound = |name: &str| Some(InboundDocument { username: Some(name.into()), password: Some("long enough".into()) });
    let document = Document {
        id: Some(Typed::Number(5001)),
        name: Some("Salt & Vinegar".into()),
        patterns: Some(vec!["ad_hoc".into()]),
        icims: Some(basic()),
        harver: Some(crate::settings::document::HarverDocument {
            base_url: Some("https://api.harver.com".into()),
            account: Some("64b1f0c2a9d3e7004a5b6c70".into()),
            client_id: Some("salt".into()),
            client_secret: Some("secret".into()),
        }),
        events: inbound("events"),
        webhooks: inbound("webhooks"),
        ..Document::default()
    };
    let created = TLS.create(&document, now()).expect("a customer");
    assert!(created.added && created.enabled);
    assert_eq!(created.addresses, crate::domain::OUTGOING);
    assert_eq!((created.report.kind.name(), created.report.field.as_str()), ("reports_hub", "assessmenturl"));
    let without = TLS.create(&Document { icims: None, ..document.clone() }, now()).expect("a customer to be configured");
    assert!(!without.enabled);
    let problems = TLS.create(&Document { harver: None, name: None, ..document }, now()).expect_err("problems");
    assert!(problems.at("name").is_some() && problems.at("harver.account").is_some(), "{problems}");
}

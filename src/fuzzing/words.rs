//! The words of the domain as whoever types or sends them writes them.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use crate::domain::{
    AccountId, ApplicationId, AtsField, ClosesAfter, CustomerId, EmailAddress, Instance, JobId, Language, ListNodeId,
    MailTemplate, Network, NotAHarverPackage, OrderId, PackageLabel, PersonId, PersonName, Recommendation, ReportType, Role,
    StatusId, VacancyId, Variable, WorkflowId,
};
use crate::fuzz_input::lines;

/// What is read is the same when it is written and read again.
fn stays<T: FromStr + Display + Debug + PartialEq>(text: &str)
where
    T::Err: Display,
{
    match text.parse::<T>() {
        Ok(read) => {
            let again = read.to_string().parse::<T>();
            assert!(again.is_ok_and(|again| again == read), "{read:?} is written as {read}");
        }
        Err(error) => assert!(error.to_string().len() <= 800, "a message is short"),
    }
}

/// Ids, labels, statuses, networks: whatever settings, events and answers name by one word.
///
/// # Panics
/// When a word changes by being written and read again.
pub fn domain_words(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    stays::<CustomerId>(text);
    stays::<WorkflowId>(text);
    stays::<PersonId>(text);
    stays::<JobId>(text);
    stays::<OrderId>(text);
    stays::<AccountId>(text);
    stays::<VacancyId>(text);
    stays::<ApplicationId>(text);
    stays::<Network>(text);
    stays::<AtsField>(text);
    stays::<ListNodeId>(text);
    stays::<Language>(text);
    stays::<Instance>(text);
    stays::<ReportType>(text);
    stays::<Role>(text);
    stays::<ClosesAfter>(text);
    if let Some(status) = StatusId::parse(text) {
        assert_eq!(StatusId::parse(&status.to_string()), Some(status));
    }
    if let Some(label) = Recommendation::parse(text) {
        assert!(label.as_str().chars().count() <= 128);
        assert_eq!(Recommendation::parse(label.as_str()), Some(label));
    }
    match PackageLabel::parse(text) {
        Ok(package) => {
            assert_eq!(PackageLabel::parse(package.as_listed()), Ok(package.clone()), "as iCIMS lists it");
            let written = PackageLabel::parse(&package.to_string()).expect("as the guide writes it");
            assert_eq!((written.name(), written.vacancy()), (package.name(), package.vacancy()));
            let made = PackageLabel::for_vacancy(package.name(), package.vacancy()).expect("a name makes a label");
            assert_eq!(made.vacancy(), package.vacancy());
        }
        Err(NotAHarverPackage::OtherVendor(label) | NotAHarverPackage::WronglyFormatted(label)) => assert_eq!(label, text.trim()),
    }
    if let Ok(template) = MailTemplate::parse(text) {
        assert_eq!(MailTemplate::parse(template.as_str()), Ok(template.clone()));
        let filled = template.fill(|_| Some(""));
        assert!(filled.len() <= template.as_str().len(), "variables of no text leave only the text");
        let named = Variable::ALL.iter().filter(|variable| template.names(**variable)).count();
        assert!(named > 0 || template.fill(|_| None) == template.fill(|_| Some("x")), "what names nothing is not filled");
    }
}

/// The address and the name of a candidate, as iCIMS has them, on two lines.
///
/// # Panics
/// When an address that is taken cannot be mailed, or is another one when it is written and read again.
pub fn mail_address(bytes: &[u8]) {
    let [address, name] = lines::<2>(bytes);
    if let Some(read) = EmailAddress::parse(&address) {
        assert_eq!(EmailAddress::parse(read.as_str()), Some(read.clone()), "as it is shown");
        let mailed = read.for_mail();
        assert!(mailed.is_ascii() && mailed.len() <= 254, "what mail servers get is plain: {mailed:?}");
        let again = EmailAddress::parse(mailed).expect("what is mailed is an address");
        assert_eq!(again.for_mail(), mailed, "mailed to once and twice is the same");
        assert!(mailed.parse::<lettre::Address>().is_ok(), "a mail can be written to {mailed:?}");
        assert_eq!(EmailAddress::stored(read.as_str().to_owned()), read, "as the store gives it back");
    }
    if let Some(read) = PersonName::parse(&name) {
        assert!(!read.as_str().contains(char::is_control) && (1..=120).contains(&read.as_str().chars().count()));
        assert_eq!(PersonName::parse(read.as_str()), Some(read));
    }
}

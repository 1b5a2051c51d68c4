//! The account on the Harver platform beyond the checks of enabling.

use super::{Patient, region};
use crate::doctor::finding::{Finding, Group, Subject as About};
use crate::doctor::standing::Asked;

const ACCESS: About =
    About::new(Group::Harver, "harver-credentials", "The Harver platform accepts the credentials of the account");
const SAME: About = About::new(Group::Harver, "harver-account", "The integration works with this account");

pub(super) async fn check(patient: &Patient<'_>, asked: &Asked) -> Vec<Finding> {
    let told = match asked {
        Asked::Told(standing) => Some(&**standing),
        _ => None,
    };
    let mut findings =
        vec![region::harver(patient.subject, told.map(|told| (told.instance.as_str(), told.account_instance.as_str())))];
    if let Err(wanting) = patient.subject.platform() {
        findings.push(wanting.finding(ACCESS));
    } else if let Err(wanting) = patient.subject.customer() {
        findings.push(wanting.finding(ACCESS));
    }
    if let (Some(told), Some(account)) = (told, patient.subject.text("platform.account_id")) {
        findings.push(if told.account == account {
            SAME.ok("It does.")
        } else {
            let says = format!("The integration works with the account {}, and the file names {account}: what is examined here is not what it uses.", told.account);
            SAME.fail(says, crate::doctor::finding::Whom::You, "Correct platform.account_id in the file, or the account in the settings of the integration.")
        });
    }
    findings
}

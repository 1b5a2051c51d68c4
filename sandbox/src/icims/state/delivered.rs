//! The lists that every tenant starts with.
//!
//! Ids that icims-api 5.8 and 8.1 print are documented; the other ids and labels are *assumed*, of the same shape.

use crate::icims::model::Node;
use crate::icims::schema::list;

use super::CustomerState;

/// List, id, label, parent, short form.
type Delivered = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>);

const fn top(list: &'static str, id: &'static str, label: &'static str) -> Delivered {
    (list, id, label, None, None)
}

const fn status(id: &'static str, label: &'static str, bin: &'static str) -> Delivered {
    (list::STATUSES, id, label, Some(bin), None)
}

const fn country(id: &'static str, label: &'static str, abbrev: &'static str) -> Delivered {
    (list::COUNTRY, id, label, None, Some(abbrev))
}

const fn region(id: &'static str, label: &'static str, parent: &'static str, abbrev: &'static str) -> Delivered {
    (list::COUNTRY, id, label, Some(parent), Some(abbrev))
}

const DELIVERED: &[Delivered] = &[
    top(list::STATUSES, "C40010", "New Submissions"),
    status("D10100", "External Portal", "C40010"),
    status("C40101", "Recruiter Submitted", "C40010"),
    top(list::STATUSES, "C40020", "Initial Review"),
    status("C40120", "Under Review", "C40020"),
    top(list::STATUSES, "C40030", "Assessment"),
    status("C40177", "Send to Harver", "C40030"),
    status("C40178", "Assessment Reviewed", "C40030"),
    top(list::STATUSES, "C40040", "Interview"),
    status("C40130", "Phone Screen", "C40040"),
    top(list::STATUSES, "C40050", "Offer"),
    status("C40140", "Offer Extended", "C40050"),
    top(list::STATUSES, "C40060", "Hired"),
    status("C40150", "Hired", "C40060"),
    top(list::STATUSES, "C40070", "Not Selected"),
    status("C40190", "Not Selected", "C40070"),
    top(list::STATUSES, "C40080", "Withdrawn"),
    status("D10108", "Self-Withdrew", "C40080"),
    top(list::ONBOARDING_STATUSES, "C46001", "In Progress"),
    top(list::ONBOARDING_STATUSES, "C46002", "Complete"),
    top(list::PERSON_FOLDERS, "D32006", "Cand:Unreviewed"),
    top(list::PERSON_FOLDERS, "D32007", "Cand:Active"),
    top(list::PERSON_FOLDERS, "D32008", "Cand:Inactive"),
    top(list::PERSON_FOLDERS, "D32011", "HM:Active"),
    top(list::PERSON_FOLDERS, "D32012", "HM:Inactive"),
    top(list::PERSON_FOLDERS, "D32013", "Emp:Current Employee"),
    top(list::PERSON_FOLDERS, "D32017", "Emp:Contractor/Temp"),
    top(list::PERSON_FOLDERS, "D32018", "Emp:Former Employee"),
    top(list::PERSON_FOLDERS, "D32019", "Person"),
    top(list::JOB_FOLDERS, "D31001", "Approved"),
    top(list::JOB_FOLDERS, "D31002", "Pending Approval"),
    top(list::JOB_FOLDERS, "D31003", "On Hold"),
    top(list::JOB_FOLDERS, "D31004", "Closed (Filled)"),
    top(list::JOB_FOLDERS, "D31005", "Closed (Canceled)"),
    top(list::COMPANY_FOLDERS, "D33001", "Active Location"),
    top(list::COMPANY_FOLDERS, "D33002", "Inactive Location"),
    country("D41001", "United States", "US"),
    region("D41001006", "California", "D41001", "CA"),
    region("D41001017", "Illinois", "D41001", "IL"),
    region("D41001024", "Massachusetts", "D41001", "MA"),
    region("D41001035", "New York", "D41001", "NY"),
    region("D41001047", "Texas", "D41001", "TX"),
    country("D41002", "Canada", "CA"),
    region("D41002009", "Ontario", "D41002", "ON"),
    country("D41040", "France", "FR"),
    country("D41049", "Germany", "DE"),
    country("D41063", "Ireland", "IE"),
    country("D41091", "Netherlands", "NL"),
    country("D41134", "United Kingdom", "GB"),
    top(list::PHONE_TYPE, "D83002", "Home"),
    top(list::PHONE_TYPE, "D83003", "Work"),
    top(list::PHONE_TYPE, "D83004", "Mobile"),
    top(list::PHONE_TYPE, "D83005", "Pager"),
    top(list::ADDRESS_TYPE, "D84002", "Home"),
    top(list::ADDRESS_TYPE, "D84003", "Work"),
    top(list::SOURCES, "D60001", "Career Portal"),
    top(list::SOURCES, "D60002", "Job Board"),
    top(list::SOURCES, "D60003", "Employee Referral"),
    top(list::SOURCES, "D60004", "Recruiter"),
    top(list::SOURCES, "D60005", "Other (Please Specify)"),
    top(list::JOB_TYPE, "D34001", "Job"),
    top(list::JOB_TYPE, "D34002", "Evergreen"),
    top(list::POSITION_TYPE, "D35001", "Full-Time"),
    top(list::POSITION_TYPE, "D35002", "Part-Time"),
    top(list::POSITION, "D36001", "Customer Service"),
    top(list::POSITION, "D36002", "Logistics"),
    top(list::POSITION_LEVEL, "D38001", "Entry"),
    top(list::POSITION_LEVEL, "D38002", "Experienced"),
    top(list::HIRE_TYPE, "D39001", "Regular"),
    top(list::HIRE_TYPE, "D39002", "Temporary"),
    top(list::JOB_PRIORITY, "D40001", "Normal"),
    top(list::JOB_PRIORITY, "D40002", "Urgent"),
    top(list::SKILL, "D42001", "Customer Service"),
    top(list::SKILL, "D42002", "Multitasking"),
    top(list::SHIFT, "C33001", "Day"),
    top(list::SHIFT, "C33002", "Evening"),
    top(list::SHIFT, "C33003", "Night"),
    top(list::BILLING_CODE, "C33011", "Client Billable"),
    top(list::BILLING_CODE, "C33012", "Internal"),
    top(list::BACKGROUND_CHECK, "C33021", "Standard Check"),
    top(list::DEPARTMENT, "C33031", "Operations"),
    top(list::DEPARTMENT, "C33032", "Customer Care"),
    top(list::DEGREE, "C32011", "High School Diploma"),
    top(list::DEGREE, "C32012", "Associate's Degree"),
    top(list::DEGREE, "C32013", "Bachelor's Degree"),
    top(list::MAJOR, "C32021", "Business Administration"),
    top(list::MAJOR, "C32022", "Communications"),
    top(list::MAJOR, "C32023", "Hospitality Management"),
    top(list::MAJOR, "C32024", "Psychology"),
    top(list::SCHOOL, "C32031", "Millbrook High School"),
    top(list::SCHOOL, "C32032", "Easton Heights High School"),
    top(list::SCHOOL, "C32033", "Three Rivers Community College"),
    top(list::SCHOOL, "C32034", "Harborview Community College"),
    top(list::SCHOOL, "C32035", "Penfield State University"),
    top(list::SCHOOL, "C32036", "Calloway University"),
    top(list::ASSESSMENT_STATUS, "D37002019001", "Complete"),
    top(list::ASSESSMENT_STATUS, "D37002019002", "Incomplete"),
    top(list::ASSESSMENT_STATUS, "D37002019003", "In-Progress"),
    top(list::ASSESSMENT_STATUS, "D37002019004", "Sent"),
];

/// Ids that rules refer to.
pub(super) mod node {
    /// Where applications from the portal arrive (documented).
    pub(in crate::icims) const EXTERNAL_PORTAL: &str = "D10100";
    /// Where submissions by recruiters arrive (*assumed*).
    pub(in crate::icims) const RECRUITER_SUBMITTED: &str = "C40101";
    /// The status that triggers the vendor unless the connection says otherwise (*assumed* id).
    pub(in crate::icims) const SEND_TO_HARVER: &str = "C40177";
    /// The bin of those who are hired (*assumed* id).
    pub(in crate::icims) const HIRED_BIN: &str = "C40060";
    /// Where an onboarding begins (*assumed*).
    pub(in crate::icims) const ONBOARDING: &str = "C46001";
    /// Where an onboarding ends (*assumed*).
    pub(in crate::icims) const ONBOARDED: &str = "C46002";
    /// Who has this status has the job (*assumed* id).
    pub(in crate::icims) const HIRED: &str = "C40150";
    /// The folder of an open job (documented).
    pub(in crate::icims) const APPROVED: &str = "D31001";
    /// The folder of a person of whom nothing else is known (*assumed*).
    pub(in crate::icims) const PERSON: &str = "D32019";
    /// The folder of a new candidate (documented).
    pub(in crate::icims) const CANDIDATE_UNREVIEWED: &str = "D32006";
    /// The folder of an active hiring manager (documented).
    pub(in crate::icims) const MANAGER_ACTIVE: &str = "D32011";
    /// The folder of an employee (documented).
    pub(in crate::icims) const EMPLOYEE: &str = "D32013";
    /// A finished assessment (documented).
    pub(in crate::icims) const COMPLETE: &str = "D37002019001";
}

/// A node id that the program itself knows.
pub(super) fn known(id: &str) -> crate::icims::model::NodeId {
    id.parse().expect("ids in the program text are node ids")
}

impl CustomerState {
    /// Puts the delivered nodes into the lists; those that are there stay as they are.
    pub fn deliver_lists(&mut self) {
        let missing: Vec<&Delivered> = DELIVERED.iter().filter(|(_, id, ..)| self.node(&known(id)).is_none()).collect();
        self.deliver(missing.into_iter());
    }

    /// Delivers what a platform lacks of a list that is younger than the platform.
    pub(super) fn deliver_missing(&mut self, key: &str) {
        let missing: Vec<&Delivered> = self.missing(key).collect();
        self.deliver(missing.into_iter());
    }

    /// How many nodes of a list a platform lacks.
    pub(super) fn count_missing(&self, key: &str) -> usize {
        self.missing(key).count()
    }

    fn missing(&self, key: &str) -> impl Iterator<Item = &'static Delivered> {
        DELIVERED.iter().filter(move |(list, id, ..)| *list == key && self.node(&known(id)).is_none())
    }

    fn deliver<'a>(&mut self, nodes: impl Iterator<Item = &'a Delivered>) {
        for (list, id, label, parent, abbrev) in nodes {
            let node = Node {
                id: known(id),
                list: (*list).into(),
                label: (*label).into(),
                parent: parent.map(known),
                abbrev: abbrev.map(str::to_owned),
                hidden: false,
                removed: false,
            };
            self.lists.put(node.id.clone(), node);
        }
    }
}

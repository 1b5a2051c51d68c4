//! The list editors that fields refer to.

/// One list editor.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// How we and the List API call it.
    pub key: &'static str,
    /// What screens call it.
    pub label: &'static str,
    /// Custom lists have no name in the List API, only this node id (icims-api 10.9).
    pub root: Option<&'static str>,
    /// Whether an unknown label is added instead of refused (icims-api 5.10).
    pub open: bool,
}

/// Keys of the lists that fields refer to.
pub mod list {
    /// Recruiting workflow bins and, below them, statuses. The published name is *assumed*.
    pub const STATUSES: &str = "lists.recruitingworkflow.statuses";
    /// Statuses of onboarding workflows. The published name is *assumed*.
    pub const ONBOARDING_STATUSES: &str = "lists.onboardworkflow.statuses";
    /// Person folders, which carry the role as a prefix.
    pub const PERSON_FOLDERS: &str = "lists.person.folders";
    /// Job folders; Approved is open.
    pub const JOB_FOLDERS: &str = "lists.job.folders";
    /// Company folders.
    pub const COMPANY_FOLDERS: &str = "lists.company.folders";
    /// Countries and, below them, states.
    pub const COUNTRY: &str = "lists.country";
    /// Phone types.
    pub const PHONE_TYPE: &str = "lists.phone_type";
    /// Address types.
    pub const ADDRESS_TYPE: &str = "lists.address_type";
    /// Where applicants come from.
    pub const SOURCES: &str = "lists.sources";
    /// Job types.
    pub const JOB_TYPE: &str = "lists.job.job_type";
    /// Position types.
    pub const POSITION_TYPE: &str = "lists.job.position_type";
    /// Position categories.
    pub const POSITION: &str = "lists.position";
    /// Position levels.
    pub const POSITION_LEVEL: &str = "lists.position_level";
    /// Hire types.
    pub const HIRE_TYPE: &str = "lists.job.hire_type";
    /// Job priorities.
    pub const JOB_PRIORITY: &str = "lists.job.priority";
    /// Skills.
    pub const SKILL: &str = "lists.skills";
    /// Packages on the job.
    pub const ASSESSMENT_TYPE: &str = "assessmenttype";
    /// Packages on the result row: another list with the same labels (icims-api 8.2).
    pub const ASSESSMENT_NAME: &str = "assessmentname";
    /// Sent, In-Progress, Complete, Incomplete.
    pub const ASSESSMENT_STATUS: &str = "assessmentstatus";
    /// Billing codes of jobs.
    pub const BILLING_CODE: &str = "billingcode";
    /// Background check packages on the job.
    pub const BACKGROUND_CHECK: &str = "bgcpackagetype";
    /// Departments.
    pub const DEPARTMENT: &str = "department";
    /// Degrees.
    pub const DEGREE: &str = "degree";
    /// Majors.
    pub const MAJOR: &str = "major";
    /// What the custom list fields of the sample tenant offer.
    pub const SHIFT: &str = "shift";
    /// Schools.
    pub const SCHOOL: &str = "school";
}

const fn standard(key: &'static str, label: &'static str) -> List {
    List { key, label, root: None, open: false }
}

const fn custom(key: &'static str, label: &'static str, root: &'static str, open: bool) -> List {
    List { key, label, root: Some(root), open }
}

/// Every list of a tenant. Root ids of custom lists are *assumed*, except that of the assessment status.
pub const LISTS: &[List] = &[
    standard(list::STATUSES, "Recruiting Workflow Bins and Statuses"),
    standard(list::ONBOARDING_STATUSES, "Onboarding Workflow Statuses"),
    standard(list::PERSON_FOLDERS, "Person Folders"),
    standard(list::JOB_FOLDERS, "Job Folders"),
    standard(list::COMPANY_FOLDERS, "Company Folders"),
    standard(list::COUNTRY, "Countries"),
    standard(list::PHONE_TYPE, "Phone Types"),
    standard(list::ADDRESS_TYPE, "Address Types"),
    standard(list::SOURCES, "Sources"),
    standard(list::JOB_TYPE, "Job Types"),
    standard(list::POSITION_TYPE, "Position Types"),
    standard(list::POSITION, "Position Categories"),
    standard(list::POSITION_LEVEL, "Position Levels"),
    standard(list::HIRE_TYPE, "Hire Types"),
    standard(list::JOB_PRIORITY, "Job Priorities"),
    standard(list::SKILL, "Skills"),
    custom(list::ASSESSMENT_TYPE, "Assessment Type", "C30200", false),
    custom(list::ASSESSMENT_NAME, "Assessment Name", "C31600", false),
    custom(list::ASSESSMENT_STATUS, "Assessment Status", "D37002019", false),
    custom(list::DEGREE, "Degree", "C32001", true),
    custom(list::MAJOR, "Major", "C32002", true),
    custom(list::SHIFT, "Shift", "C33000", false),
    custom(list::BILLING_CODE, "Billing Code", "C33010", false),
    custom(list::BACKGROUND_CHECK, "Background Check Package", "C33020", false),
    custom(list::DEPARTMENT, "Department", "C33030", false),
    custom(list::SCHOOL, "School", "C32003", true),
];

/// Standard lists that the documents name and in which this tenant has nothing (icims-api 10.9).
pub const EMPTY_LISTS: &[&str] = &[
    "lists.notes.rejection",
    "lists.error",
    "lists.eeo_category.job",
    "lists.visa.job",
    "lists.company.sources",
    "lists.contact.category",
    "lists.person.avail_status",
    "lists.person.qualification",
    "lists.person.visa",
    "lists.client_group",
    "lists.client.priority",
    "lists.person.userlists",
    "lists.eeo.age",
    "lists.eeo.disability",
    "lists.eeo.gender",
    "lists.eeo.nationality",
    "lists.eeo.race",
    "lists.eeo.religion",
    "lists.eeo.veteran",
    "lists.client.sources",
    "lists.sourcechannels",
    "lists.compensation.types",
    "lists.currency.types",
    "lists.expense.category",
    "lists.file.extensions",
    "lists.industry",
];

/// The list with this key.
#[must_use]
pub fn list_of(key: &str) -> Option<&'static List> {
    LISTS.iter().find(|list| list.key == key)
}

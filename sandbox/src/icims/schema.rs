//! Which fields each profile type has: name, label, kind, limits, and whether a plain read shows it.
//!
//! Names and types are documented (icims-api 5.5, 5.11 to 5.13, 7, 8.1); labels are *assumed* where the documents print none. A
//! field that is added here can at once be written, read, listed by `fields` and shown on screens.

/// The profile types that are simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProfileType {
    /// `people`
    People,
    /// `jobs`
    Jobs,
    /// `companies`
    Companies,
    /// `applicantworkflows`
    Workflows,
}

impl ProfileType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::People, Self::Jobs, Self::Companies, Self::Workflows];

    /// The type with this plural name in URLs.
    #[must_use]
    pub fn of_url(plural: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.plural() == plural)
    }

    /// The type with this singular name in placeholders such as `{{person.email}}` (icims-api 12.4).
    #[must_use]
    pub fn of_placeholder(singular: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.singular() == singular || kind.plural() == singular)
    }

    /// The name in URLs.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Jobs => "jobs",
            Self::Companies => "companies",
            Self::Workflows => "applicantworkflows",
        }
    }

    /// The prefix of search filters.
    #[must_use]
    pub fn singular(self) -> &'static str {
        match self {
            Self::People => "person",
            Self::Jobs => "job",
            Self::Companies => "company",
            Self::Workflows => "applicantworkflow",
        }
    }

    /// The name at the start of error messages (icims-api 3.4).
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "Person",
            Self::Jobs => "Job",
            Self::Companies => "Company",
            Self::Workflows => "Applicant Workflow",
        }
    }

    /// The fields of this type.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::People => PERSON,
            Self::Jobs => JOB,
            Self::Companies => COMPANY,
            Self::Workflows => WORKFLOW,
        }
    }

    /// The field with this name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }
}

/// What a field holds, and so its shape in JSON (icims-api 5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// String; also long text, rich text, URL and e-mail, none of which is validated.
    Text,
    /// String that is also accepted as a number, such as an external id.
    Key,
    /// JSON integer.
    Number,
    /// JSON number.
    Decimal,
    /// `yyyy-mm-dd`.
    Date,
    /// `yyyy-mm-dd hh:mm AM`, UTC.
    DateTime,
    /// Boolean.
    Flag,
    /// One node of this list.
    Node(&'static str),
    /// Several nodes of this list.
    Nodes(&'static str),
    /// Reference to a profile.
    Profile(ProfileType),
    /// Reference to one address of a company.
    Location,
    /// Amount and currency, with a time frame for salaries.
    Money,
    /// A file. Listed so that it can be named; contents are not simulated yet.
    File,
    /// A collection with these sub-fields.
    Entries(&'static [Field]),
    /// Kept by iCIMS itself and read-only: system id, display id, dates, status history.
    System,
}

/// One field of a profile type, or one sub-field of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Integration field name, lower case.
    pub name: &'static str,
    /// What screens and messages call it unless the customer has renamed it.
    pub label: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a read without `fields` shows it (icims-api 5.5).
    pub shown: bool,
    /// Whether a profile cannot be made without it (*assumed* set, icims-api 5.10).
    pub required: bool,
    /// Longest text, in characters.
    pub max: usize,
}

/// Longest text where the documents name no limit (*assumed*).
const TEXT_LIMIT: usize = 4000;

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { name, label, kind, shown: false, required: false, max: TEXT_LIMIT }
}

impl Field {
    const fn shown(mut self) -> Self {
        self.shown = true;
        self
    }
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    const fn max(mut self, characters: usize) -> Self {
        self.max = characters;
        self
    }
}

const ADDRESS: &[Field] = &[
    field("addresstype", "Address Type", Kind::Node(list::ADDRESS_TYPE)),
    field("addressstreet1", "Address", Kind::Text),
    field("addressstreet2", "Address 2", Kind::Text),
    field("addresscity", "City", Kind::Text),
    field("addressstate", "State/Province", Kind::Node(list::COUNTRY)),
    field("addresszip", "Zip/Postal Code", Kind::Text),
    field("addresscountry", "Country", Kind::Node(list::COUNTRY)),
    field("addresscounty", "County", Kind::Text),
    field("primary", "Primary", Kind::Flag),
];

const PHONE: &[Field] = &[
    field("phonetype", "Phone Type", Kind::Node(list::PHONE_TYPE)),
    field("phonenumber", "Number", Kind::Text),
    field("phoneextension", "Extension", Kind::Text),
    field("primary", "Primary", Kind::Flag),
];

const WORK_EXPERIENCE: &[Field] = &[
    field("worktitle", "Title", Kind::Text),
    field("workemployer", "Employer", Kind::Text),
    field("workcity", "City", Kind::Text),
    field("workstate", "State/Province", Kind::Node(list::COUNTRY)),
    field("workstartdate", "Start Date", Kind::Date),
    field("workenddate", "End Date", Kind::Date),
    field("workdescription", "Description", Kind::Text),
];

const EDUCATION: &[Field] = &[
    field("degree", "Degree", Kind::Node(list::DEGREE)),
    field("major", "Major", Kind::Node(list::MAJOR)),
    field("school", "School", Kind::Node(list::SCHOOL)),
    field("graduationdate", "Graduation Date", Kind::Date),
    field("educationstartdate", "Start Date", Kind::Date),
    field("educationcity", "City", Kind::Text),
    field("educationstate", "State/Province", Kind::Node(list::COUNTRY)),
];

const LICENSE: &[Field] = &[
    field("licensetype", "License Type", Kind::Text),
    field("licensenumber", "License Number", Kind::Text),
    field("stateissued", "State Issued", Kind::Node(list::COUNTRY)),
    field("licensecertstatus", "Status", Kind::Text),
];

const SKILL: &[Field] = &[field("skill", "Skill", Kind::Node(list::SKILL)), field("skilllevel", "Level", Kind::Text)];

const PERSON: &[Field] = &[
    field("id", "System ID", Kind::System),
    field("firstname", "First Name", Kind::Text).shown().required(),
    field("middlename", "Middle Name", Kind::Text).shown(),
    field("lastname", "Last Name", Kind::Text).shown().required(),
    field("email", "Email", Kind::Text).shown(),
    field("folder", "Folder", Kind::Node(list::PERSON_FOLDERS)).shown(),
    field("addresses", "Addresses", Kind::Entries(ADDRESS)).shown(),
    field("phones", "Phones", Kind::Entries(PHONE)).shown(),
    field("hiredate", "Hire Date", Kind::Date).shown(),
    field("startdate", "Start Date", Kind::Date).shown(),
    field("enddate", "End Date", Kind::Date),
    field("externalid", "External ID", Kind::Key),
    field("workexperience", "Work Experience", Kind::Entries(WORK_EXPERIENCE)),
    field("education", "Education", Kind::Entries(EDUCATION)),
    field("licensecertification", "Licenses and Certifications", Kind::Entries(LICENSE)),
    field("skillset", "Skills", Kind::Entries(SKILL)),
    field("gender", "Gender", Kind::Text),
    field("salary", "Salary", Kind::Money),
    field("source", "Source", Kind::Text),
    field("sourcename", "Source Specifics", Kind::Text),
    field("supervisor", "Supervisor", Kind::Profile(ProfileType::People)),
    field("logingroup", "Login Group", Kind::Text),
    field("resume", "Resume", Kind::File),
    field("usssn", "Social Security Number", Kind::Text),
    field("createddate", "Created Date", Kind::System),
    field("updateddate", "Updated Date", Kind::System),
];

const ADDITIONAL_LOCATION: &[Field] = &[field("location", "Location", Kind::Location)];

const JOB: &[Field] = &[
    field("id", "System ID", Kind::System),
    field("jobid", "Job ID", Kind::System).shown(),
    field("jobtitle", "Job Title", Kind::Text).shown().required(),
    field("folder", "Folder", Kind::Node(list::JOB_FOLDERS)).shown(),
    field("joblocation", "Location", Kind::Location).shown(),
    field("hiringmanager", "Hiring Manager", Kind::Profile(ProfileType::People)).shown(),
    field("recruiter", "Recruiter", Kind::Profile(ProfileType::People)).shown(),
    field("assessmenttype", "Assessment Type", Kind::Nodes(list::ASSESSMENT_TYPE)),
    field("secondaryrecruiter", "Secondary Recruiter", Kind::Profile(ProfileType::People)),
    field("accountmanager", "Account Manager", Kind::Profile(ProfileType::People)),
    field("additionallocations", "Additional Locations", Kind::Entries(ADDITIONAL_LOCATION)),
    field("jobnumber", "Job Number", Kind::Text),
    field("externalid", "External ID", Kind::Key),
    field("jobtype", "Job Type", Kind::Node(list::JOB_TYPE)),
    field("positiontype", "Position Type", Kind::Node(list::POSITION_TYPE)),
    field("positioncategory", "Category", Kind::Node(list::POSITION)),
    field("positionlevel", "Position Level", Kind::Node(list::POSITION_LEVEL)),
    field("hiretype", "Hire Type", Kind::Node(list::HIRE_TYPE)),
    field("priority", "Priority", Kind::Node(list::JOB_PRIORITY)),
    field("numberofpositions", "Number of Positions", Kind::Number),
    field("numberofpositionsremaining", "Positions Remaining", Kind::Number),
    field("joblength", "Job Length", Kind::Number),
    field("confidence", "Confidence", Kind::Number),
    field("costcenter", "Cost Center", Kind::Text).max(16),
    field("bonus", "Bonus", Kind::Text),
    field("commission", "Commission", Kind::Text),
    field("billrate", "Bill Rate", Kind::Money),
    field("fee", "Fee", Kind::Money),
    field("startdate", "Start Date", Kind::Date),
    field("duedate", "Due Date", Kind::Date),
    field("enddate", "End Date", Kind::Date),
    field("overview", "Overview", Kind::Text),
    field("responsibilities", "Responsibilities", Kind::Text),
    field("qualifications", "Qualifications", Kind::Text),
    field("createddate", "Created Date", Kind::System),
    field("updateddate", "Updated Date", Kind::System),
];

const COMPANY: &[Field] = &[
    field("id", "System ID", Kind::System),
    field("name", "Name", Kind::Text).shown().required(),
    field("folder", "Folder", Kind::Node(list::COMPANY_FOLDERS)).shown(),
    field("addresses", "Addresses", Kind::Entries(ADDRESS)).shown(),
    field("externalid", "External ID", Kind::Key),
    field("createddate", "Created Date", Kind::System),
    field("updateddate", "Updated Date", Kind::System),
];

/// The field group of results (icims-api 8.1). The limit of the URL is unknown; this one is *assumed*.
const RESULT: &[Field] = &[
    field("assessmentname", "Assessment Name", Kind::Node(list::ASSESSMENT_NAME)),
    field("assessmentdate", "Assessment Date", Kind::DateTime),
    field("assessmentstatus", "Assessment Status", Kind::Node(list::ASSESSMENT_STATUS)),
    field("assessmentscore", "Assessment Score", Kind::Decimal),
    field("assessmentresult", "Assessment Result", Kind::Text).max(128),
    field("assessmentnotes", "Assessment Notes", Kind::Text).max(192),
    field("assessmenturl", "Assessment URL", Kind::Text).max(2048),
];

const WORKFLOW: &[Field] = &[
    field("id", "System ID", Kind::System),
    field("baseprofile", "Job", Kind::Profile(ProfileType::Jobs)).shown().required(),
    field("associatedprofile", "Person", Kind::Profile(ProfileType::People)).shown().required(),
    field("status", "Status", Kind::Node(list::STATUSES)).shown(),
    field("source", "Source", Kind::Text).shown(),
    field("sourcename", "Source Specifics", Kind::Text).shown(),
    field("assessmentresults", "Assessment Results", Kind::Entries(RESULT)),
    field("submittalstatuslog", "Status History", Kind::System),
    field("createddate", "Created Date", Kind::System),
    field("updateddate", "Updated Date", Kind::System),
];

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
    /// Degrees.
    pub const DEGREE: &str = "degree";
    /// Majors.
    pub const MAJOR: &str = "major";
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
    custom(list::SCHOOL, "School", "C32003", true),
];

/// The list with this key.
#[must_use]
pub fn list_of(key: &str) -> Option<&'static List> {
    LISTS.iter().find(|list| list.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_lower_case_and_occur_once() {
        for kind in ProfileType::ALL {
            for (position, field) in kind.fields().iter().enumerate() {
                assert_eq!(field.name, field.name.to_lowercase());
                assert!(kind.fields()[position + 1..].iter().all(|other| other.name != field.name), "{} twice", field.name);
            }
        }
    }

    #[test]
    fn every_list_that_a_field_refers_to_exists() {
        fn check(fields: &[Field]) {
            for field in fields {
                match field.kind {
                    Kind::Node(key) | Kind::Nodes(key) => assert!(list_of(key).is_some(), "{key}"),
                    Kind::Entries(children) => check(children),
                    _ => {}
                }
            }
        }
        ProfileType::ALL.into_iter().for_each(|kind| check(kind.fields()));
    }
}

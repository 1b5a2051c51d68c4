//! The fields themselves, type by type.

use super::custom::{self, joined};
use super::{Field, Kind, ProfileType, field, list};

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
    field("workdescription", "Description", Kind::LongText),
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

pub(super) const PERSON: &[Field] = &joined::<{ OWN_PERSON.len() + custom::PERSON.len() }>(OWN_PERSON, custom::PERSON);

const OWN_PERSON: &[Field] = &[
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
    field("salary", "Salary", Kind::Salary),
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

pub(super) const JOB: &[Field] = &joined::<{ OWN_JOB.len() + custom::JOB.len() }>(OWN_JOB, custom::JOB);

const OWN_JOB: &[Field] = &[
    field("id", "System ID", Kind::System),
    field("jobid", "Job ID", Kind::System).shown(),
    field("jobtitle", "Job Title", Kind::Title).shown().required(),
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
    field("department", "Department", Kind::Node(list::DEPARTMENT)),
    field("billingcode", "Billing Code", Kind::Nodes(list::BILLING_CODE)),
    field("bgcpackagetype", "Background Check Package", Kind::Nodes(list::BACKGROUND_CHECK)),
    field("jobtemplate", "Job Template", Kind::Profile(ProfileType::Jobs)),
    field("costcenter", "Cost Center", Kind::Text).max(16),
    field("bonus", "Bonus", Kind::Text),
    field("commission", "Commission", Kind::Text),
    field("billrate", "Bill Rate", Kind::Salary),
    field("fee", "Fee", Kind::Money),
    field("startdate", "Start Date", Kind::Date),
    field("duedate", "Due Date", Kind::Date),
    field("enddate", "End Date", Kind::Date),
    field("overview", "Overview", Kind::RichText),
    field("responsibilities", "Responsibilities", Kind::RichText),
    field("qualifications", "Qualifications", Kind::RichText),
    field("createddate", "Created Date", Kind::System),
    field("updateddate", "Updated Date", Kind::System),
];

pub(super) const COMPANY: &[Field] = &[
    field("id", "System ID", Kind::System),
    field("name", "Name", Kind::Title).shown().required(),
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

pub(super) const WORKFLOW: &[Field] = &joined::<{ OWN_WORKFLOW.len() + custom::WORKFLOW.len() }>(OWN_WORKFLOW, custom::WORKFLOW);

const OWN_WORKFLOW: &[Field] = &[
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

/// What the evidence names of an onboarding workflow (icims-api 7.2); the rest is *assumed*. The base profile is a new hire category, of
/// which there is one and no other to choose, so it is read-only.
pub(super) const ONBOARDING: &[Field] = &[
    field("id", "System ID", Kind::System),
    field("baseprofile", "New Hire Category", Kind::System).shown(),
    field("associatedprofile", "Person", Kind::Profile(ProfileType::People)).shown().required(),
    field("status", "Status", Kind::Node(list::ONBOARDING_STATUSES)).shown(),
    field("job", "Job", Kind::Profile(ProfileType::Jobs)).shown(),
    field("createddate", "Created Date", Kind::System),
    field("updateddate", "Updated Date", Kind::System),
];

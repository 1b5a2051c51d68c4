//! Which filter names there are and what they look at (icims-api 10.4).
//!
//! Simulated are the filters on profile fields that this sandbox keeps, and those on [`custom`](super::custom) fields. Filters on job
//! posts, zip radius, logins and single fields' last changes are published, too: here no profile has such a value, as on a tenant that
//! does not use it (*assumed*).

use crate::icims::schema::ProfileType;
use crate::icims::state::users::Rights;

use super::custom::{self, Custom};

/// What a filter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The profile whose value is compared; differs from the searched type when the name goes through a relation.
    pub(super) of: ProfileType,
    pub(super) what: What,
}

impl Target {
    /// Whether a user with these rights may filter by it; what a user may not see is like an unknown filter (icims-api 10.7).
    pub(super) fn is_visible(self, rights: &Rights) -> bool {
        !rights.hides_type(self.of) && self.what.field().is_none_or(|field| !rights.hides(self.of, field))
    }
}

/// The compared value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Id,
    /// Several ids in one text.
    IdCsv,
    Created,
    Updated,
    /// The bin above the status.
    Bin,
    Text(&'static str),
    Number(&'static str),
    Date(&'static str),
    Node(&'static str),
    /// Text of any address.
    AddressText(&'static str),
    /// Node of any address.
    AddressNode(&'static str),
    /// Text of the address where a job is.
    LocationText(&'static str),
    /// Node of the address where a job is.
    LocationNode(&'static str),
    /// The label of such a node, compared as text.
    LocationLabel(&'static str),
    /// The company where a job is.
    LocationCompany,
    Custom(Custom),
    /// A value that no profile here has, and the field whose being hidden hides it.
    Absent(Compared, Option<&'static str>),
}

/// The kinds of values that filters compare; operators depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Text,
    Number,
    Nodes,
    DateOnly,
    DateTime,
    /// How far from a place.
    ZipRadius,
}

impl What {
    /// The field whose value is compared; an id is none, as it is in every link.
    fn field(self) -> Option<&'static str> {
        match self {
            Self::Id | Self::IdCsv => None,
            Self::Created => Some("createddate"),
            Self::Updated => Some("updateddate"),
            Self::Bin => Some("status"),
            Self::Text(field) | Self::Number(field) | Self::Date(field) | Self::Node(field) => Some(field),
            Self::AddressText(_) | Self::AddressNode(_) => Some("addresses"),
            Self::LocationText(_) | Self::LocationNode(_) | Self::LocationLabel(_) | Self::LocationCompany => Some("joblocation"),
            Self::Custom(custom) => Some(custom.owner()),
            Self::Absent(_, field) => field,
        }
    }

    pub(super) fn compared(self) -> Compared {
        match self {
            Self::Id | Self::Number(_) | Self::LocationCompany => Compared::Number,
            Self::IdCsv | Self::Text(_) | Self::AddressText(_) | Self::LocationText(_) | Self::LocationLabel(_) => Compared::Text,
            Self::Created | Self::Updated => Compared::DateTime,
            Self::Bin | Self::Node(_) | Self::AddressNode(_) | Self::LocationNode(_) => Compared::Nodes,
            Self::Date(_) => Compared::DateOnly,
            Self::Custom(custom) => custom.compared,
            Self::Absent(compared, _) => compared,
        }
    }
}

const PERSON: &[(&str, What)] = &[
    ("firstname", What::Text("firstname")),
    ("middlename", What::Text("middlename")),
    ("lastname", What::Text("lastname")),
    ("email", What::Text("email")),
    ("emailaddress", What::Text("email")),
    ("folder", What::Node("folder")),
    ("externalid", What::Text("externalid")),
    ("addresszip", What::AddressText("addresszip")),
    ("addresscity", What::AddressText("addresscity")),
    ("addresscountry", What::AddressNode("addresscountry")),
    ("addressstate", What::AddressNode("addressstate")),
    ("startdate", What::Date("startdate")),
    ("hiredate", What::Date("hiredate")),
    ("enddate", What::Date("enddate")),
    ("employeeinfo.startdate", What::Date("startdate")),
    ("employeeinfo.hiredate", What::Date("hiredate")),
    ("employeeinfo.enddate", What::Date("enddate")),
    ("employeeinfo", What::Absent(Compared::Nodes, None)),
    ("logingroupid", What::Absent(Compared::Nodes, None)),
    ("isfullaccessuser", What::Absent(Compared::Nodes, None)),
    ("login.lastaccess", What::Absent(Compared::DateTime, None)),
    ("firstnamelastupdated", What::Absent(Compared::DateTime, Some("firstname"))),
    ("lastnamelastupdated", What::Absent(Compared::DateTime, Some("lastname"))),
    ("emaillastupdated", What::Absent(Compared::DateTime, Some("email"))),
    ("jobtitlelastupdated", What::Absent(Compared::DateTime, Some("jobtitle"))),
    ("folderlastupdated", What::Absent(Compared::DateTime, Some("folder"))),
    ("addresslastupdated", What::Absent(Compared::DateTime, Some("addresses"))),
];

const JOB: &[(&str, What)] = &[
    ("folder", What::Node("folder")),
    ("jobnumber", What::Text("jobnumber")),
    ("externalid", What::Text("externalid")),
    ("jobtitle", What::Text("jobtitle")),
    ("jobtype", What::Node("jobtype")),
    ("hiretype", What::Node("hiretype")),
    ("positionlevel", What::Node("positionlevel")),
    ("positiontype", What::Node("positiontype")),
    ("positioncategory", What::Node("positioncategory")),
    ("priority", What::Node("priority")),
    ("numberofpositions", What::Number("numberofpositions")),
    ("numberofpositionsremaining", What::Number("numberofpositionsremaining")),
    ("startdate", What::Date("startdate")),
    ("duedate", What::Date("duedate")),
    ("joblocation.addresscity", What::LocationText("addresscity")),
    ("joblocation.addresszip", What::LocationText("addresszip")),
    ("joblocation.addressstate", What::LocationNode("addressstate")),
    ("joblocation.addressstatetext", What::LocationLabel("addressstate")),
    ("joblocation.addresscountry", What::LocationNode("addresscountry")),
    ("joblocation.addresscountrytext", What::LocationLabel("addresscountry")),
    ("joblocation.companyid", What::LocationCompany),
    ("joblocation.zipradius", What::Absent(Compared::ZipRadius, Some("joblocation"))),
    ("jobpost.enddate", What::Absent(Compared::DateTime, None)),
    ("jobpost.postdate", What::Absent(Compared::DateTime, None)),
    ("jobpost.isposted", What::Absent(Compared::Nodes, None)),
    ("jobpost.postedtohub", What::Absent(Compared::Nodes, None)),
    ("jobpost.status", What::Absent(Compared::Nodes, None)),
    ("jobpost.type", What::Absent(Compared::Nodes, None)),
    ("postedto", What::Absent(Compared::Nodes, None)),
];

const COMPANY: &[(&str, What)] = &[
    ("name", What::Text("name")),
    ("addresscity", What::AddressText("addresscity")),
    ("addresszip", What::AddressText("addresszip")),
    ("addresscountry", What::AddressNode("addresscountry")),
    ("addressstate", What::AddressNode("addressstate")),
    ("zipradius", What::Absent(Compared::ZipRadius, Some("addresses"))),
];

const WORKFLOW: &[(&str, What)] = &[("status", What::Node("status")), ("bin", What::Bin)];

/// What every type has.
const COMMON: &[(&str, What)] =
    &[("id", What::Id), ("idCSV", What::IdCsv), ("createddate", What::Created), ("updateddate", What::Updated)];

/// The target of a filter name in a search of `kind`, such as `applicantworkflow.person.email`.
pub(super) fn target(kind: ProfileType, name: &str) -> Option<Target> {
    let own = name.strip_prefix(kind.singular())?.strip_prefix('.')?;
    if kind == ProfileType::Workflows {
        for (relation, of) in [("person.", ProfileType::People), ("job.", ProfileType::Jobs)] {
            if let Some(rest) = own.strip_prefix(relation) {
                return plain(of, rest);
            }
            // A relation alone is published; *assumed*, that it is compared by id.
            if own == relation.trim_end_matches('.') {
                return Some(Target { of, what: What::Id });
            }
        }
    }
    plain(kind, own)
}

fn plain(of: ProfileType, name: &str) -> Option<Target> {
    let fields = match of {
        ProfileType::People => PERSON,
        ProfileType::Jobs => JOB,
        ProfileType::Companies => COMPANY,
        ProfileType::Workflows => WORKFLOW,
        ProfileType::Onboarding => &[],
    };
    let delivered = COMMON.iter().chain(fields).find(|(known, _)| *known == name).map(|(_, what)| *what);
    let what = delivered.or_else(|| custom::target(of, name))?;
    Some(Target { of, what })
}

//! What a scenario needs of the place where it is run, and cannot do without.

use std::collections::BTreeSet;
use std::fmt;

use super::browser::Browsers;
use super::definitions;
use super::features::Scene;
use super::place::{Ground, OWN_WORLD};

/// Something that not every place has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// A browser to drive.
    Browser,
    /// A world of its own, whose clock may be moved.
    OwnWorld,
    /// That records may be created and changed.
    Changes,
    /// A customer of its own, whose settings and records are nobody else's.
    OwnCustomer,
    /// Faults that strike when they are told to.
    Faults,
    /// A record of everything that was sent.
    Journal,
    /// The console of the integration.
    Console,
    /// The recruiter's screens, worked by a program.
    Screens,
    /// The Summary after candidates were advanced.
    Summary,
    /// The career portal, worked by a program.
    Portal,
    /// The candidates' mail.
    Mail,
    /// Somebody who takes the assessment.
    Assessment,
    /// The pages of the assessment, worked by a program.
    AssessmentPages,
}

impl Need {
    const ALL: [Self; 13] = [
        Self::Browser,
        Self::OwnWorld,
        Self::Changes,
        Self::OwnCustomer,
        Self::Faults,
        Self::Journal,
        Self::Console,
        Self::Screens,
        Self::Summary,
        Self::Portal,
        Self::Mail,
        Self::Assessment,
        Self::AssessmentPages,
    ];

    /// The tag of scenarios that have the need, whatever their sentences.
    const fn tag(self) -> Option<&'static str> {
        match self {
            Self::Browser => Some("ui"),
            Self::OwnWorld => Some(OWN_WORLD),
            _ => None,
        }
    }

    /// Those that are not met here.
    pub(super) fn unmet(ground: &Ground) -> Vec<Self> {
        let is_met = |need: &Self| match (need, ground.tenant()) {
            (_, Some(tenant)) => !tenant.lacks(*need),
            (Self::Browser, None) => Browsers::are_installed(),
            (Self::OwnWorld, None) => matches!(ground, Ground::Started(_)),
            // A sandbox has all the rest.
            (_, None) => true,
        };
        Self::ALL.into_iter().filter(|need| !is_met(need)).collect()
    }

    /// What a scenario needs: by its tags, and by the steps that its sentences have.
    pub(super) fn all_of(scene: Scene<'_>) -> BTreeSet<Self> {
        let tags = scene.tags();
        let tagged = Self::ALL.into_iter().filter(|need| tags.iter().any(|tag| need.tag() == Some(tag)));
        tagged.chain(definitions::needs(scene)).collect()
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Browser => "a browser (install the Debian packages chromium and chromium-driver)",
            Self::OwnWorld => "a world of its own, whose clock may be moved (leave --env out)",
            Self::OwnCustomer => "a customer of its own, which only a sandbox's control opens",
            Self::Faults => "faults that strike when they are told to, which only a sandbox's control brings about",
            Self::Journal => "a record of everything that was sent, which only a sandbox's control has",
            Self::Console => "the console of the integration",
            Self::Screens => "recruiter's screens that a program can work (icims.recruiter_url of a sandbox)",
            Self::Summary => "the Summary after advancing (icims.recruiter_url of a sandbox, or [person])",
            Self::Portal => "a career portal that a program can work (icims.portal_url of a sandbox)",
            Self::Mail => "the candidates' mail (section [mail])",
            Self::Assessment => "somebody who takes the assessment (harver.simulated, or [person])",
            Self::AssessmentPages => "pages of the assessment that a program can work (harver.simulated)",
            Self::Changes => "leave to create and change records (icims.writes)",
        })
    }
}

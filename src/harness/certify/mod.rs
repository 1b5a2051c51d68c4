//! The evidence that iCIMS wants to see before it approves an integration (sandbox/evidence/assessment-flow.md 11): a candidate goes through
//! without error, a duplicate and a missing field are refused in words that help, every field that is used is listed, and all of it
//! happens in real time.
//!
//! The integration is seen from outside only: through the screens of recruiter and applicant, and by what the sandbox has recorded of the
//! wire. So it may be anybody's. [`run`] does what people at iCIMS would do and then looks at what was recorded; each criterion has a file.

mod document;
mod end_to_end;
mod fields;
mod finding;
mod friendly;
mod journal;
mod journey;
mod real_time;
mod refusing;
mod subject;
mod summary;
mod tenant;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use jiff::Timestamp;

use crate::harness::report::{Folder, Known};
use crate::verdict::Verdict;
use fields::Field;
use finding::{Criterion, Proof};
use journal::Entry;
use journey::Journey;
pub use subject::Subject;
use tenant::{Connection, Tenant};

/// The file for readers, and the one for what they keep beside their code.
const FILES: [&str; 2] = ["evidence.html", "evidence.md"];
/// Fields that are left out on purpose: what the customer calls them for as long as that lasts, and what a message writes for the label.
const EMAIL: Named = Named { slug: "person-email", placeholder: "{{person.email}}", label: "Reply-to mail" };
const PACKAGE: Named = Named { slug: "job-assessmenttype", placeholder: "{{job.assessmenttype}}", label: "Chosen screening" };

/// A field under a name of this run's, so that a message that names it can only have the name from iCIMS.
#[derive(Clone, Copy)]
struct Named {
    slug: &'static str,
    placeholder: &'static str,
    label: &'static str,
}

/// What a run is told.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The label of the package that jobs get; that of the customer's first job if none is named.
    pub package: Option<String>,
    /// How long is waited for what others have to do, each time.
    pub patience: Duration,
}

/// What the rules look at.
struct Seen<'a> {
    /// What crossed the wire in this run, in the order in which it began.
    run: &'a [Entry],
    connection: &'a Connection,
    patience: Duration,
    secrets: &'a Known,
}

/// What a run has found.
pub struct Certificate {
    about: About,
    criteria: Vec<Criterion>,
    fields: Vec<Field>,
}

/// Who was examined, where, when and by what.
struct About {
    place: String,
    company: String,
    customer: String,
    seed: u64,
    began: Timestamp,
    took: Duration,
    /// How the integration introduced itself.
    agents: BTreeSet<String>,
    /// Where events went.
    endpoints: BTreeSet<String>,
    authentication: String,
    package: String,
    /// What this run has left behind in iCIMS.
    left: String,
}

/// A folder that the evidence can be written to.
#[derive(Debug)]
pub struct Evidence(Folder);

impl Evidence {
    /// This folder, without the evidence of an earlier run, as that would pass for this one's.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub fn in_folder(path: &Path) -> Result<Self> {
        Folder::without(path, &FILES).map(Self)
    }

    /// Writes both files.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn write(&self, certificate: &Certificate) -> Result<()> {
        let [html, markdown] = FILES;
        self.0.write(html, document::html(certificate)?)?;
        self.0.write(markdown, document::markdown(certificate)?)
    }
}

impl Certificate {
    /// What it comes to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        finding::verdict(&self.criteria)
    }
}

/// Examines an integration. `say` tells who waits what is being done; `stop` ends it early, and then there is no certificate.
///
/// # Errors
/// When it could not be examined.
pub async fn run(
    subject: &Subject,
    wanted: Wanted,
    say: &(dyn Fn(&str) + Sync),
    stop: impl Future<Output = io::Result<()>>,
) -> Result<Option<Certificate>> {
    let tenant = Tenant::open(subject, wanted.patience).await?;
    let fields = [EMAIL, PACKAGE];
    let mut labels = Vec::new();
    for field in fields {
        let label = tenant.recruiter.field_label(field.slug).await.context("reading the customer's labels")?;
        ensure!(
            label != field.label,
            "another run seems to examine customer {}; if none does, one was killed: give {} its own label back under Admin, Fields",
            tenant.customer,
            field.placeholder
        );
        labels.push(label);
    }
    let examined = tokio::select! {
        examined = examine(&tenant, subject, &wanted, say) => Some(examined),
        stopped = stop => stopped.context("listening for signals").map(|()| None)?,
    };
    let mut kept = Vec::new();
    for (field, label) in fields.into_iter().zip(&labels) {
        let restored = tenant.recruiter.call_field(field.slug, label).await;
        let what = || format!("giving {} back its label {label:?}; do it under Admin, Fields", field.placeholder);
        kept.extend(restored.with_context(what).err());
    }
    let examined = examined.transpose();
    if kept.is_empty() {
        return examined;
    }
    kept.extend(examined.err());
    let all: Vec<String> = kept.iter().map(|error| format!("{error:#}")).collect();
    bail!("{}", all.join("; and "))
}

async fn examine(tenant: &Tenant, subject: &Subject, wanted: &Wanted, say: &(dyn Fn(&str) + Sync)) -> Result<Certificate> {
    let (began, start) = (today(), Instant::now());
    let package = package(tenant, subject, wanted).await?;
    let (first_clock, position) = (tenant.clock().await?, tenant.position().await?);
    for field in [EMAIL, PACKAGE] {
        tenant.recruiter.call_field(field.slug, field.label).await.context("giving a field a label of this run's")?;
    }
    let title = format!("Certification {}", tenant.run);
    let job = tenant.recruiter.create_job(&title, Some(&package)).await.context("creating a job")?;

    let mut advanced = None;
    if let Some(trigger) = &tenant.connection.trigger {
        say("1 end to end: the recruiter advances a candidate");
        let mut sent = tenant.send(&job, trigger, "Nadia", true).await?;
        tenant.follow(&mut sent, say).await?;
        say("2 duplicate: the same candidate is advanced twice");
        let mut twice = tenant.send(&job, trigger, "Milan", true).await?;
        tenant.send_again(&mut twice, trigger).await?;
        say("3 missing fields: a candidate without an address, a job without a package");
        let no_email = tenant.send(&job, trigger, "Ines", false).await?;
        let bare = tenant.recruiter.create_job(&format!("{title} without package"), None).await.context("creating a job")?;
        let no_package = tenant.send(&bare, trigger, "Bram", true).await?;
        advanced = Some([sent, twice, no_email, no_package]);
    }
    let mut applied = None;
    if tenant.connection.inline {
        say("1 end to end: a candidate applies on the career portal");
        applied = Some(tenant.apply((&job, &title), "Lotte", say).await?);
    }
    ensure!(
        advanced.is_some() || applied.is_some(),
        "neither a status nor the portal leads to a vendor in iCIMS of customer {}: choose one under Admin, Event Notifications",
        tenant.customer
    );
    say("4 fields and 5 real time: reading what crossed the wire");
    tenant.until_quiet().await?;
    for journey in advanced.iter_mut().flatten().chain(applied.iter_mut()) {
        tenant.look_again(journey).await?;
    }
    let (clock, all) = ([first_clock, tenant.clock().await?], tenant.journal(0).await?);
    let run: Vec<Entry> = all.iter().filter(|entry| entry.id > position).cloned().collect();
    let seen = Seen { run: &run, connection: &tenant.connection, patience: tenant.patience, secrets: &subject.secrets };
    let fields = fields::used(&run);
    let criteria = criteria(advanced.as_ref(), applied.as_ref(), (&all, clock), &fields, &seen);
    let callers = run.iter().filter(|entry| entry.is_call_of_icims()).map(|entry| journal::quoted(entry.agent(), seen.secrets));
    let endpoints = run.iter().filter(|entry| entry.is_event()).map(|entry| journal::quoted(&entry.target, seen.secrets));
    let about = About {
        place: subject.place.clone(),
        company: tenant.company.clone(),
        customer: tenant.customer.clone(),
        seed: tenant.seed,
        began,
        took: start.elapsed(),
        agents: callers.collect(),
        endpoints: endpoints.collect(),
        authentication: tenant.connection.authentication.clone(),
        package,
        left: match subject.is_own {
            true => "nothing, as the world was of this run alone".into(),
            false => format!("jobs whose titles begin with \"{title}\", and their candidates"),
        },
    };
    Ok(Certificate { about, criteria, fields })
}

/// The moment by the clock of this machine.
#[expect(clippy::disallowed_methods, reason = "a document says when it was made, whatever the clock of the sandbox is")]
fn today() -> Timestamp {
    Timestamp::now()
}

/// The label of the package that jobs get.
async fn package(tenant: &Tenant, subject: &Subject, wanted: &Wanted) -> Result<String> {
    let there = tenant.recruiter.packages().await.context("reading the list Assessment Type")?;
    let listed = || if there.is_empty() { "nothing".into() } else { format!("\"{}\"", there.join("\", \"")) };
    if let Some(label) = &wanted.package {
        ensure!(there.contains(label), "the list Assessment Type has no {label:?}; it has {}", listed());
        return Ok(label.clone());
    }
    let Some(job) = subject.keys.sample_job() else {
        bail!("say with --package which package jobs get; the list Assessment Type has {}", listed());
    };
    let of_job = tenant.recruiter.packages_of(job).await.with_context(|| format!("reading job {job}"))?;
    let none =
        || anyhow!("job {job} has no package: say with --package which one jobs get; the list Assessment Type has {}", listed());
    of_job.into_iter().next().ok_or_else(none)
}

fn criteria(
    advanced: Option<&[Journey; 4]>,
    applied: Option<&Journey>,
    (all, clock): (&[Entry], [tenant::ClockRead; 2]),
    fields: &[Field],
    seen: &Seen<'_>,
) -> Vec<Criterion> {
    let not_by_portal = || {
        let why = "applications on the portal do not lead to this vendor (Admin, Event Notifications)";
        Proof::new("A candidate applies on the career portal", finding::Finding::not_applicable(why))
    };
    let not_by = |title: &str| refusing::not_by_advancing(title, seen);
    let travelled: Vec<&Journey> = advanced.iter().map(|all| &all[0]).chain(applied).collect();
    vec![
        Criterion {
            title: "End to end without error",
            asks: "A candidate goes from iCIMS to the vendor's assessment, and the result comes back, with nothing failing on the way.",
            proofs: vec![
                advanced.map_or_else(|| not_by("The recruiter advances a candidate"), |all| end_to_end::proof(&all[0], seen)),
                applied.map_or_else(not_by_portal, |one| end_to_end::proof(one, seen)),
                end_to_end::to_nobody_else(all, seen),
            ],
        },
        Criterion {
            title: "A duplicate request is refused",
            asks: "The same request again is answered with 400 and a message that the user of iCIMS understands.",
            proofs: vec![
                advanced.map_or_else(|| not_by("The same candidate is advanced again"), |all| refusing::duplicate(&all[1], seen)),
            ],
        },
        Criterion {
            title: "A missing field is refused by its name",
            asks: "A request in which something is missing is answered with 400 and a message that names what is missing.",
            proofs: match advanced {
                Some([_, _, no_email, no_package]) => vec![
                    refusing::missing(no_email, EMAIL.label, EMAIL.placeholder, seen),
                    refusing::missing(no_package, PACKAGE.label, PACKAGE.placeholder, seen),
                    refusing::kept_by_icims(),
                ],
                None => vec![not_by("A field is missing")],
            },
        },
        Criterion {
            title: "Every field that is read and written",
            asks: "All fields by type of profile and access, as iCIMS sees them used.",
            proofs: fields::proofs(fields, seen),
        },
        Criterion {
            title: "Real time",
            asks: "Both sides talk when something happens, not in batches; iCIMS's documents have no number, and a minute is taken here.",
            proofs: real_time::proofs(&travelled, clock, seen),
        },
    ]
}

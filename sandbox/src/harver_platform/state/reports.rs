//! Links to reports.

use jiff::{SignedDuration, Timestamp};

use super::{AccountState, Refusal};
use crate::harver_platform::model::{ApplicationId, ReportKind, ReportLink};

impl AccountState {
    /// Makes a link to a report of a finished application. Returns its token and when it expires.
    ///
    /// # Errors
    /// When there is no such application, it is not finished, or the vacancy has no interview guide or development report and one is
    /// asked for.
    pub fn link_report(
        &mut self,
        id: &ApplicationId,
        kind: ReportKind,
        life: SignedDuration,
        allowed_pii: bool,
        now: Timestamp,
    ) -> Result<(String, Timestamp), Refusal> {
        let (vacancy, application) = self.journey(id)?;
        if application.result.is_none() || !vacancy.settings.has_report(kind) {
            return Err(Refusal::Unknown("report"));
        }
        self.drop_expired_report_links(now);
        let token = self.secret("report");
        let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX);
        self.report_links.put(token.clone(), ReportLink { application: id.clone(), kind, allowed_pii, expires_at });
        Ok((token, expires_at))
    }

    /// The report link behind this text, also when it has expired.
    #[must_use]
    pub fn report_link(&self, token: &str) -> Option<&ReportLink> {
        self.report_links.get(&token.to_owned())
    }

    /// Links that have expired are kept, so that their page can say so, until there are too many.
    fn drop_expired_report_links(&mut self, now: Timestamp) {
        if self.report_links.len() < self.limits.report_links {
            return;
        }
        let expired: Vec<String> =
            self.report_links.iter().filter(|(_, link)| link.expires_at <= now).map(|(token, _)| token.clone()).collect();
        let soonest = self.report_links.iter().min_by_key(|(_, link)| link.expires_at).map(|(token, _)| token.clone());
        for token in expired.into_iter().chain(soonest) {
            self.report_links.remove(&token);
        }
    }
}

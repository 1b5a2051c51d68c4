//! A page of figures as Prometheus reads them, in the text format of OpenMetrics 1.0.

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::{Metric, Registry, Unit};

/// A page in the making. Figures without a single value, such as those of customers who are not there, are left out of it.
#[derive(Debug)]
pub struct Page {
    registry: Registry,
    #[cfg(test)]
    names: Vec<&'static str>,
}

impl Page {
    /// The media type of the format (OpenMetrics 1.0).
    pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// An empty one.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "whoever begins a page says so")]
    pub fn new() -> Self {
        Self {
            registry: Registry::with_prefix("harver_icims"),
            #[cfg(test)]
            names: Vec::new(),
        }
    }

    /// Adds figures under a name without prefix, and without the ending that their type has.
    pub fn add(&mut self, name: &'static str, help: &str, figures: impl Metric) {
        self.registry.register(name, help, figures);
        #[cfg(test)]
        self.names.push(name);
    }

    /// The same of figures in seconds, which their name ends in.
    pub fn add_seconds(&mut self, name: &'static str, help: &str, figures: impl Metric) {
        self.registry.register_with_unit(name, help, Unit::Seconds, figures);
        #[cfg(test)]
        self.names.push(name);
    }

    /// The page as it is read.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a text takes whatever is written");
        text
    }

    /// How many figures there are on it, also those without a value.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

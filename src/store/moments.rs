//! The life of an order in the log: a line at `info` for each moment of it, once the change that brought it about is committed, and never
//! for one that was undone. It says of which order, by numbers alone: no names, addresses or links.

use crate::domain::{CustomerId, OrderEvent, OrderId, WorkflowId};

/// Something that has happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Whose order.
    pub(super) customer: CustomerId,
    /// Which.
    pub(super) order: OrderId,
    /// The workflow in iCIMS.
    pub(super) workflow: WorkflowId,
    /// What.
    pub(super) what: What,
}

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It was recorded.
    Received,
    /// Its state has changed by this.
    Changed(OrderEvent),
    /// Its candidate is to get another link.
    Renewed,
    /// Its result stands in iCIMS.
    ResultWritten,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Changed(event) => event.name(),
            Self::Renewed => "renewed",
            Self::ResultWritten => "result_written",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Received => "An order was received.",
            Self::Changed(OrderEvent::LinkHandedOver) => "The candidate of an order was invited.",
            Self::Changed(OrderEvent::Started) => "The candidate of an order has started.",
            Self::Changed(OrderEvent::Finished) => "The candidate of an order has finished.",
            Self::Changed(OrderEvent::GivenUp) => "An order was given up: its candidate could not be invited.",
            Self::Changed(OrderEvent::Disowned) => "An order was given up: its application is another candidate's.",
            Self::Changed(OrderEvent::Revived) => "An order that was given up is tried again.",
            Self::Changed(OrderEvent::RanOut) => "An order was closed: its invitation ran out.",
            Self::Changed(OrderEvent::Withdrawn) => "An order was withdrawn.",
            Self::Renewed => "The candidate of an order is to get another link.",
            Self::ResultWritten => "The result of an order was written into iCIMS.",
        }
    }
}

impl Moment {
    /// Tells the log.
    pub(super) fn tell(&self) {
        let Self { customer, order, workflow, what } = self;
        let (kind, sentence) = (what.name(), what.sentence());
        tracing::info!(customer.id = %customer, order.id = %order, workflow.id = %workflow, order.event = kind, "{sentence}");
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{PackageLabel, Pattern};
    use crate::store::orders::{self, NewOrder};
    use crate::store::{SealingKey, Store, StoreError, Tx, insert_customer};
    use crate::testing::{basic, customer, ines};

    fn new_order(workflow: &str) -> NewOrder {
        NewOrder {
            customer: "4021".parse().expect("digits"),
            workflow: workflow.parse().expect("digits"),
            person: "30517".parse().expect("digits"),
            job: "2210".parse().expect("digits"),
            package: PackageLabel::parse("Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd").expect("a label"),
            candidate: ines(),
            job_title: "Call Centre Advisor".into(),
            pattern: Pattern::AdHoc,
            return_url: None,
        }
    }

    /// Orders two assessments, each of which comes to its end.
    fn two_lives(tx: &Tx<'_>) -> Result<Vec<Moment>, StoreError> {
        use OrderEvent as E;
        let now = Timestamp::UNIX_EPOCH;
        insert_customer(tx, &customer(&"https://icims.example".parse().expect("an address"), basic()))?;
        let first = orders::insert(tx, &new_order("88431"), now)?;
        for event in [E::LinkHandedOver, E::LinkHandedOver, E::Started, E::LinkHandedOver, E::RanOut] {
            orders::apply(tx, first, event, now)?;
        }
        orders::next_round(tx, first, now)?;
        orders::apply(tx, first, E::Finished, now)?;
        orders::keep_result_written(tx, first, now)?;
        let second = orders::insert(tx, &new_order("88432"), now)?;
        for event in [E::GivenUp, E::Revived, E::Disowned, E::Revived, E::Withdrawn] {
            orders::apply(tx, second, event, now)?;
        }
        Ok(tx.take_moments())
    }

    #[tokio::test]
    async fn each_change_of_an_order_is_a_moment_of_its_life_and_what_changes_nothing_is_none() {
        let store = Store::in_memory(SealingKey::for_this_process()).expect("a store");
        let moments: Vec<Moment> = store.write(two_lives).await.expect("the store answers");
        let told = |workflow: &str| -> Vec<&str> {
            let of = |moment: &&Moment| moment.workflow.to_string() == workflow && moment.customer.to_string() == "4021";
            moments.iter().filter(of).map(|moment| moment.what.name()).collect()
        };
        assert_eq!(told("88431"), ["received", "invited", "started", "closed", "renewed", "finished", "result_written"]);
        assert_eq!(told("88432"), ["received", "given_up", "revived", "disowned", "revived", "withdrawn"]);
    }
}

//! Whether each provider keeps what its consumers recorded, asked of its real router.

mod integration;
mod neighbour;
mod red;
mod stage;
mod verification;
mod without_proxies;

use crate::pact_file::Pair;
use verification::verify;
use without_proxies::replays;

replays! {
    async fn the_integration_answers_events_as_icims_expects() {
        verify(Pair::IcimsToIntegration, integration::scene).await;
    }

    async fn the_platform_answers_its_api_as_the_integration_expects() {
        verify(Pair::IntegrationToPlatform, neighbour::platform).await;
    }

    async fn the_integration_answers_webhooks_as_the_platform_expects() {
        verify(Pair::PlatformToIntegration, integration::scene).await;
    }

    async fn icims_answers_its_api_as_the_integration_expects() {
        verify(Pair::IntegrationToIcims, neighbour::icims).await;
    }
}

//! The simulated neighbours as providers: iCIMS of contract ④, the Harver platform of contract ②. Their states are brought about by the
//! control plane, as they are for whoever verifies from outside.

use axum::Router;
use icims_sandbox::Sandbox;
use icims_sandbox::control::World;
use icims_sandbox::control::provider_states::{IcimsState, PlatformState, ProviderState, StateChange};

use super::stage::Scene;

/// A fresh iCIMS in this state.
pub(crate) async fn icims(state: IcimsState) -> anyhow::Result<Scene> {
    scene(state, |world| world.icims().router()).await
}

/// A fresh platform in this state.
pub(crate) async fn platform(state: PlatformState) -> anyhow::Result<Scene> {
    scene(state, |world| world.platform().router()).await
}

async fn scene<S: ProviderState>(state: S, router: fn(&World) -> Router) -> anyhow::Result<Scene> {
    let sandbox = Sandbox::start().await;
    let (name, params) = state.on_paper();
    let change = StateChange { state: name.into(), params, ..StateChange::default() };
    let told = sandbox.world().change_state(S::PROVIDER, change).await?;
    Ok(Scene::of(router(sandbox.world())).telling_all(told).beside(sandbox))
}

//! One program in isolation: its store, its work, its endpoints, its rules about itself.

#[path = "../support/mod.rs"]
mod support;

mod database;
mod parking;
mod post_office;
mod scene;

mod asked_again;
mod bulk;
mod callbacks;
#[cfg(feature = "sandbox")]
mod callers;
mod carried;
mod cases;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod certify;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod certify_mistakes;
mod chance;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod check_elsewhere;
mod check_mistakes;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod check_own_steps;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod check_tenant;
mod checks;
mod chosen_settings;
mod closing;
mod coming_again;
#[cfg(feature = "sandbox")]
mod commands;
#[cfg(feature = "sandbox")]
mod configured_commands;
mod console;
#[cfg(feature = "sandbox")]
mod containers;
#[cfg(all(feature = "crash-points", feature = "sandbox"))]
mod crash_points;
#[cfg(feature = "sandbox")]
mod customer_command;
mod declared;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod doctor;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod doctor_mistakes;
#[cfg(feature = "sandbox")]
mod durability;
mod event_proofs;
mod event_sources;
mod histories;
mod in_time;
mod invitations;
#[cfg(feature = "sandbox")]
mod kept;
#[cfg(feature = "sandbox")]
mod kills;
mod layering;
mod links;
mod listener;
mod looking;
#[cfg(feature = "sandbox")]
mod mail_kills;
mod mailing;
mod metrics;
mod model;
mod on_postgres;
#[cfg(feature = "sandbox")]
mod order_life;
mod out_of_reach;
mod permutations;
#[cfg(feature = "sandbox")]
mod program;
#[cfg(feature = "sandbox")]
mod proven_events;
#[cfg(feature = "sandbox")]
mod proxies;
#[cfg(feature = "sandbox")]
mod reach;
mod readiness;
mod reading;
mod refused_events;
mod reminders;
#[cfg(feature = "sandbox")]
mod replicas;
mod reports;
mod request_ids;
#[cfg(feature = "sandbox")]
mod retention;
mod rotation;
#[cfg(all(feature = "sandbox", feature = "harness"))]
mod run_reports;
mod same_address;
#[cfg(feature = "sandbox")]
mod sealing;
mod second_rounds;
mod selections;
mod sent;
mod settings_api;
#[cfg(feature = "sandbox")]
mod site;
mod standing;
mod start_endpoint;
mod sweeping;
#[cfg(feature = "sandbox")]
mod taken_along;
mod taken_back;
mod threats;
mod told_at_once;
mod too_often;
mod turns;
mod under_way;
#[cfg(feature = "sandbox")]
mod unheard;
mod unwilling_server;
mod upgrading;
#[cfg(all(feature = "harness", feature = "sandbox"))]
mod vendor;
#[cfg(feature = "sandbox")]
mod wait_command;
mod work;
mod workers;

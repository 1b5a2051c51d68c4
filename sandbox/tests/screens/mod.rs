//! The screens of the simulated iCIMS, driven through the real router and read by element id.

mod administrator;
mod advancing;
mod browser;
mod portal;
mod recruiter;
mod sample;
mod signed_out;

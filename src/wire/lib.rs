//! # What the app and a hub say to each other
//!
//! Booking a doctor is the one thing here that other people's servers must understand too, so it is spoken in
//! a standard: HL7 FHIR R4 with the IHE ITI Scheduling profile. The rest (asking for a signed document,
//! the trust list) is small and our own. Both ends of each message live in this crate, so that client and
//! server can't drift apart: whatever one side builds, the other side's parser here reads.
//!
//! The crate is plain data: no network, files, clock or randomness. Bodies are read from bytes that the caller
//! has already capped in size; unknown fields are skipped, a wrong `resourceType` or a bad code is refused.
//!
//! Where to read next:
//! * [`fhir`]: the resources and data types, and how they become JSON.
//! * [`scheduling`]: the operations `$find` (ITI-115) and `$book` (ITI-117): requests, answers, refusals.
//! * [`directory`]: hospitals and departments as the app shows them, read from a FHIR search.
//! * [`accounts`]: devices, whom they act for, how they sign in; [`feed`]: what has changed since the last time;
//!   [`visit_day`]: queue number, room, and what comes after the doctor; [`care_plan`]: when to come again, as a doctor has
//!   planned it.
//! * [`persons`]: registering a person; [`documents`]: asking for a signed document about one.
//! * [`refusals`]: the refusals that an app has a better answer to than their text.
//! * `schemas` (with the feature `openapi`): all of it as schemas of OpenAPI.
//! * [`command`]: the UUID that makes a repeat harmless.
//! * [`systems`]: every URI that says what an identifier or code means.

pub mod accounts;
pub mod care_plan;
pub mod command;
pub mod directory;
pub mod documents;
pub mod feed;
pub mod fhir;
pub mod identity;
pub mod persons;
pub mod refusals;
pub mod scheduling;
#[cfg(feature = "openapi")]
pub mod schemas;
mod shown;
pub mod systems;
pub mod visit_day;

pub use command::CommandId;
pub use identity::IdentityNumber;

/// The city's clock: China has had one zone and no summer time since 1991, so a fixed offset says it all and
/// no zone database is needed on the device.
pub const CITY_OFFSET: jiff::tz::Offset = jiff::tz::Offset::constant(8);

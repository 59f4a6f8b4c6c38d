//! Who asks, and what they may do.
//!
//! Three sorts of callers come to a hub: nobody in particular, a **device** that acts for its own patient and for those
//! who have given it a grant, and **staff** with a role. [`Caller`] says which one a request comes from; every handler
//! takes one. What each may do to whose data is decided in one place, [`policy`], and nowhere else.
//!
//! Secrets and tokens are 256 random bits and kept as SHA-256 only ([`secrets`]): whoever reads the database can't sign
//! in with what stands there.
//!
//! The messages are in `anban_wire::accounts`, the steps on the database in [`crate::db::Accounts`], the routes in
//! `http::accounts` and `http::token`; [`rules`] stands between them.

mod behalf;
mod caller;
pub(crate) mod policy;
mod role;
pub(crate) mod rules;
pub(crate) mod secrets;

pub(crate) use behalf::Behalf;
pub(crate) use caller::{Caller, DeviceCaller, HeldGrant, StaffCaller, Who};
pub(crate) use policy::{Action, Denied, Door, Whose};
pub use role::Role;
pub(crate) use secrets::NoChance;

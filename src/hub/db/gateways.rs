//! Departments that live in a hospital's own FHIR server: what of it is kept here, so that it is found, told and repeated
//! like everything else. The rules are in `crate::gateway`.

use super::{DbError, SlotRow};
use anban_wire::shows_only;
use jiff::Timestamp;

/// What an appointment is called in a hospital's own server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The hospital, by its name in the gateway's configuration.
    pub hospital: String,
    /// The appointment's id there.
    pub id: String,
}

/// A booking that was sent to a hospital, as long as it is not known what came of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Errand {
    /// The id that the appointment gets here.
    pub id: String,
    /// The hospital.
    pub hospital: String,
    /// When it was sent, in whole seconds.
    pub begun: Timestamp,
    /// What is to be noted if it was done.
    pub body: String,
}

// Shows nothing of the person.
shows_only!(Errand { id });

/// Which times of a department are free, as its hospital says.
#[derive(Debug, Clone)]
pub struct FreeSlots {
    /// The department, by its id here.
    pub service: String,
    /// The free ones.
    pub slots: Vec<SlotRow>,
    /// What begins before then is not looked at.
    pub from: Timestamp,
    /// Those are all that there are: any other that is kept is taken.
    pub is_whole: bool,
}

/// The steps on what lives in a hospital's own server. Each is atomic and durable when it returns.
pub trait Gateways {
    /// Makes the times of a department as its hospital says, and tells its feed what has changed. A time with a visit that
    /// is noted here stays taken until the visit is known to be cancelled.
    ///
    /// # Errors
    /// When the database fails, as for all methods.
    fn keep_free_slots(&self, free: &FreeSlots) -> Result<(), DbError>;

    /// What an appointment is called in its hospital's own server; none for one that lives here.
    ///
    /// # Errors
    /// When the database fails.
    fn foreign(&self, appointment: &str) -> Result<Option<Foreign>, DbError>;

    /// The booked visits of a hospital that begin after then, the earliest first: id here, id there.
    ///
    /// # Errors
    /// When the database fails.
    fn foreign_booked(&self, hospital: &str, after: Timestamp, limit: u32) -> Result<Vec<(String, String)>, DbError>;

    /// Writes down that a booking is about to be sent; once more is no error.
    ///
    /// # Errors
    /// When the database fails.
    fn begin_errand(&self, errand: &Errand) -> Result<(), DbError>;

    /// The bookings that were sent to a hospital before then and of which nothing is known.
    ///
    /// # Errors
    /// When the database fails.
    fn errands(&self, hospital: &str, before: Timestamp) -> Result<Vec<Errand>, DbError>;

    /// Lets one go: it was not done.
    ///
    /// # Errors
    /// When the database fails.
    fn end_errand(&self, id: &str) -> Result<(), DbError>;
}

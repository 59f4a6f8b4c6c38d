//! A signed document that the person carries.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{CardId, DocumentId, VisitId};

/// What on this device a document belongs to, so that its paper or card finds the signed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum About {
    /// A booked visit: its slip.
    Visit(VisitId),
    /// A card in the wallet: the document that answers for it, or its copy.
    Card(CardId),
    /// The emergency card.
    EmergencyCard,
    /// The authorisation for a relative.
    Authorisation,
    /// The form that is filled in at an entrance.
    EntryForm,
}

/// A document as it is kept: its text says everything, the rest is about the keeping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDocument {
    /// Its id on this device.
    pub id: DocumentId,
    /// The whole text of its code, `AB1:…` or `HC1:…`.
    pub text: String,
    /// When it was first kept.
    pub added_at: Timestamp,
    /// When it last came from its issuer or was read from its code.
    pub refreshed_at: Timestamp,
    /// What it belongs to; a health code that stands for itself belongs to nothing.
    #[serde(default)]
    pub about: Option<About>,
    /// The whole identity number that a service has issued it for; none where it came in another way. It is asked for
    /// again with this number.
    #[serde(default)]
    pub issued_for: Option<String>,
    /// When the service last refused to renew it.
    #[serde(default)]
    pub refused_at: Option<Timestamp>,
}

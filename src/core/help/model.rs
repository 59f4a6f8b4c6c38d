//! Whom to call, and what whoever stands by needs to know.

use serde::{Deserialize, Serialize};

use crate::ids::ContactId;

/// How many contacts there can be: as many as fit a page without looking for one.
pub const MOST_CONTACTS: usize = 4;

/// The seconds between the tap and the call, for a tap that was not meant.
pub const COUNTDOWN_SECONDS: i64 = 5;

/// A public emergency number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Service {
    /// 120
    Ambulance,
    /// 110
    Police,
    /// 119
    Fire,
}

impl Service {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Ambulance, Self::Police, Self::Fire];

    /// The number to dial in mainland China.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::Ambulance => "120",
            Self::Police => "110",
            Self::Fire => "119",
        }
    }
}

/// Who is to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Callee {
    /// A public service.
    Service(Service),
    /// A contact of the person.
    Contact(ContactId),
}

/// A person to call in need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// As the elder calls them: "女儿", "张大夫".
    pub name: String,
    /// The telephone number: digits and a leading plus.
    pub number: String,
    /// Contacts are shown in this order.
    pub position: u32,
}

/// What the person has told about themselves. All of it is optional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Profile {
    /// The full name as on the identity card.
    pub name: String,
    /// Where they live, as one would tell an ambulance.
    pub address: String,
    /// Illnesses, medicines, allergies: for whoever helps.
    pub medical_notes: String,
    /// The identity-card number (GB 11643), where the person gave it.
    pub identity_number: String,
}

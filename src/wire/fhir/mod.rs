//! The part of HL7 FHIR R4 (4.0.1) that booking needs, as plain structs.
//!
//! A field that is `None` or empty is left out of the JSON, as FHIR demands; a field we don't know is skipped.
//! Which resource a JSON object is stands in its `resourceType`, so resources are always read and written
//! through the enum [`Resource`]: [`from_json`] refuses anything but the type that was asked for.
//!
//! Texts that exist in two languages are kept the way FHIR has it for primitives: the Chinese text in the field
//! itself, the other one in the HL7 translation extension of the field's element (`_name` beside `name`).
//!
//! [`datatypes`] has the building blocks, [`resources`] what is booked and where, [`exchange`] what wraps them
//! in transit, [`care`] what is planned, [`audit`] who has seen them, [`capability`] what a server says of itself, [`datetime`] the dates.

pub mod audit;
pub mod capability;
pub mod care;
pub mod codes;
pub mod datatypes;
pub mod datetime;
pub mod exchange;
pub mod resources;

pub use audit::*;
pub use capability::*;
pub use care::*;
pub use codes::*;
pub use datatypes::*;
pub use datetime::{DateTime, DateTimeError};
pub use exchange::*;
pub use resources::*;

use serde::{Deserialize, Serialize};

/// The media type of FHIR as JSON.
pub const MEDIA_TYPE: &str = "application/fhir+json";

/// True for a field that FHIR leaves out of the JSON.
pub(crate) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Declares FHIR types: the fields under `@required` must be there in the JSON, the others may be missing and
/// are then not written either.
macro_rules! fhir_types {
    ($($(#[$about:meta])* $name:ident {
        $(@required { $($(#[$ra:meta])* $rf:ident: $rt:ty),* $(,)? })?
        $($(#[$oa:meta])* $of:ident: $ot:ty),* $(,)?
    })*) => {
        $(
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(no_recursion))]
        pub struct $name {
            $($($(#[$ra])* pub $rf: $rt,)*)?
            $($(#[$oa])* #[serde(default, skip_serializing_if = "Absent::is_absent")] pub $of: $ot,)*
        }
        )*

        /// The schemas of these types, by name.
        #[cfg(feature = "openapi")]
        pub(super) fn schemas() -> Vec<crate::schemas::Named> {
            vec![$(crate::schemas::named::<$name>()),*]
        }
    };
}
pub(crate) use fhir_types;

/// Why a body was not the resource that was expected. Says where, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FhirError {
    /// Not JSON, or a field has the wrong form.
    #[error("the body is not the JSON of a FHIR resource we know: look at line {line}, column {column}")]
    Syntax {
        /// Line in the body, from 1.
        line: usize,
        /// Column in that line, from 1.
        column: usize,
    },
    /// A resource of another type.
    #[error("expected a resource of type {expected}, found {found}")]
    WrongType {
        /// The type that was asked for.
        expected: &'static str,
        /// The type that came (`another type` where it is none of ours).
        found: &'static str,
    },
    /// A value that has no JSON form: a resource of unknown type.
    #[error("a resource of unknown type can't be written")]
    Unwritable,
}

/// A resource type of this subset.
pub trait FhirResource: Into<Resource> + TryFrom<Resource, Error = FhirError> {
    /// The `resourceType`.
    const TYPE: &'static str;
}

macro_rules! resources {
    ($($name:ident),* $(,)?) => {
        /// Any resource of this subset, told apart by `resourceType`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "resourceType")]
        pub enum Resource {
            $(#[doc = concat!("A [`", stringify!($name), "`].")] $name(Box<$name>),)*
            /// A resource that we have no struct for; its content is not kept.
            #[serde(other, skip_serializing)]
            Unknown,
        }

        impl Resource {
            /// The `resourceType`.
            #[must_use]
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                    Self::Unknown => "another type",
                }
            }

            /// All types.
            pub const TYPES: &[&str] = &[$(stringify!($name)),*];

            /// The logical id, where the resource has one.
            #[must_use]
            pub fn id(&self) -> Option<&str> {
                match self {
                    $(Self::$name(resource) => resource.id.as_deref(),)*
                    Self::Unknown => None,
                }
            }

            /// The same under that logical id.
            #[must_use]
            pub fn with_id(mut self, id: &str) -> Self {
                match &mut self {
                    $(Self::$name(resource) => resource.id = Some(id.to_owned()),)*
                    Self::Unknown => (),
                }
                self
            }

            /// What the server has noted of it: its version, and when that was written.
            #[must_use]
            pub fn meta(&self) -> Option<&Meta> {
                match self {
                    $(Self::$name(resource) => resource.meta.as_ref(),)*
                    Self::Unknown => None,
                }
            }

            /// The same with that, or nothing, noted of it.
            #[must_use]
            pub fn with_meta(mut self, meta: Option<Meta>) -> Self {
                match &mut self {
                    $(Self::$name(resource) => resource.meta = meta,)*
                    Self::Unknown => (),
                }
                self
            }
        }

        $(
            impl FhirResource for $name {
                const TYPE: &'static str = stringify!($name);
            }

            impl From<$name> for Resource {
                fn from(resource: $name) -> Self {
                    Self::$name(Box::new(resource))
                }
            }

            impl TryFrom<Resource> for $name {
                type Error = FhirError;

                fn try_from(resource: Resource) -> Result<Self, FhirError> {
                    match resource {
                        Resource::$name(resource) => Ok(*resource),
                        other => Err(FhirError::WrongType { expected: Self::TYPE, found: other.type_name() }),
                    }
                }
            }
        )*
    };
}

resources!(
    Appointment,
    AuditEvent,
    Bundle,
    CapabilityStatement,
    CarePlan,
    HealthcareService,
    Location,
    OperationOutcome,
    Parameters,
    Patient,
    Practitioner,
    RelatedPerson,
    Schedule,
    Slot,
);

/// The schemas of all types, by name.
#[cfg(feature = "openapi")]
pub(crate) fn schemas() -> Vec<crate::schemas::Named> {
    [
        audit::schemas(),
        capability::schemas(),
        care::schemas(),
        codes::schemas(),
        datatypes::schemas(),
        exchange::schemas(),
        resources::schemas(),
    ]
    .concat()
}

/// Reads one resource of a known type from a body, whose size the caller has capped.
///
/// # Errors
/// When it is not JSON, not of the form of FHIR R4, or another type of resource.
pub fn from_json<R: FhirResource>(body: &[u8]) -> Result<R, FhirError> {
    let resource: Resource = serde_json::from_slice(body).map_err(|error| FhirError::Syntax {
        line: error.line(),
        column: error.column(),
    })?;
    R::try_from(resource)
}

/// Writes a resource as JSON.
///
/// # Errors
/// Only for [`Resource::Unknown`], alone or within.
pub fn to_json(resource: &Resource) -> Result<Vec<u8>, FhirError> {
    serde_json::to_vec(resource).map_err(|_| FhirError::Unwritable)
}

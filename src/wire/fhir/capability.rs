//! The statement of what a server can do.

use super::{Absent, CodeableConcept, DateTime, Meta, fhir_types};
use serde::{Deserialize, Serialize};

fhir_types! {
    /// What a server can do.
    CapabilityStatement {
        @required {
            /// draft | active | retired | unknown
            status: String,
            /// instance | capability | requirements
            kind: String,
            /// Version of FHIR.
            fhir_version: String,
            /// Media types.
            format: Vec<String>,
        }
        /// Logical id.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// When it was written.
        date: Option<DateTime>,
        /// The program.
        software: Option<Software>,
        /// This instance of it.
        implementation: Option<Implementation>,
        /// Canonical URL of this statement.
        url: Option<String>,
        /// Version of what it tells of.
        version: Option<String>,
        /// Its name, for programs.
        name: Option<String>,
        /// Its name, for people.
        title: Option<String>,
        /// What it is about.
        description: Option<String>,
        /// Canonical URLs of what it implements.
        instantiates: Vec<String>,
        /// Its REST interface.
        rest: Vec<CapabilityRest>,
    }
    /// A program.
    Software {
        @required {
            /// Its name.
            name: String,
        }
        /// Its version.
        version: Option<String>,
    }
    /// An instance of a program.
    Implementation {
        @required {
            /// What it is.
            description: String,
        }
    }
    /// A REST interface.
    CapabilityRest {
        @required {
            /// client | server
            mode: String,
        }
        /// What there is to know.
        documentation: Option<String>,
        /// How whoever asks is known.
        security: Option<CapabilitySecurity>,
        /// What it offers.
        resource: Vec<CapabilityResource>,
        /// What it does with several resources at once.
        interaction: Vec<Interaction>,
        /// Parameters of every search.
        search_param: Vec<SearchParam>,
    }
    /// How whoever asks is known.
    CapabilitySecurity {
        /// Whether pages of other origins may ask.
        cors: Option<bool>,
        /// The kind of service.
        service: Vec<CodeableConcept>,
        /// In words.
        description: Option<String>,
    }
    /// What a REST interface offers of one resource type.
    CapabilityResource {
        @required {
            /// The type.
            #[serde(rename = "type")]
            kind: String,
        }
        /// Canonical URL of the profile that all of them conform to.
        profile: Option<String>,
        /// What there is to know.
        documentation: Option<String>,
        /// Ways to use it.
        interaction: Vec<Interaction>,
        /// no-version | versioned | versioned-update
        versioning: Option<String>,
        /// Whether earlier versions can be read.
        read_history: Option<bool>,
        /// Whether an update makes what was not there.
        update_create: Option<bool>,
        /// Whether `If-None-Exist` is honoured.
        conditional_create: Option<bool>,
        /// What a search can take along.
        search_include: Vec<String>,
        /// Ways to search for it.
        search_param: Vec<SearchParam>,
        /// Operations on it.
        operation: Vec<CapabilityOperation>,
    }
    /// A way to use a resource.
    Interaction {
        @required {
            /// read | update | search-type | …
            code: String,
        }
    }
    /// A search parameter.
    SearchParam {
        @required {
            /// Its name.
            name: String,
            /// token | reference | date | …
            #[serde(rename = "type")]
            kind: String,
        }
    }
    /// An operation.
    CapabilityOperation {
        @required {
            /// Its name without the dollar sign.
            name: String,
            /// Canonical URL of its definition.
            definition: String,
        }
    }
}

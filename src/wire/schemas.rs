//! The messages as schemas of OpenAPI 3.1, for a hub's description of itself.
//!
//! They come from the types themselves, so they can't differ from what is read and written. Two things are said here by
//! hand: a resource names its type, and FHIR's `dateTime`.

use crate::fhir::{self, DateTime, Resource};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, Ref, RefOr, Schema,
        schema::{OneOfBuilder, Type},
    },
};

/// A schema with the name that it is referred to by.
pub type Named = (String, RefOr<Schema>);

/// The schema of one type.
pub(crate) fn named<T: ToSchema>() -> Named {
    (T::name().into_owned(), T::schema())
}

/// The schema of a closed set of codes.
pub(crate) fn one_of_codes(codes: &[&str]) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes.iter().copied()))
        .into()
}

/// The schemas of FHIR's resources and data types.
#[must_use]
pub fn fhir_schemas() -> Vec<Named> {
    let mut schemas = fhir::schemas();
    schemas.extend([named::<DateTime>(), named::<Resource>()]);
    for (name, schema) in &mut schemas {
        if let RefOr::T(Schema::Object(object)) = schema
            && Resource::TYPES.contains(&name.as_str())
        {
            let only = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some([name.as_str()]));
            object.properties.insert("resourceType".to_owned(), only.into());
            object.required.insert(0, "resourceType".to_owned());
        }
    }
    schemas
}

impl PartialSchema for Resource {
    fn schema() -> RefOr<Schema> {
        let kinds = Self::TYPES.iter().map(|kind| Ref::from_schema_name(*kind));
        kinds.fold(OneOfBuilder::new(), OneOfBuilder::item).into()
    }
}

impl ToSchema for Resource {}

impl PartialSchema for DateTime {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A year, a month, a day, or an instant with its offset (FHIR dateTime)",
            ))
            .pattern(Some(
                "^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$",
            ))
            .into()
    }
}

impl ToSchema for DateTime {}

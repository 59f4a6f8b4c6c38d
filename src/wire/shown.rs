//! What logs and failed tests may show of types that hold a person or a secret.

/// Implements `Debug` so that it shows the named fields and none of the others: for types that hold a person or a secret.
///
/// ```
/// struct Visitor {
///     id: u32,
///     name: String,
/// }
/// anban_wire::shows_only!(Visitor { id });
/// let visitor = Visitor { id: 7, name: "王秀英".to_owned() };
/// assert_eq!(format!("{visitor:?}"), "Visitor { id: 7, .. }");
/// # assert_eq!(visitor.name.len(), 9);
/// ```
#[macro_export]
macro_rules! shows_only {
    ($name:ident { $($field:ident),* }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    };
}

//! The demonstration profile.

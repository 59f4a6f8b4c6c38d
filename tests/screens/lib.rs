//! anban-screens

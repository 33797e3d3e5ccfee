//! Parts that screens and overlays are put together from. None knows a screen.

pub mod bars;
pub mod field;
pub mod form;
pub mod scroll_window;
pub mod selection;
pub mod table;

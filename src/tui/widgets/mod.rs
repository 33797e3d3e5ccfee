//! Widgets: the parts of screens and overlays. None knows a screen.

pub mod answer;
pub mod bars;
pub mod charts;
pub mod detail_lines;
pub mod dialog_frame;
pub mod drawn;
pub mod factor_view;
pub mod field;
pub mod form;
pub mod progress;
pub mod qr;
pub mod scroll_window;
pub mod selection;
pub mod table;

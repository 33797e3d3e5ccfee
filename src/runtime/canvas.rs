//! The screen that frames are drawn on.
//!
//! ratatui lends the frame, and the place of the cursor comes out of it. What has changed since the last frame is found by
//! the backend alone, in the form in which it keeps the screen: ratatui's own comparison would go over every cell as well.

use std::cell::Cell;
use std::convert::Infallible;
use std::io;
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use super::frame_pacer::FrameBackend;

/// The screen of a backend.
#[derive(Debug)]
pub(crate) struct Canvas<B> {
    frames: Terminal<CursorBackend>,
    cursor: Rc<Cell<Option<Position>>>,
    backend: B,
}

impl<B: FrameBackend> Canvas<B> {
    pub(crate) fn new(backend: B, columns: u16, rows: u16) -> Self {
        let cursor = Rc::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, columns, rows)) };
        let Ok(frames) = Terminal::with_options(CursorBackend(Rc::clone(&cursor)), options);
        Self { frames, cursor, backend }
    }

    pub(crate) fn backend_mut(&mut self) -> &mut B {
        &mut self.backend
    }

    /// Draws a frame and brings the terminal to it.
    pub(crate) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let Ok(drawn) = self.frames.draw(view);
        self.backend.show(drawn.buffer, self.cursor.get())
    }

    /// Sets the size of the next frames.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let Ok(()) = self.frames.resize(Rect::new(0, 0, columns, rows));
    }
}

/// A backend that only notes where the cursor is to be shown.
#[derive(Debug)]
struct CursorBackend(Rc<Cell<Option<Position>>>);

impl Backend for CursorBackend {
    type Error = Infallible;

    /// Looks at no cell, so that none is compared.
    fn draw<'a, I>(&mut self, _: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a buffer::Cell)>,
    {
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.0.set(None);
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.0.get().unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.0.set(Some(position.into()));
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        Ok(())
    }

    // The area is set from outside.
    fn size(&self) -> Result<Size, Infallible> {
        Ok(Size::ZERO)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: Size::ZERO, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
